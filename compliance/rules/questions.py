"""The questions about a product: help for who answers them, and which of them an answer settles. Pure: data and no clock."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

# Trait -> "help_en", "help_zh", and "part_of": what it is a part of. Without a battery there is no lithium battery.
QUESTIONS: Mapping[str, Mapping] = json.loads(
    (Path(__file__).parents[1] / "data/questions.json").read_text(encoding="utf-8")
)


def settled_by(trait: str, answers: Mapping[str, bool | None]) -> str | None:
    """The trait whose no settles this one, nobody having answered it itself; None where the question still matters."""
    if answers.get(trait) is not None:
        return None
    return next((whole for whole in QUESTIONS.get(trait, {}).get("part_of", ()) if answers.get(whole) is False), None)


def with_settled(answers: Mapping[str, bool | None]) -> dict[str, bool | None]:
    """The answers, and the no of each part of what is not there. What nobody answered is in none of them."""
    settled = {trait: False for trait in QUESTIONS if settled_by(trait, answers)}
    return {**answers, **settled}


def parts_of(traits: Iterable[str]) -> set[str]:
    """The traits that an answer to one of these may settle."""
    asked = set(traits)
    return {trait for trait, about in QUESTIONS.items() if asked.intersection(about["part_of"])}
