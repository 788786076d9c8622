"""Limits that the law sets for several substances together: each line is below its own, and their sum is not."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from compliance.reading.findings import Finding, block
from compliance.reading.ingredients import GROUPS, PACKAGING, SYNONYMS
from compliance.reading.restrictions import Line, Restriction, written


@dataclass(frozen=True, slots=True)
class Sum:
    """Substances, by CAS number, whose shares are added up. The limit is that of the entry of `list` with the number
    `limit_of`, or `limit` per cent where the table has none; then `law` says where it stands, and nobody verified it.

    `each_part`: shares of one part of a product are added up, not those of all. `is_counted`: of each share what the
    entry counts is added up, such as the fluorine in it.
    """

    name: str
    members: tuple[str, ...]
    list: str
    limit_of: str
    limit: Decimal | None = None
    law: str = ""
    each_part: bool = False
    is_counted: bool = False
    only: re.Pattern | None = None


_FLUORIDES = (
    "7681-49-4",
    "10163-15-2",
    "7631-97-2",
    "7783-47-3",
    "7789-23-3",
    "12125-01-8",
    "7784-18-1",
    "7789-75-5",
    "7783-40-6",
    "6818-37-7",
)
_ESTERS = ("99-76-3", "120-47-8", "94-13-3", "94-26-8")
# Shares of esters and salts are added up as they are declared. The law counts them as the acid, which is less, so that
# what passes here passes there.
SUMS = (
    Sum("DEHP + DBP + BBP + DIBP", ("117-81-7", "84-74-2", "85-68-7", "84-69-5"), "EU-REACH-XVII", "117-81-7"),
    Sum("DINP + DIDP + DNOP", ("28553-12-0", "26761-40-0", "117-84-0"), "EU-REACH-XVII", "28553-12-0"),
    Sum("propylparaben + butylparaben", ("94-13-3", "94-26-8"), "EU-COS-V", "94-13-3"),
    Sum("ethylparaben", ("120-47-8",), "EU-COS-V", "99-76-3", is_counted=True),
    Sum("parabens", _ESTERS, "EU-COS-V", "99-76-3", Decimal("0.8"), "Regulation (EC) 1223/2009 Annex V entry 12"),
    Sum("fluorine", _FLUORIDES, "EU-COS-III", "7681-49-4", is_counted=True),
    Sum("MCI + MI", ("55965-84-9", "26172-55-4", "2682-20-4"), "EU-COS-V", "55965-84-9"),
    Sum(
        "Pb + Cd + Hg + Cr(VI)",
        ("7439-92-1", "7440-43-9", "7439-97-6", "18540-29-9"),
        "EU-PPWR",
        "7439-92-1",
        each_part=True,
        only=PACKAGING,
    ),
)  # fmt: skip


def is_member(line: Line, cas: str) -> bool:
    """By its number, by another name of the same substance, or as one of the group that the number stands for."""
    if line.cas and (line.cas == cas or line.cas in GROUPS.get(cas, NO_GROUP).cas):
        return True
    return any(
        pattern.search(line.name) for pattern in (SYNONYMS.get(cas), GROUPS.get(cas, NO_GROUP).surely) if pattern
    )


class NO_GROUP:  # noqa: N801 stands where there is no group
    cas: frozenset[str] = frozenset()
    surely = None


def counts_in_a_sum_of(row: Restriction, line: Line) -> bool:
    """Whether a line is added up to what an entry limits."""
    return any(
        (one.list, one.limit_of) == (row.list, row.cas) and any(is_member(line, cas) for cas in one.members)
        for one in SUMS
    )


def over_sums(lines: Sequence[Line], rows: Sequence[Restriction], over: Callable[[int], bool]) -> Iterator[Finding]:
    """A finding for each sum that is over its limit. `rows` are those that apply; `over` tells of a line, from 1, that
    it alone is over a limit, which is said already."""
    for one in SUMS:
        row = next((row for row in rows if row.list == one.list and row.cas == one.limit_of and row.per_cent), None)
        if row is None:
            continue
        limit = row.per_cent if one.limit is None else one.limit
        for places in _parts(one, lines):
            total = sum((_counted(one, row, lines[place - 1]) for place in places), Decimal(0))
            if limit is None or total <= limit or (len(places) == 1 and over(places[0])):
                continue
            yield block(
                "over_sum",
                line=places[-1],
                lines=places,
                names=[lines[place - 1].name for place in places],
                entry=one.name,
                restriction=row.key,
                list=row.list,
                law=one.law or row.law,
                high=written(total),
                limit=written(limit),
                unit="%",
                is_sure=row.is_sure and one.limit is None,
            )


def _counted(one: Sum, row: Restriction, line: Line) -> Decimal:
    share = line.high or Decimal(0)
    return share * row.factors.get(line.cas, Decimal(1)) if one.is_counted else share


def _parts(one: Sum, lines: Sequence[Line]) -> Iterator[list[int]]:
    """The places of the lines that are added up, those of each part on their own where that is asked."""
    parts: dict[str, list[int]] = {}
    for place, line in enumerate(lines, start=1):
        if one.only and not one.only.search(f"{line.name} {line.function}"):
            continue
        if any(is_member(line, cas) for cas in one.members):
            parts.setdefault(line.function if one.each_part else "", []).append(place)
    yield from parts.values()
