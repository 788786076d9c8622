"""Webhooks against a receiver that answers on loopback."""

import json
import threading
from collections import deque
from datetime import UTC, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import standardwebhooks
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from activity import webhooks
from activity.errors import InvalidInput, NotAllowed
from activity.models import DeliveryStatus, Event, Webhook, WebhookDelivery
from activity.published import TEXT, Member, Published, Subject, published, subjects
from activity.services import deliver_one, record_event
from tests.caller import Caller, fields
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db
KIND = "lamp.lit"


@pytest.fixture(autouse=True)
def lamps(monkeypatch, settings):
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    of_lamp = Subject({}, lambda names: {}, lambda user: None)
    monkeypatch.setitem(subjects, "lamp", of_lamp)
    monkeypatch.setitem(published, KIND, Published("a lamp is lit", "lamp", {"lamp": Member(TEXT, "A")}))


class Receiver:
    """Keeps what it gets; answers with `answers` one after the other, then 204."""

    def __init__(self):
        self.got, self.answers = [], deque()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((dict(self.headers.items()), body))
                answer = receiver.answers.popleft() if receiver.answers else 204
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def lamps(self):
        return [json.loads(body)["data"]["lamp"] for _headers, body in self.got]


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def webhook(manager, receiver):
    return webhooks.create_webhook(name="lister", url=receiver.url, kinds=[KIND], actor=manager, at=NOON)


def light(lamp, stream="lamp:1", at=NOON):
    record_event(KIND, stream, at=at, actor=None, lamp=lamp)


def send_all(now):
    while webhooks.send_one(now=now):
        pass


def test_a_message_is_signed_as_standard_webhooks_verifies_it(webhook, receiver):
    light("A")

    send_all(after(1))

    [(headers, body)] = receiver.got
    verified = standardwebhooks.Webhook(webhook.secret)
    verified.timestamp_tolerance = None
    delivery = webhook.deliveries.get()
    said = json.loads(body)
    assert headers["webhook-id"] == delivery.message_id
    assert headers["webhook-signature"] == verified.sign(delivery.message_id, after(1), body.decode())
    assert said == {
        "type": KIND,
        "version": 1,
        "timestamp": NOON.isoformat(),
        "sequence": delivery.event_id,
        "stream": "lamp:1",
        "data": {"lamp": "A"},
    }
    assert (delivery.status, delivery.attempts, delivery.history[0]["status"]) == (DeliveryStatus.DONE, 1, 204)


def test_an_event_that_nobody_asked_for_is_owed_to_nobody(webhook, receiver):
    record_event("lamp.broken", "lamp:1", at=NOON, actor=None, lamp="A")

    send_all(after(1))

    assert (receiver.got, WebhookDelivery.objects.count()) == ([], 0)


def test_what_is_rolled_back_is_owed_to_nobody(webhook):
    with transaction.atomic():
        light("A")
        transaction.set_rollback(True)

    assert WebhookDelivery.objects.count() == 0


def test_a_retry_keeps_the_order_of_one_stream_and_delays_no_other(webhook, receiver):
    receiver.answers.extend([500])
    light("A1", "lamp:1")
    light("A2", "lamp:1")
    light("B1", "lamp:2")

    send_all(NOON)
    at_first = receiver.lamps()
    send_all(NOON + timedelta(seconds=6))

    assert at_first == ["A1", "B1"]
    assert receiver.lamps() == ["A1", "B1", "A1", "A2"]
    assert {headers["webhook-id"] for headers, _body in receiver.got if headers} == {
        delivery.message_id for delivery in webhook.deliveries.all()
    }


def test_attempts_go_on_for_three_days_then_the_owner_is_told_and_the_next_gets_its_turn(
    webhook, receiver, manager, mailoutbox
):
    manager.email = "manager@example.com"
    manager.save()
    receiver.answers.extend([503] * 10)
    light("A1")
    light("A2")

    now, times = NOON, []
    while first := webhook.deliveries.filter(status=DeliveryStatus.WAITING, event__data__lamp="A1").first():
        now = first.due_at
        times.append(now - NOON)
        webhooks.send_one(now=now)
    send_all(now)

    while deliver_one(now=now):
        pass

    assert receiver.lamps() == ["A1"] * 10 + ["A2"]
    assert [(mail.to, webhook.url in mail.body) for mail in mailoutbox] == [(["manager@example.com"], True)]
    assert timedelta(hours=70) < times[-1] < timedelta(days=3)
    assert list(webhook.deliveries.order_by("event").values_list("status", flat=True)) == ["given_up", "done"]


def test_a_receiver_that_is_not_there_is_noted_and_tried_again(webhook, receiver):
    receiver.server.shutdown()
    receiver.server.server_close()
    light("A")

    webhooks.send_one(now=NOON)

    delivery = webhook.deliveries.get()
    assert delivery.status == DeliveryStatus.WAITING
    assert timedelta(seconds=5) <= delivery.due_at - NOON < timedelta(seconds=6)
    assert delivery.history[0]["error"].startswith("ConnectError")


def test_a_worker_that_died_while_sending_leaves_a_message_that_is_sent_again(webhook, receiver):
    light("A")
    webhooks._claim(now=NOON)

    send_all(NOON + timedelta(seconds=60))
    while_leased = receiver.lamps()
    send_all(NOON + webhooks.LEASE)

    assert (while_leased, receiver.lamps()) == ([], ["A"])


def test_gone_stops_the_webhook(webhook, receiver):
    receiver.answers.append(410)
    light("A1")
    light("A2")

    send_all(NOON)

    webhook.refresh_from_db()
    assert (receiver.lamps(), webhook.stopped_reason) == (["A1"], "410 Gone")
    assert Event.objects.filter(stream=webhook.stream).latest("id").kind == "webhook.stopped"


def test_a_stopped_webhook_hears_nothing_until_it_is_started_and_can_be_told_afterwards(webhook, receiver, manager):
    webhooks.stop_webhook(webhook=webhook, actor=manager, at=NOON)
    light("A", at=after(1))
    send_all(after(2))
    webhooks.start_webhook(webhook=webhook, actor=manager, at=after(3))
    send_all(after(4))
    at_start = receiver.lamps()

    count = webhooks.replay(webhook=webhook, since=NOON, actor=manager, at=after(5))
    send_all(after(6))

    assert (at_start, count, receiver.lamps()) == ([], 1, ["A"])


def test_a_replay_sends_again_in_order_under_the_same_ids(webhook, receiver, manager):
    for lamp in ("A1", "A2", "A3"):
        light(lamp)
    send_all(NOON)

    webhooks.replay(webhook=webhook, since=NOON, actor=manager, at=after(1))
    send_all(after(2))

    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert receiver.lamps() == ["A1", "A2", "A3"] * 2
    assert ids[:3] == ids[3:]


def test_after_a_new_secret_both_signatures_are_sent_for_a_day(webhook, receiver, manager):
    earlier = webhook.secret
    renewed = webhooks.renew_secret(webhook=webhook, actor=manager, at=NOON)
    light("A")
    light("B", "lamp:2", at=after(60 * 25))

    send_all(after(1))
    send_all(after(60 * 25))

    (first, _), (second, _) = receiver.got
    assert renewed.secret != earlier
    assert [len(headers["webhook-signature"].split()) for headers in (first, second)] == [2, 1]


def test_a_private_address_is_never_called(webhook, receiver, settings):
    light("A")
    settings.WEBHOOKS_MAY_BE_LOCAL = False

    webhooks.send_one(now=NOON)

    assert (receiver.got, webhook.deliveries.get().history[0]["error"]) == (
        [],
        "The address leads into a private network.",
    )


@pytest.mark.parametrize("url", ["https://a..b/", "https://xn--/", "https://[::1", "nonsense"])
def test_an_address_that_was_taken_once_and_cannot_be_asked_is_given_up_like_any_other(webhook, url):
    Webhook.objects.filter(pk=webhook.pk).update(url=url)
    light("A")

    assert webhooks.send_one(now=NOON)

    delivery = webhook.deliveries.get()
    assert ([one["status"] for one in delivery.history], delivery.attempts) == ([None], 1)
    assert webhooks.RETRY_AFTER[0] <= delivery.due_at - NOON <= webhooks.RETRY_AFTER[0] * 1.1


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("::ffff:10.1.2.3", False),
        ("64:ff9b::a01:203", False),
        ("2002:a01:203::", False),
        ("fec0::1", False),
        ("::127.0.0.1", False),
        ("::ffff:0:7f00:1", False),
        ("::ffff:93.184.215.14", False),
        ("5f00::1", False),
        ("3fff::1", False),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("fe80::1%eth0", False),
        ("100::1", False),
        ("192.0.0.192", False),
        ("192.88.99.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("2a00:1450:4001:81c::200e", True),
    ],
)
def test_what_is_public(address, public):
    assert webhooks.is_public(address) == public


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "not_https"),
        ("ftp://example.com/", "not_https"),
        ("https://user:secret@example.com/", "invalid"),
        ("https://", "invalid"),
        ("https://[::1", "invalid"),
        ("https://example.com/a b", "invalid"),
        ("https://a..b/", "invalid"),
        ("https://xn--/", "invalid"),
        (f"https://{'a' * 64}.example/", "invalid"),
        ("https://127.0.0.1/", "private_address"),
        ("https://127.1/", "private_address"),
        ("https://2130706433/", "private_address"),
        ("https://\uff11\uff12\uff17.0.0.1/", "invalid"),
        ("https://0x7f.1/", "private_address"),
        ("https://0177.0.0.1/", "invalid"),
        ("https://169.254.169.254/", "private_address"),
        ("https://[fec0::1]/", "private_address"),
        ("https://[::ffff:127.0.0.1]/", "private_address"),
        ("https://[64:ff9b::7f00:1]/", "private_address"),
        ("https://[64:ff9b::169.254.169.254]/", "private_address"),
        ("https://[::ffff:7f00:1]/", "private_address"),
    ],
)
def test_an_address_that_cannot_be_used_is_named(manager, settings, url, code):
    settings.WEBHOOKS_MAY_BE_LOCAL = False

    with pytest.raises(InvalidInput) as refusal:
        webhooks.create_webhook(name="lister", url=url, kinds=[KIND], actor=manager, at=NOON)

    assert [(error.field, error.code) for error in refusal.value.errors] == [("url", code)]
    assert Webhook.objects.count() == 0


def test_only_those_who_may_manage_them(webhook, inspector, merchandiser, supplier_user):
    for person in (inspector, merchandiser, supplier_user):
        with pytest.raises(NotAllowed):
            webhooks.stop_webhook(webhook=webhook, actor=person, at=NOON)


def test_the_database_owes_an_event_once(webhook):
    light("A")
    owed = webhook.deliveries.get()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activity_webhookdelivery (uid, webhook_id, event_id, stream, status, due_at, attempts, history)"
            " SELECT gen_random_uuid(), webhook_id, event_id, stream, status, due_at, 0, '[]'"
            " FROM activity_webhookdelivery WHERE id = %s",
            [owed.pk],
        )


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once_and_in_order(webhook, receiver):
    with transaction.atomic():
        for number in range(20):
            light(f"A{number}", "lamp:1")
            light(f"B{number}", "lamp:2")

    def work():
        send_all(after(1))
        connection.close()

    # A worker stops when nothing is due, even though the other has one under way; so several times.
    while webhook.deliveries.filter(status=DeliveryStatus.WAITING).exists():
        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    lamps = receiver.lamps()
    assert [lamp for lamp in lamps if lamp[0] == "A"] == [f"A{number}" for number in range(20)]
    assert [lamp for lamp in lamps if lamp[0] == "B"] == [f"B{number}" for number in range(20)]


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("600", timedelta(minutes=10)),
        (format_datetime(NOON + timedelta(hours=1), usegmt=True) if NOON.tzinfo is UTC else "3600", timedelta(hours=1)),
        ("999999999999", timedelta(days=1)),
        ("soon", timedelta(0)),
        ("-5", timedelta(0)),
        ("", timedelta(0)),
    ],
)
def test_a_receiver_says_when_it_wants_to_be_asked_again(asked, wait):
    assert webhooks.wait_asked_for(asked, now=NOON) == wait


def test_what_a_receiver_asks_for_is_waited_for_and_what_missed_it_comes_back_apart(webhook, receiver):
    receiver.answers.extend([(503, {"Retry-After": "600"}), 500, 500])
    for number in range(3):
        light(f"A{number}", f"lamp:{number}")

    send_all(NOON)

    waits = [due - NOON for due in webhook.deliveries.order_by("event").values_list("due_at", flat=True)]
    assert waits[0] == timedelta(minutes=10)
    assert all(timedelta(seconds=5) <= wait <= timedelta(seconds=5.5) for wait in waits[1:])
    assert waits[1] != waits[2]


def test_the_pages_make_show_stop_and_replay_one(client, manager, receiver):
    client.force_login(manager)
    form = {"name": "lister", "url": receiver.url, "kinds": [KIND]}
    created = client.post(reverse("webhook-create"), form)
    webhook = Webhook.objects.get()
    page = client.get(reverse("webhook-detail", args=[webhook.uid]))
    client.post(reverse("webhook-test", args=[webhook.uid]), {"kind": KIND})
    send_all(after(60 * 24 * 365 * 5))
    shown = client.get(reverse("webhook-detail", args=[webhook.uid]) + "?status=done")
    replayed = client.post(reverse("webhook-replay", args=[webhook.uid]), {"since": "soon"})
    client.post(reverse("webhook-act", args=[webhook.uid, "stop"]))
    webhook.refresh_from_db()

    assert webhook.secret in created.content.decode()
    assert webhook.secret not in page.content.decode()
    assert "HTTP 204" in shown.content.decode()
    assert (replayed.status_code, webhook.stopped_at is not None) == (400, True)
    sample = json.loads(receiver.got[0][1])
    assert (sample["type"], sample["sample"], sample["data"]) == (KIND, True, {"lamp": "A"})
    client.post(reverse("webhook-delete", args=[webhook.uid]))
    assert not Webhook.objects.exists()


def test_the_api_makes_reads_and_drives_one(manager, inspector, receiver):
    caller = Caller(manager)
    body = {"name": "lister", "url": receiver.url, "kinds": [KIND]}
    status, created = caller.send("POST", "webhooks/", body, key="once")
    again = caller.send("POST", "webhooks/", body, key="once")
    one = f"webhooks/{created['id']}/"
    light("A")
    send_all(NOON)
    deliveries = caller.send("GET", f"{one}deliveries/?state=done")[1]["results"]

    assert (status, created["secret"][:6], again) == (201, "whsec_", (201, created | {"secret": None}))
    assert "secret" not in caller.send("GET", one)[1]
    assert [(row["type"], row["state"], len(row["attempts"])) for row in deliveries] == [(KIND, "done", 1)]
    assert fields(caller.send("POST", f"{one}replay/", {})[1]) == [("since", "required")]
    assert caller.send("POST", f"{one}dance/", {})[0] == 404
    assert caller.send("POST", f"{one}test/", {"kind": "moon.full"})[1]["errors"][0]["code"] == "unknown_kind"
    assert caller.send("POST", f"{one}stop/", {})[1]["stopped_at"] is not None
    assert fields(caller.send("PUT", one, body | {"kinds": ["moon.full"]})[1]) == [("kinds", "unknown")]
    assert [Caller(inspector).send("GET", path)[0] for path in ("webhooks/", one, f"{one}deliveries/")] == [
        403,
        404,
        404,
    ]
    assert [Caller(each).send("DELETE", one)[0] for each in (inspector, manager, manager)] == [404, 204, 404]
    assert Event.objects.filter(kind="webhook.deleted").get().data["url"] == receiver.url
