"""Tasks go by their name, where they are nudged and in the schedule: a name that no worker knows would be lost unseen."""

import ast
import json
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from django.conf import settings

from activity.nudges import nudges
from activity.services import nudge_task
from config.celery import app
from config.workers import WORKERS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def known():
    """The names that a worker knows once it has started."""
    app.loader.import_default_modules()
    return set(app.tasks)


def nudged_in(source: str) -> list[str | None]:
    """The names in the calls of `nudge_task`; None for one that is no text in its place."""
    return [
        call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "nudge_task"
    ]


def test_every_task_that_is_nudged_is_one(known):
    nudged = {
        (str(path.relative_to(ROOT)), name)
        for app_config in ROOT.glob("*/apps.py")
        for path in app_config.parent.rglob("*.py")
        for name in nudged_in(path.read_text())
    }

    assert {name for _file, name in nudged} >= {"activity.tasks.deliver_events", "activity.tasks.send_webhooks"}
    assert {(file, name) for file, name in nudged if name not in known} == set()


def test_every_task_has_a_queue_that_some_worker_reads(known):
    """Both where all is started by `make run` and in deploy/: what nobody reads waits for ever."""
    queues = {name: app.amqp.router.route({}, name)["queue"].name for name in known if not name.startswith("celery.")}

    assert {name: queue for name, queue in queues.items() if queue != "ordinary"} == {
        "activity.tasks.deliver_events": "urgent",
        "activity.tasks.send_webhooks": "webhooks",
        "compliance.paper.tasks.read_documents": "heavy",
        "imports.tasks.run_imports": "heavy",
        "inspections.photo.tasks.process_waiting_photos": "heavy",
    }
    read = {queue for _work, _options, queues in WORKERS.values() for queue in queues}
    assert read == set(queues.values())
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
    commands = [service.get("command", []) for service in services.values()]
    assert {queue for c in commands if "--queues" in c for queue in c[c.index("--queues") + 1].split(",")} == read


def test_every_task_of_the_schedule_is_one(known):
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} - known == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('nudge_task("imports.tasks.run")', ["imports.tasks.run"]),
        ('def nudge():\n    services.nudge_task("imports.tasks.run", 1)', ["imports.tasks.run"]),
        ("nudge_task(name)", [None]),
        ('send("imports.tasks.run")', []),
    ],
)
def test_the_walk_finds_every_nudge(source, found):
    assert nudged_in(source) == found


def test_a_nudge_reaches_the_queue_that_workers_read():
    marked = uuid4().hex

    nudge_task("activity.tasks.deliver_events", marked)
    assert nudges.wait(30)

    with app.connection_for_read() as connection:
        newest = connection.default_channel.client.lrange("urgent", 0, 99)
    headers = [json.loads(message)["headers"] for message in newest]
    assert [each["task"] for each in headers if marked in each["argsrepr"]] == ["activity.tasks.deliver_events"]
