"""Waivers: two people, a limit, an end, and never a ban."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from activity.errors import InvalidInput, NotAllowed
from compliance.checklist.services import refresh_checklists, refresh_due
from compliance.models import ChecklistItem, Finding, Requirement, Waiver, WaiverState
from compliance.waiver.services import (
    SameSigner,
    WaiverExists,
    WaiverNotOpen,
    WaiverOfABan,
    end_waiver,
    request_waiver,
    sign_waiver,
)
from tests.compliance.factories import accept, by_sql, change, listing_of, look_at, submit
from tests.factories import NOON, after, make_product

pytestmark = pytest.mark.django_db
MANUAL = "gl-english-manual"


@pytest.fixture
def listing(catalogue, supplier):
    return listing_of(make_product("KT", supplier=supplier))


@pytest.fixture
def ask(listing, merchandiser):
    def asked(key=MANUAL, *, listing=listing, actor=merchandiser, **said):
        facts = {"reason": "In print", "limit": "500 units", "expires_on": date(2026, 12, 31)} | said
        requirement = Requirement.objects.get(key=key)
        return request_waiver(listing=listing, requirement=requirement, actor=actor, at=NOON, **facts)

    return asked


def state(listing, key=MANUAL):
    return ChecklistItem.objects.get(listing=listing, requirement__key=key).state


def test_a_waiver_counts_once_two_people_have_signed(ask, listing, manager, event_kinds):
    waiver = ask()
    assert state(listing) == "missing"

    sign_waiver(waiver=waiver, actor=manager, at=after(1))

    assert state(listing) == "waived"
    assert [kind for kind in event_kinds("listing:KT:US") if kind.startswith("waiver")] == [
        "waiver.requested", "waiver.signed",
    ]  # fmt: skip


def test_nobody_signs_twice_and_only_some_sign_at_all(ask, merchandiser, inspector, supplier_user, manager):
    waiver = ask()
    with pytest.raises(SameSigner):
        sign_waiver(waiver=waiver, actor=merchandiser, at=NOON)
    for actor in (inspector, supplier_user):
        with pytest.raises(NotAllowed):
            sign_waiver(waiver=waiver, actor=actor, at=NOON)
    sign_waiver(waiver=waiver, actor=manager, at=NOON)
    with pytest.raises(WaiverNotOpen):
        sign_waiver(waiver=waiver, actor=manager, at=NOON)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"limit": ""}, "limit"),
        ({"expires_on": date(2026, 11, 20)}, "expires_on"),
        ({"expires_on": NOON.date() + timedelta(91)}, "expires_on"),
    ],
)
def test_a_waiver_needs_a_reason_a_limit_and_a_day_to_come(ask, said, field):
    with pytest.raises(InvalidInput) as error:
        ask(**said)

    assert [found.field for found in error.value.errors] == [field]


def test_ninety_days_are_the_longest_and_more_is_asked_and_signed_anew(ask, listing, manager, merchandiser):
    last = date(2027, 2, 19)  # it is still 21 November there
    waiver = sign_waiver(waiver=ask(expires_on=last), actor=manager, at=NOON)
    with pytest.raises(WaiverExists):
        ask(expires_on=last)
    end_waiver(waiver=waiver, reason="Asked anew", actor=merchandiser, at=after(1))
    again = ask(expires_on=last)
    assert (again.state, state(listing)) == (WaiverState.REQUESTED, "missing")

    with pytest.raises(IntegrityError, match="waiver_has_a_longest_term"), transaction.atomic():
        Waiver.objects.create(
            listing=listing, requirement=Requirement.objects.get(key="gl-product-identity-photos"), reason="x", limit="x",
            expires_on=last + timedelta(3), requested_by=manager, requested_at=NOON,
        )  # fmt: skip


def test_what_does_not_apply_needs_no_waiver_and_what_is_waived_no_other(ask):
    with pytest.raises(InvalidInput):
        ask("us-cpc")
    ask()
    with pytest.raises(WaiverExists):
        ask()


def test_it_ends_after_its_last_day_in_the_market(ask, listing, manager):
    sign_waiver(waiver=ask(), actor=manager, at=NOON)

    refresh_due(at=datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC))
    assert state(listing) == "waived"
    refresh_due(at=datetime(2027, 1, 1, 5, 0, tzinfo=UTC))
    assert state(listing) == "missing"


def test_it_ends_when_somebody_ends_it_and_a_paper_comes_before_it(ask, listing, manager):
    waiver = sign_waiver(waiver=ask(), actor=manager, at=NOON)
    accept(submit(MANUAL, listing))
    assert state(listing) == "accepted"

    end_waiver(waiver=waiver, reason="The manual is there", actor=manager, at=after(1))

    assert (Waiver.objects.get().state, state(listing)) == (WaiverState.ENDED, "accepted")


def test_a_ban_is_never_waived(ask, listing, manager):
    change(MANUAL, is_ban=True)
    with pytest.raises(WaiverOfABan):
        ask()
    with pytest.raises(IntegrityError, match="covers a ban"), transaction.atomic():
        Waiver.objects.create(
            listing=listing, requirement=Requirement.objects.get(key=MANUAL), reason="x", limit="x",
            expires_on=date(2026, 12, 31), requested_by=manager, requested_at=NOON,
        )  # fmt: skip


def test_what_becomes_a_ban_is_waived_no_more(ask, listing, manager):
    sign_waiver(waiver=ask(), actor=manager, at=NOON)

    change(MANUAL, is_ban=True)

    assert (Waiver.objects.get().state, state(listing)) == (WaiverState.ENDED, "missing")


def test_a_paper_that_shows_what_is_banned_is_not_waived(ask, listing, manager):
    waiver = sign_waiver(waiver=ask(), actor=manager, at=NOON)
    evidence = look_at(submit(MANUAL, listing))
    Finding.objects.create(
        evidence=evidence, code="prohibited", weight="block", is_ban=True, fingerprint="f", found_at=NOON
    )

    refresh_checklists([listing.pk], at=after(1))

    assert state(listing) == "submitted"
    end_waiver(waiver=waiver, reason="x", actor=manager, at=after(2))
    with pytest.raises(WaiverOfABan):
        ask()


def test_the_database_takes_no_waiver_that_one_person_signed_twice(ask, merchandiser):
    waiver = ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(state=WaiverState.SIGNED, signed_by=merchandiser, signed_at=NOON)


def test_the_database_changes_nothing_of_what_was_signed(ask, listing, manager):
    waiver = sign_waiver(waiver=ask(), actor=manager, at=NOON)
    for values in ({"limit": "all"}, {"expires_on": date(2030, 1, 1)}, {"reason": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Waiver.objects.filter(pk=waiver.pk).update(**values)
    ended = {"state": WaiverState.ENDED, "ended_by": manager, "ended_at": NOON, "ended_reason": "x"}
    with pytest.raises(IntegrityError, match="without a signed waiver"):
        by_sql(Waiver.objects.filter(pk=waiver.pk), **ended)
