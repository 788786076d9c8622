"""How gates look on pages: a cell per column of the board, a chip for where a listing stands, what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.gate.words import CHECK_NAMES, STATE_WORDS, TONES, link_of, next_step, say, short_day, who
from compliance.models import Gate, LiveState, Standing
from compliance.rules import gates

# A paper that ends within these days is worth a warning while it still counts.
SOON = 60
# Of the gate a supplier sees what it can do something about.
SUPPLIERS_CHECKS = (gates.OPEN_HOLDS, *gates.OF_ITEMS)
COLUMNS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("Golden sample"), (gates.GOLDEN_SAMPLE,)),
    (gettext_lazy("Pilot run"), (gates.PILOT_RUN,)),
    (gettext_lazy("Latest batch"), (gates.LATEST_BATCH,)),
    (gettext_lazy("Holds"), (gates.OPEN_HOLDS,)),
    (gettext_lazy("Papers"), (gates.TRAITS, gates.PAPERS, gates.DECLARATIONS, gates.LABELS)),
    (gettext_lazy("Manual"), (gates.MANUAL,)),
)
STANDING_TONES = {
    Standing.LIVE: "accepted",
    Standing.OPEN: "accepted",
    Standing.CLOSED: "stopped",
    Standing.SUSPENDED: "stopped",
    Standing.WAITING: "waiting",
}


class Cell(NamedTuple):
    """One cell of the board, a tuple since templates take hundreds apart. `code`: the worst check of its column."""

    column: str
    code: str
    tone: str
    label: str
    detail: str
    url: str
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One check in full, as a listing's page and the export show it."""

    code: str
    name: str
    state: str
    tone: str
    word: str
    detail: str
    who: str
    due: date | None
    since: date | None
    until: date | None
    url: str


def _checks(gate: Gate) -> dict[str, Mapping[str, Any]]:
    return {check["code"]: check for check in gate.checks}


def _ends(check: Mapping[str, Any], today: date) -> int | None:
    """In how many days a check that is met ends, where that is soon."""
    if check["state"] not in gates.MET or not check["until"]:
        return None
    days = (date.fromisoformat(check["until"]) - today).days
    return days if days <= SOON else None


def columns() -> list[str]:
    """What the columns of the board are called, in the reader's language."""
    return [str(label) for label, _codes in COLUMNS]


def cells(gate: Gate, labels: Sequence[str], names: Mapping[str, str], today: date) -> list[Cell]:
    """The cells of one row, `labels` as `columns()` gives them; none while the gate was never worked out."""
    checks = _checks(gate)
    if not checks:
        return []
    return [
        _cell(label, [checks[code] for code in codes], names, today)
        for label, (_label, codes) in zip(labels, COLUMNS, strict=True)
    ]


def _cell(column: str, checks: Sequence[Mapping[str, Any]], names: Mapping[str, str], today: date) -> Cell:
    worst = max(checks, key=lambda check: gates.BEST_FIRST.index(check["state"]))
    counted = [check["data"] for check in checks if "total" in check["data"]]
    tone, label = TONES[worst["state"]], say(worst, "short", names)
    if worst["state"] in gates.MET:
        ends = [(days, check) for check in checks if (days := _ends(check, today)) is not None]
        if ends:
            days, worst = min(ends, key=lambda each: each[0])
            tone = "warning"
            label = ngettext("ends in %(days)s day", "ends in %(days)s days", days) % {"days": days}
        elif counted and worst["state"] == gates.PASS:
            label = _of(counted)
    elif worst["why"] in ("item_missing", "item_submitted", "item_checked", "item_not_valid_yet"):
        label = _of(counted)
    detail = " ".join(say(check, "detail", names) for check in checks if check["state"] == worst["state"])
    return Cell(column, worst["code"], tone, label, detail, link_of(worst), tone == "accepted")


def _of(counted: Iterable[Mapping[str, int]]) -> str:
    rows = list(counted)
    return _("%(done)s of %(total)s") % {"done": sum(r["done"] for r in rows), "total": sum(r["total"] for r in rows)}


def lines(gate: Gate, names: Mapping[str, str], codes: Iterable[str] = gates.CODES) -> list[Line]:
    """The checks of one gate in full, those of `codes` alone."""
    checks = _checks(gate)
    return [_line(checks[code], names) for code in codes if code in checks]


def _line(check: Mapping[str, Any], names: Mapping[str, str]) -> Line:
    def day(name: str) -> date | None:
        return date.fromisoformat(check[name][:10]) if check[name] else None

    return Line(
        code=check["code"],
        name=str(CHECK_NAMES[check["code"]]),
        state=check["state"],
        tone=TONES[check["state"]],
        word=str(STATE_WORDS[check["state"]]),
        detail=say(check, "detail", names),
        who=who(check["acts"]),
        due=day("due"),
        since=day("since"),
        until=day("until"),
        url=link_of(check),
    )


def standing_chip(gate: Gate) -> tuple[str, str]:
    """(tone, word) for where a listing stands."""
    standing = Standing(gate.standing)
    return STANDING_TONES[standing], str(standing.label)


def what_next(gate: Gate, names: Mapping[str, str]) -> str:
    """The last column of the board: what is to be done, by whom, by when."""
    if step := next_step(gate.checks, names):
        return step
    if not gate.checks:
        return _("Being worked out")
    if gate.live == LiveState.LIVE and gate.decision:
        return _("Since %(day)s") % {"day": short_day(gate.decision.on)}
    if gate.live == LiveState.SUSPENDED:
        return _("Ready again: decide anew")
    if gate.planned_on:
        return _("Ready: go live on %(day)s") % {"day": short_day(gate.planned_on)}
    return _("Ready to go live")
