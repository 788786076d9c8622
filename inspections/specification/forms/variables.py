"""The three fields of a variables plan: of one characteristic, and of a scheme for all that are measured."""

from collections.abc import Mapping
from typing import Any


def variables_sent(sent: Mapping[str, Any]) -> dict | None:
    """The variables plan as the service takes it; None without an AQL."""
    if not sent.get("variables_aql"):
        return None
    plan = {name: sent.get(f"variables_{name}") for name in ("aql", "level", "form")}
    return {name: value for name, value in plan.items() if value not in (None, "")}


def variables_initial(plan: Mapping[str, Any] | None) -> dict[str, Any]:
    plan = plan or {}
    return {f"variables_{name}": plan.get(name, unset) for name, unset in (("aql", ""), ("level", "II"), ("form", 2))}
