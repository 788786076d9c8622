"""The catalogue: loaded once, edited with a history and a preview, renewed by proposals."""

import json

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from compliance.catalogue.services.requirements import (
    FILE,
    ProposalDecided,
    RequirementMeanwhileChanged,
    confirm_requirement,
    decide_proposal,
    edit_requirement,
    load_catalogue,
    preview,
    snapshot,
)
from compliance.loosening.services import AskerMayNotSign
from compliance.models import (
    CatalogueVersion,
    Checklist,
    ChecklistItem,
    ProposalStatus,
    ProposedChange,
    ReferenceEntry,
    Requirement,
    RequirementRevision,
    Trait,
)
from tests.caller import Caller
from tests.compliance.factories import answer_all, by_sql, change, listing_of
from tests.factories import NOON, after, make_product, make_user

pytestmark = pytest.mark.django_db
MANUAL = "gl-english-manual"


@pytest.fixture
def kettle(catalogue, supplier):
    product = make_product("KT", supplier=supplier, markets=("US", "EU-DE"))
    answer_all(product)
    return product


@pytest.fixture
def newer(tmp_path, catalogue):
    """A newer file in which some requirements differ."""

    def load(**changes):
        data = json.loads(FILE.read_text())
        for row in data["requirements"]:
            row.update(changes.get(row["key"].replace("-", "_"), {}))
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps(data | {"meta": data["meta"] | {"as_of": "2027-01-15", "changes": changes}}))
        return load_catalogue(path=path, at=after(60))

    return load


def test_the_file_is_loaded_whole_and_once(catalogue):
    load_catalogue(at=after(1))

    assert (Requirement.objects.count(), Trait.objects.count(), CatalogueVersion.objects.count()) == (206, 71, 1)
    assert RequirementRevision.objects.count() == 206
    cpc = Requirement.objects.get(key="us-cpc")
    assert (cpc.group, cpc.number_format, cpc.policy_max_age_months) == ("", "cpsc_lab_id", 12)
    assert [(rule["platform"], rule["max_age_days"]) for rule in cpc.platform_rules] == [("TikTok Shop", 365)]


def test_what_is_not_verified_is_shown_as_such_until_a_named_person_confirms_it(catalogue, admin):
    assert not Requirement.objects.get(key="us-astm-f963").is_sure

    confirmed = confirm_requirement(key="us-astm-f963", note="16 CFR 1250", revision=1, actor=admin, at=after(1))

    assert confirmed.is_sure
    assert (confirmed.confirmed_by, confirmed.revision) == (admin, 2)
    changed = edit_requirement(
        key="us-astm-f963", values={"notes": "x"}, reason="New text", revision=2, actor=admin, at=after(2)
    )
    assert not changed.is_sure


def test_a_change_shows_which_listings_it_newly_affects_before_it_is_applied(kettle, admin):
    us, germany = listing_of(kettle), listing_of(kettle, "EU-DE")
    values = {"categories": ["electrical_appliance"], "markets": ["EU"], "traits_all": [], "traits_any": []}

    affected = preview("us-cpc", values, at=NOON)
    assert (affected.gained, affected.lost, affected.asked) == ((germany.pk,), (), ())
    assert not ChecklistItem.objects.filter(requirement__key="us-cpc").exists()

    change("us-cpc", **values)
    assert [item.listing for item in ChecklistItem.objects.filter(requirement__key="us-cpc")] == [germany]

    affected = preview(MANUAL, {"markets": ["EU"]}, at=NOON)
    assert (affected.gained, affected.lost) == ((), (us.pk,))


def test_a_change_that_asks_for_a_trait_says_whom_it_asks(kettle):
    Trait.objects.create(key="glows", name="glows in the dark")

    assert set(preview(MANUAL, {"traits_all": ["glows"]}, at=NOON).asked) == {row.pk for row in kettle.listings.all()}
    change(MANUAL, traits_all=["glows"])
    assert {tuple(row.unanswered) for row in Checklist.objects.all()} == {("glows",)}


def test_a_change_keeps_what_was_said_before_and_who_changed_it(catalogue, admin, event_kinds):
    edit_requirement(key=MANUAL, values={"is_ban": True}, reason="Agreed", revision=1, actor=admin, at=after(1))

    last = Requirement.objects.get(key=MANUAL).revisions.latest("number")
    assert (last.number, last.actor, last.reason) == (2, admin, "Agreed")
    assert last.changes == {"is_ban": [False, True]}
    assert event_kinds(f"requirement:{MANUAL}") == ["requirement.changed"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"markets": ["MARS"]}, "markets"),
        ({"categories": ["x"]}, "categories"),
        ({"traits_all": ["x"]}, "traits_all"),
        ({"applies_from": "2027-01-01", "applies_until": "2026-01-01"}, "applies_until"),
        ({"severity": "loud"}, "severity"),
        ({"name": ""}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_field(catalogue, admin, values, field):
    with pytest.raises(InvalidInput) as error:
        edit_requirement(key=MANUAL, values=values, reason="x", revision=1, actor=admin, at=NOON)

    assert field in [found.field for found in error.value.errors]
    assert Requirement.objects.get(key=MANUAL).revision == 1


def test_only_administrators_change_it_with_a_reason_and_what_they_saw(catalogue, admin, manager):
    with pytest.raises(NotAllowed):
        edit_requirement(key=MANUAL, values={"notes": "x"}, reason="x", revision=1, actor=manager, at=NOON)
    with pytest.raises(InvalidInput):
        edit_requirement(key=MANUAL, values={"notes": "x"}, reason=" ", revision=1, actor=admin, at=NOON)
    with pytest.raises(RequirementMeanwhileChanged):
        edit_requirement(key=MANUAL, values={"notes": "x"}, reason="x", revision=3, actor=admin, at=NOON)


def test_a_newer_file_proposes_and_changes_nothing(newer, kettle):
    version = newer(gl_english_manual={"notes": "Braille too"}, us_cpc={"severity": "warn"})

    assert {p.key: p.values for p in version.proposals.all()} == {
        MANUAL: {"notes": "Braille too"}, "us-cpc": {"severity": "warn"},
    }  # fmt: skip
    assert Requirement.objects.get(key="us-cpc").severity == "block"


def test_an_edit_stays_where_a_newer_file_says_nothing_new(newer):
    change(MANUAL, notes="Ours")

    assert not newer(us_cpc={"notes": "x"}).proposals.filter(key=MANUAL).exists()


def test_a_proposal_is_taken_over_or_left_once(newer, admin, event_kinds):
    version = newer(gl_english_manual={"notes": "Braille too"}, us_cpc={"severity": "warn"})
    manual, cpc = version.proposals.get(key=MANUAL), version.proposals.get(key="us-cpc")

    decide_proposal(proposal=manual, apply=True, revision=1, actor=admin, at=after(61))
    decide_proposal(proposal=cpc, apply=False, revision=1, actor=admin, at=after(61))

    assert Requirement.objects.get(key=MANUAL).notes == "Braille too"
    assert Requirement.objects.get(key="us-cpc").severity == "block"
    assert set(ProposedChange.objects.values_list("status", flat=True)) == {
        ProposalStatus.APPLIED, ProposalStatus.DISMISSED,
    }  # fmt: skip
    with pytest.raises(ProposalDecided):
        decide_proposal(proposal=cpc, apply=True, revision=1, actor=admin, at=after(62))
    again = newer(gl_english_manual={"notes": "Braille too"}, us_cpc={"severity": "warn", "notes": "more"})
    assert {p.key: p.values for p in again.proposals.all()} == {"us-cpc": {"notes": "more"}}


def test_a_newer_file_that_asks_less_is_taken_over_by_two(newer, admin, client):
    proposal = newer(us_cpc={"severity": "warn"}).proposals.get()
    other = make_user(Role.ADMIN)

    waits = decide_proposal(proposal=proposal, apply=True, revision=1, actor=admin, at=after(61))

    assert (waits.status, waits.asked_by, waits.asked_at) == (ProposalStatus.OPEN, admin, after(61))
    assert Requirement.objects.get(key="us-cpc").severity == "block"
    with pytest.raises(AskerMayNotSign):
        decide_proposal(proposal=proposal, apply=True, revision=1, actor=admin, at=after(62))
    decide_proposal(proposal=proposal, apply=True, revision=1, actor=other, at=after(63))
    assert Requirement.objects.get(key="us-cpc").severity == "warn"


def test_an_entry_of_a_table_that_stops_less_waits_for_another_person(catalogue, admin, client):
    entry = ReferenceEntry.objects.get(table="substances", key__startswith="eu-cos-v-122-99-6")
    path, other = f"reference/substances/{entry.key}/", make_user(Role.ADMIN)
    less = {"values": {"limit": "5"}, "is_active": False, "reason": "Easier", "revision": 1}

    status, waits = Caller(admin).send("PATCH", path, less)

    assert (status, waits["table"], waits["requirement"], waits["asked_by"], waits["values"]) == (
        202, "substances", entry.key, "admin", {"limit": "5", "is_active": False},
    )  # fmt: skip
    entry.refresh_from_db()
    assert (entry.data["limit"], entry.is_active, entry.revision) == (1, True, 1)
    decide = f"catalogue-proposals/{waits['file']}/{entry.key}/decide/"
    assert Caller(admin).send("POST", decide, {"apply": True, "revision": 1})[1]["code"] == "asker_may_not_sign"
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedChange.objects.update(status=ProposalStatus.APPLIED, decided_by=admin, decided_at=after(2))
    client.force_login(other)
    page = client.get("/requirements/proposed/").content.decode()
    assert ("Take it over" in page, "Easier" in page, "Phenoxyethanol" in page) == (True, True, True)
    assert "waits for another person" in client.get(f"/reference/substances/{entry.key}/").content.decode()
    assert Caller(other).send("POST", decide, {"apply": True, "revision": 2})[1]["code"] == "entry_meanwhile_changed"
    assert Caller(other).send("POST", decide, {"apply": True, "revision": 1})[0] == 200
    entry.refresh_from_db()
    assert (entry.data["limit"], entry.is_active, entry.revision) == ("5", False, 2)
    assert entry.revisions.latest("number").actor == other


def test_the_database_changes_no_requirement_without_a_revision(catalogue):
    with pytest.raises(IntegrityError, match="without a new revision"), transaction.atomic():
        Requirement.objects.filter(key=MANUAL).update(severity="warn")
    with pytest.raises(IntegrityError, match="no history"):
        by_sql(Requirement.objects.filter(key=MANUAL), severity="warn", revision=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequirementRevision.objects.update(reason="never")


def test_an_edit_tells_each_listing_that_it_changes(kettle):
    change(MANUAL, severity="warn")

    told = Event.objects.filter(kind="checklist.changed", data__items__has_key=MANUAL).order_by("stream", "-id")
    assert {event.stream for event in told} == {"listing:KT:US", "listing:KT:EU-DE"}


LESS = [
    {"markets": ["US"]},
    {"categories": ["toys"]},
    {"categories_exclude": ["toys"]},
    {"traits_all": ["plugs_into_mains"]},
    {"traits_any": ["plugs_into_mains"]},
    {"severity": "warn"},
    {"applies_from": "2099-01-01"},
    {"applies_until": "2027-01-31"},
    {"fields": []},
    {"evidence": ["anything"]},
    {"group": "any-of-these"},
    {"kind": "label"},
]


@pytest.mark.parametrize("values", LESS, ids=lambda values: next(iter(values)))
def test_what_asks_less_is_in_force_once_another_person_takes_it_over(catalogue, admin, supplier, values, event_kinds):
    """For products to come too: nothing is sold yet, and nothing of the requirement goes."""
    Trait.objects.get_or_create(key="plugs_into_mains", defaults={"name": "x"})
    before = snapshot(Requirement.objects.get(key=MANUAL))
    other = make_user(Role.ADMIN)

    waits = edit_requirement(key=MANUAL, values=values, reason="Easier", revision=1, actor=admin, at=after(1))

    assert (waits.status, waits.asked_by, waits.values) == (ProposalStatus.OPEN, admin, values)
    assert snapshot(Requirement.objects.get(key=MANUAL)) == before
    with pytest.raises(AskerMayNotSign):
        decide_proposal(proposal=waits, apply=True, revision=1, actor=admin, at=after(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedChange.objects.update(status=ProposalStatus.APPLIED, decided_by=admin, decided_at=after(2))
    decide_proposal(proposal=waits, apply=True, revision=1, actor=other, at=after(2))
    assert snapshot(Requirement.objects.get(key=MANUAL)) == before | values
    assert event_kinds(f"requirement:{MANUAL}") == ["requirement.asked", "requirement.changed"]


def test_a_new_requirement_that_stands_for_others_waits_too(catalogue, admin):
    change(MANUAL, group="papers")
    said = {"name": "Any slip", "kind": "manual", "validity_type": "no_expiry", "group": "papers",
            "markets": ["*"], "categories": ["*"]}  # fmt: skip

    waits = edit_requirement(key="slip", values=said, reason="Easier", revision=0, actor=admin, at=after(1))

    assert waits.status == ProposalStatus.OPEN
    assert not Requirement.objects.filter(key="slip").exists()


def test_over_the_api_and_on_the_page_what_asks_less_waits(catalogue, admin, client):
    other = make_user(Role.ADMIN)
    sent = {"markets": ["US"], "reason": "Easier", "revision": 1}
    status, waits = Caller(admin).send("PATCH", "requirements/gl-un383/", sent)
    assert (status, waits["state"], waits["asked_by"], waits["values"]) == (202, "open", "admin", {"markets": ["US"]})
    path = f"catalogue-proposals/{waits['file']}/gl-un383/decide/"
    assert Caller(admin).send("POST", path, {"apply": True, "revision": 1})[1]["code"] == "asker_may_not_sign"

    client.force_login(admin)
    page = client.get("/requirements/proposed/").content.decode()
    assert ("Take it over" in page, "Easier" in page) == (False, True)
    client.force_login(other)
    assert "Take it over" in client.get("/requirements/proposed/").content.decode()

    assert Caller(other).send("POST", path, {"apply": True, "revision": 1})[0] == 200
    assert Requirement.objects.get(key="gl-un383").markets == ["US"]
