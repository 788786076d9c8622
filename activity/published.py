"""What other systems are told: the kinds of events that may leave the house, each a named and versioned body.

A feature's `story` module publishes its kinds; webhooks send the bodies, the feed lists them, and the description of the API
says their shape. A member that is added is no new version; one that goes, or means something else, is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from django.db.models import QuerySet

from activity.languages import Text
from activity.models import Event

Shape = dict[str, Any]
TEXT: Shape = {"type": "string"}
COUNT: Shape = {"type": "integer", "minimum": 0}
YES_OR_NO: Shape = {"type": "boolean"}
ID: Shape = {"type": "string", "format": "uuid"}
DAY: Shape = {"type": "string", "format": "date"}
OBJECTS: Shape = {"type": "array", "items": {"type": "object"}}


def or_null(shape: Shape) -> Shape:
    return shape | {"type": [shape["type"], "null"]}


@dataclass(frozen=True, slots=True)
class Member:
    """One member of `data`: its JSON Schema, an example, what it says; `source` where the event calls it otherwise ("finding.round")."""

    shape: Shape
    example: Any
    says: str = ""
    source: str = ""

    @property
    def schema(self) -> Shape:
        return self.shape | ({"description": self.says} if self.says else {})


@dataclass(frozen=True, slots=True)
class Subject:
    """What the streams of one prefix are about: "batch" of "batch:B-1".

    `members` are told with each event, as `facts` finds them for many of the names behind the prefix at once. `streams` are
    those that somebody may see, as a query of one column; None for all.
    """

    members: Mapping[str, Member]
    facts: Callable[[set[str]], dict[str, dict[str, Any]]]
    streams: Callable[[Any], QuerySet | None]


@dataclass(frozen=True, slots=True)
class Published:
    label: Text
    about: str
    own: Mapping[str, Member]
    for_suppliers: bool = False
    version: int = 1

    @property
    def members(self) -> dict[str, Member]:
        return {**subjects[self.about].members, **self.own}


subjects: dict[str, Subject] = {}
published: dict[str, Published] = {}


def publish(
    kind: str,
    label: Text,
    about: str,
    members: Mapping[str, Member],
    *,
    for_suppliers: bool = False,
    version: int = 1,
) -> None:
    """Let other systems hear of events of a kind. `about` is the subject of their streams."""
    published[kind] = Published(label, about, members, for_suppliers, version)


def published_kinds() -> list[tuple[str, Text]]:
    """(kind, label) of all that may be asked for."""
    return [(kind, each.label) for kind, each in sorted(published.items())]


def name_behind(event: Event) -> str:
    return event.stream.partition(":")[2]


def data_of(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The `data` of each, in one query for each subject. A record that is gone leaves its members null."""
    events = list(events)
    asked: dict[str, set[str]] = {}
    for event in events:
        if event.kind in published:
            asked.setdefault(published[event.kind].about, set()).add(name_behind(event))
    facts = {about: subjects[about].facts(names) for about, names in asked.items()}
    return [_data(event, facts) for event in events]


def _data(event: Event, facts: Mapping[str, Mapping[str, dict[str, Any]]]) -> dict[str, Any]:
    if event.kind not in published:  # the test message of a webhook
        return {}
    told = published[event.kind]
    known = facts[told.about].get(name_behind(event), {})
    about = {name: known.get(name) for name in subjects[told.about].members}
    return about | {name: _found(event.data, member.source or name) for name, member in told.own.items()}


def _found(data: Any, path: str) -> Any:
    return reduce(lambda inner, name: inner.get(name) if isinstance(inner, dict) else None, path.split("."), data)


def body(event: Event, data: dict[str, Any]) -> dict[str, Any]:
    """What is sent and listed of one event. `sequence` rises within a stream, not over all of them."""
    version = published[event.kind].version if event.kind in published else 1
    return {
        "type": event.kind,
        "version": version,
        "timestamp": event.at.isoformat(),
        "sequence": event.pk,
        "stream": event.stream,
        "data": data,
    }


def sample_of(kind: str) -> dict[str, Any]:
    """A body as it will come, with made-up values: for trying a receiver on it."""
    data = {name: member.example for name, member in published[kind].members.items()}
    event = Event(pk=1, kind=kind, stream=f"{published[kind].about}:EXAMPLE", at=datetime(2026, 11, 30, 10, tzinfo=UTC))
    return body(event, data)


def schema_of(kind: str) -> Shape:
    """The JSON Schema (2020-12) of a body."""
    members = published[kind].members
    return {
        "type": "object",
        "description": f"{published[kind].label}. More members may follow.",
        "required": ["type", "version", "timestamp", "sequence", "stream", "data"],
        "properties": {
            "type": {"type": "string", "const": kind},
            "version": {"type": "integer", "const": published[kind].version},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "sequence": {"type": "integer", "description": "Rises within one stream."},
            "stream": {"type": "string", "description": "The record whose story it belongs to, as batch:B-2611-042."},
            "data": {
                "type": "object",
                "required": sorted(members),
                "properties": {name: member.schema for name, member in members.items()},
            },
        },
        "example": sample_of(kind),
    }
