"""So many writes a minute by the tokens of one user, and none refused because Redis is down."""

import pytest

from accounts.throttling import WritesByToken
from tests.caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_minute(monkeypatch):
    monkeypatch.setattr(WritesByToken, "rate", "3/min", raising=False)


def write(caller: Caller) -> int:
    """Nothing is stored by it: there is no such batch."""
    return caller.send("POST", "inspections/", {"batch": "none"})[0]


def test_the_fourth_write_of_a_minute_waits_and_reading_goes_on(three_a_minute, inspector, manager):
    caller = Caller(inspector)

    statuses = [write(caller) for _ in range(4)]
    refused = caller.post("/api/v1/inspections/", {"batch": "none"})

    assert statuses == [400, 400, 400, 429]
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert caller.send("GET", "inspections/")[0] == 200
    assert write(Caller(inspector)) == 429  # another token of the same user
    assert write(Caller(manager)) == 400


def test_people_at_their_pages_are_not_counted(three_a_minute, inspector):
    browser = Caller()
    browser.force_login(inspector)

    assert [write(browser) for _ in range(5)] == [400] * 5


def test_nobody_is_locked_out_while_redis_is_down(three_a_minute, inspector, settings):
    counts = settings.CACHES["counts"] | {"LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = settings.CACHES | {"counts": counts}
    caller = Caller(inspector)

    assert [write(caller) for _ in range(5)] == [400] * 5
