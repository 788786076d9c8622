"""Exports of orders that tell what became of the units of a pilot run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.models import User
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from imports import cells
from imports.cells import day_reader
from imports.columns import Column
from imports.kinds import DAYS, Kind, Link, Naming, Option, register
from imports.rows import CHANGED, UNCHANGED, Effect, ItemRefused, Parsed, RowError, RowNote, RowReader, Sheet
from imports.tables import refused
from inspections.models import PilotRun, PilotStatus
from inspections.order.files import (
    COMPLAINTS,
    DELIVERED_ON,
    NOTE,
    PRODUCT_SOLD,
    QUANTITY,
    REASON,
    SHIPPED_ON,
    presets,
    text_of,
    with_titles,
)
from inspections.order.reads import EMPTY, OUTCOMES, REASONS, Statuses, UnknownOutcome, Vocabulary, Why, is_amount
from inspections.pilot.services.exports import KEPT, LEFT, NEW, Told, changed_words, kept_words, record_export
from inspections.pilot.services.outcomes import OutcomeInput
from inspections.pilot.services.runs import may_begin_earlier
from inspections.rules.orders import CANCELLED, NEUTRAL, OK, RETURNED, UNDER_WAY, Became, Signs, Unsettled, became

COLUMNS = with_titles("pilot_outcomes", (
    Column(
        "order", "订单号", False, gettext_lazy("Order of the unit; needed unless units are numbered"), "5763-221",
        ("order id", "order number", "order no", "order reference", "订单编号"),
    ),
    Column("unit", "件号", False, gettext_lazy("Number of the unit in the run"), "17", ("unit number",)),
    replace(PRODUCT_SOLD, is_required=False, meaning=gettext_lazy("SKU; rows of other products are passed over")),
    QUANTITY,
    Column(
        "outcome", "结果", True, gettext_lazy("Status of the order, or ok, damaged, complained, returned"), "Completed",
        ("status", "order status", "订单状态"),
    ),
    Column(
        "detail", "细分状态", False, gettext_lazy("A second, closer status: a substatus, or how it was fulfilled"), "Delivered",
        ("substatus", "order substatus", "fulfillment status", "delivery status", "物流状态"),
    ),
    Column(
        "return_type", "退货类型", False, gettext_lazy("What is said of its return or cancellation"), "Return/Refund",
        ("return type", "cancellation/return type", "return status", "refund status", "return/refund status", "after-sales status"),
    ),
    Column(
        "returned_quantity", "退货件数", False, gettext_lazy("How many of its units came back"), "1",
        ("returned quantity", "return quantity", "quantity returned", "returned qty", "qty returned"),
    ),
    Column(
        "refund", "退款额", False, gettext_lazy("Amount of money that went back"), "19.99",
        ("refund amount", "refunded amount", "amount refunded"),
    ),
    REASON,
    Column("damage", "破损位置", False, gettext_lazy("Where it is damaged: product, inner_box or carton"), "carton", ("where damaged",)),
    COMPLAINTS,
    Column("ordered_on", "下单日期", False, gettext_lazy("Day of the order"), "2026-11-08", ("order date", "created time", "paid time", "下单时间", "付款时间")),
    SHIPPED_ON,
    DELIVERED_ON,
    Column("cancelled_on", "取消日期", False, gettext_lazy("Day it was cancelled"), "", ("cancelled time", "canceled time", "cancelled at", "canceled at", "取消时间")),
    Column("returned_on", "退回日期", False, gettext_lazy("Day of the return"), "2026-11-18", ("return date", "returned at", "退货日期", "退货时间")),
    Column("handling_days", "备货天数", False, gettext_lazy("Days from the order until it left; else told by the days"), "2", ()),
    Column("transit_days", "运输天数", False, gettext_lazy("Days on the way; else told by the days"), "4", ()),
    Column("line", "行号", False, gettext_lazy("Number of the line within the order"), "", ("order item id", "line id", "子订单编号")),
    NOTE,
))  # fmt: skip


# A run that is concluded takes what comes back late.
TAKES_FILES = (PilotStatus.RUNNING, PilotStatus.CONCLUDED)
CONCLUDED_LISTED = 50


def parse_uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _run_field(value: str) -> forms.Field:
    runs = PilotRun.objects.select_related("product").order_by("-id")
    running = runs.filter(status=PilotStatus.RUNNING)
    concluded = runs.filter(status=PilotStatus.CONCLUDED)[:CONCLUDED_LISTED]
    return forms.ChoiceField(
        label=_("Pilot run"),
        help_text=_("To one that is concluded a file adds what came back since."),
        choices=[
            *((str(run.uid), f"{run.code} · {run.product.local_name}") for run in running),
            *(
                (str(run.uid), f"{run.code} · {run.product.local_name} · {run.get_status_display()}")
                for run in concluded
            ),
        ],
        initial=value,
    )


def _check_run(value: str) -> Iterator[FieldError]:
    uid = parse_uuid(value)
    if uid is None or not PilotRun.objects.filter(uid=uid, status__in=TAKES_FILES).exists():
        yield FieldError("run", "unknown_run", _("Choose a pilot run that is under way, or one that was concluded."))


RUN = Option(
    name="run",
    order=30,
    form=_run_field,
    api=lambda: serializers.UUIDField(required=False, help_text="Of outcomes: the pilot run."),
    check=_check_run,
    is_chosen_each_time=True,
)


@dataclass(frozen=True, slots=True)
class OutcomesItem:
    """All outcomes of one run that a file tells, each with its line; several where a row is about several units."""

    run: PilotRun
    lines: Sequence[int]
    outcomes: Sequence[OutcomeInput]
    began: date | None = None  # where the run had begun before it was started here
    began_line: int = 0  # that tells so

    @property
    def row_count(self) -> int:
        return len(set(self.lines))

    def carry_out(self, *, actor: User, at: datetime) -> Effect:
        """Raises ItemRefused, NotAllowed."""
        try:
            told = record_export(run=self.run, outcomes=self.outcomes, actor=actor, at=at, began=self.began)
        except InvalidInput as error:
            raise ItemRefused([self._row_error(e.field, e.code, str(e.detail)) for e in error.errors]) from None
        except NotAllowed:
            raise
        except RuleBroken as error:
            raise ItemRefused([RowError(None, "", error.code, str(error))]) from None
        return self._effect(told)

    def _effect(self, told: Told) -> Effect:
        done: dict[int, set[str]] = {}
        for line, each in zip(self.lines, told.done, strict=True):
            done.setdefault(line, set()).add(each)
        notes = [
            RowNote(self.lines[index], CHANGED, "changed", changed_words(*facts))
            if told.done[index] == CHANGED
            else RowNote(self.lines[index], UNCHANGED, "kept", kept_words(*facts))
            for index, facts in told.units.items()
            if told.done[index] in (CHANGED, KEPT)
        ]
        notes += [
            RowNote(self.lines[index], UNCHANGED, "not_of_the_run", _("No unit of the run is of this order."))
            for index, each in enumerate(told.done)
            if each == LEFT
        ]
        if self.began:
            detail = _(
                "The run is counted from %(day)s, the first day told of its orders: before it was started here. Another person concludes it."
            )
            notes.append(RowNote(self.began_line, CHANGED, "began_earlier", detail % {"day": self.began}))
        changed = sum(CHANGED in each for each in done.values())
        new = sum(NEW in each and CHANGED not in each for each in done.values())
        return Effect(new=new, changed=changed, unchanged=len(done) - changed - new, notes=notes)

    def _row_error(self, path: str, code: str, detail: str) -> RowError:
        parts = path.split(".")
        if len(parts) < 3 or not parts[1].isdecimal():
            return RowError(None, "", code, detail)
        return RowError(self.lines[int(parts[1])], parts[2], code, detail)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row about units of the run: the outcome of each, empty while it is under way, and what is said of them."""

    read: RowReader
    outcomes: Sequence[str]
    facts: OutcomeInput

    def inputs(self) -> Iterator[OutcomeInput]:
        """Faults belong to the units that have the worst outcome; the others are fine."""
        worst = self.outcomes[-1]
        for outcome in self.outcomes:
            if not outcome:
                yield OutcomeInput(order=self.facts.order)
                continue
            is_returned, is_bad = outcome == RETURNED, outcome == worst and outcome != OK
            yield replace(
                self.facts,
                outcome=outcome,
                damage=self.facts.damage if is_bad else "",
                complaints=self.facts.complaints if is_bad else [],
                return_reason=self.facts.return_reason if is_returned else "",
                returned_on=self.facts.returned_on if is_returned else None,
            )


class _Reader:
    """Reads the rows of an export about one run."""

    def __init__(self, run: PilotRun, sheet: Sheet, options: Mapping[str, Any]):
        self._run, self._sheet = run, sheet
        self._began = localdate(run.started_at)
        self._days: list[tuple[date, int]] = []
        self._vocabulary = Vocabulary(options.get("reasons", {}))
        self._statuses = Statuses(options.get("outcomes", {}))
        self._read_day = day_reader(options.get("days", "ymd"))
        self._told_returns: set[str] = set()

    def look(self, read: RowReader) -> None:
        """Note orders of which one line tells a return or a cancellation: it explains a refund that stands on all lines."""
        if text_of(read, "return_type").strip("-–—/ ") or read(is_amount, "returned_quantity", False):
            self._told_returns.add(text_of(read, "order"))
        if not self._sheet.titles.get("product") or text_of(read, "product") == self._run.product.sku:
            days = [read(self._read_day, name) for name in ("ordered_on", "shipped_on", "delivered_on", "returned_on")]
            self._days += [(day, read.line) for day in days if day]

    def begin(self) -> tuple[date | None, int]:
        """Once all rows were looked at: the day on which the run began before it was started here, and the line that tells so."""
        if not may_begin_earlier(self._run, [day for day, _line in self._days]):
            return None, 0
        self._began, line = min(self._days)
        return self._began, line

    def row(self, read: RowReader) -> _Row | None:
        """None for a row that is passed over, or wrong."""
        if self._sheet.titles.get("product"):
            product = read(cells.text, "product", "")
            if not product:
                read.pass_over("no_sku", _("The row names no SKU."))
                return None
            if product != self._run.product.sku:
                detail = _("%(sku)s is not the product of this run.")
                read.pass_over("other_product", detail % {"sku": product[:60]})
                return None
        unit, order = read(cells.whole, "unit"), read(cells.text, "order", "")
        days = {
            name: read(self._read_day, name)
            for name in ("ordered_on", "shipped_on", "delivered_on", "returned_on", "cancelled_on")
        }
        found = self._became(read, days)
        if found is None or not read.is_good:
            return None
        outcomes = found.outcomes
        is_bound = (
            bool(order) and unit is None and found.why == UNDER_WAY
        )  # its units are known before anything became of them
        if not outcomes and not is_bound:
            read.pass_over(found.why, self._why_open(found.why, read))
            return None
        if days["shipped_on"] and days["shipped_on"] < self._began:
            detail = _("It left on %(day)s, before the run began on %(began)s.")
            read.pass_over("before_start", detail % {"day": days["shipped_on"], "began": self._began})
            return None
        if is_bound:
            outcomes = [*[""] * found.open, *outcomes]
        is_bad = outcomes[-1] not in ("", OK)
        why = read(self._vocabulary.why, "reason", Why()) if is_bad else Why()
        more = read(self._vocabulary.why, "complaints", Why()) if is_bad else Why()
        sent_days = {name: read(cells.whole, name) for name in ("handling_days", "transit_days")}
        count = max(len(outcomes), len(found.outcomes) + found.open)
        if unit is not None and count > 1:
            read.refuse(
                "unit", "several_units", _("A numbered unit is one; the row says %(count)s.") % {"count": count}
            )
        if unit is None and not order:
            read.refuse("order" if self._sheet.titles.get("order") else "unit", "required", _("This cell is empty."))
        if not read.is_good:
            return None
        complaints = sorted({*why.complaints, *more.complaints})
        return_reason = why.reason or self._vocabulary.reason_of(complaints)
        facts = OutcomeInput(
            unit=unit,
            order=order,
            damage=self._damage(read),
            complaints=complaints,
            return_reason=return_reason,
            handling_days=_between(sent_days["handling_days"], days["ordered_on"], days["shipped_on"]),
            transit_days=_between(sent_days["transit_days"], days["shipped_on"], days["delivered_on"]),
            delivered_on=days["delivered_on"],
            returned_on=days["returned_on"],
            note=read(cells.shown, "note", "")[:300],
        )
        return _Row(read, outcomes, facts)

    def _damage(self, read: RowReader) -> str:
        return read(cells.text, "damage", "").strip().lower().replace(" ", "_")

    def _became(self, read: RowReader, days: Mapping[str, date | None]) -> Became | None:
        """What the row as a whole says; None where a word of it has to be explained first."""
        quantity, returned = read(cells.whole, "quantity"), read(cells.whole, "returned_quantity")
        quantity = 1 if quantity is None else quantity
        if quantity < 0 or (returned or 0) < 0 or (returned or 0) > max(quantity, 1):
            detail = _("%(returned)s of %(quantity)s units cannot have come back.")
            read.refuse("returned_quantity" if returned else "quantity", "out_of_range", detail % {"returned": returned or 0, "quantity": quantity})  # fmt: skip
        if not read.is_good:
            return None
        if not quantity:
            return Became(why=CANCELLED)
        said = {name: text_of(read, name) for name in ("outcome", "detail", "return_type")}
        signs = Signs(
            quantity=quantity,
            returned=returned,
            is_refunded=read(is_amount, "refund", False) and text_of(read, "order") not in self._told_returns,
            has_reason=bool(text_of(read, "reason")),
            has_return_day=days["returned_on"] is not None,
            is_damaged=bool(self._damage(read)),
            is_complained=bool(text_of(read, "complaints")),
            was_cancelled=days["cancelled_on"] is not None,
            was_sent=days["shipped_on"] is not None or days["delivered_on"] is not None,
        )
        signs = replace(signs, status=read(lambda _cell: self._statuses.of_order(said["outcome"]), "outcome", ""))
        closer: dict[str, str] = {}
        for name, meaning_of in (("detail", self._statuses.of_order), ("return_type", self._statuses.of_return)):
            try:
                closer[name] = meaning_of(said[name])
            except UnknownOutcome as unknown:
                closer[name] = ""
                # Of a unit that is not fine anyway, or not back yet, it decides nothing.
                if signs.status in (OK, NEUTRAL, "") and not signs.returned:
                    read.refuse(name, unknown.code, unknown.detail, value=unknown.value)
        if not read.is_good:
            return None
        signs = replace(signs, detail=closer["detail"], return_type=closer["return_type"])
        try:
            return became(signs)
        except Unsettled as unsettled:
            return self._explained(read, unsettled.sign, said, quantity)

    def _explained(self, read: RowReader, sign: str, said: Mapping[str, str], quantity: int) -> Became | None:
        """By what somebody said of such rows."""
        status = said["outcome"]
        asked = {"status": status, "return_type": said["return_type"]}.get(sign)
        asked = asked or f"{status or EMPTY} + {self._sheet.titles['refund']}"
        meaning = read(
            lambda _cell: self._statuses.explanation(asked), "return_type" if sign == "return_type" else "outcome", ""
        )
        if not meaning:
            return None
        return Became(open=quantity, why=UNDER_WAY) if meaning == UNDER_WAY else Became({meaning: quantity})

    def _why_open(self, why: str, read: RowReader) -> str:
        if why == CANCELLED:
            return _("Cancelled: nothing was delivered.")
        said = " / ".join(
            dict.fromkeys(filter(None, (text_of(read, name) for name in ("outcome", "detail", "return_type"))))
        )
        return (
            _("Not back yet: “%(said)s”.") % {"said": said[:80]} if said else _("Nothing is said of what became of it.")
        )


# What an export says of an order on the first of its lines only.
OF_THE_ORDER = (
    "outcome",
    "detail",
    "return_type",
    "refund",
    "cancelled_on",
    "ordered_on",
    "shipped_on",
    "delivered_on",
)


def parse(sheet: Sheet, options: Mapping[str, Any]) -> Parsed:
    """The units that each row tells of; other products' rows, and those of units that are still under way, are passed over.

    Raises InvalidInput where the pilot run is gone.
    """
    uid: Any = options.get("run")  # None where nobody chose one: no run has it
    run = PilotRun.objects.select_related("product").filter(uid=uid).first()
    if run is None:
        raise refused("unknown_run", _("The pilot run of this file is not there any more."))
    reader = _Reader(run, sheet, options)
    heads: dict[str, RowReader] = {}
    seen: dict[tuple[str, str, str], list[RowReader]] = {}
    lines: list[int] = []
    outcomes: list[OutcomeInput] = []
    rows = list(sheet.rows())
    for read in rows:
        reader.look(read)
    began, began_line = reader.begin()
    last = {(text_of(read, "order"), line): read.line for read in rows if (line := text_of(read, "line"))}
    for read in rows:
        order = text_of(read, "order")
        if (later := last.get((order, text_of(read, "line")), read.line)) != read.line:
            read.pass_over("replaced", _("Line %(line)s tells of it again.") % {"line": later})
            continue
        if order in heads and not text_of(read, "outcome"):
            read.carry_down(heads[order], OF_THE_ORDER)
        elif order and text_of(read, "outcome"):
            heads.setdefault(order, read)
        same = seen.setdefault((order, text_of(read, "unit"), text_of(read, "product")), [])
        if earlier := next((each for each in same if each.is_same_as(read)), None):
            read.pass_over("repeated", _("The same as line %(line)s.") % {"line": earlier.line})
            continue
        same.append(read)
        row = reader.row(read)
        for sent in row.inputs() if row else ():
            lines.append(read.line)
            outcomes.append(sent)
    return Parsed([OutcomesItem(run, lines, outcomes, began, began_line)] if outcomes else [])


def _between(said: int | None, start: date | None, end: date | None) -> int | None:
    """Days as the file says them, else as its dates do."""
    return said if said is not None or start is None or end is None else (end - start).days


KIND = register(
    Kind(
        value="pilot_outcomes",
        label=gettext_lazy("outcomes of a pilot run, from an export of orders"),
        order=40,
        columns=COLUMNS,
        permission="inspections.run_pilot",
        parse=parse,
        afterwards=lambda options: Link(
            url=reverse("pilot-detail", args=[options["run"]]), label=_("See the pilot run")
        ),
        naming=Naming(options=(RUN, DAYS), questions=(REASONS, OUTCOMES), either=(("order", "unit"),)),
        presets=presets("pilot_outcomes"),
    )
)
