"""The three fields of a sampling of its own: a level, an AQL beside it, or a number of units."""

from collections.abc import Mapping
from typing import Any

PARTS = ("level", "aql", "n")


def sampling_sent(sent: Mapping[str, Any]) -> dict | None:
    """What the service takes; None where nothing was chosen. What does not go together it refuses."""
    parts = {name: sent.get(f"sampling_{name}") for name in PARTS}
    return {name: value for name, value in parts.items() if value not in (None, "")} or None


def sampling_initial(rule: Mapping[str, Any] | None) -> dict[str, Any]:
    return {f"sampling_{name}": (rule or {}).get(name, "") for name in PARTS}
