"""The long lists of substances: what markets have of their own, read one by one, and what an authority publishes whole, the
annexes of the EU on cosmetics and the candidate list.

Each row is an entry of the table of substances like those of the catalogue; what stands in two files is in the one that
was read one by one alone. docs/how-to/keep-the-lists-of-substances.md says where the rows come from.
"""

import csv
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data"
READ = DATA / "substances.json"
FILE = DATA / "annexes.csv"
SOURCES = DATA / "annex_sources.csv"


@cache
def annexes() -> tuple[dict[str, Any], ...]:
    """The rows as the catalogue has its substances."""
    sources = {row["list"]: row["source"] for row in _read(SOURCES)}
    listed = (_substance(row, sources[row["list"]]) for row in _read(FILE))
    return (*json.loads(READ.read_text()), *listed)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _substance(row: Mapping[str, str], source: str) -> dict[str, Any]:
    numbers, names, markets = row["numbers"].split(), row["names"].split("|"), row["markets"].split()
    said: dict[str, Any] = {
        "key": row["key"],
        "name_en": row["name"],
        "name_zh": "",
        "inci": None,
        "cas": next(iter(numbers), ""),
        "list": row["list"],
        "markets": markets,
        "category_scope": row["category"],
        "status": row["status"],
        "limit": _number(row["limit"]),
        "unit": "%",
        "product_scope": row["scope"],
        "legal_basis": row["law"],
        "group_entry": False,
        "applies_from": row["applies_from"] or None,
        "verification": row["verification"],
        "verified_markets": row["verified_markets"].split(),
        "source": source,
        "note": row["note"],
        "jurisdiction": ",".join(markets),
        "types": row["types"].split(),
    }
    optional = {
        "numbers": numbers[1:],
        "names": [name for name in names if name and name != row["name"]],
        "least": _number(row["least"]),
        "rinse_off": _number(row["rinse_off"]),
        "expressed_as": row["expressed_as"],
        "factors": {cas: float(factor) for cas, factor in (pair.split("=") for pair in row["factors"].split())},
        "under_age": int(row["under_age"]) if row["under_age"] else None,
        "only_types": row["only"] == "types",
        "professional": row["only"] == "professional",
        "others_free": row["only"] == "free",
        "nano": bool(row["nano"]),
    }
    return said | {name: value for name, value in optional.items() if value}


def _number(text: str) -> float | None:
    return float(text) if text else None
