"""Exports of orders that tell what became of the units of a pilot run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.models import User
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from imports.kinds import DAYS, Kind, Link, Naming, Option, register
from imports.rows import CHANGED, UNCHANGED, Effect, ItemRefused, Parsed, RowError, RowNote, RowReader, Sheet
from imports.tables import refused
from inspections.models import PilotRun, PilotStatus
from inspections.order.files import (
    presets,
    text_of,
)
from inspections.order.reads import OUTCOMES, REASONS
from inspections.pilot.files.rows import RowsOfRun
from inspections.pilot.files.titles import COLUMNS
from inspections.pilot.services.exports import KEPT, LEFT, NEW, Told, changed_words, kept_words, record_export
from inspections.pilot.services.outcomes import OutcomeInput

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
    reader = RowsOfRun(run, sheet, options)
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
