"""From an upload to an accepted paper: read, compared, looked at; and what nobody gets past."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from compliance.models import DocumentStatus, Evidence, EvidenceState, Examination, Finding, Reading, ReadingStatus
from compliance.paper.services.clearance import FindingsOpen, LabelNotChecked, NotReadYet
from compliance.paper.services.documents import upload_document
from compliance.paper.services.evidence import accept_evidence, check_evidence
from compliance.paper.services.findings import check_label, decide_finding, set_product_facts
from compliance.paper.services.reading import MOST_ATTEMPTS, examine_next_paper, read_next_document, scan_next_document
from tests.compliance import manuals, papers
from tests.compliance.factories import answer_all, listing_of, submit
from tests.factories import NOON, after, make_product, make_user

pytestmark = pytest.mark.django_db

CERTIFICATE = """Certificate Number: E123456
Applicant: Hailan Electric
Issued by UL Solutions for electric kettles, models HL-KT17 and HL-KT15
Standard: UL 1082
Date of issue: 2026-03-02
Valid until: March 1, 2027"""


@pytest.fixture
def kettle(supplier, catalogue):
    product = make_product("HL-KT17-W", supplier=supplier)
    answer_all(product, yes=["mains_powered", "has_plug"])
    set_product_facts(product=product, model_numbers=["HL-KT17"], cosmetic_type="", actor=make_user(Role.QC), at=NOON)
    return product


def uploaded(content: bytes, supplier, actor, name="paper.pdf"):
    return upload_document(supplier=supplier, file=SimpleUploadedFile(name, content), actor=actor, at=NOON)


def certificate(kettle, actor, text=CERTIFICATE, content=None, **said):
    document = uploaded(content or papers.pdf(text), kettle.supplier, actor)
    facts = {
        "number": "E123456", "issuing_body": "UL Solutions", "standard": "UL 1082", "model_numbers": ("HL-KT17",),
        "holder": "Hailan Electric", "issued_on": date(2026, 3, 2), "valid_to": date(2027, 3, 1),
    }  # fmt: skip
    evidence = submit("us-nrtl-listing", listing_of(kettle), actor=actor, document=document, **facts | said)
    read_everything()
    return evidence


def read_everything():
    while scan_next_document(now=NOON):
        pass
    while read_next_document(now=NOON):
        pass


def found(evidence, *weights):
    return sorted(
        evidence.findings.current().filter(weight__in=weights or ["block", "review"]).values_list("code", flat=True)
    )


def test_a_paper_that_says_what_was_typed_is_accepted_without_a_word(kettle, supplier_user, inspector, manager):
    evidence = certificate(kettle, supplier_user)

    assert found(evidence) == []
    check_evidence(evidence=evidence, actor=inspector, at=after(1))
    assert accept_evidence(evidence=evidence, actor=manager, at=after(2)).state == EvidenceState.ACCEPTED


def test_what_was_found_stands_in_the_way_until_somebody_overrules_it(kettle, supplier_user, inspector, manager):
    evidence = certificate(kettle, supplier_user, CERTIFICATE.replace("HL-KT17", "HL-KT16"))
    check_evidence(evidence=evidence, actor=inspector, at=after(1))

    [finding] = evidence.findings.filter(weight="block")
    assert (finding.code, finding.page, finding.params["models"]) == ("model_not_in_text", 1, ["HL-KT17"])
    with pytest.raises(FindingsOpen):
        accept_evidence(evidence=evidence, actor=manager, at=after(2))
    with pytest.raises(InvalidInput):
        decide_finding(finding=finding, overrule=True, reason=" ", actor=manager, at=after(2))
    with pytest.raises(NotAllowed):
        decide_finding(finding=finding, overrule=True, reason="It is mine", actor=supplier_user, at=after(2))
    decide_finding(finding=finding, overrule=False, reason="", actor=manager, at=after(2))
    with pytest.raises(FindingsOpen):
        accept_evidence(evidence=evidence, actor=manager, at=after(3))
    decide_finding(finding=finding, overrule=True, reason="The annex names it", actor=manager, at=after(3))
    assert accept_evidence(evidence=evidence, actor=manager, at=after(4)).state == EvidenceState.ACCEPTED


def test_what_was_decided_stays_decided_when_the_paper_is_compared_anew(kettle, supplier_user, inspector):
    evidence = certificate(kettle, supplier_user, CERTIFICATE.replace("UL 1082", "UL 9999"))
    [finding] = evidence.findings.filter(weight="review")
    decide_finding(finding=finding, overrule=True, reason="A newer edition", actor=inspector, at=after(1))

    set_product_facts(product=kettle, model_numbers=["HL-KT99"], cosmetic_type="", actor=inspector, at=after(2))

    assert found(evidence, "block") == ["model_mismatch", "model_not_in_text"]
    assert list(evidence.findings.filter(state="overruled").values_list("code", "is_current")) == [
        ("standard_not_in_text", True)
    ]


def test_nothing_is_accepted_before_it_was_read(kettle, supplier_user, inspector, manager):
    document = uploaded(papers.pdf(CERTIFICATE), kettle.supplier, supplier_user)
    evidence = submit("us-nrtl-listing", listing_of(kettle), actor=supplier_user, document=document)
    check_evidence(evidence=evidence, actor=inspector, at=after(1))

    with pytest.raises(NotReadYet):
        accept_evidence(evidence=evidence, actor=manager, at=after(2))


def test_the_database_accepts_nothing_against_a_finding(kettle, supplier_user, inspector, manager):
    evidence = certificate(kettle, supplier_user, number="E999999")
    check_evidence(evidence=evidence, actor=inspector, at=after(1))
    accepted = {"state": EvidenceState.ACCEPTED, "accepted_by": manager, "accepted_at": after(2)}

    with pytest.raises(IntegrityError, match="against a finding"), transaction.atomic():
        Evidence.objects.filter(pk=evidence.pk).update(**accepted)
    with pytest.raises(IntegrityError, match="says what it said"), transaction.atomic():
        evidence.findings.update(weight="note")
    Finding.objects.filter(evidence=evidence).delete()
    Examination.objects.filter(evidence=evidence).delete()
    with pytest.raises(IntegrityError, match="without being examined"), transaction.atomic():
        Evidence.objects.filter(pk=evidence.pk).update(**accepted)


@pytest.mark.parametrize(
    ("content", "code", "weight"),
    [
        (papers.with_password(papers.pdf(CERTIFICATE)), "file_encrypted", "block"),
        (papers.pdf(CERTIFICATE)[:400], "file_broken", "block"),
        (papers.with_script(papers.pdf(CERTIFICATE)), "file_scripts", "review"),
        (papers.with_attachment(papers.pdf(CERTIFICATE)), "file_attachments", "review"),
    ],
)
def test_a_file_with_something_wrong_is_kept_and_named(kettle, supplier_user, inspector, content, code, weight):
    evidence = certificate(kettle, supplier_user, content=content)
    client = Client()
    client.force_login(inspector)

    assert code in found(evidence, weight)
    assert client.get(reverse("evidence-detail", args=[evidence.uid])).status_code == 200


def test_a_page_is_drawn_for_whoever_may_read_the_file(kettle, supplier_user, rival_supplier, client):
    evidence = certificate(kettle, supplier_user, content=papers.with_script(papers.pdf(CERTIFICATE)))
    address = reverse("document-page", args=[evidence.document.uid, 1])

    client.force_login(supplier_user)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"], answer.content[:4]) == (200, "image/png", b"\x89PNG")
    assert client.get(reverse("document-page", args=[evidence.document.uid, 2])).status_code == 404
    client.force_login(rival_supplier)
    assert client.get(address).status_code == 404


def test_the_same_file_for_another_number_raises_a_flag(kettle, supplier_user):
    first = certificate(kettle, supplier_user)
    second = submit(
        "us-nrtl-listing", listing_of(kettle), actor=supplier_user, document=first.document, number="E123457"
    )
    read_everything()
    examine_next_paper(now=NOON)

    assert "duplicate_file" in found(second, "review")


def test_the_same_number_with_other_dates_raises_a_flag(kettle, supplier_user):
    certificate(kettle, supplier_user)
    second = certificate(kettle, supplier_user, CERTIFICATE + "\nCopy", issued_on=date(2026, 3, 3))

    assert "duplicate_number" in found(second, "review")


def test_a_manual_is_read_for_its_market(kettle, supplier_user):
    text = manuals.ENGLISH.replace("HD-2200", "HL-KT17").replace("120 V", "220 V")
    document = uploaded(papers.pdf(text), kettle.supplier, supplier_user)
    evidence = submit("gl-english-manual", listing_of(kettle), actor=supplier_user, document=document)
    read_everything()

    assert found(evidence, "block") == ["voltage_mismatch"]
    [finding] = evidence.findings.filter(code="voltage_mismatch")
    assert (finding.page, finding.quote) == (1, "Rated voltage: 220 V~ 60 Hz. Rated power: 1800 W.")


def test_a_label_is_checked_by_a_person_element_by_element(kettle, supplier_user, inspector, manager):
    document = uploaded(papers.pdf("A photo of the label"), kettle.supplier, supplier_user)
    evidence = submit("gl-product-identity-photos", listing_of(kettle), actor=supplier_user, document=document)
    read_everything()
    check_evidence(evidence=evidence, actor=inspector, at=after(1))
    elements = [
        "language", "model_number", "batch_or_date_code", "manufacturer_name_address", "importer_or_rp_name_address",
    ]  # fmt: skip

    with pytest.raises(LabelNotChecked) as caught:
        accept_evidence(evidence=evidence, actor=manager, at=after(2))
    assert caught.value.extra["elements"] == elements
    check_label(evidence=evidence, answers=dict.fromkeys(elements, True), actor=inspector, at=after(2))
    check_label(evidence=evidence, answers={"language": False}, actor=inspector, at=after(3))
    with pytest.raises(LabelNotChecked):
        accept_evidence(evidence=evidence, actor=manager, at=after(4))
    check_label(evidence=evidence, answers={"language": True}, actor=inspector, at=after(4))
    assert Event.objects.filter(kind="label.checked").last().data["elements"] == {"language": [False, True]}
    assert accept_evidence(evidence=evidence, actor=manager, at=after(5)).state == EvidenceState.ACCEPTED
    with pytest.raises(InvalidInput):
        check_label(
            evidence=submit("us-country-of-origin", listing_of(kettle), actor=supplier_user),
            answers={"formula": True}, actor=inspector, at=after(6),
        )  # fmt: skip


def test_while_the_scanner_is_down_a_document_waits(kettle, supplier_user, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    document = uploaded(papers.pdf(CERTIFICATE), kettle.supplier, supplier_user)

    assert document.status == DocumentStatus.WAITING
    assert (scan_next_document(now=NOON), read_next_document(now=NOON)) == (False, False)
    document.refresh_from_db()
    assert document.status == DocumentStatus.WAITING
    settings.CLAMD_URL = ""
    read_everything()
    assert document.reading.status == ReadingStatus.DONE


def test_a_document_that_workers_die_of_is_left_to_a_person(kettle, supplier_user):
    document = uploaded(papers.pdf(CERTIFICATE), kettle.supplier, supplier_user)
    evidence = submit("us-nrtl-listing", listing_of(kettle), actor=supplier_user, document=document)
    Reading.objects.create(document=document, attempts=MOST_ATTEMPTS)
    read_everything()

    assert Reading.objects.get(document=document).status == ReadingStatus.UNREADABLE
    assert "file_unreadable" in found(evidence, "block")
