"""What was named a typing error, where a hold is shown: the folder of holds is below that of inspections."""

from django import template
from django.db.models import QuerySet
from django.template.context import RequestContext

from inspections.inspection.forms import TypingErrorRefusalForm
from inspections.inspection.page.typing_errors import typing_errors_on
from inspections.models import Hold, TypingError

register = template.Library()


@register.simple_tag(takes_context=True)
def typing_errors_of(context: RequestContext, hold: Hold) -> QuerySet[TypingError]:
    """{% typing_errors_of hold as typing_errors %}: those of what it rests on, for the team."""
    return typing_errors_on(context["request"].user, hold)


@register.simple_tag
def refusal_form() -> TypingErrorRefusalForm:
    return TypingErrorRefusalForm(auto_id="refusal_%s")


@register.simple_tag
def typed(typing_error: TypingError) -> str:
    return typing_error.as_typed(typing_error.typed)


@register.simple_tag
def read(typing_error: TypingError) -> str:
    return typing_error.as_typed(typing_error.read)
