import django_filters

from activity.filters import RecordFilters, SearchedFilters
from inspections.models import DoubtKind


class DoubtFilters(SearchedFilters, RecordFilters):
    dated = "raised_at"
    searched = (
        "inspection__batch__number", "inspection__batch__product__sku", "inspection__batch__product__name",
        "inspection__batch__product__name_zh", "inspection__batch__supplier__code", "inspection__inspector__username",
        "inspection__inspector__first_name", "inspection__inspector__last_name",
    )  # fmt: skip
    kind = django_filters.ChoiceFilter(choices=DoubtKind.choices)
    inspection = django_filters.UUIDFilter("inspection__uid")
    batch = django_filters.CharFilter("inspection__batch__number")
    product = django_filters.CharFilter("inspection__batch__product__sku")
    supplier = django_filters.CharFilter("inspection__batch__supplier__code")
    inspector = django_filters.CharFilter("inspection__inspector__username")
