"""What is recorded can be told: a kind of event without a sentence would stand on a timeline by its bare name."""

import ast
from datetime import UTC, datetime

from django.utils.translation import override

from activity.models import Event
from activity.story import event_sentence
from config.architecture import modules, tree_of

# Nothing shows the story of a webhook; its page shows what was sent.
SHOWN_NOWHERE = "webhook."


def kinds_recorded() -> set[str]:
    """Those that are named where they are recorded."""
    calls = (node for module in modules() for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"happened", "record_event"}
        if call.args and isinstance(call.args[0], ast.Constant)
    }


def has_a_sentence(kind: str) -> bool:
    """A sentence either needs facts of the event, or says something else than the name."""
    try:
        return event_sentence(Event(kind=kind, data={}, at=datetime.now(UTC)))[0] != kind
    except (KeyError, TypeError, ValueError):
        return True


def test_every_kind_that_is_recorded_has_a_sentence():
    kinds = kinds_recorded()

    assert "batch.registered" in kinds
    assert [kind for kind in kinds if not has_a_sentence(kind) and not kind.startswith(SHOWN_NOWHERE)] == []


def test_an_import_is_told_with_its_rows():
    event = Event(kind="import.applied", data={"name": "batches.csv", "rows": 1200})

    assert event_sentence(event)[:2] == ("Import of “batches.csv” applied", "1,200 rows")
    with override("zh-hans"):
        assert "batches.csv" in event_sentence(event)[0] != "Import of “batches.csv” applied"
