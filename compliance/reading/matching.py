"""Which entries of the lists of substances a line meets: by its number, by a name, or as one of a group."""

from collections.abc import Iterable, Mapping

from compliance.reading.ingredients import GROUPS, INGREDIENTS, NUMBERS_OF, PACKAGING, SYNONYMS, names_of, plain
from compliance.reading.restrictions import NANO, Line, Restriction

# Metals whose entries mean their compounds too, whether the table calls them groups or not.
METALS = frozenset({"7439-97-6", "7440-38-2", "18540-29-9", "7439-92-1", "7440-43-9"})


class Lists:
    """Entries, found by what a line says."""

    def __init__(self, rows: Iterable[Restriction]) -> None:
        self.rows = list(rows)
        self._by_number: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_pattern: list[int] = []
        for place, row in enumerate(self.rows):
            for number in row.numbers or {row.cas} - {""}:
                self._by_number.setdefault(number, []).append(place)
            for name in row.names:
                self._by_name.setdefault(name, []).append(place)
            if row.cas in SYNONYMS or (row.cas in GROUPS and (row.is_group or row.cas in METALS)):
                self._by_pattern.append(place)

    def met_by(self, line: Line) -> list[Restriction]:
        """In the order of the lists."""
        names = names_of(line.name)
        numbers = {line.cas} if line.cas else set().union(*(NUMBERS_OF.get(name, ()) for name in names))
        places = {place for number in numbers for place in self._by_number.get(number, ())}
        places |= {place for name in names for place in self._by_name.get(name, ())}
        places |= {place for place in self._by_pattern if _is_written_otherwise(self.rows[place], line)}
        return [row for row in (self.rows[place] for place in sorted(places)) if _is_about(row, line)]


def _is_written_otherwise(row: Restriction, line: Line) -> bool:
    if (other_name := SYNONYMS.get(row.cas)) and other_name.search(line.name):
        return True
    group = GROUPS.get(row.cas) if row.is_group or row.cas in METALS else None
    return bool(group and (line.cas in group.cas or group.surely.search(line.name)))


def _is_about(row: Restriction, line: Line) -> bool:
    said = f"{line.name} {line.function}"
    if row.list == "EU-PPWR":
        return bool(PACKAGING.search(said))
    return bool(NANO.search(said)) if row.is_nano else True


def known_names(rows: Iterable[Restriction]) -> Mapping[str, set[str]]:
    """CAS -> the plain names that go with it, of the lists and of common ingredients."""
    known: dict[str, set[str]] = {}
    for one in INGREDIENTS:
        for cas in one.numbers:
            known.setdefault(cas, set()).update(map(plain, one.names))
    for row in rows:
        if not row.is_group:  # which name goes with which number an entry of several does not say
            for cas in row.numbers:
                known.setdefault(cas, set()).update(row.names)
    return known
