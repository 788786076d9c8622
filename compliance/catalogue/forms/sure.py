"""How sure the catalogue is of what it says: one question for its requirements and for its tables."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from activity.filters import SearchedFilters
from compliance.models import Verification

IS_SURE = Q(verification=Verification.VERIFIED) | Q(confirmed_by__isnull=False)


class SureFilters(SearchedFilters):
    sure = django_filters.ChoiceFilter(
        label=_("Verification"),
        method="that_are_sure",
        choices=[("yes", _("Verified or confirmed")), ("no", _("To be confirmed"))],
        empty_label=_("Verified or not"),
    )

    def that_are_sure(self, rows: QuerySet, name: str, answer: str) -> QuerySet:
        return rows.filter(IS_SURE if answer == "yes" else ~IS_SURE)
