"""What the page of the day shows of papers."""

from django import template
from django.template.context import RequestContext

from compliance.queries.home import Waiting, waiting_today

register = template.Library()


@register.simple_tag(takes_context=True)
def papers_waiting(context: RequestContext) -> Waiting:
    """{% papers_waiting as papers %}: what of papers waits for who looks, for compliance/home_papers.html."""
    return waiting_today(context["request"].user)
