"""What a colleague records appears on an open page, and who else is on it is seen."""

import pytest
from django.core.cache import caches
from django.urls import reverse

from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.inspection.services.results import ResultInput
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_present():
    caches["counts"].clear()


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


@pytest.fixture
def look(client, inspection):
    def look(user, *, tag="", **query):
        client.force_login(user)
        headers = {"If-None-Match": tag} if tag else {}
        return client.get(reverse("api-inspection-live", args=[inspection.uid]), query, headers=headers)

    return look


def test_only_what_changed_since_it_was_seen_is_sent(look, inspection, inspector, manager):
    record_result(inspection=inspection, sent=ResultInput("CORD", readings=["71"]), actor=manager, at=after(1))
    record_result(inspection=inspection, sent=ResultInput("LID", nonconforming_units=[3]), actor=manager, at=after(1))

    news = look(inspector, seen=["CORD:1", "LID:0", "HEIGHT:0"]).json()

    assert [(each["characteristic"], each["nonconforming_units"]) for each in news["results"]] == [("LID", [3])]
    assert (news["classes"]["major"]["nonconforming"], news["state"], news["hold"]) == (1, "open", None)
    assert look(inspector, seen=["CORD:1", "LID:1"]).json()["results"] == []


def test_nothing_new_is_304(look, inspection, inspector, manager):
    first = look(inspector)
    same = look(inspector, tag=first["ETag"])
    record_result(inspection=inspection, sent=ResultInput("CORD", readings=["71"]), actor=manager, at=after(1))
    other = look(inspector, tag=first["ETag"])

    assert (first.status_code, same.status_code, same.content, other.status_code) == (200, 304, b"", 200)


def test_who_else_is_on_it_and_at_which_check(look, inspector, manager):
    assert look(inspector, at="CORD").json()["people"] == []
    assert look(manager, at="HEIGHT").json()["people"] == [{"name": "inspector", "check": "CORD"}]
    assert look(inspector, at="CORD").json()["people"] == [{"name": "manager", "check": "HEIGHT"}]


def test_the_hold_of_the_batch_is_told_as_long_as_it_is_open(look, inspection, inspector, manager):
    record_result(inspection=inspection, sent=ResultInput("HEIGHT", readings=["50.9"]), actor=manager, at=after(1))
    record_result(inspection=inspection, sent=ResultInput("HEIGHT", readings=["50.0"]), actor=manager, at=after(1))

    assert look(inspector).json()["hold"]["state"] == "open"


def test_while_redis_is_away_nobody_is_seen_and_all_else_works(look, inspector, manager, settings):
    counts = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = settings.CACHES | {"counts": counts}
    look(manager)

    answer = look(inspector)

    assert (answer.status_code, answer.json()["people"]) == (200, [])


def test_a_look_costs_one_statement_beside_the_session(
    look, client, inspection, inspector, manager, django_assert_num_queries
):
    tag = look(inspector)["ETag"]
    url = reverse("api-inspection-live", args=[inspection.uid])

    with django_assert_num_queries(4):  # session, user, role; the inspection with its revisions
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    record_result(inspection=inspection, sent=ResultInput("CORD", readings=["71"]), actor=manager, at=after(1))
    with django_assert_num_queries(6):  # and the checks, and what is stored of them
        assert len(client.get(url, headers={"If-None-Match": tag}).json()["results"]) == 1


def test_what_was_seen_is_checked(look, inspector):
    assert look(inspector, seen="CORD").status_code == 400


@pytest.mark.parametrize(
    ("persona", "status"), [("manager", 200), ("merchandiser", 403), ("supplier_user", 403), ("rival_supplier", 404)]
)
def test_who_may_look(look, request, persona, status):
    assert look(request.getfixturevalue(persona)).status_code == status
