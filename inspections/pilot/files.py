"""Exports of orders that tell what became of the units of a pilot run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.models import User
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from imports import cells
from imports.cells import day_reader
from imports.columns import Column
from imports.kinds import DAYS, Kind, Link, Naming, Option, register
from imports.rows import ItemRefused, Parsed, RowError, Sheet
from imports.tables import refused
from inspections.models import PilotRun, PilotStatus
from inspections.order.reads import (
    COMPLAINTS,
    DELIVERED_ON,
    NOTE,
    OUTCOME,
    PRODUCT_SOLD,
    REASON,
    REASONS,
    SHIPPED_ON,
    Vocabulary,
    outcome,
)
from inspections.pilot.services.outcomes import OutcomeInput, assign_orders, record_outcomes

COLUMNS = (
    Column(
        "order", "订单号", False, gettext_lazy("Order of the unit; needed unless units are numbered"), "5763-221",
        ("order id", "order number", "order no", "order reference", "订单编号"),
    ),
    Column("unit", "件号", False, gettext_lazy("Number of the unit in the run"), "17", ("unit number",)),
    replace(PRODUCT_SOLD, is_required=False, meaning=gettext_lazy("SKU; rows of other products are passed over")),
    replace(OUTCOME, is_required=True),
    REASON,
    Column("damage", "破损位置", False, gettext_lazy("Where it is damaged: product, inner_box or carton"), "carton", ("where damaged",)),
    COMPLAINTS,
    Column("ordered_on", "下单日期", False, gettext_lazy("Day of the order"), "2026-11-08", ("order date", "created time", "paid time", "下单时间", "付款时间")),
    SHIPPED_ON,
    DELIVERED_ON,
    Column("returned_on", "退货日期", False, gettext_lazy("Day of the return"), "2026-11-18", ("return date", "退货时间")),
    Column("handling_days", "备货天数", False, gettext_lazy("Days from the order until it left; else told by the days"), "2", ()),
    Column("transit_days", "运输天数", False, gettext_lazy("Days on the way; else told by the days"), "4", ()),
    NOTE,
)  # fmt: skip


def _run_field(value: str) -> forms.Field:
    runs = PilotRun.objects.filter(status=PilotStatus.RUNNING).select_related("product").order_by("-id")
    return forms.ChoiceField(
        label=_("Pilot run"),
        choices=[(str(run.uid), f"{run.code} · {run.product.local_name}") for run in runs],
        initial=value,
    )


def _check_run(value: str) -> Iterator[FieldError]:
    running = PilotRun.objects.filter(status=PilotStatus.RUNNING).values_list("uid", flat=True)
    if value not in {str(uid) for uid in running}:
        yield FieldError("run", "unknown_run", _("Choose a pilot run that is under way."))


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
    """All outcomes of one run that a file tells; orders are given to its units where none has one yet."""

    run: PilotRun
    lines: Sequence[int]
    outcomes: Sequence[OutcomeInput]

    @property
    def row_count(self) -> int:
        return len(self.lines)

    def carry_out(self, *, actor: User, at: datetime) -> None:
        """Raises ItemRefused, NotAllowed."""
        try:
            orders = [each.order for each in self.outcomes if each.order and each.unit is None]
            if orders and not self.run.units.exclude(order_reference="").exists():
                assign_orders(run=self.run, orders=orders, actor=actor, at=at)
            record_outcomes(run=self.run, outcomes=self.outcomes, actor=actor, at=at)
        except InvalidInput as error:
            raise ItemRefused([self._row_error(e.field, e.code, str(e.detail)) for e in error.errors]) from None
        except NotAllowed:
            raise
        except RuleBroken as error:
            raise ItemRefused([RowError(None, "", error.code, str(error))]) from None

    def _row_error(self, path: str, code: str, detail: str) -> RowError:
        parts = path.split(".")
        if len(parts) < 3 or not parts[1].isdecimal():
            return RowError(None, "", code, detail)
        return RowError(self.lines[int(parts[1])], parts[2], code, detail)


def parse(sheet: Sheet, options: Mapping[str, Any]) -> Parsed:
    """An outcome per row; other products' rows, and those of units that are still under way, are passed over.

    Raises InvalidInput where the pilot run is gone.
    """
    uid: Any = options.get("run")  # None where nobody chose one: no run has it
    run = PilotRun.objects.select_related("product").filter(uid=uid).first()
    if run is None:
        raise refused("unknown_run", _("The pilot run of this file is not there any more."))
    vocabulary, read_day = Vocabulary(options.get("reasons", {})), day_reader(options.get("days", "ymd"))
    lines: list[int] = []
    outcomes: list[OutcomeInput] = []
    passed_over = 0
    for read in sheet.rows():
        product = read(cells.text, "product", "")
        said = read(outcome, "outcome", "")
        if said is None or (sheet.titles.get("product") and product != run.product.sku):
            passed_over += 1
            continue
        why = read(vocabulary.why, "reason")
        more = read(vocabulary.why, "complaints")
        unit, order = read(cells.whole, "unit"), read(cells.text, "order", "")
        days: dict[str, date | None] = {
            name: read(read_day, name) for name in ("ordered_on", "shipped_on", "delivered_on", "returned_on")
        }
        sent_days = {name: read(cells.whole, name) for name in ("handling_days", "transit_days")}
        damage = read(cells.text, "damage", "").strip().lower().replace(" ", "_")
        note = read(cells.text, "note", "")
        if not read.is_good:
            continue
        complaints = sorted({*why.complaints, *more.complaints})
        is_returned = said == "returned"
        found = OutcomeInput(
            unit=unit,
            order=order,
            outcome=said,
            damage=damage,
            complaints=complaints if said != "ok" else [],
            return_reason=(why.reason or vocabulary.reason_of(complaints)) if is_returned else "",
            handling_days=_between(sent_days["handling_days"], days["ordered_on"], days["shipped_on"]),
            transit_days=_between(sent_days["transit_days"], days["shipped_on"], days["delivered_on"]),
            delivered_on=days["delivered_on"],
            returned_on=days["returned_on"] if is_returned else None,
            note=note[:300],
        )
        lines.append(read.line)
        outcomes.append(found)
    return Parsed([OutcomesItem(run, lines, outcomes)] if outcomes else [], passed_over)


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
        naming=Naming(options=(RUN, DAYS), questions=(REASONS,), either=(("order", "unit"),)),
    )
)
