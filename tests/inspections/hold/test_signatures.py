"""What is signed is what was shown: anything that was found or done since is read first."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.signature import ChangedMeanwhile
from inspections.hold.reads import digest_of
from inspections.hold.services.holds import Decision, decide_hold
from inspections.hold.services.reinspections import countersign_reinspection
from tests.caller import Caller
from tests.factories import after, answer_hold, inspect
from tests.inspections.finding.test_what_rests_on_it import find

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(batch, inspector):
    inspect(batch, actor=inspector, LEAK=[3])
    return batch.holds.get()


def test_over_the_api_a_digest_that_is_named_is_that_of_now(batch, hold, inspector, manager):
    caller, path = Caller(manager), f"holds/{hold.uid}/"
    sent = {"disposition": "release", "quantity": 10, "reason": "Seen", "digest": caller.send("GET", path)[1]["digest"]}
    find(batch, inspector, after(10))

    status, answer = caller.send("POST", f"{path}decide/", sent)

    assert (status, answer["code"], hold.dispositions.count()) == (409, "changed_meanwhile", 0)
    sent["digest"] = caller.send("GET", path)[1]["digest"]
    assert caller.send("POST", f"{path}decide/", sent)[0] == 200
    assert caller.send("POST", f"{path}decide/", sent)[0] == 409  # decided on since
    del sent["digest"]
    assert caller.send("POST", f"{path}decide/", sent)[0] == 200


def test_on_the_page_what_was_found_since_is_shown_first_and_nothing_typed_is_lost(
    client, batch, hold, inspector, manager
):
    client.force_login(manager)
    page = reverse("hold-detail", args=[hold.uid])
    shown = re.search(r'name="digest" value="(\w+)"', client.get(page).content.decode())[1]
    sent = {
        "key": uuid4(), "disposition": "release", "quantity": 10, "reason": "All dry", "password": "holdfast-test",
        "digest": shown,
    }  # fmt: skip
    answer_hold(hold, at=after(2))

    refused = client.post(reverse("hold-decide", args=[hold.uid]), sent).content.decode()

    assert ("It was changed meanwhile" in refused, "All dry" in refused, "Worn seal" in refused) == (True, True, True)
    assert not hold.dispositions.exists()
    now = re.search(r'name="digest" value="(\w+)"', refused)[1]
    client.post(reverse("hold-decide", args=[hold.uid]), sent | {"digest": now})
    assert hold.dispositions.get().quantity == 10


def test_a_countersignature_alike(batch, hold, inspector, manager):
    answer_hold(hold, at=after(1))
    inspect(batch, actor=inspector, at=after(2))
    hold.refresh_from_db()
    before = digest_of(hold)
    decide_hold(hold=hold, decision=Decision("return", 5, "Back"), signature="token", actor=manager, at=after(3))

    with pytest.raises(ChangedMeanwhile):
        countersign_reinspection(hold=hold, signature="token", digest=before, actor=manager, at=after(4))
    hold.refresh_from_db()
    countersign_reinspection(hold=hold, signature="token", digest=digest_of(hold), actor=manager, at=after(4))
