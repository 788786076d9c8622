"""What a product is made of, line by line, against the substances that the law of a market bans or limits.

A CAS number finds a substance; a name finds it where the number is missing or wrong; and some entries of the law are
groups ("mercury and its compounds") that no single number finds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from compliance.reading.cosmetics import RINSE_OFF
from compliance.reading.exemptions import claimed, judged
from compliance.reading.findings import Finding, Weight, block, note, review
from compliance.reading.ingredients import GROUPS, INGREDIENTS, NUMBERS_OF, SYNONYMS, VARIES, WATCHED, names_of, plain
from compliance.reading.matching import Lists, known_names
from compliance.reading.numbers import cas_expected, ec_expected, wrong_digit
from compliance.reading.restrictions import Line, Product, Restriction, written
from compliance.reading.sums import counts_in_a_sum_of, over_sums

WHOLE = Decimal(100)
ROUNDING = Decimal("0.1")  # what rounding each line may add up to
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
# Scope of an entry that is about more than the category which the table names; what has a law of its own is left out.
MOST_ARTICLES = "most articles"
OTHER_LAW = MIXTURES | {"medical_device", "food_contact"} | (CATEGORIES_OF_LIST["EU-ROHS"] - {"toys"})
# Lists of what alone may be used for a purpose (Regulation (EC) 1223/2009 art. 14(1)(c) to (e)): by what the line says
# of its function, or how it is named.
ONLY_LISTED = {
    "EU-COS-IV": re.compile(r"\bcolou?r(?:ant|ing)?\b|pigment|着色|色素|\bC\.?\s?I\.?\s?\d{5}\b", re.IGNORECASE),
    "EU-COS-V": re.compile(r"preservativ|antimicrobial|防腐", re.IGNORECASE),
    "EU-COS-VI": re.compile(r"\bUV[\s-]?(?:A|B)?[\s-]?(?:filter|absorber)|sunscreen agent|防晒剂|紫外线(?:吸收|过滤)", re.IGNORECASE),
}  # fmt: skip
PRESERVATIVES = "EU-COS-V"
# What becomes of a claim that a use is exempt, by what it is worth.
CLAIMS = {"open": note, "unfitting": review, "over": block, "expired": block}


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
    lists, known = Lists(applying), known_names(restrictions)
    if is_whole and not any(row.category != "*" for row in applying):
        return [review("no_list_for_market", markets=sorted(product.markets)), *_without_a_list(lines, known)]
    findings = [one for place, line in enumerate(lines, start=1) for one in _numbers(place, line, known, is_whole)]
    findings += _duplicates(lines)
    if is_whole:
        findings += _sum(lines)
    for place, line in enumerate(lines, start=1):
        findings += _compared(place, line, product, lists)
    over = {finding.params["line"] for finding in findings if finding.code == "over_limit"}
    findings += over_sums(lines, [row for row in applying if _in_force(row, product)], over.__contains__)
    banned = {finding.params["line"] for finding in findings if finding.code == "prohibited"}
    allowed = [line for place, line in enumerate(lines, start=1) if place not in banned]
    if not product.type and any(row.product_types for line in allowed for row in lists.met_by(line)):
        findings.append(review("product_type_unknown"))
    return findings


def _without_a_list(lines: Sequence[Line], known: Mapping[str, set[str]]) -> list[Finding]:
    """What can be said of a formula that no law is compared with."""
    numbers = [one for place, line in enumerate(lines, start=1) for one in _numbers(place, line, known, True)]
    return [*numbers, *_duplicates(lines), *_sum(lines)]


def applies(row: Restriction, product: Product) -> bool:
    categories = CATEGORIES_OF_LIST.get(row.list, frozenset({row.category}))
    if row.list in ABOUT_ARTICLES and product.categories & MIXTURES:
        return False
    if not row.markets & product.markets:
        return False
    if MOST_ARTICLES in row.scope:
        return not product.categories & OTHER_LAW
    return row.category == "*" or bool(categories & product.categories)


def _in_force(row: Restriction, product: Product) -> bool:
    return not row.applies_from or row.applies_from <= product.day


def _numbers(place: int, line: Line, known: Mapping[str, set[str]], is_whole: bool) -> Iterator[Finding]:
    """Of a formula an unknown name is asked about; parts of a product go by names of their own, such as copper wire."""
    if not line.name.strip():
        yield block("name_missing", line=place, cas=line.cas)
    if line.cas:
        if cas_expected(line.cas) is None:
            yield block("cas_format", line=place, name=line.name, cas=line.cas)
        elif expected := wrong_digit("cas_mod10", line.cas):
            yield block("cas_check_digit", line=place, name=line.name, cas=line.cas, expected=expected)
        elif (owner := _owner(line, known)) is not None:
            yield block("name_cas_mismatch", line=place, name=line.name, cas=line.cas, belongs_to=owner)
        elif line.cas in known and not (names_of(line.name) & known[line.cas] or _is_synonym(line)):
            weight = review if is_whole else note
            owner = _name_of(line.cas, known)
            yield weight("name_not_known", line=place, name=line.name, cas=line.cas, belongs_to=owner)
    elif line.name.strip():
        yield review("cas_missing", line=place, name=line.name)
    if line.ec and ec_expected(line.ec) != line.ec:
        yield note("ec_check_digit", line=place, name=line.name, ec=line.ec, expected=ec_expected(line.ec) or "")
    if line.low is None or line.high is None:
        yield block("concentration_missing", line=place, name=line.name)
    elif line.low > line.high or line.low < 0 or line.high > WHOLE:
        yield block(
            "concentration_out_of_range", line=place, name=line.name, low=written(line.low), high=written(line.high)
        )


def _is_synonym(line: Line) -> bool:
    pattern = SYNONYMS.get(line.cas)
    return pattern is not None and pattern.search(line.name) is not None


def _owner(line: Line, known: Mapping[str, set[str]]) -> str | None:
    """Whose CAS number it is, where the name is that of another substance; empty where it is nobody's whom we know, None where
    nothing speaks against it. A name that we do not know speaks against nothing: a substance has many."""
    names = names_of(line.name)
    others = {cas for cas, its_names in known.items() if names & its_names}
    if not others or line.cas in others or (line.cas not in known and names & VARIES):
        return None
    return _name_of(line.cas, known) if line.cas in known else ""


def _name_of(cas: str, known: Mapping[str, set[str]]) -> str:
    """As it is labelled where we know that, else the shortest of its names."""
    if usual := next((one.names[0] for one in INGREDIENTS if cas in one.numbers), ""):
        return usual
    return min(known[cas], key=lambda name: (not name.isascii(), len(name))).upper()


def _duplicates(lines: Sequence[Line]) -> Iterator[Finding]:
    """Lines of one substance: with one number, or with one name, whatever the number."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, line in enumerate(lines, start=1):
        if cas := line.cas or min(NUMBERS_OF.get(plain(line.name), ()), default=""):
            places.setdefault(("cas", cas), []).append(place)
        places.setdefault(("name", plain(line.name)), []).append(place)
    said: set[tuple[int, ...]] = set()
    for (of, value), found in places.items():
        if value and len(found) > 1 and tuple(found) not in said:
            said.add(tuple(found))
            yield review("duplicate", line=found[-1], lines=found, name=lines[found[0] - 1].name, of=of)


def _sum(lines: Sequence[Line]) -> Iterator[Finding]:
    low = sum((line.low or Decimal(0) for line in lines), Decimal(0))
    high = sum((line.high or Decimal(0) for line in lines), Decimal(0))
    if low > WHOLE + ROUNDING or high < WHOLE - ROUNDING:
        yield block("sum_not_100", low=written(low), high=written(high))


def may_concern(row: Restriction, line: Line) -> bool:
    """Whether an entry can matter for a line, by itself or in a sum, in whatever market: what a change of it touches."""
    return bool(Lists([row]).met_by(line)) or counts_in_a_sum_of(row, line) or _is_suspected(row, line)


def _is_suspected(row: Restriction, line: Line) -> bool:
    group = GROUPS.get(row.cas) if row.is_group else None
    return bool(group and group.perhaps and group.perhaps.search(line.name))


def _compared(place: int, line: Line, product: Product, lists: Lists) -> Iterator[Finding]:
    if line.high is not None and line.high <= 0:
        return
    met = [row.told_in(product.markets) for row in lists.met_by(line)]
    for row in met:
        if row.applies_from and not _in_force(row, product):
            yield note("restricted_later", **_said(place, line, row), applies_from=row.applies_from.isoformat())
    met = [row for row in met if _in_force(row, product)]
    bans = list(_bans(place, line, product, met))
    yield from bans
    if not bans:
        for law in sorted({row.list for row in met}):
            if _is_for_another_purpose(law, line, met):
                continue
            yield from _by_one_law(place, line, product, [row for row in met if row.list == law])
        yield from _not_listed(place, line, product, met, lists)
    if not met:
        yield from _suspected(place, line, product, lists.rows)


def _bans(place: int, line: Line, product: Product, met: Sequence[Restriction]) -> Iterator[Finding]:
    """One for each law. A ban may leave one use open, as an entry of the same law with a limit: hydroquinone in nail
    systems."""
    opened = {_law(row) for row in met if row.status == "restricted" and product.type in row.product_types}
    banned = [row for row in met if row.status == "prohibited" and _law(row) not in opened]
    for law in sorted({row.list for row in banned}):
        row = next(row for row in banned if row.list == law)
        yield block("prohibited", **_said(place, line, row))


def _law(row: Restriction) -> str:
    """The law whose annexes are lists of their own: EU-COS of EU-COS-II and EU-COS-III."""
    return row.list.rpartition("-")[0]


def _is_for_another_purpose(law: str, line: Line, met: Sequence[Restriction]) -> bool:
    """A substance that both preserves and does something else is on two lists: of each the function of the line says
    whether it is about this use (Regulation (EC) 1223/2009 Annexes III and V)."""
    lists = {row.list for row in met if row.status in ("restricted", "allowed", "declare")}
    if not line.function.strip() or PRESERVATIVES not in lists or len(lists) == 1:
        return False
    preserves = bool(ONLY_LISTED[PRESERVATIVES].search(line.function))
    return law == "EU-COS-III" if preserves else law == PRESERVATIVES


def _not_listed(
    place: int, line: Line, product: Product, met: Sequence[Restriction], lists: Lists
) -> Iterator[Finding]:
    """What serves a purpose for which a list names all that may be used, and is not on it."""
    if product.type == "hair_dye":  # its colours are those of the list of restricted substances
        return
    for law, purpose in ONLY_LISTED.items():
        said = f"{line.name} {line.function}" if law == "EU-COS-IV" else line.function
        row = next((row.told_in(product.markets) for row in lists.rows if row.list == law), None)
        if row and purpose.search(said) and not any(one.list == law for one in met):
            yield review(
                "not_on_list", line=place, name=line.name, cas=line.cas, function=line.function, list=law, law=row.law,
                is_sure=row.is_sure,
            )  # fmt: skip


def _by_one_law(place: int, line: Line, product: Product, rows: Sequence[Restriction]) -> Iterator[Finding]:
    limits = [row for row in rows if row.status == "restricted"]
    fitting = [row for row in limits if not product.type or not row.product_types or product.type in row.product_types]
    closed = [row for row in limits if not row.others_free]
    if closed and not fitting:
        if all(row.is_professional for row in closed):
            yield review("professional_only", **_said(place, line, closed[0]), type=product.type)
        else:
            weight = block if any(row.only_types for row in closed) else review
            yield weight("use_not_allowed", **_said(place, line, closed[0]), type=product.type)
    comparable = [(most, row.key, row) for row in fitting if (most := row.per_cent) is not None]
    if comparable and line.high is not None:
        exact = [each for each in comparable if product.type and product.type in each[2].product_types]
        most, _key, row = min(exact or comparable, key=lambda each: each[:2])  # the strictest
        yield from _against(place, line, product, row, most, is_strictest=not product.type and len(comparable) > 1)
    for row in fitting:
        if row.per_cent is None:
            yield review("limit_in_another_unit", **_said(place, line, row))
    for row in rows:
        if row.under_age is not None and product.youngest is not None and product.youngest < row.under_age:
            yield block("not_for_children", **_said(place, line, row), age=row.under_age)
        if row.status == "asked" and not limits:
            yield review("entry_with_condition", **_said(place, line, row))
        if row.status == "noted":
            yield note("entry_to_mind", **_said(place, line, row))
        most_undeclared = row.rinse_off if row.rinse_off is not None and product.type in RINSE_OFF else row.per_cent
        over = row.status == "declare" and (line.high is None or most_undeclared is None or line.high > most_undeclared)
        if over:
            weight = review if row.list == "EU-SVHC" else note
            yield weight("declare", **_said(place, line, row), high=written(line.high))


def _against(
    place: int, line: Line, product: Product, row: Restriction, most: Decimal, *, is_strictest: bool
) -> Iterator[Finding]:
    """A share against one limit, counted as the law counts it."""
    high = line.high or Decimal(0)
    said = {**_said(place, line, row), "expressed_as": row.expressed_as, "high": written(line.high)}
    numbers = {line.cas} if line.cas else NUMBERS_OF.get(plain(line.name), frozenset()) & row.numbers
    counted = [row.counted(cas, high) for cas in sorted(numbers) or [""]]
    if high <= most:
        if row.least_per_cent is not None and high > row.least_per_cent:
            yield review("limit_by_use", **said, least=written(row.least))
        return
    if None in counted:
        yield review("limit_as_another", **said)
        return
    share = max(one for one in counted if one is not None)
    if share <= most:
        yield note("within_limit_as", **said, counted=written(share))
        return
    claim, exemption = judged(line, row.exemptions, product.day, share)
    if not claim:
        yield block("over_limit", **said, is_strictest=is_strictest)
    elif exemption is None:
        yield block("exemption_unknown", **said, exemption=claimed(line))
    else:
        until = exemption.until.isoformat() if exemption.until else ""
        said |= {"exemption": exemption.number, "exempt_to": written(exemption.limit), "until": until}
        yield CLAIMS[claim](f"exemption_{claim}", **said | {"is_sure": exemption.is_sure})


def _suspected(place: int, line: Line, product: Product, rows: Sequence[Restriction]) -> Iterator[Finding]:
    for row in rows:
        if _is_suspected(row, line):
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
        "by": "cas" if line.cas and line.cas in (row.numbers or {row.cas}) else "name",
        "entry": row.name,
        "restriction": row.key,
        "list": row.list,
        "law": row.law,
        "limit": "" if row.limit is None else str(row.limit),
        "unit": row.unit,
        "scope": row.scope,
        "is_sure": row.is_sure,
    }


def is_ban(finding: Finding) -> bool:
    """Whether the product holds, by its number, what it may not hold at all: nobody can waive or overrule that.

    A name alone may have been met by mistake, so a person can say so.
    """
    return finding.weight == Weight.BLOCK and finding.code == "prohibited" and finding.params["by"] == "cas"
