"""Forms that keep what the services say and do, and those of webhooks."""

import hashlib
import uuid
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Field as Column
from django.db.models import Model
from django.forms import Field, Form
from django.utils.translation import gettext_lazy as _

from activity.api import claim_key
from activity.errors import InvalidInput, RuleBroken
from activity.languages import Text
from activity.published import published_kinds

FieldKind = TypeVar("FieldKind", bound=Field)


def field_of(form: Form, name: str, kind: type[FieldKind]) -> FieldKind:
    """A field whose choices or records only one form knows. Raises TypeError where it is of another kind."""
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(f"{name} is no {kind.__name__}.")
    return field


def field_label(model: type[Model], name: str) -> Text:
    """What a column is called. Raises TypeError for what is none: a relation of another table to this one."""
    column = model._meta.get_field(name)
    if not isinstance(column, Column):
        raise TypeError(f"{name} is no column of {model.__name__}.")
    return column.verbose_name


def show_refusal(form: Form, refusal: RuleBroken) -> None:
    """Put what a service refused beside the fields that it names, and what names no field of the form above it."""
    if not isinstance(refusal, InvalidInput):
        form.add_error(None, ValidationError(refusal.detail, code=refusal.code))
        return
    for error in refusal.errors:
        field = error.field if error.field in form.fields else None
        form.add_error(field, ValidationError(error.detail, code=error.code))


class DayInput(forms.DateInput):
    """The calendar of the browser, which reads and writes ISO 8601 in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    widget = DayInput


class OnceForm(Form):
    """A form that has one effect, however often its button is pressed (R7).

    It carries a key of its own. Claim it in the transaction of the effect; a second claim says False.
    `accounts.signature.carried_out` does, and asks what else a form knows: whether it is signed, how it shows a refusal.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    @property
    def is_signed(self) -> bool:
        """Whether a password stands under what is asked."""
        return "password" in self.fields

    def show_refusal(self, refusal: RuleBroken) -> None:
        show_refusal(self, refusal)

    def claim(self, user: Any) -> bool:
        key = f"form:{self.cleaned_data['key']}"
        return claim_key(user, key, hashlib.sha256(key.encode()).digest())


class WebhookForm(Form):
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Which system listens, such as: listing tool"))
    url = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.URLInput, help_text=_("Where messages are sent, with https://")
    )
    kinds = forms.MultipleChoiceField(label=_("Events"), choices=published_kinds, widget=forms.CheckboxSelectMultiple)


class ReplayForm(Form):
    since = forms.DateTimeField(
        label=_("Since"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
