"""So many writes a minute by one token, none that stops something, and none refused because Redis is down."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from rest_framework.test import APIRequestFactory

from accounts.throttling import WritesByToken
from tests.caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_minute(monkeypatch):
    monkeypatch.setattr(WritesByToken, "rate", "3/min", raising=False)


def write(caller: Caller) -> int:
    """Nothing is stored by it: there is no such product."""
    return caller.send("POST", "batches/", {"number": "B-1", "product": "none", "quantity": 1})[0]


def test_the_fourth_write_of_a_minute_waits_and_reading_goes_on(three_a_minute, merchandiser):
    caller = Caller(merchandiser)

    statuses = [write(caller) for _ in range(4)]
    refused = caller.post("/api/v1/batches/", {"number": "B-1"})

    assert statuses == [400, 400, 400, 429]
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert caller.send("GET", "inspections/")[0] == 200
    assert write(Caller(merchandiser)) == 400  # another token of the same user: another program


def test_what_is_left_is_told_before_it_bites_and_what_is_refused_counts(three_a_minute, supplier_user):
    caller = Caller(supplier_user)

    answers = [caller.post("/api/v1/batches/", {"number": "B-1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert [answer["RateLimit-Policy"] for answer in answers] == ['"writes";q=3;w=60'] * 2
    assert [answer["RateLimit"].partition(";t=")[0] for answer in answers] == ['"writes";r=2', '"writes";r=1']
    assert "RateLimit" not in caller.get("/api/v1/batches/")


def test_what_stops_something_is_never_counted_out(three_a_minute, batch, inspector):
    caller = Caller(inspector)
    for _ in range(4):
        write(caller)
    inspection = caller.send("POST", "inspections/", {"batch": batch.number})[1]["id"]

    saved, answer = caller.send("PUT", f"inspections/{inspection}/results/LEAK/", {"nonconforming_units": [1]})

    assert (saved, answer["hold"] is not None) == (200, True)
    for path in (
        f"batches/{batch.number}/findings/",
        f"batches/{batch.number}/hold/",
        f"inspections/{inspection}/submit/",
    ):
        assert caller.send("POST", path, {"nothing": "known"})[0] != 429


def test_at_once_it_counts_as_one_after_the_other(monkeypatch):
    monkeypatch.setattr(WritesByToken, "rate", "50/min", raising=False)
    monkeypatch.setattr("accounts.throttling.time", lambda: 600.0)

    class View:
        is_counted = True

    def ask(_number):
        request = APIRequestFactory().post("/api/v1/batches/")
        request.auth = b"a token of this test"
        return WritesByToken().allow_request(request, View)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(80))) == 50


def test_people_at_their_pages_are_not_counted(three_a_minute, inspector):
    browser = Caller()
    browser.force_login(inspector)

    assert [write(browser) for _ in range(5)] == [400] * 5


def test_nobody_is_locked_out_while_redis_is_down(three_a_minute, inspector, settings):
    counts = settings.CACHES["counts"] | {"LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = settings.CACHES | {"counts": counts}
    caller = Caller(inspector)

    assert [write(caller) for _ in range(5)] == [400] * 5
