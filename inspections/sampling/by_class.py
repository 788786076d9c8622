"""The switching rules, kept for each class of nonconformities by itself (ISO 2859-1:1999, clause 9.2; Z1.4, 4.7).

A history has a `State` per class, and one lot is for each class what it was there: a lot that minor alone rejects is accepted in
the history of major. What is said of the production or by the quality manager is said of every class. A critical
nonconformity ends reduced inspection of all of them (9.3.4: other conditions).

A class that accepts on zero over the others' sample has no AQL, so that it earns no score and is never reduced by itself: it goes
with the others when all of them are. Tightened, it takes as many units as the tightened plans of the others do.
"""

from collections.abc import Iterable, Mapping

from . import standard as tables
from .switching import DISCONTINUED, Event, Lot, State, apply_event, carry_over, start, step

CLASSES = ("critical", "major", "minor")
NORMAL, TIGHTENED, REDUCED = tables.SEVERITIES
_BY_STRICTNESS = (REDUCED, NORMAL, TIGHTENED, DISCONTINUED)

States = Mapping[str, State]


def start_each() -> dict[str, State]:
    """Every class at the beginning of its history."""
    return {name: start() for name in CLASSES}


def carry_over_each(states: States) -> dict[str, State]:
    return {name: carry_over(state) for name, state in states.items()}


def step_each(states: States, lots: Mapping[str, Lot]) -> dict[str, State]:
    """One lot, as it was in each class; a class that was not inspected stays as it is. Raises SamplingError."""
    return {name: step(state, lots[name]).after if name in lots else state for name, state in states.items()}


def apply_to_each(states: States, event: Event) -> dict[str, State]:
    return {name: apply_event(state, event) for name, state in states.items()}


def replay_each(history: Iterable[Mapping[str, Lot] | Event], states: States | None = None) -> dict[str, State]:
    """Where every class stands after a whole history."""
    now = dict(states or start_each())
    for happened in history:
        now = apply_to_each(now, happened) if isinstance(happened, Event) else step_each(now, happened)
    return now


def strictest(severities: Iterable[str]) -> str:
    """Of several severities; normal of none."""
    return max(severities, key=_BY_STRICTNESS.index, default=NORMAL)
