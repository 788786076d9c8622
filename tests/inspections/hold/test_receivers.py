"""Who is told by mail, in which language, and how often."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now

from accounts.roles import Role
from activity.models import Delivery, Event
from activity.services import deliver_one, part_of
from activity.story import event_sentence
from imports.models import Import
from inspections.hold.receivers import tell_supplier
from inspections.hold.services.holds import place_hold, respond_to_hold
from tests.factories import NOON, after, inspect, make_batch, make_product, make_supplier, make_user

pytestmark = pytest.mark.django_db


def with_mail(user, address, language=""):
    user.email, user.language = address, language
    user.save()
    return user


def deliver(at):
    while deliver_one(now=at):
        pass


def told():
    return sorted((message.to[0], message.subject) for message in mail.outbox)


def stop(batch, inspector):
    inspect(batch, actor=inspector, HEIGHT=[7])
    return batch.holds.get()


def test_a_supplier_is_told_in_the_language_of_each_of_its_people(batch, supplier, supplier_user, inspector):
    with_mail(supplier_user, "boss@hailan.example", "en")
    with_mail(make_user(supplier=supplier), "floor@hailan.example")
    gone = with_mail(make_user(supplier=supplier), "gone@hailan.example")
    gone.is_active = False
    gone.save()
    make_user(supplier=supplier)
    supplier.contact_email = "BOSS@hailan.example"
    supplier.save()
    hold = stop(batch, inspector)

    deliver(after(1))

    assert [message.to[0] for message in mail.outbox] == ["boss@hailan.example", "floor@hailan.example"]
    in_english, in_chinese = mail.outbox
    assert in_english.subject == "B-2611-042 is stopped: body height over the limit"
    assert "Body height of unit 7 is 51.500000 mm, upper limit 50.5 mm." in in_english.body
    assert f"/holds/{hold.uid}/" in in_english.body
    assert "壶身高度" in in_chinese.body


def test_the_contact_address_is_told_where_it_belongs_to_nobody_else(batch, supplier, inspector):
    supplier.contact_email = "office@hailan.example"
    supplier.save()
    stop(batch, inspector)

    deliver(after(1))

    assert [message.to for message in mail.outbox] == [["office@hailan.example"]]
    assert Event.objects.get(kind="supplier.told").data["recipients"] == 1


def test_a_rival_is_not_told(batch, supplier_user, rival_supplier, inspector):
    with_mail(supplier_user, "boss@hailan.example")
    with_mail(rival_supplier, "boss@rival.example")
    stop(batch, inspector)

    deliver(after(1))

    assert [message.to for message in mail.outbox] == [["boss@hailan.example"]]


def test_running_twice_tells_once(batch, supplier_user, inspector):
    with_mail(supplier_user, "boss@hailan.example")
    stop(batch, inspector)
    deliver(after(1))

    tell_supplier(Event.objects.get(kind="hold.placed"))

    assert len(mail.outbox) == 1
    assert Event.objects.filter(kind="supplier.told").count() == 1


def test_a_mail_that_a_crash_sends_again_is_the_same_mail(batch, supplier_user, inspector):
    with_mail(supplier_user, "boss@hailan.example")
    stop(batch, inspector)
    event = Event.objects.get(kind="hold.placed")

    for _ in range(2):
        with transaction.atomic():
            tell_supplier(event)
            transaction.set_rollback(True)

    assert len(mail.outbox) == 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1


def test_a_supplier_without_any_address_is_noted_as_not_told(batch, supplier_user, inspector):
    stop(batch, inspector)

    deliver(after(1))

    assert mail.outbox == []
    assert Event.objects.get(kind="supplier.told").data["recipients"] == 0


def test_the_merchandiser_of_the_product_is_told(batch, product, merchandiser, inspector):
    with_mail(make_user(), "other@team.example")
    product.merchandiser = with_mail(merchandiser, "merch@team.example", "zh-hans")
    product.save()
    stop(batch, inspector)

    deliver(after(1))

    assert [message.to for message in mail.outbox] == [["merch@team.example"]]
    assert "HL-KT17-W" in mail.outbox[0].body


def test_quality_managers_are_told_of_an_answer(batch, supplier_user, manager, merchandiser, inspector):
    with_mail(manager, "quality@team.example", "en")
    with_mail(merchandiser, "merch@team.example")
    with_mail(inspector, "qc@team.example")
    hold = stop(batch, inspector)
    deliver(after(1))
    mail.outbox.clear()
    respond_to_hold(
        hold=hold, root_cause="Worn die", corrective_action="Die replaced", actor=supplier_user, at=after(2)
    )

    deliver(after(3))

    assert told() == [("quality@team.example", "Hailan Electric answered the hold of B-2611-042")]
    assert "Worn die" in mail.outbox[0].body
    assert f"/holds/{hold.uid}/" in mail.outbox[0].body


def test_every_quality_manager_is_told_of_a_critical_stop(batch, supplier_user, manager, inspector, event_kinds):
    with_mail(supplier_user, "boss@hailan.example", "en")
    with_mail(manager, "quality@team.example", "en")
    with_mail(make_user(Role.MANAGER), "second@team.example", "en")
    gone = with_mail(make_user(Role.MANAGER), "gone@team.example")
    gone.is_active = False
    gone.save()
    with_mail(inspector, "qc@team.example")
    hold = stop(batch, inspector)

    deliver(after(1))

    title = "B-2611-042 is stopped: body height over the limit"
    assert told() == [(f"{name}.example", title) for name in ("boss@hailan", "quality@team", "second@team")]
    assert f"/holds/{hold.uid}/" in mail.outbox[-1].body
    event = Event.objects.get(kind="hold.told")
    assert event.data == {"hold": str(hold.uid), "recipients": 2, "to": "manager"}
    assert event_sentence(event)[:2] == ("Quality managers told", "by mail, 2 addresses")


def test_quality_is_told_where_nobody_outside_could_be(batch, manager, client):
    with_mail(manager, "quality@team.example", "en")
    place_hold(batch=batch, note="Smells", actor=manager, at=after(0))
    client.force_login(manager)
    assert "Nobody could be told" not in client.get(reverse("hold-list")).content.decode()

    deliver(after(1))

    assert [message.to for message in mail.outbox] == [["quality@team.example"]]
    assert "Nobody at the supplier could be told" in mail.outbox[0].body
    for page in (reverse("hold-list"), reverse("hold-detail", args=[batch.holds.get().uid])):
        assert "Nobody could be told" in client.get(page).content.decode()


def test_many_stops_at_once_are_one_mail_to_each_reader(product, supplier, supplier_user, manager, merchandiser):
    with_mail(supplier_user, "boss@hailan.example", "en")
    product.merchandiser = with_mail(merchandiser, "merch@team.example", "en")
    product.save()
    other = make_product(supplier=make_supplier("OTHER"))
    batches = [make_batch(product=product) for _each in range(25)]
    with transaction.atomic():
        for batch in [*batches, make_batch(product=other)]:
            place_hold(batch=batch, note="Recalled", actor=manager, at=after(0))

    deliver(after(1))

    assert told() == [(f"{name}.example", "25 batches are stopped") for name in ("boss@hailan", "merch@team")]
    body = mail.outbox[0].body
    assert [batch.number in body for batch in batches] == [True] * 20 + [False] * 5
    assert "and 5 more" in body
    for batch in batches:
        kinds = Event.objects.filter(stream=batch.stream, kind__endswith=".told").values_list("kind", flat=True)
        assert sorted(kinds) == ["hold.told", "supplier.told"]
    assert not Delivery.objects.exclude(status="done").exists()


def test_an_import_in_several_transactions_is_one_mail_once_it_has_ended(product, supplier_user, manager):
    with_mail(supplier_user, "boss@hailan.example", "en")
    stored = Import.objects.create(
        name="batches.csv", kind="batches", status="applying", created_at=NOON, created_by=manager, applied_by=manager
    )
    began = now()
    with part_of(stored.stream):
        for minutes in (0, 3, 5):
            with transaction.atomic():
                stop_at = began + timedelta(minutes=minutes)
                place_hold(batch=make_batch(product=product), note="Recalled", actor=manager, at=stop_at)
            deliver(began + timedelta(minutes=minutes))
    assert mail.outbox == []
    [waiting, *_others] = Delivery.objects.filter(status="waiting")
    assert (waiting.attempts, waiting.last_error) == (0, "")

    Import.objects.update(status="done", ended_at=NOON)
    deliver(began + timedelta(minutes=6))

    assert told() == [("boss@hailan.example", "3 batches are stopped")]
    assert not Delivery.objects.exclude(status="done").exists()


def test_a_critical_stop_waits_for_no_import(batch, inspector, supplier_user, manager):
    with_mail(supplier_user, "boss@hailan.example", "en")
    stored = Import.objects.create(
        name="results.csv", kind="results", status="applying", created_at=NOON, created_by=manager, applied_by=manager
    )
    with part_of(stored.stream):
        inspect(batch, actor=inspector, at=now(), LEAK=[3])

    deliver(now())

    assert len(mail.outbox) == 1


def test_nobody_waits_for_an_import_for_ever(product, supplier_user, manager):
    with_mail(supplier_user, "boss@hailan.example", "en")
    stored = Import.objects.create(
        name="batches.csv", kind="batches", status="applying", created_at=NOON, created_by=manager, applied_by=manager
    )
    began = now() - timedelta(minutes=11)
    with part_of(stored.stream):
        place_hold(batch=make_batch(product=product), note="Recalled", actor=manager, at=began)

    deliver(now())

    assert len(mail.outbox) == 1


def test_stops_of_another_hour_are_told_by_themselves(product, supplier_user, manager):
    with_mail(supplier_user, "boss@hailan.example", "en")
    for minutes in (0, 60):
        place_hold(batch=make_batch(product=product), note="Smells", actor=manager, at=after(minutes))

    deliver(after(61))

    assert len(mail.outbox) == 2


def test_a_mail_server_that_is_down_is_tried_again(batch, supplier_user, inspector, settings):
    with_mail(supplier_user, "boss@hailan.example")
    stop(batch, inspector)
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # nobody listens there
    deliver(after(1))
    waiting = Delivery.objects.get(receiver="inspections.hold.receivers.tell_supplier")
    assert (waiting.status, waiting.attempts) == ("waiting", 1)

    settings.EMAIL_BACKEND = backend
    deliver(after(2))

    assert [message.to for message in mail.outbox] == [["boss@hailan.example"]]
