"""What the page of the day shows of papers."""

from django import template
from django.template.context import RequestContext

from compliance.paper.page.home import Waiting, waiting_today

register = template.Library()


@register.simple_tag(takes_context=True)
def papers_waiting(context: RequestContext) -> Waiting:
    """{% papers_waiting as papers %}: what of papers waits for who looks, for compliance/paper/home.html."""
    return waiting_today(context["request"].user)
