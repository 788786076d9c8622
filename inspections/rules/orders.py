"""What became of the units of an order, decided from everything that one row of a shop's export says of them.

The worst sign wins; signs that cannot be told apart are asked. Pure: words have been turned into meanings before
(`inspections.order.reads`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

OK, DAMAGED, COMPLAINED, RETURNED = "ok", "damaged", "complained", "returned"
UNDER_WAY, CANCELLED = "under_way", "cancelled"
# Of the columns of a status alone: money went back; the unit never left; it was paid, which says nothing of the unit.
REFUNDED, NOT_SENT, NEUTRAL = "refunded", "not_sent", "neutral"
# What a person may say that a word means.
EXPLAINED = (OK, DAMAGED, COMPLAINED, RETURNED, UNDER_WAY)
SEVERITY: Mapping[str, int] = {"": 0, OK: 1, COMPLAINED: 2, DAMAGED: 3, RETURNED: 4}


class Unsettled(Exception):
    """Two signs contradict each other, or none decides. `sign` names the one that a person has to explain."""

    def __init__(self, sign: str):
        super().__init__(sign)
        self.sign = sign


@dataclass(frozen=True, slots=True)
class Signs:
    """What a row of an order says, each word as its meaning; empty where it says nothing.

    `status` is the order's, `detail` a second and closer one (a substatus, how it was fulfilled), `return_type` what is
    said of its return or cancellation. `returned` is how many of `quantity` units came back, None where no column
    says. `has_reason` and `has_return_day` are facts that only a return has; `is_refunded` that money went back.
    """

    status: str = ""
    detail: str = ""
    return_type: str = ""
    quantity: int = 1
    returned: int | None = None
    is_refunded: bool = False
    has_reason: bool = False
    has_return_day: bool = False
    is_damaged: bool = False
    is_complained: bool = False
    was_cancelled: bool = False
    was_sent: bool = False


@dataclass(frozen=True, slots=True)
class Became:
    """Units by outcome, worst last, and how many have none yet; `why` says why: under_way or cancelled."""

    units: Mapping[str, int] = field(default_factory=dict)
    open: int = 0
    why: str = ""

    @property
    def outcomes(self) -> list[str]:
        """One outcome per unit that has one, worst last."""
        return sorted((each for each, count in self.units.items() for _n in range(count)), key=lambda o: SEVERITY[o])


def became(signs: Signs) -> Became:
    """What became of the units of a row. Raises Unsettled where a person has to say it."""
    said = {signs.status, signs.detail, signs.return_type}
    if _was_never_sent(signs, said):
        return Became(open=signs.quantity, why=CANCELLED)
    back = _came_back(signs, said)
    rest = signs.quantity - back
    if not rest:
        return Became({RETURNED: back})
    base = _without_returns(signs)
    if base == CANCELLED or (base == UNDER_WAY and CANCELLED in said):
        return Became({RETURNED: back} if back else {}, rest, CANCELLED)
    if base == OK and signs.return_type == UNDER_WAY:
        base = UNDER_WAY
    if base in (OK, UNDER_WAY) and not back and (signs.is_damaged or signs.is_complained):
        base = DAMAGED if signs.is_damaged else COMPLAINED
    if base == OK and signs.return_type == CANCELLED and not back:
        raise Unsettled(
            "return_type"
        )  # a return that was refused or withdrawn: whether the unit is fine nobody has said
    if base == OK and signs.is_refunded and not back:
        raise Unsettled("refund")
    if base == UNDER_WAY:
        return Became({RETURNED: back} if back else {}, rest, UNDER_WAY)
    return Became({base: rest} | ({RETURNED: back} if back else {}))


def _was_never_sent(signs: Signs, said: set[str]) -> bool:
    """What never left cannot come back: cancelled, or refunded before it was sent."""
    if signs.was_sent or OK in (signs.status, signs.detail) or signs.has_return_day or RETURNED in said:
        return False
    if NOT_SENT in said:
        return CANCELLED in said or REFUNDED in said or signs.was_cancelled
    return CANCELLED in (signs.status, signs.return_type) or signs.was_cancelled


def _came_back(signs: Signs, said: set[str]) -> int:
    """How many units: those that are counted, else all where anything says so."""
    if {signs.status, signs.detail} & {RETURNED, REFUNDED}:
        return signs.quantity
    if signs.returned:
        return signs.returned
    is_fault = {signs.status, signs.detail} & {DAMAGED, COMPLAINED}
    has_reason = (
        signs.has_reason and not is_fault and signs.return_type != OK
    )  # which somebody has said in so many words
    if {RETURNED, REFUNDED} & {signs.return_type} or signs.has_return_day or has_reason:
        return 0 if CANCELLED in said and not signs.has_return_day and RETURNED not in said else signs.quantity
    return 0


def _without_returns(signs: Signs) -> str:
    """What the order's own status makes of a unit; the closer word decides where the other one is no fault."""
    faults = [each for each in (signs.status, signs.detail) if each in (DAMAGED, COMPLAINED)]
    if faults:
        return max(faults, key=lambda each: SEVERITY[each])
    if CANCELLED in (signs.status, signs.detail) or signs.was_cancelled:
        return CANCELLED
    closer = {NOT_SENT: UNDER_WAY, NEUTRAL: ""}.get(signs.detail, signs.detail)
    if closer:
        return closer
    if signs.status == NEUTRAL:
        raise Unsettled("status")
    return {"": UNDER_WAY, NOT_SENT: UNDER_WAY}.get(signs.status, signs.status)


def returned(*, status: str, detail: str = "") -> str:
    """Whether the goods of a row of returns came back: returned, damaged or complained where something is to be
    recorded, else under_way, or ok for a return that was refused or withdrawn. Raises Unsettled.

    The status of the order is no sign here: an order may be complete and its return refused.
    """
    if status in (RETURNED, REFUNDED, DAMAGED, COMPLAINED):
        if detail in (OK, CANCELLED):
            raise Unsettled("detail")
        return RETURNED if status == REFUNDED else status
    if status in (OK, CANCELLED, UNDER_WAY) and detail in (RETURNED, DAMAGED):
        raise Unsettled("detail")
    if status in (OK, CANCELLED, NEUTRAL):
        return OK
    return UNDER_WAY
