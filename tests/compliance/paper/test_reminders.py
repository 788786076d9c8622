from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from activity.models import Event
from activity.services import deliver_one
from activity.story import event_sentence
from compliance.models import (
    ChecklistItem,
    ItemState,
    Reminder,
    Requirement,
    RequirementKind,
    RequirementRevision,
    RevisionSource,
    ValidityType,
    Waiver,
    WaiverState,
)
from compliance.paper.services.reminders import remind
from compliance.rules.reminders import step_of
from tests.factories import NOON, after, make_product

TODAY = date(2026, 11, 22)  # in the United States too: it is past eight in the evening before at NOON


@pytest.mark.parametrize(
    ("days_left", "renewal_days", "step"),
    [
        (61, 60, None), (60, 60, 60), (59, 60, 60), (31, 60, 60), (30, 60, 30), (29, 60, 30), (8, 60, 30), (7, 60, 7),
        (1, 60, 7), (0, 60, 0), (-1, 60, None), (30, 14, 30), (15, 14, 30), (14, 14, 14), (8, 14, 14), (7, 14, 7), (0, 0, 0),
    ],
)  # fmt: skip
def test_the_step_is_the_nearest_that_was_reached(days_left, renewal_days, step):
    assert step_of(days_left, renewal_days) == step


@given(st.integers(0, 400), st.integers(0, 400))
def test_steps_come_in_order_as_days_pass(days_left, renewal_days):
    steps = [step_of(left, renewal_days) for left in range(days_left, -1, -1)]
    told = [step for step in steps if step is not None]

    assert told == sorted(told, reverse=True)
    assert told[-1] == 0


def make_item(product, market, key, valid_to, *, people, renewal_days=60):
    """An item that a waiver covers until `valid_to`."""
    listing = product.listings.get(market__code=market)
    requirement = Requirement.objects.filter(key=key).first() or Requirement.objects.create(
        key=key, name=f"{key} paper", name_zh=f"{key} 文件", kind=RequirementKind.CERTIFICATION,
        validity_type=ValidityType.FIXED_TERM, renewal_lead_days=renewal_days,
    )  # fmt: skip
    RequirementRevision.objects.get_or_create(
        requirement=requirement, number=1, defaults={"source": RevisionSource.FILE, "data": {}, "at": NOON}
    )
    asked, signed = people
    waiver = Waiver.objects.create(
        listing=listing, requirement=requirement, state=WaiverState.SIGNED, reason="late", limit="500 units",
        expires_on=min(valid_to, NOON.date() + timedelta(90)), requested_by=asked, requested_at=NOON, signed_by=signed, signed_at=NOON,
    )  # fmt: skip
    return ChecklistItem.objects.create(
        listing=listing, requirement=requirement, state=ItemState.WAIVED, waiver=waiver, valid_to=valid_to, since=NOON
    )


def deliver(now):
    while deliver_one(now=now):
        pass


@pytest.fixture
def people(merchandiser, manager):
    return merchandiser, manager


@pytest.fixture
def sold(supplier, supplier_user, merchandiser):
    """A product in two markets whose merchandiser reads English and whose supplier reads Chinese."""
    product = make_product("HL-KT17-W", supplier=supplier, markets=("US", "UK"))
    product.merchandiser = merchandiser
    product.save()
    for person, language in ((merchandiser, "en"), (supplier_user, "zh-hans")):
        person.email, person.language = f"{person.username}@example.com", language
        person.save()
    return product


def day(days):
    return TODAY + timedelta(days=days)


@pytest.mark.django_db
def test_each_reader_gets_one_digest_in_the_own_language(sold, people):
    make_item(sold, "US", "us-fcc", day(20), people=people)
    make_item(sold, "UK", "uk-ca", day(5), people=people)
    make_item(sold, "UK", "uk-far", day(200), people=people)

    readers = remind(at=NOON)
    deliver(NOON)

    to_merchandiser, to_supplier = sorted(mail.outbox, key=lambda message: message.to)
    assert (readers, len(mail.outbox)) == (2, 2)
    assert to_merchandiser.to == ["merchandiser@example.com"]
    assert to_merchandiser.subject == "2 papers run out, the first on 2026-11-27"
    assert [line for line in to_merchandiser.body.splitlines() if line.startswith(("- ", "2026"))] == [
        "2026-11-27 (in 5 days)",
        "- HL-KT17-W UK · uk-ca paper (waiver) · renewal takes about 60 days",
        "2026-12-12 (in 20 days)",
        "- HL-KT17-W US · us-fcc paper (waiver) · renewal takes about 60 days",
    ]
    assert "us-fcc 文件" in to_supplier.body


@pytest.mark.django_db
def test_a_step_is_told_once_and_the_next_when_it_comes(sold, people):
    make_item(sold, "UK", "uk-ca", day(31), people=people)

    told = {days: remind(at=NOON + timedelta(days=days)) for days in range(34)}

    assert {days for days, readers in told.items() if readers} == {0, 1, 24, 31}
    assert list(Reminder.objects.order_by("id").values_list("step", flat=True)) == [60, 30, 7, 0]


@pytest.mark.django_db
def test_it_acts_once_a_day_and_not_before_seven(sold, people):
    make_item(sold, "UK", "uk-ca", day(5), people=people)
    at_six = NOON - timedelta(hours=6)

    assert [remind(at=at_six), remind(at=NOON), remind(at=NOON + timedelta(hours=1))] == [0, 2, 0]


@pytest.mark.django_db
def test_what_was_missed_is_made_up_for(sold, people):
    make_item(sold, "UK", "uk-ca", day(33), people=people)
    remind(at=NOON)

    assert remind(at=NOON + timedelta(days=9)) == 2
    assert Reminder.objects.latest("id").step == 30


@pytest.mark.django_db
def test_a_renewed_paper_is_told_of_anew(sold, people):
    item = make_item(sold, "UK", "uk-ca", day(7), people=people)
    remind(at=NOON)
    connection.check_constraints()  # as a commit would
    Waiver.objects.filter(pk=item.waiver_id).update(
        state=WaiverState.ENDED, ended_at=after(1), ended_by=people[0], ended_reason="renewed"
    )
    item.delete()
    make_item(sold, "UK", "uk-ca", day(60), people=people)

    assert remind(at=NOON + timedelta(days=1)) == 2
    assert list(Reminder.objects.order_by("id").values_list("step", flat=True)) == [7, 60]


@pytest.mark.django_db
def test_the_last_day_is_the_markets_own(supplier, merchandiser, people):
    """At noon in Shanghai the 22nd has begun in Tokyo, and in New York it is still the 21st."""
    product = make_product("TY-1", supplier=supplier, markets=("US", "JP"))
    make_item(product, "US", "us-x", TODAY, people=people)
    make_item(product, "JP", "jp-x", TODAY, people=people)

    remind(at=NOON)

    assert set(Reminder.objects.values_list("listing__market__code", "step")) == {("US", 7), ("JP", 0)}


@pytest.mark.django_db
def test_nothing_due_tells_nobody(sold, people):
    make_item(sold, "UK", "uk-ca", day(200), people=people)

    assert remind(at=NOON) == 0
    assert Event.objects.filter(kind="papers.run_out").count() == 0


@pytest.mark.django_db
def test_the_database_keeps_a_reminder_once(sold, people):
    item = make_item(sold, "UK", "uk-ca", day(5), people=people)
    fields = {
        "listing": item.listing,
        "requirement": item.requirement,
        "valid_to": item.valid_to,
        "step": 7,
        "at": NOON,
    }
    Reminder.objects.create(**fields)

    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(**fields)


def test_a_digest_is_told_in_a_sentence():
    papers = [
        {"product": "KT17", "market": "US", "valid_to": "2026-12-20"},
        {"product": "KT15", "market": "UK", "valid_to": "2026-11-24"},
    ]
    told = [Event(kind="papers.run_out", data={"papers": papers}), Event(kind="papers.reminded", data={"readers": 1})]

    assert [event_sentence(event) for event in told] == [
        ("2 papers run out", "the first on 2026-11-24: KT15 UK", "warning"),
        ("Reminders of papers that run out", "1 reader", "waiting"),
    ]
