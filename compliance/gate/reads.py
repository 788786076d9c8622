"""What gates rest on, read for many listings at once. The number of statements does not grow with the listings."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Case, CharField, Count, Exists, F, JSONField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, JSONArray, JSONObject, Least

from compliance.models import ChecklistItem, Evidence
from compliance.rules import gates
from inspections.models import (
    Hold,
    HoldResponse,
    Inspection,
    InspectionStatus,
    PilotCarryOver,
    PilotOutcome,
    PilotRun,
    PilotStatus,
    PilotUnit,
    PilotWordKind,
    Sample,
    SampleStatus,
    Specification,
    Verdict,
)
from inspections.pilot.reads import BEYOND_OF_RUN, FAILED, STOPPED_BADLY
from suppliers.models import Listing


def _batch() -> Subquery:
    """The last round of the newest batch of a product that has one."""
    rounds = (
        Inspection.objects.counted()
        .exclude(status=InspectionStatus.OPEN)
        .filter(batch__product=OuterRef("product"))
        .order_by("-batch_id", "-round")
    )
    return Subquery(
        rounds.values(
            fact=JSONObject(
                number="batch__number",
                verdict="verdict",
                since=Coalesce("submitted_at", "abandoned_at"),
                freed=F("batch__available") + F("batch__shipped"),
                is_held=Exists(Hold.objects.open().filter(batch=OuterRef("batch"))),
                awaiting="batch__awaiting",
                set_aside="batch__set_aside",
                until="batch__deviation_until",
            )
        )[:1]
    )


def _holds() -> ArraySubquery:
    answered = Exists(HoldResponse.objects.filter(hold=OuterRef("pk")))
    holds = Hold.objects.open().filter(batch__product=OuterRef("product")).order_by("placed_at", "pk")
    return ArraySubquery(
        holds.values(
            fact=JSONObject(
                uid="uid",
                batch="batch__number",
                ordinal="ordinal",
                since="placed_at",
                due="answer_due_at",
                acts=Case(
                    When(answered, then=Value(gates.MANAGER)), default=Value(gates.SUPPLIER), output_field=CharField()
                ),
            )
        )
    )


def _sample() -> Subquery:
    """The golden sample of a product, and when a batch or a pilot run first confirmed it.

    As `inspections.sample.page.lists.confirmations`, for many products in one statement.
    """
    accepted = Inspection.objects.filter(
        verdict=Verdict.ACCEPTED, batch__product=OuterRef("product"), planned_at__gte=OuterRef("decided_at")
    ).order_by("submitted_at")
    passed = PilotRun.objects.confirming().filter(sample=OuterRef("pk")).order_by("concluded_at")
    golden = Sample.objects.golden().filter(product=OuterRef("product"))
    active = Specification.objects.active().filter(product=OuterRef("product"))
    return Subquery(
        golden.annotate(
            confirmed_at=Least(
                Subquery(accepted.values("submitted_at")[:1]), Subquery(passed.values("concluded_at")[:1])
            ),
            active=Subquery(active.values("pk")[:1]),
        ).values(
            fact=JSONObject(
                uid="uid",
                version="version",
                approved_at="decided_at",
                confirmed_at="confirmed_at",
                kept_until="kept_until",
                lacking="lacking",
                is_held_against=Case(
                    When(active=None, then=True), When(held_against=F("active"), then=True), default=False
                ),
                required="held_against__version",
            )
        )[:1]
    )


def _new_sample() -> Subquery:
    """The newest sample of a product, where none is golden yet."""
    newest = Sample.objects.filter(product=OuterRef("product")).order_by("-pk")
    acts = Case(
        When(status=SampleStatus.RECEIVED, then=Value(gates.QC)),
        When(status=SampleStatus.CHECKED, then=Value(gates.MANAGER)),
        When(status=SampleStatus.WITHDRAWN, then=Value(gates.MERCHANDISER)),
        default=Value(gates.SUPPLIER),
        output_field=CharField(),
    )
    return Subquery(
        newest.values(
            fact=JSONObject(
                uid="uid",
                state="status",
                since=Coalesce("withdrawn_at", "decided_at", "checked_at", "received_at"),
                acts=acts,
            )
        )[:1]
    )


def _items() -> ArraySubquery:
    """The blocking items of a listing's checklist, each as the fields of `gates.Item` in their order."""
    items = ChecklistItem.objects.filter(listing=OuterRef("pk"), is_blocking=True).order_by("requirement__key")
    names = [
        "requirement__key",
        "requirement__kind",
        "group",
        "state",
        "acts_next",
        "due_on",
        "valid_from",
        "valid_to",
        "since",
    ]
    return ArraySubquery(items.values(fact=JSONArray(*names)))


def _pilots() -> ArraySubquery:
    """The newest two pilot runs of a product that were not stopped, but for those with bad units, nor signed to have had invalid
    samples, the newest first."""
    golden = Sample.objects.golden().filter(product=OuterRef("product")).values("pk")[:1]
    carried = PilotCarryOver.objects.filter(run=OuterRef("pk"), sample=OuterRef("golden"))
    failed = (
        PilotRun.objects.filter(FAILED, product=OuterRef("product"), ordinal__lt=OuterRef("ordinal"))
        .exclude(word__kind=PilotWordKind.INVALID_SAMPLE)
        .order_by()
        .values("product")
    )
    back = PilotUnit.objects.back().filter(run=OuterRef("pk")).order_by().values("run")
    runs = (
        PilotRun.objects.filter(product=OuterRef("product"))
        .filter(~Q(status=PilotStatus.STOPPED) | STOPPED_BADLY)
        .exclude(word__kind=PilotWordKind.INVALID_SAMPLE)
        .annotate(golden=Subquery(golden))
        .annotate(
            is_of_golden=Case(When(sample=F("golden"), then=True), When(Exists(carried), then=True), default=False),
            failed_before=Subquery(failed.annotate(n=Count("pk")).values("n")),
            units_back=Subquery(back.annotate(n=Count("pk")).values("n")),
            units_bad=Subquery(back.exclude(outcome=PilotOutcome.OK).annotate(n=Count("pk")).values("n")),
        )
        .order_by("-ordinal")
    )
    return ArraySubquery(
        runs.values(
            fact=JSONObject(
                uid="uid",
                state=Case(
                    When(failed_late_at__isnull=False, then=Value("fail_late")),
                    default=Coalesce("verdict", "status", output_field=CharField()),
                ),
                size="size",
                back=Coalesce("units_back", 0),
                bad=Coalesce("units_bad", 0),
                since=Coalesce("concluded_at", "started_at", "planned_at"),
                is_of_golden="is_of_golden",
                failed_before=Coalesce("failed_before", 0),
                beyond=ArraySubquery(BEYOND_OF_RUN.order_by("characteristic__position").values("characteristic__code")),
                own_limits=Case(
                    When(
                        limits_source__startswith="product",
                        then=JSONObject(damage="damage_limit", complaint="complaint_limit", returns="return_limit"),
                    ),
                    output_field=JSONField(),
                ),
            )
        )[:2]
    )


def _numbers() -> ArraySubquery:
    """The numbers of the papers that a listing has, to find it by."""
    papers = Evidence.objects.filter(listings=OuterRef("pk")).exclude(number="").order_by("number")
    return ArraySubquery(papers.values("number").distinct())


@dataclass(frozen=True, slots=True)
class Listed:
    """Whose gate it is, and the words that a listing is found by."""

    pk: int
    words: str


def _documents() -> QuerySet:
    """A listing's key and all facts about it as one document: to decode twelve columns is twice the work."""
    document = JSONObject(
        product="product__sku",
        market="market__code",
        zone="market__zone",
        planned_on="planned_on",
        names=JSONArray(
            "product__sku",
            "product__name",
            "product__name_zh",
            "product__supplier__code",
            "product__supplier__name",
            "product__supplier__name_zh",
        ),
        checklist="checklist__pk",
        unanswered="checklist__unanswered",
        batch=_batch(),
        holds=_holds(),
        sample=_sample(),
        new_sample=_new_sample(),
        pilots=_pilots(),
        items=_items(),
        numbers=_numbers(),
    )
    return Listing.objects.order_by("pk").values_list("pk", document)


_ASKED = object()  # stands in the parameters for the listings that are asked for


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The SQL and its parameters, written once: for a single listing that takes Django longer than PostgreSQL needs."""
    return _documents().filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [_ASKED])).query.sql_with_params()


def read_facts(listings: Iterable[int]) -> Iterator[tuple[Listed, gates.Facts]]:
    """Each of the listings, and what its gate rests on, by the listing's key.

    One statement. Lock the gates first: what is read then is at least as new as what any earlier holder wrote.
    """
    sql, parameters = _statement()
    asked = list(listings)
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked if parameter is _ASKED else parameter for parameter in parameters])
        for pk, document in cursor.fetchall():
            row = json.loads(document)
            words = "\n".join(filter(None, [*row["names"], *row["numbers"]])).lower()
            yield Listed(pk, words), _facts(row)


def _facts(row: Mapping[str, Any]) -> gates.Facts:
    batch, sample, new_sample = row["batch"], row["sample"], row["new_sample"]
    return gates.Facts(
        product=row["product"],
        market=row["market"],
        zone=row["zone"],
        planned_on=_day(row["planned_on"]),
        sample=_sample_of(sample) if sample else None,
        new_sample=gates.NewSample(**_times(new_sample, "since")) if new_sample and not sample else None,
        pilots=tuple(gates.Pilot(**_times(fact, "since")) for fact in row["pilots"]),
        batch=gates.Batch(**_times(batch, "since", "until")) if batch else None,
        holds=tuple(_hold(fact) for fact in row["holds"]),
        has_checklist=row["checklist"] is not None,
        unanswered=tuple(row["unanswered"] or ()),
        items=tuple(map(_item, row["items"])),
    )


def _sample_of(fact: dict[str, Any]) -> gates.Sample:
    fact = _times(fact, "approved_at", "confirmed_at")
    return gates.Sample(**fact | {"kept_until": _day(fact["kept_until"]), "lacking": tuple(fact["lacking"])})


def _hold(fact: dict[str, Any]) -> gates.Hold:
    fact = _times(fact, "since", "due")
    return gates.Hold(code=f"{fact.pop('batch')}-H{fact.pop('ordinal')}", **fact)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _item(fact: list[Any]) -> gates.Item:
    key, kind, group, state, acts, due, first, last, since = fact
    changed = datetime.fromisoformat(since)
    return gates.Item(key, kind, group, state, acts or None, _day(due), _day(first), _day(last), changed)


def _times(fact: dict[str, Any], *names: str) -> dict[str, Any]:
    """JSON has no times of its own."""
    return fact | {name: datetime.fromisoformat(fact[name]) if fact[name] else None for name in names}
