"""A row of an export, read as what it says of units of a run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from imports import cells
from imports.cells import day_reader
from imports.rows import RowReader, Sheet
from inspections.models import PilotRun
from inspections.order.files import (
    text_of,
)
from inspections.order.reads import EMPTY, Statuses, UnknownOutcome, Vocabulary, Why, is_amount
from inspections.order.reads.markets import Markets
from inspections.pilot.services.outcomes import OutcomeInput
from inspections.pilot.services.runs import may_begin_earlier
from inspections.rules.orders import CANCELLED, NEUTRAL, OK, RETURNED, UNDER_WAY, Became, Signs, Unsettled, became


@dataclass(frozen=True, slots=True)
class UnitsRow:
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


class RowsOfRun:
    """Reads the rows of an export about one run."""

    def __init__(self, run: PilotRun, sheet: Sheet, options: Mapping[str, Any]):
        self._run, self._sheet = run, sheet
        self._began = localdate(run.started_at)
        self._days: list[tuple[date, int]] = []
        self._vocabulary = Vocabulary(options.get("reasons", {}))
        self._statuses = Statuses(options.get("outcomes", {}))
        self._read_day = day_reader(options.get("days", "ymd"))
        self._markets = Markets()
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

    def row(self, read: RowReader) -> UnitsRow | None:
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
        market = read(self._markets.read, "market", "")
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
            market=market,
        )
        return UnitsRow(read, outcomes, facts)

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


def _between(said: int | None, start: date | None, end: date | None) -> int | None:
    """Days as the file says them, else as its dates do."""
    return said if said is not None or start is None or end is None else (end - start).days
