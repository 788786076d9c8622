"""What a product is made of, line by line, against the substances that the law of a market bans or limits.

A CAS number finds a substance; a name finds it where the number is missing or wrong; and some entries of the law are
groups ("mercury and its compounds") that no single number finds.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from compliance.reading.findings import Finding, Weight, block, note, review
from compliance.reading.ingredients import CAS_OF, GROUPS, WATCHED, names_of, plain
from compliance.reading.numbers import cas_expected, ec_expected, wrong_digit

WHOLE = Decimal(100)
ROUNDING = Decimal("0.1")  # what rounding each line may add up to
PER_CENT = {"%": Decimal(1), "ppm": Decimal("0.0001"), "mg/kg": Decimal("0.0001")}
# Electrical equipment of every kind, though the table names one category for it (Directive 2011/65/EU art. 2).
CATEGORIES_OF_LIST = {
    "EU-ROHS": frozenset(
        {
            "electrical_appliance", "consumer_electronics", "beauty_device", "lighting", "laser_products", "micromobility",
            "batteries_power", "toys",
        }
    ),
    "US-CPSIA": frozenset({"toys", "childrens_products"}),
}  # fmt: skip

# What holds for articles does not for mixtures (Regulation (EC) 1907/2006 art. 3, 33).
ABOUT_ARTICLES = frozenset({"EU-SVHC"})
MIXTURES = frozenset({"beauty_cosmetics", "household_chemicals", "supplements_food"})
PACKAGING = re.compile(r"packag|包装", re.IGNORECASE)
# Metals whose entries mean their compounds too, whether the table calls them groups or not.
METALS = frozenset({"7439-97-6", "7440-38-2", "18540-29-9", "7439-92-1", "7440-43-9"})


@dataclass(frozen=True, slots=True)
class Line:
    """One ingredient or material; `function` says what it does or in which part it is. Concentrations are per cent by weight, from `low` to `high`, None where not said."""

    name: str
    cas: str = ""
    ec: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    function: str = ""


@dataclass(frozen=True, slots=True)
class Restriction:
    """One entry of a law. `limit` is in `unit`; `product_types` is empty where it is the same for all types, and
    `only_types` says that other types may not hold the substance at all."""

    key: str
    name: str
    names: frozenset[str]
    cas: str
    list: str
    markets: frozenset[str]
    category: str
    status: str
    limit: Decimal | None
    unit: str
    scope: str
    law: str
    is_group: bool = False
    applies_from: date | None = None
    product_types: frozenset[str] = frozenset()
    only_types: bool = False
    is_sure: bool = True

    @property
    def per_cent(self) -> Decimal | None:
        """The limit in per cent; None for a migration or an emission, which no declaration can be compared with."""
        factor = PER_CENT.get(self.unit)
        return None if factor is None or self.limit is None else self.limit * factor


@dataclass(frozen=True, slots=True)
class Product:
    """For what and where. `categories` and `markets` hold the own codes and those above; `type` is empty when unknown."""

    categories: frozenset[str]
    markets: frozenset[str]
    day: date
    type: str = ""


def check(
    lines: Sequence[Line], product: Product, restrictions: Iterable[Restriction], *, is_whole: bool = True
) -> list[Finding]:
    """What is wrong with a declaration. `is_whole`: it names all there is, so that it has to come to 100 %.

    Each finding has `line`, counted from 1, where it is about one; what the law says comes with `law` and `list`.
    """
    if not lines:
        return [block("no_lines")]
    restrictions = list(restrictions)
    applying = [row for row in restrictions if applies(row, product)]
    known = _known(restrictions)
    findings = [finding for place, line in enumerate(lines, start=1) for finding in _numbers(place, line, known)]
    findings += _duplicates(lines)
    if is_whole:
        findings += _sum(lines)
    for place, line in enumerate(lines, start=1):
        findings += _compared(place, line, product, applying)
    banned = {finding.params["line"] for finding in findings if finding.code == "prohibited"}
    allowed = [line for place, line in enumerate(lines, start=1) if place not in banned]
    if not product.type and any(row.product_types for row in applying for line in allowed if _meets(row, line)):
        findings.append(review("product_type_unknown"))
    return findings


def applies(row: Restriction, product: Product) -> bool:
    categories = CATEGORIES_OF_LIST.get(row.list, frozenset({row.category}))
    if row.list in ABOUT_ARTICLES and product.categories & MIXTURES:
        return False
    return bool(row.markets & product.markets) and (row.category == "*" or bool(categories & product.categories))


def _known(rows: Iterable[Restriction]) -> Mapping[str, set[str]]:
    """CAS -> the plain names that go with it, of the table and of common ingredients."""
    known: dict[str, set[str]] = {}
    for name, numbers in CAS_OF.items():
        for cas in numbers:
            known.setdefault(cas, set()).add(plain(name))
    for row in rows:
        if row.cas and not row.is_group:
            known.setdefault(row.cas, set()).update(row.names)
    return known


def _numbers(place: int, line: Line, known: Mapping[str, set[str]]) -> Iterator[Finding]:
    if not line.name.strip():
        yield block("name_missing", line=place, cas=line.cas)
    if line.cas:
        if cas_expected(line.cas) is None:
            yield block("cas_format", line=place, name=line.name, cas=line.cas)
        elif expected := wrong_digit("cas_mod10", line.cas):
            yield block("cas_check_digit", line=place, name=line.name, cas=line.cas, expected=expected)
        elif (owner := _owner(line, known)) is not None:
            yield block("name_cas_mismatch", line=place, name=line.name, cas=line.cas, belongs_to=owner)
    elif line.name.strip():
        yield review("cas_missing", line=place, name=line.name)
    if line.ec and ec_expected(line.ec) != line.ec:
        yield note("ec_check_digit", line=place, name=line.name, ec=line.ec, expected=ec_expected(line.ec) or "")
    if line.low is None or line.high is None:
        yield block("concentration_missing", line=place, name=line.name)
    elif line.low > line.high or line.low < 0 or line.high > WHOLE:
        yield block(
            "concentration_out_of_range", line=place, name=line.name, low=_written(line.low), high=_written(line.high)
        )


def _owner(line: Line, known: Mapping[str, set[str]]) -> str | None:
    """Whose CAS number it is, where it is not this name's; None where nothing speaks against it."""
    names = names_of(line.name)
    if line.cas in known and not names & known[line.cas]:
        return min(known[line.cas], key=len).upper()
    others = {cas for cas, its_names in known.items() if names & its_names}
    if others and line.cas not in others and line.cas not in known:
        return ""
    return None


def _duplicates(lines: Sequence[Line]) -> Iterator[Finding]:
    for of in ("cas", "name"):
        said = [line.cas if of == "cas" else plain(line.name) for line in lines]
        for value, count in Counter(filter(None, said)).items():
            if count > 1 and (of == "cas" or len({line.cas for line in lines if plain(line.name) == value}) > 1):
                places = [place for place, one in enumerate(said, start=1) if one == value]
                yield review("duplicate", line=places[-1], lines=places, name=lines[places[0] - 1].name, of=of)


def _sum(lines: Sequence[Line]) -> Iterator[Finding]:
    low = sum((line.low or Decimal(0) for line in lines), Decimal(0))
    high = sum((line.high or Decimal(0) for line in lines), Decimal(0))
    if low > WHOLE + ROUNDING or high < WHOLE - ROUNDING:
        yield block("sum_not_100", low=_written(low), high=_written(high))


def _meets(row: Restriction, line: Line) -> bool:
    if row.list == "EU-PPWR" and not PACKAGING.search(f"{line.name} {line.function}"):
        return False
    if (line.cas and line.cas == row.cas) or row.names & names_of(line.name):
        return True
    group = GROUPS.get(row.cas) if row.is_group or row.cas in METALS else None
    return bool(group and (line.cas in group.cas or group.surely.search(line.name)))


def _compared(place: int, line: Line, product: Product, rows: Sequence[Restriction]) -> Iterator[Finding]:
    if line.high is not None and line.high <= 0:
        return
    met = [row for row in rows if _meets(row, line)]
    for row in met:
        if row.applies_from and row.applies_from > product.day:
            yield note("restricted_later", **_said(place, line, row), applies_from=row.applies_from.isoformat())
    met = [row for row in met if not row.applies_from or row.applies_from <= product.day]
    bans = list(_bans(place, line, product, met))
    yield from bans
    for law in sorted({row.list for row in met} if not bans else ()):
        yield from _by_one_law(place, line, product, [row for row in met if row.list == law])
    if not met:
        yield from _suspected(place, line, product, rows)


def _bans(place: int, line: Line, product: Product, met: Sequence[Restriction]) -> Iterator[Finding]:
    """One for each law. A ban may leave one use open, as an entry with a limit: hydroquinone in nail systems."""
    if any(row.status == "restricted" and product.type in row.product_types for row in met):
        return
    for law in sorted({row.list for row in met if row.status == "prohibited"}):
        row = next(row for row in met if row.status == "prohibited" and row.list == law)
        yield block("prohibited", **_said(place, line, row))


def _by_one_law(place: int, line: Line, product: Product, rows: Sequence[Restriction]) -> Iterator[Finding]:
    limits = [row for row in rows if row.status == "restricted"]
    fitting = [row for row in limits if not product.type or not row.product_types or product.type in row.product_types]
    if limits and not fitting:
        weight = block if any(row.only_types for row in limits) else review
        yield weight("use_not_allowed", **_said(place, line, limits[0]), type=product.type)
    comparable = [(most, row.key, row) for row in fitting if (most := row.per_cent) is not None]
    if comparable:
        exact = [each for each in comparable if product.type and product.type in each[2].product_types]
        most, _key, row = min(exact or comparable, key=lambda each: each[:2])  # the strictest
        if line.high is not None and line.high > most:
            is_strictest = not product.type and len(comparable) > 1
            yield block("over_limit", **_said(place, line, row), is_strictest=is_strictest, high=_written(line.high))
    for row in fitting:
        if row.per_cent is None:
            yield review("limit_in_another_unit", **_said(place, line, row))
    for row in rows:
        over = row.status == "declare" and (line.high is None or row.per_cent is None or line.high > row.per_cent)
        if over:
            weight = review if row.list == "EU-SVHC" else note
            yield weight("declare", **_said(place, line, row), high=_written(line.high))


def _suspected(place: int, line: Line, product: Product, rows: Sequence[Restriction]) -> Iterator[Finding]:
    for row in rows:
        group = GROUPS.get(row.cas) if row.is_group else None
        if group and group.perhaps and group.perhaps.search(line.name):
            yield review("group_suspected", **_said(place, line, row))
            return
    for watched in WATCHED:
        if watched.markets & product.markets and watched.pattern.search(line.name):
            yield review(
                "group_suspected", line=place, name=line.name, cas=line.cas, entry=watched.name, law=watched.law
            )
            return


def _said(place: int, line: Line, row: Restriction) -> dict:
    return {
        "line": place,
        "name": line.name,
        "cas": line.cas or row.cas,
        "by": "cas" if line.cas == row.cas else "name",
        "entry": row.name,
        "restriction": row.key,
        "list": row.list,
        "law": row.law,
        "limit": "" if row.limit is None else str(row.limit),
        "unit": row.unit,
        "scope": row.scope,
        "is_sure": row.is_sure,
    }


def _written(share: Decimal | None) -> str:
    """Without the zeros that a database column adds."""
    return "" if share is None else f"{share.normalize():f}"


def is_ban(finding: Finding) -> bool:
    """Whether the product holds, by its number, what it may not hold at all: nobody can waive or overrule that.

    A name alone may have been met by mistake, so a person can say so.
    """
    return finding.weight == Weight.BLOCK and finding.code == "prohibited" and finding.params["by"] == "cas"
