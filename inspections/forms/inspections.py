import django_filters
from django import forms

from activity.filters import SearchedFilters
from inspections.forms.filters import OfBatchFilters
from inspections.models import CartonRule, InspectionStatus, Verdict


class StartForm(forms.Form):
    """How the units of the next round come, where whoever starts it says so; what makes no sense the service refuses."""

    cartons = forms.IntegerField(required=False)
    carton_rule = forms.CharField(required=False, empty_value=CartonRule.SQUARE_ROOT)


class InspectionFilters(SearchedFilters, OfBatchFilters):
    dated = "planned_at"
    page_names = {"state": "status"}
    searched = (
        "batch__number", "batch__po_number", "batch__product__sku", "batch__product__name", "batch__product__name_zh",
    )  # fmt: skip
    state = django_filters.ChoiceFilter("status", choices=InspectionStatus.choices)
    verdict = django_filters.ChoiceFilter(choices=Verdict.choices)
