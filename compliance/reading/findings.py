"""What reading a paper found: data, never sentences; `compliance.wording` says them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Weight(StrEnum):
    """What a finding means for the paper: it cannot be accepted, a person has to look, or it is only said."""

    BLOCK = "block"
    REVIEW = "review"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """`params` are JSON; `page` counts from 1, None where it is about the whole paper; `quote` is the paper's words."""

    code: str
    weight: Weight
    params: Mapping[str, Any] = field(default_factory=dict)
    page: int | None = None
    quote: str = ""


def block(code: str, *, page: int | None = None, quote: str = "", **params: Any) -> Finding:
    return Finding(code, Weight.BLOCK, params, page, quote)


def review(code: str, *, page: int | None = None, quote: str = "", **params: Any) -> Finding:
    return Finding(code, Weight.REVIEW, params, page, quote)


def note(code: str, *, page: int | None = None, quote: str = "", **params: Any) -> Finding:
    return Finding(code, Weight.NOTE, params, page, quote)


def outcome(findings: Iterable[Finding]) -> str:
    """ "fail" with anything that blocks, else "review" with anything to look at, else "pass"."""
    weights = {finding.weight for finding in findings}
    if Weight.BLOCK in weights:
        return "fail"
    return "review" if Weight.REVIEW in weights else "pass"
