"""What papers are compared with changes: who is told before, and what happens to accepted papers after."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.urls import reverse

from activity.models import Event
from compliance.catalogue.services.reference import changed, edit_entry
from compliance.catalogue.services.requirements import preview_papers
from compliance.declaration.services import declare
from compliance.models import (
    ChecklistItem,
    DeclarationKind,
    Evidence,
    EvidenceState,
    Examination,
    Gate,
    ItemState,
    ReferenceEntry,
    Requirement,
)
from compliance.paper.services.evidence import accept_evidence, check_evidence
from compliance.paper.services.findings import check_label, decide_finding, set_product_facts
from compliance.paper.services.reading import examine_next_paper
from compliance.paper.services.recheck import preview_entry
from compliance.reading.declared import Row
from suppliers.models import Category
from suppliers.services import create_product
from tests.compliance import papers
from tests.compliance.factories import accept, answer_all, by_sql, change, listing_of, submit
from tests.compliance.paper.test_readings import CERTIFICATE, certificate, kettle, read_everything, uploaded  # noqa: F401
from tests.factories import NOON, after, make_user

pytestmark = pytest.mark.django_db

SERUM = [
    Row(name="AQUA", cas="7732-18-5", percent="balance"),
    Row(name="PHENOXYETHANOL", cas="122-99-6", percent="0.9"),
]
LATER, LATER_STILL = after(60), after(61)
STRICTER = {"limit": "0.5"}


@pytest.fixture
def serum(supplier, catalogue):
    product = create_product(
        sku="SERUM-30", name="Serum 30 ml", name_zh="精华液", supplier=supplier,
        category=Category.objects.get(code="beauty_cosmetics"), markets=["EU-DE"], actor=None, at=NOON,
    )  # fmt: skip
    answer_all(product)
    return product


@pytest.fixture
def accepted(serum, supplier_user, inspector, manager):
    """The declaration of the serum, accepted for the annexes of the EU."""
    made = declare(product=serum, kind=DeclarationKind.INGREDIENTS, rows=SERUM, actor=supplier_user, at=NOON)
    [paper] = [paper for paper in made.papers if paper.requirement.key == "eu-cosmetic-annexes"]
    check_evidence(evidence=paper, actor=inspector, at=NOON)
    return accept_evidence(evidence=paper, actor=manager, at=NOON)


def limit() -> ReferenceEntry:
    return ReferenceEntry.objects.get(table="substances", key__startswith="eu-cos-v-122-99-6")


def edit(entry: ReferenceEntry, admin, *, is_active=True, at=LATER, **values) -> ReferenceEntry:
    return edit_entry(
        table=entry.table, key=entry.key, values=values, is_active=is_active, reason="Regulation (EU) 2027/1",
        revision=entry.revision, actor=admin, at=at,
    )  # fmt: skip


def compare_all(at=LATER_STILL) -> int:
    done = 0
    while examine_next_paper(now=at):
        done += 1
    return done


def item_of(paper: Evidence) -> ChecklistItem:
    return ChecklistItem.objects.get(listing=paper.listings.get(), requirement=paper.requirement)


def test_a_stricter_limit_names_the_papers_that_it_stops_before_it_is_applied(accepted, admin):
    entry = limit()
    affected = preview_entry(entry, changed(entry, STRICTER, is_active=True), at=after(60))

    assert (affected.reopened, affected.touched) == ((accepted,), 2)
    assert [paper.requirement.key for paper in affected.stopped] == ["gl-ingredient-declaration"]
    assert (limit().data["limit"], Examination.objects.filter(due_at__isnull=False).count()) == (1, 0)
    lenient = preview_entry(entry, changed(entry, {"limit": "2"}, is_active=True), at=after(60))
    assert (lenient.reopened, lenient.stopped, lenient.touched) == ((), (), 2)


def test_an_accepted_paper_that_it_stops_waits_again_with_its_item_and_gate(accepted, admin, event_kinds):
    edit(limit(), admin, **STRICTER)
    assert (Evidence.objects.get(pk=accepted.pk).state, item_of(accepted).state) == ("accepted", ItemState.ACCEPTED)

    assert compare_all() == 2

    paper = Evidence.objects.get(pk=accepted.pk)
    assert (paper.state, paper.accepted_by, paper.reopened_at) == (EvidenceState.SUBMITTED, None, after(61))
    assert list(paper.findings.standing_in_the_way().values_list("code", flat=True)) == ["over_limit"]
    assert (item_of(paper).state, item_of(paper).acts_next) == (ItemState.SUBMITTED, "qc")
    checks = {check["code"]: check["state"] for check in Gate.objects.get(sku="SERUM-30").checks}
    assert checks["declarations"] != "pass"
    assert "evidence.reopened" in event_kinds("listing:SERUM-30:EU-DE")
    assert compare_all() == 0


def test_what_happened_tells_why_and_nothing_of_the_formula(accepted, admin, merchandiser, client):
    edit(limit(), admin, **STRICTER)
    compare_all()

    event = Event.objects.get(kind="evidence.reopened")
    assert event.data["why"] == {"what": "reference", "name": "substances", "reason": ""}
    assert not any("122-99-6" in str(event.data) for event in Event.objects.filter(stream__startswith="listing:"))
    client.force_login(merchandiser)
    page = client.get(reverse("evidence-detail", args=[accepted.uid])).content.decode()
    assert "restricted substances” was changed" in page
    assert "PHENOXYETHANOL" not in page


def test_a_reopened_paper_is_overruled_and_accepted_by_two_people_again(accepted, admin, inspector, manager):
    edit(limit(), admin, **STRICTER)
    compare_all()
    paper = Evidence.objects.get(pk=accepted.pk)
    [finding] = paper.findings.standing_in_the_way()

    decide_finding(finding=finding, overrule=True, reason="A transition period", actor=inspector, at=after(62))
    check_evidence(evidence=paper, actor=inspector, at=after(63))
    accept_evidence(evidence=paper, actor=manager, at=after(64))

    assert item_of(paper).state == ItemState.ACCEPTED
    edit(limit(), admin, at=after(65), note="Read again")
    assert compare_all(after(66)) == 2
    assert Evidence.objects.get(pk=paper.pk).state == EvidenceState.ACCEPTED


def test_a_change_that_stops_nothing_leaves_accepted_papers_alone(accepted, admin):
    edit(limit(), admin, limit="0.95")
    compare_all()
    assert Evidence.objects.get(pk=accepted.pk).state == EvidenceState.ACCEPTED

    other = ReferenceEntry.objects.get(table="substances", key__startswith="eu-cos-v-104-29-0")
    edit(other, admin, limit="0.1")
    assert compare_all() == 0


def test_what_is_owed_outlives_a_queue_that_is_down(accepted, admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks():  # nobody runs what was asked for after commit
        edit(limit(), admin, **STRICTER)

    assert Examination.objects.filter(due_at=after(60)).count() == 2
    compare_all()
    assert Evidence.objects.get(pk=accepted.pk).state == EvidenceState.SUBMITTED


def test_a_paper_that_is_over_does_not_wait_again_for_that(kettle, supplier_user, inspector, manager, admin):  # noqa: F811
    paper = certificate(kettle, supplier_user)
    check_evidence(evidence=paper, actor=inspector, at=after(1))
    accept_evidence(evidence=paper, actor=manager, at=after(2))
    change("us-nrtl-listing", at=after(3), notes="Read again")

    assert compare_all(NOON.replace(year=2028)) >= 1
    assert Evidence.objects.get(pk=paper.pk).state == EvidenceState.ACCEPTED


def test_another_model_number_of_the_product_puts_its_papers_up_anew(kettle, supplier_user, inspector, manager):  # noqa: F811
    paper = certificate(kettle, supplier_user)
    check_evidence(evidence=paper, actor=inspector, at=after(1))
    accept_evidence(evidence=paper, actor=manager, at=after(2))

    set_product_facts(product=kettle, model_numbers=["HL-KT99"], cosmetic_type="", actor=inspector, at=after(3))
    compare_all()

    paper.refresh_from_db()
    assert (paper.state, paper.reopened_why) == (
        EvidenceState.SUBMITTED, {"what": "product", "name": "HL-KT17-W", "reason": ""},
    )  # fmt: skip


def test_another_format_of_a_requirement_s_number_is_previewed_and_applied(kettle, supplier_user, inspector, manager):  # noqa: F811
    paper = certificate(kettle, supplier_user)
    check_evidence(evidence=paper, actor=inspector, at=after(1))
    accept_evidence(evidence=paper, actor=manager, at=after(2))
    values = {"number_format": "weee_de"}

    assert preview_papers("us-nrtl-listing", values, at=after(3)).reopened == (paper,)
    change("us-nrtl-listing", at=after(3), **values)
    compare_all()
    assert Evidence.objects.get(pk=paper.pk).state == EvidenceState.SUBMITTED


def test_a_label_that_wants_more_is_looked_at_anew(kettle, inspector, manager):  # noqa: F811
    key = "gl-product-identity-photos"
    paper = accept(submit(key, listing_of(kettle)))
    change(key, at=after(3), fields=[*Requirement.objects.get(key=key).fields, "net_content"])
    compare_all()

    paper.refresh_from_db()
    assert paper.state == EvidenceState.SUBMITTED
    check_label(evidence=paper, answers={"net_content": True}, actor=make_user("qc"), at=after(62))
    assert not paper.findings.standing_in_the_way().exists()


def test_the_database_opens_no_accepted_paper_without_something_that_stops_it(accepted):
    with pytest.raises(IntegrityError, match="not changed afterwards"):
        by_sql(
            Evidence.objects.filter(pk=accepted.pk), state=EvidenceState.SUBMITTED, reopened_at=after(1),
            accepted_by=None, accepted_at=None, checked_by=None, checked_at=None,
        )  # fmt: skip


def test_an_administrator_sees_the_papers_before_the_table_is_changed(accepted, admin, client):
    entry = limit()
    client.force_login(admin)
    address = reverse("reference-edit", args=[entry.table, entry.key])
    form = client.get(address).context["form"]
    sent = {f.html_name: f.value() for f in form if f.value() not in (None, False)}
    sent |= {"data-limit": "0.5", "reason": "Regulation (EU) 2027/1"}

    shown = client.post(address, sent)
    assert shown.context["papers"].reopened == (accepted,)
    assert "SERUM-30" in shown.content.decode()
    assert limit().revision == 1
    applied = client.post(address, sent | {"apply": "1"})
    assert (applied.status_code, limit().revision, limit().data["limit"]) == (302, 2, "0.5")


def test_comparing_that_fails_leaves_the_paper_to_a_person(kettle, supplier_user, monkeypatch):  # noqa: F811
    document = uploaded(papers.pdf(CERTIFICATE), kettle.supplier, supplier_user)
    paper = submit("us-nrtl-listing", listing_of(kettle), document=document, actor=supplier_user, valid_to=date.max)
    monkeypatch.setattr("compliance.reading.printed.compare", lambda *args: 1 / 0)

    read_everything()

    assert list(paper.findings.values_list("code", "weight")) == [("examination_failed", "block")]
