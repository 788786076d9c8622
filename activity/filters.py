"""What every list can be narrowed by."""

from datetime import date, datetime, time

import django_filters
from django.utils.timezone import make_aware


class RecordFilters(django_filters.FilterSet):
    """Days are those of the server's time zone, both ends included; `dated` names the time that they are of."""

    dated = ""
    date_after = django_filters.DateFilter(method="from_day")
    date_before = django_filters.DateFilter(method="to_day")

    def from_day(self, queryset, name: str, day: date):
        return queryset.filter(**{f"{self.dated}__gte": make_aware(datetime.combine(day, time.min))})

    def to_day(self, queryset, name: str, day: date):
        return queryset.filter(**{f"{self.dated}__lte": make_aware(datetime.combine(day, time.max))})
