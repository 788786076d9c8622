"""What lists of what belongs to a batch can be narrowed by."""

import django_filters

from activity.filters import RecordFilters


class OfBatchFilters(RecordFilters):
    """For records that belong to a batch."""

    batch = django_filters.CharFilter("batch__number")
    product = django_filters.CharFilter("batch__product__sku")
    supplier = django_filters.CharFilter("batch__supplier__code")
