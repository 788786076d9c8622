"""What was found beside the results, where a hold is shown: the folder of holds is below that of findings."""

from django import template
from django.template.context import RequestContext

from inspections.finding.page import findings_on
from inspections.models import Finding, Hold

register = template.Library()


@register.simple_tag(takes_context=True)
def findings_of(context: RequestContext, hold: Hold) -> list[Finding]:
    """{% findings_of hold as findings %}: those that it rests on, as far as the reader may see them."""
    return findings_on(context["request"].user, hold.batch, hold=hold)
