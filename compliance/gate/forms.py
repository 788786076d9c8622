"""Forms that sign, plan or end a listing's time on the market."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.signature import SignatureField
from activity.forms import DayField, OnceForm


class GoLiveForm(OnceForm):
    on = DayField(label=_("Goes live on"), help_text=_("Papers are judged on this day, by the calendar of the market."))
    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    password = SignatureField()


class TakeOffForm(OnceForm):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    password = SignatureField()


class PlanForm(forms.Form):
    on = DayField(label=_("Planned go-live"), required=False)
