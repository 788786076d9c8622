"""Forms that sign, plan or end a listing's time on the market."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activity.forms import OnceForm


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


def password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Your password, as signature"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class GoLiveForm(OnceForm):
    on = day_field(
        label=_("Goes live on"), help_text=_("Papers are judged on this day, by the calendar of the market.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    password = password_field()


class TakeOffForm(OnceForm):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    password = password_field()


class PlanForm(forms.Form):
    on = day_field(label=_("Planned go-live"), required=False)
