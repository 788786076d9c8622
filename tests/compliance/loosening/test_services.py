"""R4, R13: nobody alone takes a blocking paper from what is sold, by whatever door."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from activity.story import event_sentence
from compliance.checklist.services import refresh_checklists
from compliance.gate.services.go_live import take_off
from compliance.loosening.services import (
    AskerMayNotSign,
    LooseningNotWaiting,
    digest_of,
    refuse_loosening,
    sign_loosening,
)
from compliance.models import ChecklistItem, Evidence, Loosening, ProductTrait, Requirement
from compliance.paper.services.evidence import revoke_evidence
from compliance.trait.services import answer_traits
from compliance.waiver.services import WaiverOfABan, request_waiver
from suppliers.models import Category, Listing, Market, Product
from suppliers.services import update_product
from tests.compliance.factories import answer_all, by_sql, change, listing_of
from tests.compliance.ready import PLUG, gate_of
from tests.factories import NOON, after, make_product, make_user

pytestmark = pytest.mark.django_db


def blocking(product, market="US") -> set[str]:
    items = ChecklistItem.objects.filter(listing=listing_of(product, market), is_blocking=True)
    return set(items.values_list("requirement__key", flat=True))


def standing(product):
    gate = gate_of(product)
    return gate.state, gate.live


def say_no(product, actor, answers=PLUG):
    answer_traits(product=product, answers=answers, actor=actor, at=after(1))


def sign(loosening, actor, reason="The plug is another product's"):
    return sign_loosening(
        loosening=loosening, reason=reason, signature="token", digest=digest_of(loosening), actor=actor, at=after(2)
    )


def move(product, actor, code):
    update_product(
        product=product, name=product.name, name_zh="", category=Category.objects.get(code=code), merchandiser=None,
        model_code="", new_markets=[], actor=actor, at=after(1),
    )  # fmt: skip


def test_an_answer_takes_no_paper_from_what_is_live_before_a_second_person_signs(kettle, merchandiser, manager):
    before = blocking(kettle)
    say_no(kettle, merchandiser)

    assert (blocking(kettle), standing(kettle)) == (before, ("open", "live"))
    loosening = Loosening.objects.get()
    gone = {paper["requirement"] for paper in loosening.papers}
    assert len(gone) >= 3
    assert (loosening.cause, loosening.about, loosening.asked_by) == ("answers", "KT", merchandiser)
    assert {each["name"]: (each["before"], each["after"]) for each in loosening.said}["plugs into the mains"] == (
        True,
        False,
    )

    sign(loosening, manager)
    assert blocking(kettle) == before - gone
    assert standing(kettle) == ("open", "live")
    assert not ChecklistItem.objects.filter(loosening__isnull=False).exists()


def test_a_fake_paper_that_waits_to_go_closes_the_gate_when_it_is_revoked(kettle, merchandiser, manager):
    say_no(kettle, merchandiser)
    fake = Evidence.objects.filter(requirement__key=Loosening.objects.get().papers[0]["requirement"]).get()
    revoke_evidence(evidence=fake, reason="A fake", actor=manager, at=after(2))

    assert standing(kettle) == ("closed", "suspended")


def test_neither_who_asked_nor_who_joined_in_signs(kettle, merchandiser, manager, inspector):
    say_no(kettle, merchandiser, {"has_plug": False, "mains_powered": False})
    loosening = Loosening.objects.get()
    with pytest.raises(AskerMayNotSign):
        sign(loosening, merchandiser)
    with pytest.raises(NotAllowed):
        sign(loosening, inspector)
    with pytest.raises(InvalidInput):
        sign(loosening, manager, reason=" ")

    # The first takes a half of it back, and what is left rests on the manager's answer.
    answer_traits(product=kettle, answers={"mains_powered": True}, actor=merchandiser, at=after(2))
    answer_traits(product=kettle, answers={"mains_powered": False}, actor=manager, at=after(3))
    for waiting in Loosening.objects.filter(state="waiting", changed_by__contains=[manager.pk]):
        with pytest.raises(AskerMayNotSign):
            sign(waiting, manager)
    assert Loosening.objects.filter(state="waiting", changed_by__contains=[manager.pk]).exists()


def test_a_signature_is_given_once(kettle, merchandiser, manager):
    say_no(kettle, merchandiser)
    loosening = Loosening.objects.get()
    sign(loosening, manager)
    with pytest.raises(LooseningNotWaiting):
        sign(loosening, make_user(Role.MANAGER))


def test_what_is_refused_stays_asked_and_what_is_taken_back_ends(kettle, merchandiser, manager):
    before = blocking(kettle)
    say_no(kettle, merchandiser)
    refuse_loosening(loosening=Loosening.objects.get(), reason="It has a plug", actor=manager, at=after(2))
    refresh_checklists([listing_of(kettle).pk], at=after(3))
    assert (blocking(kettle), Loosening.objects.get().state) == (before, "refused")

    answer_traits(product=kettle, answers=dict.fromkeys(PLUG, True), actor=merchandiser, at=after(4))
    assert not ChecklistItem.objects.filter(loosening__isnull=False).exists()
    say_no(kettle, merchandiser)
    answer_traits(product=kettle, answers=dict.fromkeys(PLUG, True), actor=merchandiser, at=after(5))
    assert [each.state for each in Loosening.objects.order_by("pk")] == ["refused", "withdrawn"]
    assert blocking(kettle) == before


def test_an_answer_that_adds_papers_acts_at_once(kettle, merchandiser):
    before = blocking(kettle)
    answer_traits(product=kettle, answers={"has_lithium_battery": True}, actor=merchandiser, at=after(1))

    assert blocking(kettle) > before
    assert standing(kettle) == ("closed", "suspended")
    assert not Loosening.objects.exists()


def test_what_is_nowhere_sold_or_planned_is_as_it_was(kettle, merchandiser):
    other = make_product("KT-2", supplier=kettle.supplier)
    answer_all(other, yes=PLUG)
    before = blocking(other)
    say_no(other, merchandiser)

    assert blocking(other) < before
    assert not Loosening.objects.exists()


def test_taking_it_off_or_taking_an_answer_back_is_no_way_round(kettle, merchandiser):
    before = blocking(kettle)
    take_off(listing=listing_of(kettle), reason="A pause", actor=merchandiser, at=after(1))
    answer_traits(product=kettle, answers=dict.fromkeys(PLUG), actor=merchandiser, at=after(1))
    say_no(kettle, merchandiser)

    assert blocking(kettle) == before


def test_another_category_waits_too_and_says_so_in_the_story(kettle, merchandiser, manager):
    before = blocking(kettle)
    move(kettle, merchandiser, "home_general")

    assert blocking(kettle) >= before
    loosening = Loosening.objects.get()
    assert (loosening.cause, loosening.asked_by) == ("product", merchandiser)
    told = event_sentence(Event.objects.filter(kind="papers.changed").latest("id"))
    assert "Category: " in told[1]
    assert "needed until a second person signs" in told[1]

    sign(loosening, manager)
    assert len(blocking(kettle)) < len(before)


@pytest.mark.parametrize(
    "values",
    [
        {"categories": ["toys"]},
        {"markets": ["UK"]},
        {"traits_all": ["has_lithium_battery"]},
        {"severity": "warn"},
        {"applies_until": "2026-11-01"},
        {"applies_from": "2030-01-01"},
        {"group": "any-of-these"},
    ],
)
def test_a_requirement_that_is_loosened_asks_what_is_sold_as_before(kettle, manager, values):
    before, key = blocking(kettle), "gl-english-manual"
    change(key, **values)
    refresh_checklists([listing_of(kettle).pk], at=after(1))

    item = ChecklistItem.objects.get(listing=listing_of(kettle), requirement__key=key)
    assert (blocking(kettle), item.group) == (before, "")
    loosening = Loosening.objects.get()
    assert (loosening.cause, loosening.about) == ("requirement", key)

    sign(loosening, manager)
    left = ChecklistItem.objects.filter(listing=listing_of(kettle), requirement__key=key, is_blocking=True, group="")
    assert not left.exists()


def test_a_paper_counts_no_longer_than_the_text_allowed_until_it_is_signed(kettle, manager):
    change("gl-english-manual", policy_max_age_months=6)
    item = ChecklistItem.objects.get(listing__product=kettle, requirement__key="gl-english-manual")
    requirement = change("gl-english-manual", policy_max_age_months=24)

    now = ChecklistItem.objects.get(pk=item.pk)
    assert (now.valid_to, now.revision) == (item.valid_to, requirement.revision - 1)
    sign(Loosening.objects.get(), manager)
    now.refresh_from_db()
    assert (now.valid_to > item.valid_to, now.revision) == (True, None)


def test_a_ban_stays_one_for_what_is_sold(kettle, merchandiser):
    key = "gl-english-manual"
    change(key, is_ban=True)
    change(key, is_ban=False)
    listing = listing_of(kettle)

    with pytest.raises(WaiverOfABan):
        request_waiver(
            listing=listing, requirement=Requirement.objects.get(key=key), reason="x", limit="x",
            expires_on=date(2026, 12, 24), actor=merchandiser, at=after(1),
        )  # fmt: skip


def test_a_requirement_that_is_tightened_acts_at_once(kettle):
    change("gl-english-manual", policy_max_age_months=6)

    assert not Loosening.objects.exists()


def test_what_the_law_ends_goes_by_its_day(kettle):
    key = "gl-english-manual"
    change(key, applies_until="2027-01-31")
    loosening = Loosening.objects.get()
    sign(loosening, make_user(Role.MANAGER))
    assert key in blocking(kettle)

    refresh_checklists([listing_of(kettle).pk], at=datetime(2027, 3, 1, tzinfo=UTC))
    assert key not in blocking(kettle)


def test_round_the_services_nothing_goes(kettle, merchandiser, manager):
    before = blocking(kettle)
    by_sql(ProductTrait.objects.filter(product=kettle, trait__key__in=PLUG), answer=False)
    by_sql(Product.objects.filter(pk=kettle.pk), category=Category.objects.get(code="home_general"))
    by_sql(Market.objects.filter(code="US"), parent=Market.objects.get(code="UK"))
    refresh_checklists([listing_of(kettle).pk], at=after(1))

    assert blocking(kettle) >= before
    loosening = Loosening.objects.get()
    assert (loosening.cause, loosening.asked_by) == ("unknown", None)

    items = ChecklistItem.objects.filter(listing=listing_of(kettle), is_blocking=True)
    ended = items.filter(requirement__applies_from=None, requirement__applies_until=None)
    for write in (
        lambda: ended.first().delete(),
        lambda: items.update(is_blocking=False),
        lambda: items.update(group="all-one"),
        lambda: Listing.objects.filter(product=kettle).update(market=Market.objects.get(code="SA")),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_the_database_lets_nobody_sign_alone_or_rewrite(kettle, merchandiser, manager):
    say_no(kettle, merchandiser)
    waiting = Loosening.objects.filter(pk=Loosening.objects.get().pk)
    signed = {"state": "signed", "decided_at": NOON, "reason": "x", "signature": "token"}
    with pytest.raises(IntegrityError, match="had a part"), transaction.atomic():
        waiting.update(decided_by=merchandiser, **signed)
    with pytest.raises(IntegrityError, match="not changed afterwards"), transaction.atomic():
        waiting.update(changed_by=[], decided_by=merchandiser, asked_by=None, **signed)
    with pytest.raises(IntegrityError), transaction.atomic():
        waiting.update(state="signed")
    waiting.update(decided_by=manager, **signed)
    with pytest.raises(IntegrityError, match="not changed afterwards"), transaction.atomic():
        waiting.update(reason="Another")


def test_the_story_says_the_question_the_answers_and_the_papers(kettle, merchandiser):
    say_no(kettle, merchandiser)
    answer_traits(product=kettle, answers={"has_lithium_battery": True}, actor=merchandiser, at=after(2))

    first, second = (
        event_sentence(event)[1] for event in Event.objects.filter(kind="traits.answered").order_by("-id")[:2]
    )
    assert "plugs into the mains: yes → no" in second
    assert "US: needed until a second person signs: " in second
    assert "US: needed now: " in first
