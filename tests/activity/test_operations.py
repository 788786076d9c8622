"""How the site runs, as its administrators, Prometheus and the log are told."""

import json
import logging
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from activity import services
from activity.models import Delivery, DeliveryStatus, Event
from activity.services import deliver_one, record_event
from activity.tracing import JsonLines, Lines, OfRequest, part_of_request, request_id
from tests.caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(db):
    """A mail that nobody has delivered for a quarter of an hour, and one that was given up."""
    for status, minutes in ((DeliveryStatus.WAITING, 15), (DeliveryStatus.GIVEN_UP, 60)):
        record_event("hold.placed", "batch:1", at=now() - timedelta(minutes=minutes), actor=None)
        Delivery.objects.filter(event=Event.objects.latest("id")).delete()
        Delivery.objects.create(
            event=Event.objects.latest("id"),
            receiver="nobody",
            due_at=now() - timedelta(minutes=minutes),
            status=status,
        )


def test_an_administrator_reads_what_is_wrong_on_the_page_and_over_the_api(client, admin, late):
    client.force_login(admin)
    page = client.get("/operations/").content.decode()
    status, answer = Caller(admin).send("GET", "operations/")

    assert status == 200
    assert answer["backlogs"][0] | {"oldest_seconds": 0} == {
        "name": "events", "waiting": 1, "oldest_seconds": 0, "is_late": True
    }  # fmt: skip
    assert {row["name"] for row in answer["backlogs"]} == {"events", "webhooks", "photos", "papers", "imports"}
    assert answer["given_up"] == {"events": 1, "webhooks": 0}
    assert set(answer["queues"]) == {"heavy", "ordinary", "urgent", "webhooks"}
    assert any("the oldest for 15 minutes" in sentence for sentence in answer["wrong"])
    assert all(sentence in page for sentence in answer["wrong"])
    assert answer["versions"]["PostgreSQL"] in page


def test_a_backup_is_known_once_it_has_been_said(admin):
    def told():
        answer = Caller(admin).send("GET", "operations/")[1]
        return bool(answer["last_backup"]), any("backed_up" in sentence for sentence in answer["wrong"])

    assert told() == (False, True)
    call_command("backed_up")
    assert told() == (True, False)


def test_prometheus_reads_them_from_this_machine_or_with_a_token(client, settings, late):
    said = client.get("/metrics").content.decode()
    assert 'holdfast_waiting{work="events"} 1.0' in said
    assert "holdfast_requests_total" in said

    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 403  # came through a proxy
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics").status_code == 403
    headers = {"Authorization": "Bearer secret"}
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7", headers=headers).status_code == 200


def test_a_request_is_named_in_its_answer_on_its_events_and_where_they_are_delivered(merchandiser, monkeypatch):
    caller, heard = Caller(merchandiser), []
    monkeypatch.setitem(services._receivers, "listener", lambda event: heard.append((event.request, request_id())))
    monkeypatch.setitem(services._receivers_of, "supplier.created", ["listener"])
    body = {"code": "S-1", "name": "x"}
    answer = caller.generic(
        "POST", "/api/v1/suppliers/", json.dumps(body), "application/json", headers={"X-Request-Id": "proxy-7"}
    )
    assert (answer.status_code, answer["X-Request-Id"]) == (201, "proxy-7")
    while deliver_one(now=now()):
        pass
    assert heard == [("proxy-7", "proxy-7")]

    forged = caller.generic("GET", "/api/v1/suppliers/", headers={"X-Request-Id": "two words\t"})
    assert len(forged["X-Request-Id"]) == 32


def test_a_line_of_the_log_names_its_request():
    record = logging.LogRecord("holdfast", logging.INFO, "", 0, "%s held", ("B-1",), None)
    record.created, record.msecs = 0, 5
    with part_of_request("proxy-7"):
        OfRequest().filter(record)

    assert Lines("%(asctime)s %(request_id)s %(message)s").format(record) == "1970-01-01T00:00:00.005Z proxy-7 B-1 held"
    assert json.loads(JsonLines().format(record)) == {
        "at": "1970-01-01T00:00:00+00:00", "level": "INFO", "logger": "holdfast", "request": "proxy-7", "message": "B-1 held",
    }  # fmt: skip
