"""What the board can be asked for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.forms import DayField
from activity.languages import Text
from compliance.board.page.board import SORTS, Filters
from compliance.gate.words import CHECK_NAMES
from compliance.models import Standing
from compliance.rules import gates
from suppliers.models import Category, Market, Supplier


class BoardForm(forms.Form):
    """Every field is optional, and one that is not understood does not filter."""

    q = forms.CharField(required=False, max_length=100)
    standing = forms.ChoiceField(required=False, choices=[("", ""), *Standing.choices])
    market = forms.CharField(required=False, max_length=10)
    category = forms.CharField(required=False, max_length=40)
    supplier = forms.CharField(required=False, max_length=40)
    merchandiser = forms.CharField(required=False, max_length=150)
    missing = forms.ChoiceField(
        label=_("What is missing"),
        required=False,
        choices=[("", _("Anything missing")), *((code, CHECK_NAMES[code]) for code in gates.CODES)],
    )
    acts = forms.ChoiceField(
        label=_("Who acts next"),
        required=False,
        choices=[
            ("", _("Whoever acts next")),
            *((role, Role(role).label) for role in ("supplier", "qc", "manager", "merchandiser")),
        ],
    )
    planned_by = DayField(label=_("Planned by"), required=False)
    ends_by = DayField(label=_("Ends by"), required=False)
    sort = forms.ChoiceField(required=False, choices=[(name, name) for name in SORTS])

    def __init__(self, *args: Any, offers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if offers:
            self._offer()

    @property
    def chosen(self) -> Filters:
        self.is_valid()
        return Filters(**{name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)})

    def _offer(self) -> None:
        """Turn the fields that name records into choices. Four statements."""
        people = User.objects.filter(groups__name=Role.MERCHANDISER, is_active=True).order_by("username")
        self._choose("market", _("Every market"), Market.objects.order_by("code"), "code")
        self._choose("category", _("Every category"), Category.objects.order_by("code"), "code")
        self._choose("supplier", _("Every supplier"), Supplier.objects.order_by("code"), "code")
        everyone = [("", _("Every merchandiser")), *((user.username, user.display_name) for user in people)]
        self._select("merchandiser", _("Merchandiser"), everyone)

    def _choose(self, name: str, everything: Text, records: QuerySet[Any], field: str) -> None:
        choices = [("", everything), *((getattr(record, field), record.local_name) for record in records)]
        self._select(name, {"market": _("Market"), "category": _("Category"), "supplier": _("Supplier")}[name], choices)

    def _select(self, name: str, label: Text, choices: Sequence[tuple[str, Any]]) -> None:
        field = forms.ChoiceField(label=label, required=False, choices=choices)
        self.fields[name] = field


class SaveViewForm(forms.Form):
    name = forms.CharField(label=_("Name of this view"), max_length=60)
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
