"""Normal, tightened, reduced, discontinued: ISO 2859-1:1999 clauses 9.3 and 9.4, as a fold over what happened.

One history belongs to one supplier and product and holds the verdicts of first submissions in the order in which they
were reached; a change of the sampling scheme is no way out of it (`carry_over`). Where the clauses leave room, this reading is followed: every counter restarts on entering a severity;
the window of 2 in 5 holds only lots of the present period of normal inspection; the switching score looks one AQL step
tighter in the row of the letter in force. The score also governs Z1.4 histories, in place of its limit numbers.

Characteristics with a variables plan take part in one history with the classes: the lot is not accepted if one of them is
not. ISO 2859-1 has no score for them and Z1.9 asks for ten accepted lots in a row instead, so they earn as a single plan
does: 3 points, where all of them would also be accepted one AQL step tighter, else the score restarts. Ten such lots in a
row make 30.

Codes of `State.reason` and their params (`lot` is the reference of the lot or event that decided):

start; two_in_five (lots, window); accepted_in_a_row (accepted); not_accepted_discontinues (not_accepted); resumed; score
(score); not_accepted; critical; between_ac_and_re (nonconforming, acceptance, rejection); production_irregular;
reduced_withdrawn; carried_over (severity: that of the scheme before; why: the reason for it, with code and params).

Codes of `what_ends`: two_in_five (lots) and score (production_steady, reduced_approved) under normal; accepted_in_a_row and
not_accepted_discontinues under tightened, all with so_far, needed, remaining; not_accepted, critical,
production_irregular, reduced_withdrawn under reduced; requalified while discontinued.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from . import standard as tables
from .decisions import NEXT_SAMPLE, REJECTED, Decision, decide
from .errors import SamplingError
from .plans import Plan, check_severity

NORMAL, TIGHTENED, REDUCED = tables.SEVERITIES
DISCONTINUED = "discontinued"
SCORE_FOR_REDUCED = 30
POINTS_BY_VARIABLES = 3
ACCEPTED_TO_LEAVE_TIGHTENED = 5
NOT_ACCEPTED_TO_DISCONTINUE = 5
WINDOW = 5
NOT_ACCEPTED_IN_WINDOW = 2

RESUMED = "resumed"
APPROVED = "reduced_approved"
WITHDRAWN = "reduced_withdrawn"
STEADY = "production_steady"
IRREGULAR = "production_irregular"
EVENTS = (RESUMED, APPROVED, WITHDRAWN, STEADY, IRREGULAR)


@dataclass(frozen=True, slots=True)
class Lot:
    """The verdict on one batch: its frozen plans and the cumulative counts after each stage, per class.

    `critical`: a critical nonconformity was found. `rejected_otherwise`: not accepted for a reason outside the counts,
    such as a variables plan. `convincing`: what was judged by variables would also be accepted one AQL step tighter; None
    where nothing was. `severity` is the one that the lot was planned under; left open, that of its plans.
    `production_steady` and `reduced_approved` left open keep what an earlier event said.
    """

    plans: Mapping[str, Plan]
    nonconforming: Mapping[str, Sequence[int]]
    reference: str = ""
    resubmitted: bool = False
    critical: bool = False
    rejected_otherwise: bool = False
    convincing: bool | None = None
    severity: str | None = None
    production_steady: bool | None = None
    reduced_approved: bool | None = None

    @property
    def severities(self) -> set[str]:
        return {self.severity} if self.severity else {plan.severity for plan in self.plans.values()}


@dataclass(frozen=True, slots=True)
class Event:
    """Something other than a verdict: one of EVENTS."""

    kind: str
    reference: str = ""


class Reason(NamedTuple):
    """Why, ready to be put in words: a stable code and what the sentence needs."""

    code: str
    params: dict

    def as_dict(self) -> dict:
        return {"code": self.code, "params": self.params}


@dataclass(frozen=True, slots=True)
class State:
    """Where the rules stand after a history. `severity` stays tightened while discontinued: that is what resumes."""

    severity: str = NORMAL
    discontinued: bool = False
    score: int = 0
    window: tuple[tuple[bool, str], ...] = ()
    accepted_in_a_row: int = 0
    not_accepted: int = 0
    production_steady: bool = True
    reduced_approved: bool = False
    reason: Reason = field(default_factory=lambda: Reason("start", {}))

    @property
    def status(self) -> str:
        """The severity for the next batch, in one of four words."""
        return DISCONTINUED if self.discontinued else self.severity


class Step(NamedTuple):
    """What one lot did. `accepted` is None and `decisions` empty where inspection was discontinued.

    `score` is the switching score that the lot reached, before it restarts on a change of severity.
    """

    before: State
    after: State
    accepted: bool | None
    score: int
    decisions: dict[str, Decision]


def start(severity: str = NORMAL) -> State:
    """The state at the beginning of a history. Normal, unless the quality manager says otherwise (clause 9.1)."""
    check_severity(severity)
    return State(severity=severity, reduced_approved=severity == REDUCED)


def carry_over(state: State) -> State:
    """The state at which another scheme begins for the same supplier and product.

    What stands against the process goes over: tightened inspection and discontinuation, and the lots that count towards
    them. What speaks for it was earned under other plans and is earned anew: the score, the lots accepted in a row,
    reduced inspection and its approval.
    """
    why = state.reason.as_dict() if state.reason.code != "carried_over" else state.reason.params["why"]
    about = {"lot": why["params"]["lot"]} if "lot" in why["params"] else {}
    return State(
        severity=NORMAL if state.severity == REDUCED else state.severity,
        discontinued=state.discontinued,
        window=state.window,
        not_accepted=state.not_accepted,
        production_steady=state.production_steady,
        reason=Reason("carried_over", {"severity": state.status, "why": why, **about}),
    )


def replay(history: Iterable[Lot | Event], state: State | None = None) -> State:
    """The state after a whole history."""
    state = start() if state is None else state
    for happened in history:
        state = step(state, happened).after if isinstance(happened, Lot) else apply_event(state, happened)
    return state


def step(state: State, lot: Lot) -> Step:
    """One lot. Resubmitted lots and lots that come while inspection is discontinued change nothing.

    A lot that was planned under another severity than the present one, since it was still open when the severity
    changed, counts when it is not accepted and does not count when it is. Raises SamplingError where a class is not
    decided yet.
    """
    if state.discontinued:
        return Step(state, state, None, state.score, {})
    decisions = {name: decide(plan, lot.nonconforming.get(name, ())) for name, plan in lot.plans.items()}
    accepted = _verdict(lot, decisions)
    if lot.resubmitted:
        return Step(state, state, accepted, state.score, decisions)
    told = replace(
        state,
        production_steady=state.production_steady if lot.production_steady is None else lot.production_steady,
        reduced_approved=state.reduced_approved if lot.reduced_approved is None else lot.reduced_approved,
    )
    if accepted and lot.severities - {state.severity}:
        return Step(state, _leave_reduced_if_told(told, lot.reference), accepted, state.score, decisions)
    if state.severity == NORMAL:
        told = replace(told, score=_score(state.score, lot, accepted, decisions))
    return Step(state, _COUNT[state.severity](told, lot, accepted, decisions), accepted, told.score, decisions)


def apply_event(state: State, event: Event) -> State:
    """The manager's word, or news of the production. Raises SamplingError for an unknown kind."""
    match event.kind:
        case "resumed":
            return _enter(state, TIGHTENED, "resumed", lot=event.reference) if state.discontinued else state
        case "reduced_approved":
            return _reduce_if_earned(replace(state, reduced_approved=True))
        case "production_steady":
            return _reduce_if_earned(replace(state, production_steady=True))
        case "reduced_withdrawn":
            return _leave_reduced_if_told(replace(state, reduced_approved=False), event.reference)
        case "production_irregular":
            return _leave_reduced_if_told(replace(state, production_steady=False), event.reference)
    raise SamplingError("event", field="event", value=event.kind, choices=", ".join(EVENTS))


def what_ends(state: State) -> list[Reason]:
    """What would change the severity from here, nearest numbers included."""
    if state.discontinued:
        return [Reason("requalified", {})]
    if state.severity == TIGHTENED:
        return [
            Reason("accepted_in_a_row", _progress(state.accepted_in_a_row, ACCEPTED_TO_LEAVE_TIGHTENED)),
            Reason("not_accepted_discontinues", _progress(state.not_accepted, NOT_ACCEPTED_TO_DISCONTINUE)),
        ]
    if state.severity == REDUCED:
        return [Reason(code, {}) for code in ("not_accepted", "critical", "production_irregular", "reduced_withdrawn")]
    failed = [reference for accepted, reference in state.window[-(WINDOW - 1) :] if not accepted]
    return [
        Reason("two_in_five", {"lots": failed, **_progress(len(failed), NOT_ACCEPTED_IN_WINDOW)}),
        Reason(
            "score",
            {
                **_progress(state.score, SCORE_FOR_REDUCED),
                "production_steady": state.production_steady,
                "reduced_approved": state.reduced_approved,
            },
        ),
    ]


def _verdict(lot: Lot, decisions: dict[str, Decision]) -> bool:
    """Accepted only if every class is; one that is rejected decides, whatever is still open."""
    if lot.critical or lot.rejected_otherwise or any(each.outcome == REJECTED for each in decisions.values()):
        return False
    for name, decision in decisions.items():
        if decision.outcome == NEXT_SAMPLE:
            raise SamplingError("undecided", field=f"nonconforming.{name}", value=name)
    return True


def _on_normal(state: State, lot: Lot, accepted: bool, decisions: dict[str, Decision]) -> State:
    """9.3.1 and 9.3.3."""
    window = (*state.window, (accepted, lot.reference))[-WINDOW:]
    failed = [reference for was_accepted, reference in window if not was_accepted]
    if len(failed) >= NOT_ACCEPTED_IN_WINDOW:
        return _enter(state, TIGHTENED, "two_in_five", lots=failed, window=len(window), lot=lot.reference)
    return _reduce_if_earned(replace(state, window=window), lot.reference)


def _on_tightened(state: State, lot: Lot, accepted: bool, decisions: dict[str, Decision]) -> State:
    """9.3.2 and 9.4."""
    if accepted:
        run = state.accepted_in_a_row + 1
        if run >= ACCEPTED_TO_LEAVE_TIGHTENED:
            return _enter(state, NORMAL, "accepted_in_a_row", accepted=run, lot=lot.reference)
        return replace(state, accepted_in_a_row=run)
    failed = state.not_accepted + 1
    stopped = failed >= NOT_ACCEPTED_TO_DISCONTINUE
    return replace(
        state,
        accepted_in_a_row=0,
        not_accepted=failed,
        discontinued=stopped,
        reason=Reason("not_accepted_discontinues", {"not_accepted": failed, "lot": lot.reference})
        if stopped
        else state.reason,
    )


def _on_reduced(state: State, lot: Lot, accepted: bool, decisions: dict[str, Decision]) -> State:
    """9.3.4, and for the plans of Z1.4 a count between Ac and Re."""
    if lot.critical:
        return _enter(state, NORMAL, "critical", lot=lot.reference)
    if not accepted:
        return _enter(state, NORMAL, "not_accepted", lot=lot.reference)
    for name, decision in decisions.items():
        if decision.in_gap:
            plan, count = lot.plans[name], lot.nonconforming[name][decision.stage - 1]
            return _enter(
                state, NORMAL, "between_ac_and_re",
                nonconforming=count, acceptance=plan.acceptance, rejection=plan.rejection, lot=lot.reference,
            )  # fmt: skip
    return _leave_reduced_if_told(state, lot.reference)


_COUNT = {NORMAL: _on_normal, TIGHTENED: _on_tightened, REDUCED: _on_reduced}


def _score(score: int, lot: Lot, accepted: bool, decisions: dict[str, Decision]) -> int:
    """9.3.3.2. With several classes the lot earns what its least convincing class does.

    Classes without an AQL of their own earn nothing and cost nothing: critical on zero over the others' sample. What was
    judged by variables earns 3 or nothing.
    """
    earned = [
        _points(plan, plan.aql, decisions[name], lot.nonconforming[name][-1])
        for name, plan in lot.plans.items()
        if accepted and plan.aql is not None
    ]
    if accepted and lot.convincing is not None:
        earned.append(POINTS_BY_VARIABLES if lot.convincing else 0)
    least = min(earned, default=0)
    return score + least if least else 0


def _points(plan: Plan, aql: str, decision: Decision, nonconforming: int) -> int:
    if plan.kind == "double":
        return 3 if decision.stage == 1 else 0
    if plan.kind == "multiple":
        return 3 if decision.stage <= 3 else 0
    if plan.acceptance <= 1:
        return 2
    tighter = tables.AQLS[tables.AQLS.index(aql) - 1]
    cell = tables.master_table(tables.ISO, "single", NORMAL)[str(plan.effective_letter), tighter]
    return 3 if nonconforming < cell.stages[-1][2] else 0


def _reduce_if_earned(state: State, reference: str = "") -> State:
    earned = state.severity == NORMAL and state.score >= SCORE_FOR_REDUCED
    if earned and state.production_steady and state.reduced_approved:
        return _enter(state, REDUCED, "score", score=state.score, lot=reference)
    return state


def _leave_reduced_if_told(state: State, reference: str) -> State:
    if state.severity == REDUCED and not state.production_steady:
        return _enter(state, NORMAL, "production_irregular", lot=reference)
    if state.severity == REDUCED and not state.reduced_approved:
        return _enter(state, NORMAL, "reduced_withdrawn", lot=reference)
    return state


def _enter(state: State, severity: str, code: str, **params: object) -> State:
    """Every counter restarts, and an approval lasts no longer than the reduced inspection that it was given for."""
    return State(
        severity=severity,
        production_steady=state.production_steady,
        reduced_approved=state.reduced_approved and severity == REDUCED,
        reason=Reason(code, params),
    )


def _progress(so_far: int, needed: int) -> dict:
    """What was reached is reached: nothing counts on beyond it."""
    so_far = min(so_far, needed)
    return {"so_far": so_far, "needed": needed, "remaining": max(needed - so_far, 0)}
