"""Which cartons to open and which units to take, drawn so that an auditor can draw them again.

The draw depends on the recorded seed alone, on every machine and in every version of Python:

1. The stream is the SHA-256 digests of "SEED:0", "SEED:1", ... in UTF-8, each read as four big-endian 64-bit numbers.
2. A number below m is the next of the stream that is below the largest multiple of m up to 2^64, modulo m.
3. An order of m things is a Fisher-Yates shuffle: for i = 0, 1, ... swap place i with place i + (a number below m - i).

Cartons are drawn first, then the units of each open carton in the order in which the cartons were drawn, then the order
of all units, which decides the stage that each belongs to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import isqrt
from secrets import token_hex

from .errors import SamplingError

SQUARE_ROOT = "square_root"
ALL = "all"
CARTON_RULES = (SQUARE_ROOT, ALL)


@dataclass(frozen=True, slots=True, order=True)
class Pick:
    """One unit to take: its carton (None without cartons), its place in the carton, its number in the lot, its stage."""

    carton: int | None
    position: int
    unit: int
    stage: int = 1


@dataclass(frozen=True, slots=True)
class PickList:
    """The draw for one inspection. Cartons, places, units and stages are numbered from 1; picks are in carton order."""

    seed: str
    cartons: tuple[int, ...]
    picks: tuple[Pick, ...]

    def as_dict(self) -> dict:
        return {
            "seed": self.seed,
            "cartons": list(self.cartons),
            "picks": [
                {"carton": pick.carton, "position": pick.position, "unit": pick.unit, "stage": pick.stage}
                for pick in self.picks
            ],
        }


def new_seed() -> str:
    """A seed to record with the inspection before anything is drawn from it."""
    return token_hex(8)


def cartons_to_open(cartons: int, rule: str = SQUARE_ROOT) -> int:
    """The square root of the number of cartons, rounded up, or all of them."""
    if rule not in CARTON_RULES:
        raise SamplingError("carton_rule", field="rule", value=rule, choices=", ".join(CARTON_RULES))
    if type(cartons) is not int or cartons < 1:
        raise SamplingError("whole_number", field="cartons", value=cartons, lowest=1)
    return cartons if rule == ALL else isqrt(cartons - 1) + 1


def pick_list(
    *,
    lot_size: int,
    stage_sizes: Sequence[int],
    seed: str,
    cartons: int | None = None,
    rule: str = SQUARE_ROOT,
) -> PickList:
    """Draw the units of an inspection.

    `stage_sizes` are the cumulative sample sizes of the plan, one for a plan in one stage. Units are numbered through
    the cartons, which hold equally many, the first ones one more where it does not come out even. The sample is spread
    evenly over the open cartons. More cartons than the rule asks for are opened where those hold too few units, and
    never more than there are units to take. Raises SamplingError.
    """
    if type(lot_size) is not int or lot_size < 1:
        raise SamplingError("lot_size", field="lot_size", value=lot_size)
    sizes = list(stage_sizes)
    if not sizes or sizes != sorted(set(sizes)) or sizes[0] < 1 or sizes[-1] > lot_size:
        raise SamplingError("sample_above_lot", field="stage_sizes", value=sizes[-1] if sizes else 0, lot_size=lot_size)
    if not isinstance(seed, str) or not seed:
        raise SamplingError("seed", field="seed")
    if cartons is not None and (type(cartons) is not int or not 1 <= cartons <= lot_size):
        raise SamplingError("cartons", field="cartons", value=lot_size, cartons=cartons)
    sample_size, stream = sizes[-1], _stream(seed)
    packed = _packed(lot_size, cartons or 1)
    order = _shuffled(range(len(packed)), stream)
    open_cartons = order[: min(cartons_to_open(len(packed), rule), sample_size)]
    for index in order[len(open_cartons) :]:
        if sum(packed[carton][1] for carton in open_cartons) >= sample_size:
            break
        open_cartons.append(index)
    drawn: list[tuple[int | None, int, int]] = []
    for index, share in zip(open_cartons, _spread(sample_size, [packed[i][1] for i in open_cartons]), strict=True):
        first, held = packed[index]
        for place in _shuffled(range(held), stream, share):
            drawn.append((None if cartons is None else index + 1, place + 1, first + place))
    picks = [
        Pick(carton, position, unit, next(stage for stage, size in enumerate(sizes, start=1) if number < size))
        for number, (carton, position, unit) in enumerate(_shuffled(drawn, stream))
    ]
    return PickList(
        seed=seed,
        cartons=() if cartons is None else tuple(sorted(index + 1 for index in open_cartons)),
        picks=tuple(sorted(picks, key=lambda pick: pick.unit)),
    )


def _packed(lot_size: int, cartons: int) -> list[tuple[int, int]]:
    """(number of its first unit, units held) per carton."""
    least, more = divmod(lot_size, cartons)
    return [(1 + index * least + min(index, more), least + (index < more)) for index in range(cartons)]


def _spread(sample_size: int, capacities: list[int]) -> list[int]:
    """Units per carton, as even as the cartons allow; what does not come out even falls to those drawn first."""
    shares = [0] * len(capacities)
    left = sample_size
    while left:
        room = [index for index, capacity in enumerate(capacities) if shares[index] < capacity]
        each, more = divmod(left, len(room))
        for place, index in enumerate(room):
            taken = min(capacities[index] - shares[index], each + (place < more))
            shares[index] += taken
            left -= taken
    return shares


def _stream(seed: str) -> Iterator[int]:
    block = 0
    while True:
        digest = sha256(f"{seed}:{block}".encode()).digest()
        for start in range(0, 32, 8):
            yield int.from_bytes(digest[start : start + 8], "big")
        block += 1


def _below(m: int, stream: Iterator[int]) -> int:
    limit = 2**64 - 2**64 % m
    return next(number for number in stream if number < limit) % m


def _shuffled(things: Sequence, stream: Iterator[int], first: int | None = None) -> list:
    """The first so many of a random order, all unless told."""
    things = list(things)
    first = len(things) if first is None else first
    for place in range(min(first, len(things) - 1)):
        other = place + _below(len(things) - place, stream)
        things[place], things[other] = things[other], things[place]
    return things[:first]
