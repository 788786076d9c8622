"""The tables of ISO 2859-1 and ANSI/ASQ Z1.4, read once.

They are those of ISO 2859-1:1999, which is GB/T 2828.1-2012; of the edition of 2026 the single plans are the same as far as
they could be compared. `tables/README.md` says where the numbers come from and how sure they are.
"""

import csv
from bisect import bisect_left
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from .errors import SamplingError

ISO = "iso2859-1"
Z14 = "ansi-z1.4"
STANDARDS = (ISO, Z14)
LEVELS = ("I", "II", "III", "S-1", "S-2", "S-3", "S-4")
SEVERITIES = ("normal", "tightened", "reduced")
KINDS = ("single", "double", "multiple")
AQLS = (
    "0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5",
    "4.0", "6.5", "10", "15", "25", "40", "65", "100", "150", "250", "400", "650", "1000",
)  # fmt: skip
LETTERS = "ABCDEFGHJKLMNPQR"
StageNumbers = tuple[int, int | None, int]

_TABLES = Path(__file__).parent / "tables"
_AQL_BY_VALUE = {Decimal(aql): aql for aql in AQLS}
_AQL_AS_WRITTEN: dict[object, str] = {aql: aql for aql in AQLS} | {float(aql): aql for aql in AQLS}
_FILES = {
    (ISO, "single", "normal"): "single_normal",
    (ISO, "single", "tightened"): "single_tightened",
    (ISO, "single", "reduced"): "single_reduced",
    (Z14, "single", "normal"): "single_normal",
    (Z14, "single", "tightened"): "single_tightened_z14",
    (Z14, "single", "reduced"): "single_reduced_z14",
} | {(Z14, kind, severity): f"{kind}_{severity}_z14" for kind in ("double", "multiple") for severity in SEVERITIES}


class Cell(NamedTuple):
    """One resolved cell of a master table: the plan in force once the arrow, if any, is followed.

    `kind` is the kind in force: where a table has no double or multiple plan it sends the reader to the single or the
    double one. `stages` are (n, Ac, Re), cumulative; Ac is None where no acceptance is possible yet.
    """

    arrow: str
    effective_letter: str
    kind: str
    stages: tuple[StageNumbers, ...]


def normalise_aql(aql: object) -> str:
    """The AQL as the series writes it: 4, 4.0, "4" and "4.00" are all "4.0"."""
    if isinstance(aql, bool):
        raise SamplingError("aql", field="aql", value=aql)
    try:
        return _AQL_AS_WRITTEN[aql]
    except (KeyError, TypeError):
        pass
    text = normalize("NFKC", str(aql)).strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise SamplingError("aql", field="aql", value=aql) from None
    if not value.is_finite() or "_" in text:
        raise SamplingError("aql", field="aql", value=aql)
    if value not in _AQL_BY_VALUE:
        raise SamplingError("aql_not_in_series", field="aql", value=aql, nearest=", ".join(nearest_aqls(value)))
    return _AQL_BY_VALUE[value]


def nearest_aqls(value: Decimal) -> tuple[str, ...]:
    """The one or two AQLs of the series that `value` lies between."""
    above = bisect_left(sorted(_AQL_BY_VALUE), value)
    return AQLS[max(above - 1, 0) : above + 1]


def code_letter(lot_size: int, level: str) -> str:
    """ISO 2859-1 table 1, Z1.4 table I, for a lot of at least 2 units."""
    lot_maxima, letters = code_letters()
    return letters[level][bisect_left(lot_maxima, lot_size)]


@cache
def code_letters() -> tuple[tuple[int, ...], dict[str, tuple[str, ...]]]:
    """The largest lot of each band but the last, and per level the letter of each band."""
    rows = read_table("code_letters")
    return (
        tuple(int(row["lot_max"]) for row in rows[:-1]),
        {level: tuple(row[level] for row in rows) for level in LEVELS},
    )


@cache
def master_table(standard: str, kind: str, severity: str) -> dict[tuple[str, str], Cell]:
    """ISO 2859-1 tables 2-A to 2-C, Z1.4 tables II-A to IV-C: the resolved cell of each (code letter, AQL).

    Raises SamplingError `kind_not_in_standard` where the standard's table is not kept here.
    """
    if (standard, kind, severity) not in _FILES:
        raise SamplingError("kind_not_in_standard", field="kind", kind=kind)
    cells = {}
    for row in read_table(_FILES[standard, kind, severity]):
        key = row["letter"], row["aql"]
        in_force = row.get("use", "single")
        simpler = None if in_force == kind else master_table(standard, in_force, severity)[key]
        cells[key] = Cell(
            row["cell"], row["eff_letter"], in_force, simpler.stages if simpler else _STAGES_OF[kind](row)
        )
    return cells


def prints_single_plan(severity: str, letter: str, aql: str) -> bool:
    """Whether ISO 2859-1 tables 3 and 4 print no plan of their own there but send to the single one: where it accepts on zero."""
    return master_table(ISO, "single", severity)[letter, aql].stages[0][1] == 0


def _single(row: dict[str, str]) -> tuple[StageNumbers, ...]:
    return ((int(row["n"]), int(row["ac"]), int(row["re"])),)


def _double(row: dict[str, str]) -> tuple[StageNumbers, ...]:
    first, second = int(row["n1"]), int(row["n2"])
    return (
        (first, int(row["ac1"]), int(row["re1"])),
        (first + second, int(row["ac2"]), int(row["re2"])),
    )


def _multiple(row: dict[str, str]) -> tuple[StageNumbers, ...]:
    return tuple(
        (stage * int(row["n_each"]), int(ac) if (ac := row[f"ac{stage}"]) != "-1" else None, int(row[f"re{stage}"]))
        for stage in range(1, 8)
    )


_STAGES_OF = {"single": _single, "double": _double, "multiple": _multiple}


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of one file of tables/."""
    with (_TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
