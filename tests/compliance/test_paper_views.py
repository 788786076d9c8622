"""The pages of papers, waivers, traits and requirements: a form, one service call, and what is shown when it is refused."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from compliance.models import Checklist, Evidence, EvidenceState, Requirement, Waiver, WaiverState
from compliance.services.catalogue import snapshot
from tests.compliance.factories import listing_of, look_at, make_document, submit
from tests.factories import make_product
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

    file.seek(0)
    answer = send(supplier_user, "evidence-create", query=query, **said)
    evidence = Evidence.objects.get()
    assert answer.headers["Location"] == reverse("evidence-detail", args=[evidence.uid])
    assert (evidence.model_numbers, [*evidence.listings.all()]) == (["KT", "KT-2"], [listing])


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
    said = {"reason": "In print", "limit": "500", "expires_on": "2099-01-01"}

    wrong = send(merchandiser, "waiver-request", "KT", "US", MANUAL, **said, password="no")
    assert "This is not your password" in wrong.content.decode()
    send(merchandiser, "waiver-request", "KT", "US", MANUAL, **said, password="holdfast-test")
    waiver = Waiver.objects.get()
    assert (waiver.state, waiver.expires_on) == (WaiverState.REQUESTED, date(2099, 1, 1))

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
    assert as_(inspector).post(path, {f"trait-{key}": "yes"}).status_code == 302
    assert key not in Checklist.objects.get().unanswered
    as_(inspector).post(path, {f"trait-{key}": ""})
    assert key in Checklist.objects.get().unanswered


def form_of(requirement: Requirement, **changes) -> dict:
    said = {name: "" if value is None else value for name, value in snapshot(requirement).items()}
    said["fields_wanted"] = ", ".join(said.pop("fields"))
    said["evidence"] = ", ".join(said["evidence"])
    said["platform_rules"] = json.dumps(said["platform_rules"])
    del said["is_ban"]
    return said | {"revision": requirement.revision, "reason": "New text of the law"} | changes


def test_a_requirement_is_changed_only_after_its_effect_was_shown(listing, admin, manager):
    requirement = Requirement.objects.get(key=MANUAL)
    form = form_of(requirement, markets=["EU"])

    seen = send(admin, "requirement-edit", MANUAL, **form)
    assert [(line["title"], line["count"]) for line in seen.context["affected"]][1] == ("Need it no more", 1)
    assert Requirement.objects.get(key=MANUAL).markets == ["*"]
    assert send(admin, "requirement-edit", MANUAL, **form, apply="1").status_code == 302
    assert Requirement.objects.get(key=MANUAL).markets == ["EU"]
    assert send(manager, "requirement-edit", MANUAL, **form, apply="1").status_code == 403
    late = send(admin, "requirement-edit", MANUAL, **form, apply="1")
    assert "Somebody changed this requirement meanwhile" in late.content.decode()


def test_a_named_person_confirms_a_requirement(catalogue, admin, manager):
    assert send(manager, "requirement-confirm", "us-astm-f963", revision=1, note="x").status_code == 403
    send(admin, "requirement-confirm", "us-astm-f963", revision=1, note="16 CFR 1250")

    assert Requirement.objects.get(key="us-astm-f963").confirmed_by == admin
