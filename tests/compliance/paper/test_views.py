"""The pages of papers, waivers, traits and requirements: a form, one service call, and what is shown when it is refused."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import override

from compliance.catalogue.services.requirements import snapshot
from compliance.models import (
    Checklist,
    Document,
    Evidence,
    EvidenceState,
    ItemState,
    ProposedChange,
    Reading,
    ReadingStatus,
    Requirement,
    Waiver,
    WaiverState,
)
from compliance.paper.services.examinations import examine_evidence
from compliance.paper.services.findings import FOR_A_READER, decide_finding, set_product_facts
from inspections.models import Verdict
from tests.caller import Caller, fields
from tests.compliance import manuals
from tests.compliance.factories import answer_all, change, listing_of, look_at, make_document, submit
from tests.factories import NOON, make_product
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db
MANUAL = "gl-english-manual"


@pytest.fixture
def listing(catalogue, supplier):
    return listing_of(make_product("KT", supplier=supplier))


def as_(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(user, name, /, *args, query="", **data):
    return as_(user).post(reverse(name, args=args) + query, {"key": uuid4(), **data})


def test_a_supplier_brings_a_paper_and_nothing_typed_is_lost(listing, supplier_user):
    query = f"?requirement={MANUAL}&listing=KT:US"
    file = SimpleUploadedFile("manual.png", encoded(scene(1), "PNG").read())
    said = {"listings": [listing.pk], "model_numbers": "KT, KT-2", "issued_on": "2026-11-01", "file": file}

    wrong = send(
        supplier_user, "evidence-create", query=query, **said | {"valid_from": "2026-12-01", "valid_to": "2026-11-02"}
    )
    assert "The paper ends before it begins" in wrong.content.decode()
    assert 'value="KT, KT-2"' in wrong.content.decode()
    assert Evidence.objects.count() == 0

    kept = Document.objects.get()
    assert f'<option value="{kept.uid}" selected>' in wrong.content.decode()
    answer = send(supplier_user, "evidence-create", query=query, **said | {"file": "", "document": str(kept.uid)})
    evidence = Evidence.objects.get()
    assert answer.headers["Location"] == reverse("evidence-detail", args=[evidence.uid])
    assert (evidence.model_numbers, [*evidence.listings.all()]) == (["KT", "KT-2"], [listing])


def test_a_file_is_kept_when_a_field_of_its_form_is_wrong(listing, supplier_user):
    file = SimpleUploadedFile("manual.png", encoded(scene(2), "PNG").read())
    wrong = send(
        supplier_user, "evidence-create", query=f"?requirement={MANUAL}&listing=KT:US", file=file, issued_on="soon"
    )

    assert f'<option value="{Document.objects.get().uid}" selected>' in wrong.content.decode()


def test_what_is_overruled_is_not_counted_as_to_be_looked_at(listing, inspector):
    evidence = submit(MANUAL, listing)
    Reading.objects.create(document=evidence.document, status=ReadingStatus.DONE, read_at=NOON, pages=[
        {"number": 1, "text": manuals.CHINESE_HEADINGS, "source": "text"}
    ])  # fmt: skip
    examine_evidence(evidence=evidence, at=NOON)
    page = as_(inspector).get(reverse("evidence-detail", args=[evidence.uid]))
    assert "Nothing stands in the way" not in page.content.decode()
    for finding in evidence.findings.standing_in_the_way():
        decide_finding(finding=finding, overrule=True, reason="Seen", actor=inspector, at=NOON)

    page = as_(inspector).get(reverse("evidence-detail", args=[evidence.uid]))
    assert "Nothing stands in the way" in page.content.decode()


def test_an_accepted_paper_has_a_word_of_its_own_in_chinese(listing):
    evidence = Evidence(state=EvidenceState.ACCEPTED)
    with override("zh-hans"):
        assert (evidence.get_state_display(), str(ItemState.ACCEPTED.label)) == ("已认可", "已认可")
        assert str(Verdict.ACCEPTED.label) == "接收"


def test_a_checklist_says_once_that_the_model_number_is_missing_and_where_to_enter_it(listing, merchandiser, inspector):
    answer_all(listing.product)
    address = reverse("listing-detail", args=["KT", "US"])
    facts = reverse("product-compliance", args=["KT"]) + "#facts"

    assert as_(merchandiser).get(address).content.decode().count(facts) == 1
    set_product_facts(product=listing.product, model_numbers=["KT17"], cosmetic_type="", actor=inspector, at=NOON)
    assert facts not in as_(merchandiser).get(address).content.decode()


def test_a_law_that_is_to_come_is_shown_before_it_applies(listing, merchandiser):
    answer_all(listing.product)
    change(MANUAL, applies_from="2099-01-01")

    page = as_(merchandiser).get(reverse("listing-detail", args=["KT", "US"])).content.decode()
    assert "applies from 2099-01-01" in page
    _status, checklist = Caller(merchandiser).send("GET", "listings/KT/US/checklist/")
    assert [one["requirement"] for one in checklist["coming"] if one["applies_from"] == "2099-01-01"] == [MANUAL]
    assert MANUAL not in [item["requirement"] for item in checklist["items"]]


@pytest.fixture
def asked_in_german(catalogue, supplier, inspector):
    """A German manual, and the sections of it that a person has to read."""
    product = make_product("HD-2200", supplier=supplier, markets=("EU-DE",))
    answer_all(product, yes=["mains_powered", "has_plug"])
    set_product_facts(product=product, model_numbers=["HD-2200"], cosmetic_type="", actor=inspector, at=NOON)
    listing = listing_of(product, "EU-DE")
    key = listing.checklist_items.filter(requirement__kind="manual").exclude(requirement__key=MANUAL)
    evidence = submit(key.values_list("requirement__key", flat=True)[0], listing)
    Reading.objects.create(document=evidence.document, status=ReadingStatus.DONE, read_at=NOON, pages=[
        {"number": 1, "text": manuals.GERMAN, "source": "text"}
    ])  # fmt: skip
    examine_evidence(evidence=evidence, at=NOON)
    asked = set(
        evidence.findings.filter(code__in=FOR_A_READER, weight="review").values_list("params__section", flat=True)
    )
    assert {"disposal", "safety-warnings", "importer-or-rp-address"} < asked
    return evidence, asked


def test_a_person_says_of_each_section_of_a_german_manual_whether_it_is_there(
    asked_in_german, inspector, merchandiser, rival_supplier
):
    evidence, asked = asked_in_german
    page = as_(inspector).get(reverse("evidence-detail", args=[evidence.uid])).content.decode()
    assert page.count('name="section-disposal"') == 2
    assert "ENTSORGUNG" in page
    said = {f"section-{section}": "yes" for section in asked} | {"section-children-8-years": "no"}
    for person, status in ((merchandiser, 403), (rival_supplier, 404)):
        assert send(person, "sections-confirm", evidence.uid, **said, where="Page 1").status_code == status
    send(inspector, "sections-confirm", evidence.uid, **said)
    assert evidence.findings.standing_in_the_way().filter(code__in=FOR_A_READER).count() == len(asked)  # nowhere said
    send(inspector, "sections-confirm", evidence.uid, **said, where="Pages 1 and 2")

    standing = evidence.findings.standing_in_the_way().filter(code__in=FOR_A_READER)
    assert list(standing.values_list("params__section", "state")) == [("children-8-years", "confirmed")]


def test_over_the_api_a_person_says_which_sections_are_there(asked_in_german, inspector, merchandiser, rival_supplier):
    evidence, asked = asked_in_german
    path = f"evidence/{evidence.uid}/sections/"
    said = dict.fromkeys(sorted(asked), True) | {"children-8-years": False}
    body = {"sections": said, "where": "Pages 1 and 2"}

    assert [Caller(person).send("POST", path, body)[0] for person in (merchandiser, rival_supplier)] == [403, 404]
    status, answer = Caller(inspector).send("POST", path, {"sections": said})
    assert (status, fields(answer)) == (400, [("reason", "required")])
    status, answer = Caller(inspector).send("POST", path, {"sections": {"no-such": True}, "where": "x"})
    assert (status, fields(answer)) == (400, [("sections.no-such", "unknown_field")])
    assert Caller(inspector).send("POST", path, {"sections": {}, "where": "x"})[0] == 400
    status, found = Caller(inspector).send("POST", path, body)

    assert (status, {row["params"]["section"]: row["state"] for row in found}) == (
        200,
        dict.fromkeys(said, "overruled") | {"children-8-years": "confirmed"},
    )


def test_two_people_of_the_team_accept_it_on_its_page(listing, inspector, manager):
    evidence = look_at(submit(MANUAL, listing))

    send(inspector, "evidence-act", evidence.uid, "check")
    same = send(inspector, "evidence-act", evidence.uid, "accept")
    assert "a second person accepts it" in same.content.decode()
    send(manager, "evidence-act", evidence.uid, "accept")

    evidence.refresh_from_db()
    assert evidence.state == EvidenceState.ACCEPTED
    assert send(manager, "evidence-act", evidence.uid, "bless").status_code == 404


@pytest.mark.parametrize("act", ["check", "accept", "refuse", "revoke"])
def test_only_those_who_check_papers_act_on_them(listing, supplier_user, rival_supplier, merchandiser, act):
    evidence = submit(MANUAL, listing)

    answers = [send(user, "evidence-act", evidence.uid, act, reason="x").status_code
               for user in (supplier_user, merchandiser, rival_supplier)]  # fmt: skip
    assert answers == [403, 403, 404]
    assert send(merchandiser, "evidence-lookup", evidence.uid, register="x", result="found").status_code == 403


def test_what_waits_is_shown_to_whoever_it_waits_for(listing, inspector, manager, supplier_user):
    evidence = submit(MANUAL, listing)

    def waits_for(user):
        return as_(user).get(reverse("evidence-list")).context["list"].page.object_list

    assert list(waits_for(inspector)) == [evidence]
    send(inspector, "evidence-act", evidence.uid, "check")
    assert list(waits_for(manager)) == [evidence]
    assert MANUAL not in {item.requirement.key for item in waits_for(supplier_user)}


def test_a_file_that_is_not_safe_is_only_downloaded(supplier, supplier_user, catalogue):
    picture = make_document(supplier)
    path = reverse("document-file", args=[picture.uid])

    def disposition():
        answer = as_(supplier_user).get(path)
        for close in answer._resource_closers:
            close()
        return answer.headers["Content-Disposition"].split(";")[0], answer.headers["Content-Security-Policy"]

    assert disposition() == ("inline", "default-src 'none'; sandbox")
    picture.problems = ["broken"]
    picture.save()
    assert disposition() == ("attachment", "default-src 'none'; sandbox")


def test_a_waiver_takes_two_passwords(listing, merchandiser, manager):
    day = localdate() + timedelta(30)
    said = {"reason": "In print", "limit": "500", "expires_on": day.isoformat()}

    late = send(
        merchandiser,
        "waiver-request",
        "KT",
        "US",
        MANUAL,
        **said | {"expires_on": "2099-01-01"},
        password="holdfast-test",
    )
    assert "A waiver covers at most 90 days." in late.content.decode()

    wrong = send(merchandiser, "waiver-request", "KT", "US", MANUAL, **said, password="no")
    assert "This is not your password" in wrong.content.decode()
    send(merchandiser, "waiver-request", "KT", "US", MANUAL, **said, password="holdfast-test")
    waiver = Waiver.objects.get()
    assert (waiver.state, waiver.expires_on) == (WaiverState.REQUESTED, day)

    own = send(merchandiser, "waiver-sign", waiver.uid, password="holdfast-test")
    assert "the second signature is another person" in own.content.decode()
    send(manager, "waiver-sign", waiver.uid, password="holdfast-test")
    waiver.refresh_from_db()
    assert waiver.state == WaiverState.SIGNED
    send(manager, "waiver-end", waiver.uid, reason="Printed")
    waiver.refresh_from_db()
    assert waiver.state == WaiverState.ENDED


def test_traits_are_answered_on_the_product_s_page_and_not_by_its_supplier(listing, inspector, supplier_user):
    key = Checklist.objects.get().unanswered[0]
    path = reverse("product-compliance", args=["KT"])

    assert as_(supplier_user).post(path, {f"trait-{key}": "yes"}).status_code == 403
    assert key in Checklist.objects.get().unanswered
    assert as_(inspector).post(path, {f"trait-{key}": "yes"}).status_code == 302
    assert key not in Checklist.objects.get().unanswered
    as_(inspector).post(path, {f"trait-{key}": ""})
    assert key in Checklist.objects.get().unanswered


def form_of(requirement: Requirement, **changes) -> dict:
    said = {name: "" if value is None else value for name, value in snapshot(requirement).items()}
    said["fields_wanted"] = ", ".join(said.pop("fields"))
    said["evidence"] = ", ".join(said["evidence"])
    said["platform_rules"], said["asks"] = json.dumps(said["platform_rules"]), json.dumps(said["asks"])
    del said["is_ban"]
    return said | {"revision": requirement.revision, "reason": "New text of the law"} | changes


def test_a_requirement_is_changed_only_after_its_effect_was_shown(listing, admin, manager):
    requirement = Requirement.objects.get(key=MANUAL)
    form = form_of(requirement, markets=["EU"])

    seen = send(admin, "requirement-edit", MANUAL, **form)
    assert [(line["title"], line["count"]) for line in seen.context["affected"]][1] == ("Need it no more", 1)
    assert Requirement.objects.get(key=MANUAL).markets == ["*"]
    assert send(admin, "requirement-edit", MANUAL, **form, apply="1").status_code == 302
    assert Requirement.objects.get(key=MANUAL).markets == ["*"]  # it asks less: another person takes it over
    assert [change.values["markets"] for change in ProposedChange.objects.filter(key=MANUAL)] == [["EU"]]
    assert send(manager, "requirement-edit", MANUAL, **form, apply="1").status_code == 403


def test_a_named_person_confirms_a_requirement(catalogue, admin, manager):
    assert send(manager, "requirement-confirm", "us-astm-f963", revision=1, note="x").status_code == 403
    send(admin, "requirement-confirm", "us-astm-f963", revision=1, note="16 CFR 1250")

    assert Requirement.objects.get(key="us-astm-f963").confirmed_by == admin
