from dataclasses import replace
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy

from accounts.signature import SignatureField
from activity.errors import InvalidInput, RuleBroken
from activity.filters import RecordFilters, SearchedFilters
from activity.forms import DayField, OnceForm
from activity.languages import Text
from inspections.models import Sample, SampleDoubt, SampleStatus
from inspections.rules.colours import is_possible
from inspections.rules.notation import read_column, split_list
from inspections.rules.readings import ReadingError
from inspections.sample.services.checks import CheckInput
from inspections.sample.services.details import SampleDetails
from suppliers.forms import PickedProductForm


class SampleFilters(SearchedFilters, RecordFilters):
    dated = "received_at"
    page_names = {"state": "status"}
    searched = ("product__sku", "product__name", "product__name_zh", "seal_number", "barcode")
    product = django_filters.CharFilter("product__sku")
    supplier = django_filters.CharFilter("supplier__code")
    state = django_filters.ChoiceFilter("status", choices=SampleStatus.choices)


def number(label: Text, *, signed: bool = False) -> forms.CharField:
    """Text, so that the service reads it as it was typed, full-width digits too.

    A number pad of a phone has no minus (iOS): what may be negative gets the whole keyboard.
    """
    attrs: dict[str, Text] = {"inputmode": "text" if signed else "decimal", "autocomplete": "off"}
    if signed:
        attrs["data-signed"] = gettext_lazy("Change the sign")
    return forms.CharField(label=label, required=False, max_length=40, widget=forms.TextInput(attrs=attrs))


class DetailsForm(OnceForm):
    """What is noted of a sample. All of it may be left out and added while the sample is being checked."""

    length_mm = number(gettext_lazy("Length (mm)"))
    width_mm = number(gettext_lazy("Width (mm)"))
    height_mm = number(gettext_lazy("Height (mm)"))
    weight_g = number(gettext_lazy("Weight (g)"))
    colour_l = number("L*")
    colour_a = number("a*", signed=True)
    colour_b = number("b*", signed=True)
    colour_confirmed = forms.BooleanField(
        label=gettext_lazy("The colour is right: this surface fluoresces"), required=False
    )
    barcode = forms.CharField(
        label=gettext_lazy("Barcode"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("EAN or UPC, as printed; its check digit is checked."),
    )
    seal_number = forms.CharField(label=gettext_lazy("Seal number"), required=False, max_length=60)
    kept_at = forms.CharField(
        label=gettext_lazy("Kept at"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Room, shelf, box: where one finds it."),
    )
    kept_until = DayField(
        label=gettext_lazy("Kept until"),
        required=False,
    )
    label_text = forms.CharField(
        label=gettext_lazy("Text of the label"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("As printed, line by line."),
    )
    note = forms.CharField(
        label=gettext_lazy("Internal note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The supplier does not see it."),
    )

    @property
    def details(self) -> SampleDetails:
        data = self.cleaned_data
        given = {name: data[name] for name in data if name in SampleDetails.__slots__ and name != "colour"}
        return SampleDetails(**given, colour=[data["colour_l"], data["colour_a"], data["colour_b"]])

    def show_refusal(self, refusal: RuleBroken) -> None:
        """What is wrong with a colour is shown beside its three fields."""
        if isinstance(refusal, InvalidInput):
            renamed = {"colour": "colour_l", "colour.l": "colour_l", "colour.a": "colour_a", "colour.b": "colour_b"}
            refusal = InvalidInput(
                [replace(error, field=renamed.get(error.field, error.field)) for error in refusal.errors]
            )
        super().show_refusal(refusal)

    @staticmethod
    def initial_of(sample: Sample) -> dict[str, Any]:
        names = [name for name in SampleDetails.__slots__ if not name.startswith("colour")]
        colour: dict[str, Any] = {"colour_l": sample.lab_l, "colour_a": sample.lab_a, "colour_b": sample.lab_b}
        colour["colour_confirmed"] = sample.lab is not None and not is_possible(sample.lab)
        return {name: getattr(sample, name) for name in names} | colour


class ReceiveForm(PickedProductForm, DetailsForm):
    """A sample that has arrived."""

    field_order = ("key", "product")


class SampleDecisionForm(OnceForm):
    """What somebody signs."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("approve", gettext_lazy("Approve")), ("refuse", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )
    confirmed = forms.MultipleChoiceField(
        label=gettext_lazy("Approve it although"),
        choices=SampleDoubt.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    damage_note = forms.CharField(
        label=gettext_lazy("Who ships it in a package that drops damage, and why that will do"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    digest = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    password = SignatureField()


class SampleReasonForm(OnceForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


class SampleSignatureForm(OnceForm):
    """The signature under further checks, by a second person."""

    digest = forms.CharField(widget=forms.HiddenInput)
    password = SignatureField()


class WithdrawalForm(SampleSignatureForm):
    reason = forms.CharField(
        label=gettext_lazy("Why it is no reference any more"), widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ("key", "digest", "reason", "password")


class PlaceForm(forms.Form):
    kept_at = forms.CharField(label=gettext_lazy("Kept at"), required=False, max_length=120)
    kept_until = DayField(
        label=gettext_lazy("Kept until"),
        required=False,
    )


OUTCOMES = {"none": (False, False), "package": (True, False), "product": (False, True), "both": (True, True)}


def typed_readings(text: str, unit: str) -> list[str | ReadingError]:
    """The readings of a line as it was typed, in `unit`; what is none, as what is wrong with it."""
    readings = read_column(split_list(text), unit=unit, usual=get_format("DECIMAL_SEPARATOR"))
    return [
        reading if isinstance(reading, ReadingError) else str(reading) for reading in readings if reading is not None
    ]


def check_input(
    posted: QueryDict, *, key: str, code: str, is_aspect: bool, is_measured: bool, unit: str = ""
) -> CheckInput:
    """What was entered for one check of the page; nothing of it is judged here."""
    conforms = {"good": True, "bad": False}.get(posted.get(f"{key}-answer", ""))
    return CheckInput(
        aspect=code if is_aspect else "",
        characteristic="" if is_aspect else code,
        conforms=None if is_measured else conforms,
        readings=typed_readings(posted.get(f"{key}-readings", ""), unit) if is_measured else None,
        note=posted.get(f"{key}-note", ""),
        revision=shown_revision(posted, key),
    )


def shown_revision(posted: QueryDict, key: str) -> int | None:
    """The revision of a check or a drop that the page showed, 0 for none; None where the page did not say."""
    sent = posted.get(f"{key}-revision", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None
