"""May this product go live in this market, and if not, what exactly is missing. Pure: facts in, checks out.

Unknown is never pass: what nobody did is waiting, what went wrong is fail. A gate is open when every check passes or is
waived. Papers are judged on one day: the planned go-live, or today once that has come, as the market's own calendar
has it; so an answer stays true until `Evaluation.next_day` begins there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from compliance.rules.requirements import day_in, start_of

PASS, FAIL, WAITING, WAIVED = "pass", "fail", "waiting", "waived"
OPEN, CLOSED = "open", "closed"
GOLDEN_SAMPLE, PILOT_RUN, LATEST_BATCH, OPEN_HOLDS = "golden_sample", "pilot_run", "latest_batch", "open_holds"
TRAITS, PAPERS, MANUAL, DECLARATIONS, LABELS = "traits", "papers", "manual", "declarations", "labels"
CODES = (GOLDEN_SAMPLE, PILOT_RUN, LATEST_BATCH, OPEN_HOLDS, TRAITS, PAPERS, MANUAL, DECLARATIONS, LABELS)
OF_ITEMS = (PAPERS, MANUAL, DECLARATIONS, LABELS)
QC, MANAGER, MERCHANDISER, SUPPLIER = "qc", "manager", "merchandiser", "supplier"

# Which check an item of the checklist counts for, by its requirement's kind; every other kind is a paper.
CHECK_OF_KIND = {
    "manual": MANUAL,
    "label": LABELS,
    "ingredient_declaration": DECLARATIONS,
    "material_declaration": DECLARATIONS,
}
MET = (PASS, WAIVED)
# The members of a group stand for each other: the best of them counts. The checks of a kind add up: the worst counts.
BEST_FIRST = (PASS, WAIVED, WAITING, FAIL)


@dataclass(frozen=True, slots=True)
class Sample:
    """The golden sample in force. `confirmed_at`: since when a pilot or a batch has confirmed it, None while none has.

    `lacking` is what of the version `held_against` it was never checked for or fails: {code, nonconformity_class, why}.
    """

    uid: str
    version: int
    approved_at: datetime
    confirmed_at: datetime | None
    kept_until: date | None = None
    lacking: tuple[dict[str, str], ...] = ()
    is_held_against: bool = True  # the active version, whose number is `required`
    required: int | None = None


@dataclass(frozen=True, slots=True)
class NewSample:
    """The newest sample where none is golden: received, waiting for a decision, refused, cancelled or withdrawn."""

    uid: str
    state: str
    since: datetime
    acts: str


@dataclass(frozen=True, slots=True)
class Pilot:
    """A pilot run. `back` of its `size` units have an outcome, `bad` of them were damaged, complained of or returned."""

    uid: str
    state: str  # planned, running, pass, fail, undecided, fail_late, stopped (after units had come back bad)
    size: int
    back: int
    bad: int
    since: datetime
    is_of_golden: bool = True  # of the golden sample in force, or signed to count for it
    beyond: Sequence[str] = ()  # codes of its critical and major checks with a reading beyond a limit
    # Earlier runs that count and failed; before each of the next somebody signed what was mended.
    failed_before: int = 0
    own_limits: Mapping[str, float] | None = None  # where it is judged by limits of the product's own, as fractions


@dataclass(frozen=True, slots=True)
class Batch:
    """The newest batch that an inspection has judged. `freed`: units that may ship or shipped; `is_held`: by an open hold,
    be it of no units since all of them had left."""

    number: str
    verdict: str | None
    since: datetime
    freed: int
    is_held: bool
    awaiting: int
    until: datetime | None
    set_aside: int = 0  # found nonconforming in what was accepted


@dataclass(frozen=True, slots=True)
class Hold:
    uid: str
    code: str
    since: datetime
    acts: str
    due: datetime


@dataclass(slots=True)  # not frozen: making one takes four times as long, and each night makes millions
class Item:
    """One blocking requirement of the checklist; `valid_to` is its last valid day, None where it does not end."""

    key: str
    kind: str
    group: str
    state: str  # missing, submitted, checked, accepted, refused, expired, waived
    acts: str | None
    due: date | None
    valid_from: date | None
    valid_to: date | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the gate of one listing rests on. `zone`: the market's time zone, by name."""

    product: str
    market: str
    zone: str
    planned_on: date | None
    sample: Sample | None = None
    new_sample: NewSample | None = None
    pilots: tuple[Pilot, ...] = ()  # the newest two that were not stopped, or stopped badly, the newest first
    batch: Batch | None = None
    holds: tuple[Hold, ...] = ()  # oldest first
    has_checklist: bool = False
    unanswered: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Check:
    """One question of the gate. `why` is a code that `gate_words` says in words, with `data`; `link` is (what, its id)."""

    code: str
    state: str
    why: str
    data: dict[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    acts: str | None = None
    due: date | None = None
    until: date | None = None
    link: tuple[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The stored shape: all keys always there, times in ISO 8601."""
        return {
            "code": self.code,
            "state": self.state,
            "why": self.why,
            "data": self.data,
            "since": self.since.isoformat() if self.since else None,
            "acts": self.acts,
            "due": self.due.isoformat() if self.due else None,
            "until": self.until.isoformat() if self.until else None,
            "link": list(self.link) if self.link else None,
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`day`: the day that papers were judged on. `valid_until`: the last day that the gate stays open as things stand."""

    day: date
    checks: tuple[Check, ...]
    valid_until: date | None
    next_day: date | None

    @property
    def state(self) -> str:
        return OPEN if all(check.state in MET for check in self.checks) else CLOSED

    @property
    def unmet(self) -> list[Check]:
        return [check for check in self.checks if check.state not in MET]


def judged_on(facts: Facts, at: datetime) -> date:
    today = day_in(facts.zone, at)
    return max(today, facts.planned_on or today)


def evaluate(facts: Facts, at: datetime) -> Evaluation:
    """The gate of one listing at one moment."""
    day = judged_on(facts, at)
    units = [_Unit.of(members, day) for members in _grouped(facts.items)]
    checks = (
        _golden_sample(facts, day),
        _pilot_run(facts),
        _latest_batch(facts),
        _open_holds(facts),
        _traits(facts),
        *(_items(code, facts, [unit for unit in units if unit.check == code]) for code in OF_ITEMS),
    )
    ends = [*(unit.until for unit in units if unit.until), *(check.until for check in checks if check.until)]
    turns = [turn for item in facts.items for turn in _turns(item) if turn > day]
    if facts.sample and facts.sample.kept_until and day <= facts.sample.kept_until < date.max:
        turns.append(facts.sample.kept_until + timedelta(days=1))
    return Evaluation(day, checks, min(ends, default=None), min(turns, default=None))


def _turns(item: Item) -> list[date]:
    """The days on which an item may begin or cease to count."""
    days = [item.valid_from] if item.valid_from else []
    if item.valid_to and item.valid_to < date.max:  # papers without an end may say 9999-12-31
        days.append(item.valid_to + timedelta(days=1))
    return days


def _golden_sample(facts: Facts, day: date) -> Check:
    sample, new = facts.sample, facts.new_sample
    if sample is None:
        if new is None:
            return Check(GOLDEN_SAMPLE, WAITING, "no_sample", acts=MERCHANDISER, link=("samples", facts.product))
        state = FAIL if new.state == "refused" else WAITING
        return Check(
            GOLDEN_SAMPLE, state, f"sample_{new.state}", since=new.since, acts=new.acts, link=("sample", new.uid)
        )
    data: dict[str, Any] = {"version": sample.version}
    if why := _why_no_reference(sample, day):
        grave = [lack["code"] for lack in sample.lacking if lack["nonconformity_class"] in ("critical", "major")]
        data |= {"day": str(sample.kept_until or ""), "codes": ", ".join(grave), "required": sample.required or ""}
        return Check(GOLDEN_SAMPLE, WAITING, why, data, since=sample.approved_at, acts=QC, link=("sample", sample.uid))
    if sample.confirmed_at is None:
        return Check(
            GOLDEN_SAMPLE,
            WAITING,
            "sample_unconfirmed",
            data,
            since=sample.approved_at,
            acts=QC,
            link=("sample", sample.uid),
        )
    return Check(
        GOLDEN_SAMPLE,
        PASS,
        "sample_approved",
        data,
        since=sample.confirmed_at,
        until=sample.kept_until,
        link=("sample", sample.uid),
    )


def _why_no_reference(sample: Sample, day: date) -> str:
    """Why the golden sample says nothing of what is required on that day: it has run out, or was not checked for it."""
    if sample.kept_until and sample.kept_until < day:
        return "sample_expired"
    if not sample.is_held_against:
        return "sample_not_held_against"
    if any(lack["nonconformity_class"] in ("critical", "major") for lack in sample.lacking):
        return "sample_lacks"
    return ""


def _pilot_run(facts: Facts) -> Check:
    if not facts.pilots:
        return Check(PILOT_RUN, WAITING, "no_pilot", acts=MERCHANDISER, link=("pilots", facts.product))
    pilot, before = facts.pilots[0], facts.pilots[1:]
    # A run under way says nothing against the one before it that passed, and takes the place of one that did not.
    if pilot.state in ("planned", "running") and before and before[0].state == "pass":
        pilot = before[0]
    data: dict[str, Any] = {"size": pilot.size, "back": pilot.back, "bad": pilot.bad}
    if pilot.state == "pass" and not pilot.is_of_golden:
        return Check(
            PILOT_RUN, WAITING, "pilot_other_sample", data, since=pilot.since, acts=MANAGER, link=("pilot", pilot.uid)
        )
    state = {"pass": PASS, "fail": FAIL, "fail_late": FAIL}.get(pilot.state, WAITING)
    why = f"pilot_{pilot.state}"
    if state == PASS and pilot.own_limits:
        why += "_by_own_limits"
        data |= {name: f"{limit * 100:.4g} %" for name, limit in pilot.own_limits.items()}
    elif state == PASS and pilot.failed_before:
        why += "_after_failing"
        data["failed"] = pilot.failed_before
    elif pilot.beyond and pilot.state in ("fail", "stopped"):
        why += "_beyond"
        data["beyond"] = ", ".join(pilot.beyond)
    return Check(
        PILOT_RUN,
        state,
        why,
        data,
        since=pilot.since,
        acts=None if state == PASS else MERCHANDISER,
        link=("pilot", pilot.uid),
    )


def _latest_batch(facts: Facts) -> Check:
    batch = facts.batch
    if batch is None:
        return Check(LATEST_BATCH, WAITING, "no_batch", acts=QC, link=("batches", facts.product))
    acts: str | None
    if batch.is_held:
        state, why, acts = FAIL, "batch_held", MANAGER
    elif batch.freed:  # by the verdict, or by a signed decision against it
        accepted = batch.verdict == "accepted"
        state, why, acts = (PASS, "batch_accepted", None) if accepted else (WAIVED, "batch_freed", None)
    elif batch.awaiting:
        state, why, acts = WAITING, "batch_reinspected", QC
    elif batch.set_aside:
        state, why, acts = WAITING, "batch_set_aside", QC
    elif batch.verdict == "accepted":
        state, why, acts = FAIL, "batch_gone", MANAGER
    else:
        state, why, acts = FAIL, "batch_rejected", MANAGER
    until = day_in(facts.zone, batch.until - timedelta(seconds=1)) if batch.until else None
    return Check(
        LATEST_BATCH,
        state,
        why,
        {"batch": batch.number},
        since=batch.since,
        acts=acts,
        until=until,
        link=("batch", batch.number),
    )


def _open_holds(facts: Facts) -> Check:
    if not facts.holds:
        return Check(OPEN_HOLDS, PASS, "no_holds", link=("batches", facts.product))
    oldest = facts.holds[0]
    due = day_in(facts.zone, oldest.due)
    data = {"count": len(facts.holds), "hold": oldest.code}
    return Check(
        OPEN_HOLDS, FAIL, "holds", data, since=oldest.since, acts=oldest.acts, due=due, link=("hold", oldest.uid)
    )


def _traits(facts: Facts) -> Check:
    link = ("traits", facts.product)
    if not facts.has_checklist:
        return Check(TRAITS, WAITING, "no_checklist", acts=MERCHANDISER, link=link)
    if facts.unanswered:
        data = {"count": len(facts.unanswered), "traits": list(facts.unanswered[:5])}
        return Check(TRAITS, WAITING, "traits_unanswered", data, acts=MERCHANDISER, link=link)
    return Check(TRAITS, PASS, "traits_answered", link=link)


@dataclass(slots=True)
class _Unit:
    """What one requirement, or a group of which any one is enough, comes to on a day."""

    check: str
    state: str
    why: str
    item: Item
    until: date | None

    @classmethod
    def of(cls, members: Sequence[Item], day: date) -> "_Unit":
        judged = [(*_item(item, day), item) for item in members]
        state, why, item = min(judged, key=lambda each: BEST_FIRST.index(each[0]))
        return cls(CHECK_OF_KIND.get(members[0].kind, PAPERS), state, why, item, _met_until(members, day))


def _met_until(members: Sequence[Item], day: date) -> date | None:
    """The last day that one member after another meets, from a day on; None where they do not end, or none meets the day."""
    until = None
    while met := [item for item in members if _item(item, day)[0] in MET]:
        ends = [item.valid_to or date.max for item in met]
        if (until := max(ends)) == date.max:
            return None
        day = until + timedelta(days=1)
    return until


def _grouped(items: Iterable[Item]) -> list[list[Item]]:
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        groups.setdefault(("group", item.group) if item.group else ("item", item.key), []).append(item)
    return list(groups.values())


def _item(item: Item, day: date) -> tuple[str, str]:
    if item.state in ("accepted", "waived"):
        if item.valid_to and item.valid_to < day:
            return FAIL, "expired"
        if item.valid_from and item.valid_from > day:
            return WAITING, "not_valid_yet"
        return (PASS, "accepted") if item.state == "accepted" else (WAIVED, "waived")
    if item.state in ("refused", "expired"):
        return FAIL, item.state
    return WAITING, item.state if item.state in ("submitted", "checked") else "missing"


def _items(code: str, facts: Facts, units: Sequence[_Unit]) -> Check:
    link = ("listing", f"{facts.product}/{facts.market}")
    if not facts.has_checklist:
        return Check(code, WAITING, "no_checklist", acts=MERCHANDISER, link=link)
    if not units:
        if facts.unanswered:
            return Check(code, WAITING, "depends_on_traits", acts=MERCHANDISER, link=("traits", facts.product))
        return Check(code, PASS, "nothing_needed", link=link)
    state = max((unit.state for unit in units), key=BEST_FIRST.index)
    done = sum(unit.state in MET for unit in units)
    data: dict[str, Any] = {
        "done": done,
        "total": len(units),
        "waived": sum(unit.state == WAIVED for unit in units),
    }
    worst = min((unit for unit in units if unit.state == state), key=lambda unit: unit.item.due or date.max)
    if state in MET:
        until = min((unit.until for unit in units if unit.until), default=None)
        ending = next((unit.item.key for unit in units if unit.until == until and until), None)
        since = max((unit.item.since for unit in units if unit.item.since), default=None)
        why = "items_waived" if state == WAIVED else "items_accepted"
        return Check(code, state, why, data | {"requirement": ending}, since=since, until=until, link=link)
    item = worst.item
    since = (
        start_of(item.valid_to + timedelta(days=1), facts.zone) if worst.why == "expired" and item.valid_to else None
    )
    return Check(
        code,
        state,
        f"item_{worst.why}",
        data | {"requirement": item.key},
        since=since or item.since,
        acts=item.acts or SUPPLIER,
        due=item.due,
        link=link,
    )
