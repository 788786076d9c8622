from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.forms import DayField, OnceForm, field_of
from activity.languages import Text
from compliance.catalogue.forms.sure import SureFilters
from compliance.catalogue.page import of_category, of_market
from compliance.catalogue.services.requirements import DATES
from compliance.models import (
    Requirement,
    RequirementKind,
    Severity,
    Trait,
    ValidityType,
    Verification,
)
from suppliers.models import Category, Market


class RequirementFilters(SureFilters):
    searched = ("key", "name", "name_zh", "legal_basis")
    kind = django_filters.ChoiceFilter(
        choices=RequirementKind.choices, label=pgettext_lazy("requirement", "Kind"), empty_label=_("All kinds")
    )
    severity = django_filters.ChoiceFilter(choices=Severity.choices)
    verification = django_filters.ChoiceFilter(choices=Verification.choices)
    market = django_filters.CharFilter(method="of_market", max_length=10)
    category = django_filters.CharFilter(method="of_category", max_length=40)

    def offered(self) -> dict[str, forms.Field]:
        """Two statements."""
        markets = [("", _("All markets")), *_named(Market, "code")]
        categories = [("", _("All categories")), *_named(Category, "code")]
        return {
            "market": forms.ChoiceField(label=_("Market"), required=False, choices=markets),
            "category": forms.ChoiceField(label=_("Category"), required=False, choices=categories),
        }

    def of_market(self, requirements: QuerySet[Requirement], name: str, code: str) -> QuerySet[Requirement]:
        return of_market(requirements, code)

    def of_category(self, requirements: QuerySet[Requirement], name: str, code: str) -> QuerySet[Requirement]:
        return of_category(requirements, code)


def _named(model: type[Category | Market | Trait], key: str) -> list[tuple[str, str]]:
    return [(getattr(row, key), f"{row.local_name} ({getattr(row, key)})") for row in model.objects.order_by(key)]


class WordsField(forms.CharField):
    """Codes with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [word.strip() for word in (value or "").split(",") if word.strip()]


class CodesField(forms.MultipleChoiceField):
    def __init__(self, label: Text, **kwargs: Any) -> None:
        super().__init__(label=label, required=False, widget=forms.SelectMultiple(attrs={"size": 8}), **kwargs)


def _text(label: Text, *, rows: int = 0, required: bool = False, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, required=required, widget=widget, **kwargs)


class RequirementForm(OnceForm):
    """All that a requirement says. `values` holds it as JSON does; dates as text."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    name = _text(_("Name"), required=True, max_length=120)
    name_zh = _text(_("Name in Chinese"), max_length=120)
    kind = forms.ChoiceField(label=pgettext_lazy("requirement", "Kind"), choices=RequirementKind)
    severity = forms.ChoiceField(label=pgettext_lazy("requirement", "Severity"), choices=Severity)
    is_ban = forms.BooleanField(label=_("It is a ban: no waiver covers it"), required=False)
    categories = CodesField(_("Categories"))
    categories_exclude = CodesField(_("Categories that are excluded"))
    markets = CodesField(_("Markets"))
    traits_all = CodesField(_("Traits, all of which it needs"))
    traits_any = CodesField(_("Traits, one of which it needs"))
    group = _text(_("Group"), max_length=40, help_text=_("Requirements of one group are met by any one of them."))
    applies_from = DayField(label=_("Applies from"), required=False)
    applies_until = DayField(label=_("Applies until"), required=False)
    legal_basis = _text(_("Legal basis"), rows=2)
    jurisdiction = _text(_("Jurisdiction"), max_length=60)
    evidence = WordsField(label=_("Evidence"), required=False)
    fields_wanted = WordsField(label=_("Fields of the evidence"), required=False)
    number_format = _text(_("Format of the number"), max_length=40)
    validity_type = forms.ChoiceField(label=_("Validity"), choices=ValidityType)
    validity_months = forms.IntegerField(label=_("Months of validity"), required=False, min_value=1, max_value=1200)
    policy_max_age_months = forms.IntegerField(
        label=_("Greatest age in months"), required=False, min_value=1, max_value=1200
    )
    validity_verification = forms.ChoiceField(label=_("Verification of the validity"), choices=Verification)
    validity_note = _text(_("Note on the validity"), rows=2)
    platform_rules = forms.JSONField(
        label=_("Platform rules"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    asks = forms.JSONField(
        label=_("What is looked for in it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Standards, acts, tests, a result, who has to be named and where, as docs/how-to says it."),
    )
    edition = _text(_("Edition"), max_length=60)
    edition_from = DayField(label=_("Edition counts from"), required=False)
    renewal_lead_days = forms.IntegerField(label=_("Days that a renewal takes"), min_value=0, max_value=1000)
    renewal_lead_basis = _text(_("Basis of the renewal time"), rows=1)
    verification = forms.ChoiceField(label=_("Verification"), choices=Verification)
    verified_scope = _text(_("What of it is verified"), rows=1)
    source = _text(_("Source"), rows=2)
    notes = _text(_("Notes"), rows=3)
    reason = _text(_("Why it changes, and where that can be read"), rows=2, required=True, max_length=2000)
    PARTS = (
        (_("What it is"), ("name", "name_zh", "kind", "severity", "is_ban", "group", "legal_basis", "jurisdiction")),
        (_("When it applies"), ("categories", "categories_exclude", "markets", "traits_all", "traits_any", "applies_from", "applies_until")),
        (_("What the paper shows"), ("evidence", "fields_wanted", "asks", "number_format", "edition", "edition_from")),
        (_("How long a paper counts"), ("validity_type", "validity_months", "policy_max_age_months", "validity_verification", "validity_note", "platform_rules", "renewal_lead_days", "renewal_lead_basis")),
        (_("How sure it is"), ("verification", "verified_scope", "source", "notes")),
    )  # fmt: skip

    def __init__(
        self, *args: Any, requirement: Requirement | None = None, said: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        every = [("*", _("all of them"))]
        field_of(self, "categories", CodesField).choices = [*every, *_named(Category, "code")]
        field_of(self, "categories_exclude", CodesField).choices = _named(Category, "code")
        field_of(self, "markets", CodesField).choices = [*every, *_named(Market, "code")]
        for name in ("traits_all", "traits_any"):
            field_of(self, name, CodesField).choices = _named(Trait, "key")
        for name, value in (said or {}).items():
            self.initial["fields_wanted" if name == "fields" else name] = value
        self.initial["revision"] = requirement.revision if requirement else 0

    @property
    def parts(self) -> list[tuple[Text, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.PARTS]

    @property
    def values(self) -> dict[str, Any]:
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("key", "revision", "reason")}
        data["fields"] = data.pop("fields_wanted")
        data["platform_rules"] = data["platform_rules"] or []
        data["asks"] = data["asks"] or {}
        return data | {name: data[name] and data[name].isoformat() for name in DATES}


class NewRequirementForm(RequirementForm):
    code = forms.SlugField(
        label=pgettext_lazy("requirement", "Key"), max_length=60, help_text=_("Short and lasting, such as us-cpc.")
    )
    field_order = ["key", "code"]

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "code"}


class ConfirmForm(OnceForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Where you read it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A law, a page, a letter: what you looked at today."),
    )  # fmt: skip


class DecideForm(OnceForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    apply = forms.BooleanField(required=False)
