from django import forms
from django.utils.translation import gettext_lazy

from accounts.signature import SignatureField
from activity.forms import OnceForm


class SignatureForm(OnceForm):
    """What a second person signs under a version that loosens what is in force."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Why the product may be judged by less from now on"),
    )
    password = SignatureField()
