"""The form of a finding, phone first."""

import unicodedata
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activity.forms import field_of
from activity.numbers import whole_number
from inspections.finding.services import FindingInput
from inspections.hold.forms import FilesField
from inspections.models import Characteristic, Inspection, InspectionStatus, NonconformityClass

ELSEWHERE = "none"


class UnitsField(forms.CharField):
    """Numbers with commas, Chinese ones too, or spaces between; None for nothing."""

    def clean(self, value: str) -> list[int] | None:
        text = unicodedata.normalize("NFKC", super().clean(value)).replace("、", ",")
        parts = text.replace(",", " ").split()
        if not all(part.isdecimal() and len(part) < 10 for part in parts):
            raise ValidationError(_("Give the numbers of the units, with commas between: 3, 17, 42."), code="invalid")
        return [int(part) for part in parts] or None


class FindingForm(forms.Form):
    """What was found. Its id is made with the form, so that pressing the button twice is one finding (R7)."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    characteristic = forms.ChoiceField(label=_("What is wrong"), required=False)
    nonconformity_class = forms.ChoiceField(
        label=_("How grave it is"), choices=NonconformityClass, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "What it is and where on the unit; needed for something else. The supplier reads it where it holds the batch."
        ),
    )
    inspection = forms.ChoiceField(label=_("Where it was found"), required=False)
    units = UnitsField(
        label=_("Numbers of the units"),
        required=False,
        max_length=2000,
        help_text=_("As on the pick list: 3, 17, 42"),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )
    count = whole_number(label=_("Or how many units"), required=False)
    photos = FilesField(label=_("Photos"), required=False)

    def __init__(
        self, *args: Any, checks: Sequence[Characteristic], rounds: Sequence[Inspection], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "characteristic", forms.ChoiceField).choices = [
            ("", _("Something else")),
            *((c.code, f"{c.local_name} · {c.get_nonconformity_class_display()}") for c in checks),
        ]
        field_of(self, "inspection", forms.ChoiceField).choices = [
            *((str(each.uid), _sample_of(each)) for each in rounds),
            (ELSEWHERE, _("elsewhere in the batch")),
        ]

    @property
    def finding(self) -> FindingInput:
        data = self.cleaned_data
        inspection = data["inspection"]
        return FindingInput(
            uid=data["id"],
            nonconformity_class=data["nonconformity_class"],
            characteristic=data["characteristic"],
            units=data["units"],
            count=data["count"],
            note=data["note"],
            inspection=None if inspection in ("", ELSEWHERE) else uuid.UUID(inspection),
            in_open_round=not inspection,
        )


def _sample_of(inspection: Inspection) -> str:
    text = _("in the sample of round %(round)s")
    if inspection.status == InspectionStatus.OPEN:
        text = _("in the sample of round %(round)s, which is under way")
    return str(text) % {"round": inspection.round}
