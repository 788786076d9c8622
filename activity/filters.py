"""What every list can be narrowed by: said once, for its page and for its API."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from typing import ClassVar, Self

import django_filters
from django import forms
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpRequest
from django.utils.timezone import make_aware


class ListFilters(django_filters.FilterSet):
    """What one list can be asked for. The API refuses what makes no sense (StrictFilters); a page leaves it out.

    `page_names` says which filters are called otherwise in the addresses of the page: name here -> name there.
    """

    page_names: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def of_page(cls, request: HttpRequest, rows: QuerySet, **unless_said: str) -> Self:
        """What the address of a page asks for; `unless_said` where it does not say, or says what makes no sense."""
        said = {name: request.GET.get(cls.name_on_page(name), "") for name in cls.base_filters}
        data = unless_said | {name: value for name, value in said.items() if value}
        found = cls._offering(data, rows, request)
        if wrong := found.form.errors.keys() & unless_said.keys():
            found = cls._offering(data | {name: unless_said[name] for name in wrong}, rows, request)
        return found

    @classmethod
    def _offering(cls, data: dict[str, str], rows: QuerySet, request: HttpRequest) -> Self:
        found = cls(data, rows, request=request)
        found.form.fields.update(found.offered())
        return found

    def offered(self) -> dict[str, forms.Field]:
        """The fields of the page's form for which it offers records to choose from: what is not offered makes no sense."""
        return {}

    @classmethod
    def name_on_page(cls, name: str) -> str:
        return cls.page_names.get(name, name)

    @property
    def chosen(self) -> dict[str, str]:
        """What is asked for and makes sense, as an address says it, by the names of the page; "" for all else."""
        self.form.is_valid()
        said = self.form.cleaned_data
        return {
            self.name_on_page(name): "" if said.get(name) in (None, "") else str(said[name]) for name in self.filters
        }


class SearchedFilters(ListFilters):
    """For lists in which words can be looked for; each of them stands in one of the columns `searched`."""

    searched: ClassVar[Sequence[str]] = ()  # the first is what the record is known by
    q = django_filters.CharFilter(method="with_words", max_length=100)

    def with_words(self, queryset: QuerySet, name: str, words: str) -> QuerySet:
        for word in words.split():
            queryset = queryset.filter(reduce(or_, (Q(**{f"{column}__icontains": word}) for column in self.searched)))
        return queryset

    def exact_first(self, queryset: QuerySet) -> QuerySet:
        """The records in their order, but the one that is meant first: that which is known by just these words."""
        words = self.chosen["q"].strip()
        if not words:
            return queryset
        is_meant = Case(When(**{f"{self.searched[0]}__iexact": words}, then=0), default=1)
        return queryset.order_by(is_meant, *queryset.query.order_by)


class RecordFilters(ListFilters):
    """Days are those of the server's time zone, both ends included; `dated` names the time that they are of."""

    dated = ""
    date_after = django_filters.DateFilter(method="from_day")
    date_before = django_filters.DateFilter(method="to_day")

    def from_day(self, queryset: QuerySet, name: str, day: date) -> QuerySet:
        return queryset.filter(**{f"{self.dated}__gte": make_aware(datetime.combine(day, time.min))})

    def to_day(self, queryset: QuerySet, name: str, day: date) -> QuerySet:
        return queryset.filter(**{f"{self.dated}__lte": make_aware(datetime.combine(day, time.max))})
