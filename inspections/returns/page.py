"""What came back from the market, for pages: week by week, by batch, by characteristic, by inspection."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from inspections.models import ComplaintPoint, FoundBy, MarketReturn, ReturnReason, Shipment
from inspections.models.market_return import MarketReturnQuerySet
from inspections.rules.escapes import Change
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
    found = MarketReturn.objects.visible_to(user).standing()
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
class Span:
    """The days of a week that are counted, both ends included: of the week under way those until today, which are compared
    with the same weekdays of the week before."""

    since: date
    until: date

    @classmethod
    def of(cls, monday: date, today: date) -> "Span":
        return cls(monday, max(monday, min(monday + WEEK - timedelta(days=1), today)))

    @property
    def is_partial(self) -> bool:
        return self.until < self.since + WEEK - timedelta(days=1)

    @property
    def before(self) -> "Span":
        return Span(self.since - WEEK, self.until - WEEK)

    @property
    def days(self) -> Q:
        return Q(happened_on__range=(self.since, self.until))


# How long after it was shipped a unit is taken to be with a customer who may send it back: an assumption.
WITH_CUSTOMERS = timedelta(days=30)
# By what shipments are counted too; returns by carton or carrier have no rate.
SHIPPED_BY = {"supplier": "batch__product__supplier__code", "product": "batch__product__sku", "batch": "batch__number"}


def shipped_by(dimension: str, span: Span, **narrowed: str) -> Callable[[str], tuple[int, int]]:
    """Value of a dimension -> units shipped in the 30 days until the end of the span, and of the one before it; 0 where that
    is not known. Of a batch all of its units. One statement."""
    if dimension not in ("reason", "complaint", *SHIPPED_BY):
        return lambda key: (0, 0)
    product, supplier = narrowed.get("product"), narrowed.get("supplier")
    shipments = Shipment.objects.with_taken_back()
    if product:
        shipments = shipments.filter(batch__product__sku=product)
    if supplier:
        shipments = shipments.filter(batch__product__supplier__code=supplier)
    since = timedelta(days=36500) if dimension == "batch" else WITH_CUSTOMERS
    units = {
        name: Sum("away", filter=Q(shipped_at__date__range=(each.until - since, each.until)), default=0)
        for name, each in (("units_now", span), ("units_before", span.before))
    }
    if dimension not in SHIPPED_BY:
        found = shipments.aggregate(**units)
        return lambda key: (found["units_now"], found["units_before"])
    rows = shipments.order_by().values(key=F(SHIPPED_BY[dimension])).annotate(**units)
    known = {row["key"]: (row["units_now"], row["units_before"]) for row in rows}
    return lambda key: known.get(key, (0, 0))


@dataclass(frozen=True, slots=True)
class Group:
    """How often a value of a dimension came up in a week and the week before, and the reason that it came up with most.

    `share` and `cumulative` are fractions of the week's total.
    """

    key: str
    change: Change
    share: float
    cumulative: float
    top: str = ""
    top_count: int = 0

    @property
    def now(self) -> int:
        return self.change.now

    @property
    def before(self) -> int:
        return self.change.before

    @property
    def difference(self) -> int:
        return self.now - self.before


def _counted(found: MarketReturnQuerySet, dimension: str, span: Span, *more: str) -> QuerySet:
    """Per value of the dimension (and of `more`): `now` and `before`. One statement."""
    if dimension == "complaint":
        found = found.exclude(complaints=[]).annotate(key=Func(F("complaints"), function="unnest"))
    else:
        found = found.annotate(key=F(DIMENSIONS[dimension][0]))
    return (
        found.filter(span.days | span.before.days)
        .order_by()
        .values("key", *more)
        .annotate(now=Count("id", filter=span.days), before=Count("id", filter=span.before.days))
    )


def week_by(found: MarketReturnQuerySet, dimension: str, span: Span, **narrowed: str) -> list[Group]:
    """The Pareto of a week: the most frequent first, those that ceased last. Three statements.

    `narrowed` is what `found` was narrowed by, for the units that were shipped.
    """
    rows = [(row["key"] or NONE, row["now"], row["before"]) for row in _counted(found, dimension, span)]
    shipped = shipped_by(dimension, span, **narrowed)
    tops: dict[str, tuple[str, int]] = {}
    if dimension not in ("reason", "complaint"):
        for row in _counted(found, dimension, span, "reason").filter(now__gt=0):
            key = row["key"] or NONE
            if row["now"] > tops.get(key, ("", 0))[1]:
                tops[key] = row["reason"] or NONE, row["now"]
    total = sum(now for _key, now, _before in rows) or 1
    groups, sum_so_far = [], 0
    for key, now, before in sorted(rows, key=lambda row: (-row[1], -row[2], row[0])):
        sum_so_far += now
        change = Change(now, before, *shipped(key))
        groups.append(Group(key, change, now / total, sum_so_far / total, *tops.get(key, ("", 0))))
    return groups


@dataclass(frozen=True, slots=True)
class WeekTotals:
    """Units of a week and of the week before; of the week, those whose batch is unknown, those that had escaped, and those
    that are in doubt."""

    now: int
    before: int
    unknown_batch: int
    escaped: int
    doubtful: int


def week_totals(found: MarketReturnQuerySet, span: Span) -> WeekTotals:
    """Three statements."""
    counts = found.filter(span.days | span.before.days).aggregate(
        now=Count("id", filter=span.days),
        before=Count("id", filter=span.before.days),
        unknown_batch=Count("id", filter=span.days & Q(found_by=FoundBy.UNKNOWN)),
    )
    week = found.filter(span.days)
    return WeekTotals(**counts, escaped=week.escaped().count(), doubtful=week.doubtful().count())


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
    name_of = namer("complaint", counted)
    rows = [Top(code, name_of(code), count, f"complaint={code}") for code, count in counted.items()]
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
    found = MarketReturn.objects.visible_to(user).standing()
    found = found.filter(product=product, complaints__overlap=list(catches))
    for complaints in found.values_list("complaints", flat=True) if catches else ():
        for code in {catches[each] for each in complaints if each in catches}:
            counts[code] = counts.get(code, 0) + 1
    return counts
