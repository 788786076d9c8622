"""Who has to be told is told at least once: after failures, beside other workers, and without Redis."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from activity import services
from activity.models import Delivery, DeliveryStatus
from activity.nudges import nudges
from activity.services import deliver_one, record_event
from activity.tasks import deliver_events
from tests.factories import NOON


@pytest.fixture
def heard(monkeypatch):
    """A receiver of `test.happened` that notes what it hears, and fails as often as `failures` says."""
    monkeypatch.setattr(services, "_receivers", {})
    monkeypatch.setattr(services, "_receivers_of", {})

    class Heard(list):
        failures = 0

    heard = Heard()

    @services.receiver("test.happened")
    def note(event):
        if heard.failures:
            heard.failures -= 1
            raise ConnectionError("the mail server is away")
        heard.append(event.data["n"])

    return heard


def happen(n: int = 1, *, at=NOON) -> None:
    with transaction.atomic():
        record_event("test.happened", "test:1", at=at, actor=None, n=n)


@pytest.mark.django_db
def test_what_happened_is_owed_to_its_receivers_and_delivered_once(heard):
    happen()
    with transaction.atomic():
        record_event("test.unheard", "test:1", at=NOON, actor=None)

    assert [deliver_one(now=NOON), deliver_one(now=NOON)] == [True, False]
    delivery = Delivery.objects.get()
    assert heard == [1]
    assert (delivery.status, delivery.attempts, delivery.done_at) == (DeliveryStatus.DONE, 1, NOON)


@pytest.mark.django_db
def test_a_receiver_that_fails_is_tried_again_later_and_later(heard):
    heard.failures = 3
    happen()
    waits, now = [], NOON
    for _attempt in range(3):
        assert deliver_one(now=now)
        delivery = Delivery.objects.get()
        waits.append((delivery.due_at - now).total_seconds())
        assert not deliver_one(now=delivery.due_at - timedelta(seconds=1))
        now = delivery.due_at

    assert deliver_one(now=now)
    delivery.refresh_from_db()
    assert waits == [20, 40, 80]
    assert heard == [1]
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DONE, 4)
    assert "the mail server is away" in delivery.last_error


@pytest.mark.django_db
def test_after_three_days_it_is_given_up_and_kept_for_the_back_office(heard):
    heard.failures = 1000
    happen()
    now, attempts = NOON, 0
    while deliver_one(now=now):
        attempts += 1
        delivery = Delivery.objects.get()
        assert delivery.due_at - now <= timedelta(hours=1)
        now = delivery.due_at

    assert delivery.status == DeliveryStatus.GIVEN_UP
    assert timedelta(days=3) < delivery.due_at - NOON < timedelta(days=3, hours=3)
    assert delivery.attempts == attempts > 70
    assert not deliver_one(now=now + timedelta(days=30))


@pytest.mark.django_db
def test_a_failure_undoes_what_the_receiver_wrote_and_leaves_the_others_alone(monkeypatch):
    monkeypatch.setattr(services, "_receivers", {})
    monkeypatch.setattr(services, "_receivers_of", {})

    @services.receiver("test.happened")
    def write_and_fail(event):
        record_event("test.half", "test:1", at=NOON, actor=None)
        raise RuntimeError

    @services.receiver("test.happened")
    def write(event):
        record_event("test.whole", "test:1", at=NOON, actor=None)

    happen()
    while deliver_one(now=NOON):
        pass

    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["done", "waiting"]
    assert list(services.Event.objects.order_by("id").values_list("kind", flat=True)) == ["test.happened", "test.whole"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_deliver_the_same_thing(monkeypatch):
    monkeypatch.setattr(services, "_receivers", {})
    monkeypatch.setattr(services, "_receivers_of", {})
    heard, both_are_delivering = [], threading.Barrier(2, timeout=20)

    @services.receiver("test.happened")
    def note(event):
        both_are_delivering.wait()  # each worker holds one delivery now, so neither can have the other's
        heard.append(event.data["n"])

    happen(1)
    happen(2)

    def work():
        try:
            deliver_one(now=NOON)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(heard) == [1, 2]
    assert list(Delivery.objects.values_list("status", "attempts")) == [("done", 1), ("done", 1)]


@pytest.fixture
def redis_is_down():
    """Celery as it is when nothing listens at REDIS_URL."""
    from config.celery import app

    before = app.conf.broker_url
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    app.pool.force_close_all()
    app.__dict__.pop("amqp", None)
    yield
    app.conf.broker_url = before
    app.pool.force_close_all()
    app.__dict__.pop("amqp", None)


@pytest.mark.django_db(transaction=True)
def test_without_redis_the_request_succeeds_and_beat_delivers_later(heard, redis_is_down, caplog):
    happen()
    assert nudges.wait(30)

    assert "The broker does not answer" in caplog.text
    assert heard == []
    assert deliver_events() == 1
    assert heard == [1]
