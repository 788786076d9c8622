from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.signature import SignatureField
from activity.forms import OnceForm


class RefusalForm(OnceForm):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class SignatureForm(RefusalForm):
    password = SignatureField()
