from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.signature import SignatureField
from activity.forms import OnceForm
from inspections.models import SIGNALS, SwitchingStepKind


class SwitchingSignalForm(OnceForm):
    """What the quality manager says, and signs. The page offers what means something now; the service says the rest."""

    kind = forms.ChoiceField(
        label=_("What you decide"),
        choices=[choice for choice in SwitchingStepKind.choices if choice[0] in SIGNALS],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Reason"),
        help_text=_("What you saw or were shown. It stays on the record for good."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    password = SignatureField()
