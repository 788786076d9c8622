"""What came back from the market, for pages: week by week, by batch, by characteristic, by inspection."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from inspections.models import ComplaintPoint, FoundBy, MarketReturn, ReturnReason
from inspections.models.market_return import MarketReturnQuerySet
from inspections.rules.escapes import change_by_chance, verdict_on_change
from suppliers.models import Product, Supplier

WEEK = timedelta(days=7)
NONE = "-"  # in an address: where there is none
# What returns are counted by: name in addresses -> field and heading. A complaint counts once per point.
DIMENSIONS: Mapping[str, tuple[str, Any]] = {
    "reason": ("reason", _("Return reason")),
    "complaint": ("complaint", _("Complaint point")),
    "supplier": ("product__supplier__code", _("Supplier")),
    "product": ("product__sku", _("Product")),
    "carton": ("carton", _("Carton")),
    "carrier": ("carrier", _("Carrier")),
    "batch": ("batch__number", _("Batch")),
}


def week_of(day: date) -> date:
    """The Monday of its week (ISO 8601)."""
    return day - timedelta(days=day.weekday())


def find_returns(user: User, **values: str) -> MarketReturnQuerySet:
    """The user's returns, narrowed by values of DIMENSIONS and by the `inspection` (its uid); empty ones do not narrow."""
    found = MarketReturn.objects.visible_to(user)
    for name, value in values.items():
        if value:
            found = with_value(found, name, value)
    return found


def with_value(returns: MarketReturnQuerySet, name: str, value: str) -> MarketReturnQuerySet:
    """Those with a value of a dimension; `-` stands for those that have none, such as no carrier."""
    if name == "inspection":
        return returns.filter(inspection__uid=value)
    if name == "complaint":
        return returns.filter(complaints=[]) if value == NONE else returns.filter(complaints__contains=[value])
    if name == "batch" and value == NONE:
        return returns.filter(batch=None)
    return returns.filter(**{DIMENSIONS[name][0]: "" if value == NONE else value})


@dataclass(frozen=True, slots=True)
class Group:
    """How often a value of a dimension came up in a week and the week before, and the reason that it came up with most.

    `share` and `cumulative` are fractions of the week's total.
    """

    key: str
    now: int
    before: int
    share: float
    cumulative: float
    top: str = ""
    top_count: int = 0

    @property
    def change(self) -> int:
        return self.now - self.before

    @property
    def verdict(self) -> str:
        return verdict_on_change(self.now, self.before)

    @property
    def chance(self) -> float:
        return change_by_chance(self.now, self.before)


def _counted(found: MarketReturnQuerySet, dimension: str, monday: date, *more: str) -> QuerySet:
    """Per value of the dimension (and of `more`): `now` and `before`. One statement."""
    if dimension == "complaint":
        found = found.exclude(complaints=[]).annotate(key=Func(F("complaints"), function="unnest"))
    else:
        found = found.annotate(key=F(DIMENSIONS[dimension][0]))
    return (
        found.filter(happened_on__gte=monday - WEEK, happened_on__lt=monday + WEEK)
        .order_by()
        .values("key", *more)
        .annotate(
            now=Count("id", filter=Q(happened_on__gte=monday)), before=Count("id", filter=Q(happened_on__lt=monday))
        )
    )


def week_by(found: MarketReturnQuerySet, dimension: str, monday: date) -> list[Group]:
    """The Pareto of a week: the most frequent first, those that ceased last. Two statements."""
    rows = [(row["key"] or NONE, row["now"], row["before"]) for row in _counted(found, dimension, monday)]
    tops: dict[str, tuple[str, int]] = {}
    if dimension not in ("reason", "complaint"):
        for row in _counted(found, dimension, monday, "reason").filter(now__gt=0):
            key = row["key"] or NONE
            if row["now"] > tops.get(key, ("", 0))[1]:
                tops[key] = row["reason"] or NONE, row["now"]
    total = sum(now for _key, now, _before in rows) or 1
    groups, sum_so_far = [], 0
    for key, now, before in sorted(rows, key=lambda row: (-row[1], -row[2], row[0])):
        sum_so_far += now
        groups.append(Group(key, now, before, now / total, sum_so_far / total, *tops.get(key, ("", 0))))
    return groups


@dataclass(frozen=True, slots=True)
class WeekTotals:
    """Units of a week and of the week before; of the week, those whose batch is unknown and those that had escaped."""

    now: int
    before: int
    unknown_batch: int
    escaped: int


def week_totals(found: MarketReturnQuerySet, monday: date) -> WeekTotals:
    """Two statements."""
    this_week = Q(happened_on__gte=monday)
    weeks = found.filter(happened_on__gte=monday - WEEK, happened_on__lt=monday + WEEK)
    counts = weeks.aggregate(
        now=Count("id", filter=this_week),
        before=Count("id", filter=~this_week),
        unknown_batch=Count("id", filter=this_week & Q(found_by=FoundBy.UNKNOWN)),
    )
    return WeekTotals(**counts, escaped=weeks.filter(this_week).escaped().count())


def complaint_names(codes: Iterable[str]) -> dict[str, ComplaintPoint]:
    return ComplaintPoint.objects.in_bulk(set(codes) - {NONE}, field_name="code")


def namer(dimension: str, keys: Iterable[str]) -> Callable[[str], str]:
    """How the values of a dimension are called in the reader's language. At most one statement."""
    names: dict[str, str] = {}
    if dimension == "reason":
        names = {value: str(label) for value, label in ReturnReason.choices}
    elif dimension == "complaint":
        names = {code: point.local_name for code, point in complaint_names(keys).items()}
    elif dimension == "supplier":
        names = {s.code: s.local_name for s in Supplier.objects.filter(code__in=set(keys))}
    return lambda key: names.get(key, key)


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of some batches: units that came back, and those that an inspection had let pass."""

    returned: int
    escaped: int


def tally(found: MarketReturnQuerySet) -> Tally:
    """Two statements."""
    return Tally(found.count(), found.escaped().count())


@dataclass(frozen=True, slots=True)
class Top:
    """A complaint point or, where none was named, a return reason; `query` finds its records in the list."""

    code: str
    name: str
    count: int
    query: str


def top_reasons(found: MarketReturnQuerySet, *, most: int = 5) -> list[Top]:
    """The most frequent first. Three statements."""
    points = found.exclude(complaints=[]).annotate(key=Func(F("complaints"), function="unnest"))
    counted = {row["key"]: row["n"] for row in points.order_by().values("key").annotate(n=Count("id"))}
    names = complaint_names(counted)
    rows = [Top(code, names[code].local_name, count, f"complaint={code}") for code, count in counted.items()]
    plain = found.filter(complaints=[]).order_by().values("reason").annotate(n=Count("id"))
    for row in plain:
        label = str(ReturnReason(row["reason"]).label)
        name = label[:1].upper() + label[1:]
        rows.append(Top(row["reason"], name, row["n"], f"reason={row['reason']}&complaint={NONE}"))
    return sorted(rows, key=lambda row: (-row.count, row.code))[:most]


def returns_by_batch(found: MarketReturnQuerySet) -> QuerySet:
    """Batches with `returns`, their shipped units and their product, those with the most first. One statement."""
    counted = found.exclude(batch=None).order_by().values("batch__number", "batch__shipped")
    return counted.annotate(returns=Count("id")).order_by("-returns", "-batch__number")


def escapes_by_characteristic(product: Product, user: User) -> dict[str, int]:
    """Characteristic's code -> units that it should have caught. Two statements."""
    catches = dict(product.catches.exclude(characteristic="").values_list("complaint", "characteristic"))
    counts: dict[str, int] = {}
    found = MarketReturn.objects.visible_to(user).filter(product=product, complaints__overlap=list(catches))
    for complaints in found.values_list("complaints", flat=True) if catches else ():
        for code in {catches[each] for each in complaints if each in catches}:
            counts[code] = counts.get(code, 0) + 1
    return counts
