"""Checklists: what they are made of, where each item stands, and that they follow every change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from activity.models import Event
from compliance.checklist.services import refresh_checklists, refresh_due
from compliance.models import Checklist, ChecklistItem, Evidence, EvidenceState, ItemState, Requirement, Trait
from compliance.paper.services.evidence import refuse_evidence, revoke_evidence
from compliance.trait.services import answer_traits
from suppliers.models import Category
from suppliers.services import update_product
from tests.compliance.factories import accept, answer_all, by_sql, listing_of, submit
from tests.factories import NOON, after, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def kettle(catalogue, supplier):
    return make_product("KT", supplier=supplier, markets=("US", "EU-DE"))


def item(listing, key) -> ChecklistItem:
    return ChecklistItem.objects.get(listing=listing, requirement__key=key)


def facts(listing, key):
    found = item(listing, key)
    return found.state, found.acts_next, found.valid_to


def test_without_a_catalogue_there_is_no_checklist(product):
    assert Checklist.objects.count() == 0


def test_a_product_that_is_made_has_a_checklist_per_market_and_traits_to_answer(kettle, event_kinds):
    assert {str(row.listing): len(row.unanswered) > 10 for row in Checklist.objects.all()} == {
        "KT US": True, "KT EU-DE": True,
    }  # fmt: skip
    assert event_kinds("listing:KT:US") == ["checklist.changed"]
    assert item(listing_of(kettle), "gl-english-manual").reason == {
        "category": "electrical_appliance", "market": "*", "traits": [],
    }  # fmt: skip


def test_the_catalogue_makes_the_checklists_of_what_was_there_before(product, request):
    request.getfixturevalue("catalogue")

    assert Checklist.objects.get().listing.product == product


def test_an_answer_brings_its_requirements_and_says_that_it_did(kettle, inspector):
    listing = listing_of(kettle)
    answer_all(kettle)
    assert Checklist.objects.get(listing=listing).unanswered == []
    assert not ChecklistItem.objects.filter(listing=listing, requirement__key="us-un383").exists()

    key = Requirement.objects.exclude(traits_all=[]).filter(markets=["US"], categories__contains=["electrical_appliance"],
                                                            traits_any=[], applies_until=None).earliest("key")  # fmt: skip
    answer_traits(product=kettle, answers=dict.fromkeys(key.traits_all, True), actor=inspector, at=after(1))

    assert item(listing, key.key).reason["traits"] == sorted(key.traits_all)
    assert Event.objects.filter(kind="checklist.changed", stream="listing:KT:US").latest("id").data["items"][key.key] == [
        None, "missing",
    ]  # fmt: skip


def test_an_answer_that_is_taken_back_blocks_again(kettle, inspector):
    key = Checklist.objects.get(listing=listing_of(kettle)).unanswered[0]
    answer_all(kettle)
    answer_traits(product=kettle, answers={key: None}, actor=inspector, at=after(1))

    assert Checklist.objects.get(listing=listing_of(kettle)).unanswered == [key]


def test_another_category_is_another_checklist(kettle, manager):
    answer_all(kettle)
    before = set(listing_of(kettle).checklist_items.values_list("requirement__key", flat=True))

    update_product(product=kettle, name=kettle.name, name_zh="", category=Category.objects.get(code="toys"),
                   merchandiser=None, model_code="", new_markets=["UK"], actor=manager, at=after(1))  # fmt: skip

    after_it = set(listing_of(kettle).checklist_items.values_list("requirement__key", flat=True))
    assert "us-astm-f963" in after_it - before
    assert Checklist.objects.filter(listing=listing_of(kettle, "UK")).exists()


def test_an_item_goes_from_missing_to_accepted_and_each_step_says_who_is_next(kettle):
    listing = listing_of(kettle)
    key = "gl-english-manual"
    assert facts(listing, key) == ("missing", "supplier", None)
    evidence = submit(key, listing)
    assert facts(listing, key) == ("submitted", "qc", None)
    refuse_evidence(evidence=evidence, reason="Of another model", actor=make_user(Role.QC), at=after(1))
    assert facts(listing, key) == ("refused", "supplier", None)
    evidence = accept(submit(key, listing))
    assert facts(listing, key) == ("accepted", "", None)
    revoke_evidence(evidence=evidence, reason="Withdrawn", actor=make_user(Role.QC), at=after(2))
    assert facts(listing, key) == ("refused", "supplier", None)


def test_one_paper_serves_several_listings_and_only_those_that_it_names(kettle, supplier):
    other = make_product("KT-2", supplier=supplier)
    accept(submit("gl-english-manual", listing_of(kettle), listing_of(other)))

    states = {
        str(found.listing): found.state
        for found in ChecklistItem.objects.filter(requirement__key="gl-english-manual").select_related("listing__product", "listing__market")
    }  # fmt: skip
    assert states == {"KT US": "accepted", "KT-2 US": "accepted", "KT EU-DE": "missing"}


def test_a_paper_runs_out_at_the_end_of_its_last_day_in_the_market(kettle):
    listing = listing_of(kettle)
    accept(submit("gl-english-manual", listing, valid_to=date(2027, 6, 30)))
    last_second = datetime(2027, 7, 1, 3, 59, 59, tzinfo=UTC)

    refresh_due(at=last_second)
    assert facts(listing, "gl-english-manual") == ("accepted", "supplier", date(2027, 6, 30))
    refresh_due(at=last_second + timedelta(seconds=1))
    assert facts(listing, "gl-english-manual") == ("expired", "supplier", date(2027, 6, 30))


def test_a_renewal_is_asked_for_as_many_days_ahead_as_it_takes(kettle):
    listing = listing_of(kettle)
    lead = Requirement.objects.get(key="gl-english-manual").renewal_lead_days
    accept(submit("gl-english-manual", listing, valid_to=date(2027, 6, 30)))
    due = date(2027, 6, 30) - timedelta(lead)

    assert (item(listing, "gl-english-manual").acts_next, item(listing, "gl-english-manual").due_on) == ("", due)
    refresh_due(at=datetime(due.year, due.month, due.day, 12, tzinfo=UTC))
    assert item(listing, "gl-english-manual").acts_next == "supplier"


def test_a_renewal_that_waits_leaves_the_item_accepted(kettle):
    listing = listing_of(kettle)
    accept(submit("gl-english-manual", listing, valid_to=date(2027, 6, 30)))
    submit("gl-english-manual", listing, valid_from=date(2027, 7, 1))

    assert facts(listing, "gl-english-manual") == ("accepted", "qc", date(2027, 6, 30))


def test_papers_that_follow_one_another_leave_no_gap(kettle):
    listing = listing_of(kettle)
    accept(submit("gl-english-manual", listing, valid_to=date(2027, 6, 30)))
    accept(submit("gl-english-manual", listing, valid_from=date(2027, 7, 1), valid_to=date(2028, 6, 30)))

    assert facts(listing, "gl-english-manual") == ("accepted", "", date(2028, 6, 30))
    refresh_due(at=datetime(2027, 9, 1, tzinfo=UTC))
    assert facts(listing, "gl-english-manual")[0] == "accepted"


def test_the_checklist_is_that_of_the_day_that_is_planned(kettle):
    listing = listing_of(kettle)
    requirement = Requirement.objects.get(key="gl-english-manual")
    assert item(listing, requirement.key)
    listing.planned_on = date(2027, 3, 1)
    listing.save()
    refresh_checklists([listing.pk], at=after(5))

    assert item(listing, requirement.key).due_on == date(2027, 3, 1)


def test_working_out_again_changes_nothing(kettle, event_kinds):
    answer_all(kettle)
    accept(submit("gl-english-manual", listing_of(kettle), valid_to=date(2027, 6, 30)))
    before = list(ChecklistItem.objects.order_by("id").values())
    kinds = event_kinds("listing:KT:US")

    assert refresh_checklists([listing.pk for listing in kettle.listings.all()], at=after(60)) == 0

    assert list(ChecklistItem.objects.order_by("id").values()) == before
    assert event_kinds("listing:KT:US") == kinds


def test_the_number_of_statements_does_not_grow_with_the_listings(
    catalogue, supplier, django_assert_num_queries, django_assert_max_num_queries
):
    products = [make_product(supplier=supplier) for _count in range(4)]
    listings = [listing_of(product).pk for product in products]
    Checklist.objects.all().delete()
    ChecklistItem.objects.all().delete()
    with django_assert_max_num_queries(20) as few:
        refresh_checklists(listings[:1], at=NOON)
    with django_assert_num_queries(len(few)):
        refresh_checklists(listings[1:], at=NOON)


def test_the_database_accepts_no_item_without_an_accepted_paper(kettle):
    listing = listing_of(kettle)
    evidence = submit("gl-english-manual", listing)
    other = accept(submit("gl-english-manual", listing_of(kettle, "EU-DE")))
    assert (evidence.state, other.state) == (EvidenceState.SUBMITTED, EvidenceState.ACCEPTED)
    the_item = ChecklistItem.objects.filter(listing=listing, requirement__key="gl-english-manual")
    for paper in (None, evidence, other):
        with pytest.raises(IntegrityError):
            by_sql(the_item, state=ItemState.ACCEPTED, evidence=paper)


def test_the_database_lets_no_item_rest_on_a_paper_that_was_revoked(kettle):
    evidence = accept(submit("gl-english-manual", listing_of(kettle)))

    with pytest.raises(IntegrityError, match="without an accepted paper"):
        by_sql(
            Evidence.objects.filter(pk=evidence.pk),
            state=EvidenceState.REVOKED, ended_by=evidence.accepted_by, ended_at=NOON, ended_reason="x",
        )  # fmt: skip


def test_a_trait_is_answered_by_a_named_person_alone(kettle):
    with pytest.raises(IntegrityError), transaction.atomic():
        kettle.traits.create(trait=Trait.objects.first(), answer=True)
