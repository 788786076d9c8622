"""Page and API can do the same: every service that writes is reached from both, or it is said here why not."""

from pathlib import Path

import pytest

from tests.acts import House, part_of

ROOT = Path(__file__).resolve().parent.parent
# module.function (the end of it, as far as it names one): why one side is enough, or why nobody asks for it at all.
WHY = {
    # Pages alone.
    "create_token": "a token is made by a person who has signed in, so that none can multiply itself",
    "revoke_token": "as create_token; who has lost one revokes it with the password, not with the token",
    "set_password": "who types a new password has typed the old one, or followed a link from the mail; a token has neither",
    "note_new_password": "done whenever a password is stored: by set_password, or in the back office",
    "keep_address": "part of the page of one's addresses, which asks for the password; a token changes no account",
    "note_address": "as keep_address",
    "choose_language": "how pages are read; a call says its language in Accept-Language",
    "choose_time_zone": "how pages are read; a call that asks for a week may say its zone",
    "save_view": "a view of the board belongs to the page that shows it",
    "remove_view": "as save_view",
    "make_feed": "the address of a calendar feed is for a person's own calendar, and opens without a token",
    "revoke_feed": "as make_feed",
    "plan_inspection": "the page plans first and is then filled in; POST inspections/ without results plans one as well",
    "receive_sample": "the page receives first and is then filled in; POST samples/ with submit=false receives one as well",
    "store_reference_picture": "part of the form of a specification; a version that comes over the API keeps the pictures",
    # The API alone.
    "record_inspection": "a whole inspection in one call; the page plans one and stores each check as it is made",
    "record_sample": "a whole sample in one call; the page receives one and stores each check as it is made",
    "refresh_some": "no act: an answer about gates is worked out anew where it is due; pages read the state of the moment",
    "refresh_some_due": "as refresh_some",
    # Neither.
    "requalify": "a disposition like the others: decide_hold hands it to what switching registers",
    "invalidate_sample": "as requalify",
    "settle_typing_error": "as requalify",
    "uncount_lot": "a part of invalidate_sample",
    "assign_orders": "carried out for a file that names the orders of a pilot run; files come from page and API",
    "record_export": "carried out for an export of orders; files come from page and API",
    "follow_specification": "done whenever a version is put in force",
    "owe_webhooks": "done whenever an event is recorded",
}


@pytest.fixture(scope="module")
def acts():
    apps = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
    return House(ROOT, apps).acts()


def reason_for(name: str) -> str:
    return next((why for ending, why in WHY.items() if f".{name}".endswith(f".{ending}")), "")


def test_what_one_side_can_do_the_other_can_or_it_is_said_why_not(acts):
    assert len(acts) > 100
    one_sided = {act.name: act.asked_from for act in acts if not act.is_fair}

    assert {name: sides for name, sides in one_sided.items() if not reason_for(name)} == {}


def test_the_list_of_reasons_names_nothing_that_both_sides_can_do(acts):
    one_sided = [act.name for act in acts if not act.is_fair]

    assert [name for name in WHY if not any(f".{act}".endswith(f".{name}") for act in one_sided)] == []


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("inspections/hold/services/holds.py", "services"),
        ("inspections/hold/services.py", "services"),
        ("inspections/hold/services/placing.py", "services"),
        ("inspections/hold/api.py", "api"),
        ("inspections/hold/views.py", "views"),
        ("activity/webhook_views.py", "views"),
        ("activity/webhooks.py", "services"),
        ("inspections/ladder/receivers.py", "receivers"),
        ("inspections/demo/story.py", "demo"),
        ("inspections/hold/page.py", ""),
        ("compliance/rules/requirements.py", ""),
    ],
)
def test_the_part_of_a_module_is_told_by_its_path(path, part):
    assert part_of(path) == part


SERVICES = """
from activity.transactions import one_transaction

@one_transaction()
def open_gate(*, actor):
    _noted(actor)

def close_gate(*, user):
    open_gate(actor=user)

def paint_gate(*, actor):
    Gate.objects.filter(pk=1).update(colour="red")

def sweep(*, at):
    Leaf.objects.all().delete()

def look(*, user):
    return {}.update(user)

def _noted(actor):
    record_event("gate.opened")
"""


@pytest.mark.parametrize(
    ("services", "view", "api", "call"),
    [
        # Flat folders, an import by name.
        ("services/gates.py", "views/gates.py", "api/gates.py", "from yard.services.gates import {0}\n\ndef ask():\n    {0}()"),
        # A folder per feature, the module imported.
        ("gate/services.py", "gate/views.py", "gate/api.py", "from yard.gate import services\n\ndef ask():\n    services.{0}()"),
        # A package of services, imported inside of a function.
        ("gate/services/acts.py", "gate/views.py", "gate/api.py", "def ask():\n    from yard.gate.services import acts\n    acts.{0}()"),
        # Named by a table of a class.
        ("gate/services.py", "gate/views.py", "gate/api.py", "from yard.gate.services import {0} as do\n\nclass Ask:\n    ACTS = [do]"),
    ],
)  # fmt: skip
def test_an_act_of_one_side_is_found_wherever_its_modules_stand(tmp_path, services, view, api, call):
    files = {
        services: SERVICES,
        view: call.format("close_gate"),
        api: call.format("open_gate"),
        "tasks.py": call.format("sweep"),
    }
    for path, source in files.items():
        file = tmp_path / "yard" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)

    acts = {act.name.rsplit(".")[-1]: act for act in House(tmp_path, ["yard"]).acts()}

    assert {name: (act.asked_from, act.is_fair) for name, act in acts.items()} == {
        "open_gate": (["api", "views"], True),  # the page reaches it through close_gate
        "close_gate": (["views"], False),
        "paint_gate": ([], False),
        "sweep": ([], True),  # work that a task does, for nobody
    }
