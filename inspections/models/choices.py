"""Choices that know more of themselves than a value and a label."""

from collections.abc import Sequence
from typing import Any, Literal, Self

from django.db import models
from django.db.models import Q

# What a colour and a shape say beside the words.
Tone = Literal["accepted", "stopped", "warning", "waiting", "waived"]


class ChoicesWithFacts(models.TextChoices):
    """Each choice is one row: its value, the facts about it, its label. One without facts cannot be declared.

    What the program does with a choice and says about it is read from `facts`, so that a new one is one more row.
    """

    facts: Any

    def __new__(cls, value: str, facts: Any = None) -> Self:
        if facts is None:
            raise TypeError(f"{cls.__name__} {value!r} is declared without its facts.")
        choice = str.__new__(cls, value)
        choice._value_ = value
        choice.facts = facts
        return choice


def one_of(field: str, choices: Sequence[models.TextChoices], **also: Any) -> Q:
    """The condition that a column has one of these values, and what else is to be true."""
    among = {field: choices[0]} if len(choices) == 1 else {f"{field}__in": list(choices)}
    return Q(**among, **also)
