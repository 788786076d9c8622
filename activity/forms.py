from django.core.exceptions import ValidationError
from django.forms import Form

from activity.errors import InvalidInput, RuleBroken


def show_refusal(form: Form, refusal: RuleBroken) -> None:
    """Put what a service refused beside the fields that it names, and what names no field of the form above it."""
    if not isinstance(refusal, InvalidInput):
        form.add_error(None, ValidationError(refusal.detail, code=refusal.code))
        return
    for error in refusal.errors:
        field = error.field if error.field in form.fields else None
        form.add_error(field, ValidationError(error.detail, code=error.code))
