from collections.abc import Iterator
from typing import Any, NamedTuple

import django_filters
from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.signature import SignatureField
from activity.filters import SearchedFilters
from activity.forms import DayField, OnceForm, field_of
from activity.numbers import whole_number
from inspections.hold.page import AnswerState, in_answer_state
from inspections.hold.services.holds import Decision, dispositions_for
from inspections.models import DispositionFacts, DispositionKind, Hold, HoldReason, HoldStatus
from inspections.models.filters import OfBatchFilters


class HoldFilters(SearchedFilters, OfBatchFilters):
    dated = "placed_at"
    page_names = {"state": "status"}
    searched = (
        "batch__number", "batch__po_number", "batch__product__sku", "batch__product__name", "batch__product__name_zh",
        "batch__supplier__code", "batch__supplier__name", "batch__supplier__name_zh",
    )  # fmt: skip
    state = django_filters.ChoiceFilter("status", choices=HoldStatus.choices)
    reason = django_filters.ChoiceFilter(choices=HoldReason.choices)
    answer = django_filters.ChoiceFilter(
        label=_("Answer"), method="in_answer_state", choices=AnswerState.choices, empty_label=_("Any answer")
    )

    def in_answer_state(self, holds: QuerySet[Hold], name: str, state: str) -> QuerySet[Hold]:
        return in_answer_state(holds, state, at=now())


class HoldPlaceForm(OnceForm):
    note = forms.CharField(
        label=_("Why is it stopped?"),
        help_text=_("The supplier reads this: name the fault, where it was seen and how many units show it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; always a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(file, initial) for file in data or []]


class RespondForm(OnceForm):
    root_cause = forms.CharField(
        label=_("Root cause"),
        help_text=_("Why did it happen, and why was it not noticed before the goods left?"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    corrective_action = forms.CharField(
        label=_("Corrective action"),
        help_text=_("What is done with these units, and what keeps it from happening again?"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    files = FilesField(  # type: ignore[assignment] # a field; Django takes it out of the class
        label=_("Photos and papers"), required=False
    )
    wants_reinspection = forms.BooleanField(label=_("The batch is ready: please inspect it again"), required=False)


class OrderForm(OnceForm):
    """A manager's word that the batch is inspected again, though nobody has answered or reworked it."""

    reason = forms.CharField(
        label=_("Why inspect again"),
        help_text=_("What makes it worth another look, and what to look at. The supplier reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CountersignForm(OnceForm):
    """The second person's signature under an accepted re-inspection."""

    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    password = SignatureField()


class Option(NamedTuple):
    """One disposition: its button, what it means, and the fields that it alone asks for."""

    radio: BoundWidget
    facts: DispositionFacts
    fields: list[BoundField]


class DecisionForm(OnceForm):
    """What somebody signs. Which fields count depends on the disposition; the service says what is missing."""

    disposition = forms.ChoiceField(label=_("Disposition"), choices=DispositionKind, widget=forms.RadioSelect)
    quantity = whole_number(label=_("Units decided on"))
    good = whole_number(label=_("Good units"), required=False)
    limit = forms.CharField(
        label=_("What is accepted"),
        help_text=_("Up to which limit, e.g. “body height up to 50.9 mm”."),
        required=False,
        max_length=500,
    )
    expires_on = DayField(
        label=_("Last day to ship"),
        required=False,
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    password = SignatureField()

    def __init__(self, *args: Any, hold: Hold, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["quantity"] = hold.remaining - hold.sorted_out or hold.remaining
        kinds = dispositions_for(hold)
        choices = [choice for choice in DispositionKind.choices if choice[0] in kinds]
        field_of(self, "disposition", forms.ChoiceField).choices = choices

    @property
    def options(self) -> Iterator[Option]:
        """What may be chosen, each with the words that it is signed under; nothing without words of its own."""
        for radio in self["disposition"]:
            value = radio.data["value"]
            if value in DispositionKind.values and (facts := DispositionKind(value).facts).has_words:
                yield Option(radio, facts, [self[name] for name in facts.asks_for])

    @property
    def decision(self) -> Decision:
        data = self.cleaned_data
        return Decision(
            kind=data["disposition"],
            quantity=data["quantity"],
            reason=data["reason"],
            good=data["good"],
            limit=data["limit"],
            expires_on=data["expires_on"],
        )
