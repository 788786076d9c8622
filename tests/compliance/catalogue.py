"""The rows of the catalogue, as the readers of papers take them."""

import json
from functools import cache
from pathlib import Path

from compliance.reading.manuals import Section

PATH = Path(__file__).resolve().parents[2] / "compliance/data/catalogue.json"


@cache
def rows(name: str):
    return json.loads(PATH.read_text())[name]


def sections() -> list[Section]:
    return [Section(**{field: row[field] for field in Section.__slots__}) for row in rows("manual_sections")]


def voltages() -> dict[str, str]:
    return rows("market_voltage_patterns")
