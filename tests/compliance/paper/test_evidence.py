"""Papers: who may do what with them, what is refused, and that the database keeps it."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from activity.errors import InvalidInput, NotAllowed
from compliance.models import (
    Document,
    DocumentStatus,
    Evidence,
    EvidenceState,
    LookupResult,
    RegisterLookup,
    Requirement,
)
from compliance.paper.services.documents import upload_document
from compliance.paper.services.evidence import (
    DocumentNotReady,
    EvidenceNotOpen,
    NotYourOwnUpload,
    PaperHasRunOut,
    SamePerson,
    accept_evidence,
    check_evidence,
    record_lookup,
    refuse_evidence,
    revoke_evidence,
)
from compliance.paper.services.proposals import number_is_demanded
from tests.compliance.factories import accept, by_sql, change, listing_of, look_at, make_document, submit
from tests.factories import NOON, after, make_product, make_supplier, make_user

pytestmark = pytest.mark.django_db
MANUAL = "gl-english-manual"


@pytest.fixture
def listing(catalogue, supplier):
    return listing_of(make_product("KT", supplier=supplier))


def refused(error) -> list[tuple[str, str]]:
    return [(found.field, found.code) for found in error.value.errors]


def test_a_file_is_kept_once_per_supplier(catalogue, supplier, supplier_user):
    def upload(owner):
        with first.file.open() as stored:
            file = SimpleUploadedFile("a.png", stored.read())
        return upload_document(supplier=owner, file=file, actor=supplier_user, at=NOON)

    first = make_document(supplier)

    assert upload(supplier) == first
    assert upload(make_supplier("OTHER")) != first
    assert Document.objects.count() == 2


def test_a_role_that_may_not_upload_does_not(listing):
    nobody = make_user()

    with pytest.raises(NotAllowed):
        make_document(listing.product.supplier, actor=nobody)


def test_a_paper_for_another_supplier_s_product_is_refused(listing):
    foreign = make_document(make_supplier("OTHER"))

    with pytest.raises(InvalidInput) as error:
        submit(MANUAL, listing, document=foreign)

    assert refused(error) == [("listings", "other_supplier")]
    assert Evidence.objects.count() == 0


def test_a_paper_for_what_does_not_apply_is_refused(listing):
    with pytest.raises(InvalidInput) as error:
        submit("us-cpc", listing)

    assert ("listings", "does_not_apply") in refused(error)


def test_dates_the_wrong_way_round_are_refused(listing):
    with pytest.raises(InvalidInput) as error:
        submit(MANUAL, listing, valid_from=date(2027, 1, 1), valid_to=date(2026, 1, 1), issued_on=date(2027, 1, 1))

    assert refused(error) == [("valid_to", "date_order"), ("valid_to", "date_order")]


def test_a_number_is_demanded_only_where_the_law_gives_one(catalogue):
    requirements = {
        r.key: r for r in Requirement.objects.filter(key__in=["us-cpc", "my-npra-cosmetic", "us-fcc-sdoc", "eu-cpnp"])
    }
    assert {key: number_is_demanded(requirement) for key, requirement in requirements.items()} == {
        "us-cpc": False, "us-fcc-sdoc": False, "my-npra-cosmetic": True, "eu-cpnp": True,
    }  # fmt: skip


def test_without_the_date_that_decides_a_paper_is_refused(listing):
    change(MANUAL, policy_max_age_months=12)

    with pytest.raises(InvalidInput) as error:
        submit(MANUAL, listing, issued_on=None)

    assert refused(error) == [("issued_on", "required")]


def test_who_brought_a_paper_neither_checks_nor_accepts_it(listing, inspector, manager):
    own = submit(MANUAL, listing, actor=inspector)
    with pytest.raises(NotYourOwnUpload):
        check_evidence(evidence=own, actor=inspector, at=NOON)

    theirs = submit(MANUAL, listing, document=make_document(listing.product.supplier, actor=manager))
    check_evidence(evidence=theirs, actor=inspector, at=NOON)
    with pytest.raises(NotYourOwnUpload):
        accept_evidence(evidence=theirs, actor=manager, at=NOON)


def test_a_paper_that_blocks_takes_two_people(listing, inspector, manager):
    evidence = look_at(submit(MANUAL, listing))

    with pytest.raises(EvidenceNotOpen):
        accept_evidence(evidence=evidence, actor=manager, at=NOON)
    check_evidence(evidence=evidence, actor=inspector, at=NOON)
    with pytest.raises(SamePerson):
        accept_evidence(evidence=evidence, actor=inspector, at=NOON)

    assert accept(submit(MANUAL, listing)).state == EvidenceState.ACCEPTED
    assert accept_evidence(evidence=evidence, actor=manager, at=NOON).accepted_by == manager


def test_merchandisers_and_suppliers_accept_nothing(listing, merchandiser, supplier_user):
    evidence = submit(MANUAL, listing)
    for actor in (merchandiser, supplier_user):
        for act in (check_evidence, accept_evidence):
            with pytest.raises(NotAllowed):
                act(evidence=evidence, actor=actor, at=NOON)


def test_a_document_that_waits_for_the_scanner_is_not_accepted(listing, inspector, manager):
    evidence = submit(MANUAL, listing)
    check_evidence(evidence=evidence, actor=inspector, at=NOON)
    Document.objects.update(status=DocumentStatus.WAITING)

    with pytest.raises(DocumentNotReady):
        accept_evidence(evidence=evidence, actor=manager, at=NOON)


def test_a_paper_that_has_run_out_is_not_accepted(listing, inspector, manager):
    evidence = look_at(submit(MANUAL, listing, issued_on=date(2025, 1, 1), valid_to=date(2026, 11, 20)))
    check_evidence(evidence=evidence, actor=inspector, at=NOON)

    with pytest.raises(PaperHasRunOut):
        accept_evidence(evidence=evidence, actor=manager, at=NOON)


def test_a_refusal_and_a_revocation_want_a_reason(listing, inspector):
    with pytest.raises(InvalidInput):
        refuse_evidence(evidence=submit(MANUAL, listing), reason=" ", actor=inspector, at=NOON)
    accepted = accept(submit(MANUAL, listing))
    with pytest.raises(InvalidInput):
        revoke_evidence(evidence=accepted, reason="", actor=inspector, at=NOON)
    revoke_evidence(evidence=accepted, reason="Withdrawn by UL", actor=inspector, at=NOON)
    with pytest.raises(EvidenceNotOpen):
        revoke_evidence(evidence=accepted, reason="Again", actor=inspector, at=NOON)


def test_the_story_of_a_listing_tells_each_step(listing, inspector, event_kinds):
    evidence = accept(submit(MANUAL, listing))
    record_lookup(evidence=evidence, register="UL Product iQ", result=LookupResult.FOUND, actor=inspector, at=after(3))

    kinds = [kind for kind in event_kinds("listing:KT:US") if kind.startswith("evidence.")]
    assert kinds[0] == "evidence.submitted"
    assert kinds[-3:] == ["evidence.checked", "evidence.accepted", "evidence.looked_up"]


@pytest.mark.parametrize(
    "change",
    [
        {"number": "OTHER"},
        {"valid_to": date(2030, 1, 1)},
        {
            "state": EvidenceState.SUBMITTED,
            "accepted_by": None,
            "accepted_at": None,
            "checked_by": None,
            "checked_at": None,
        },
    ],
)
def test_the_database_keeps_what_was_accepted(listing, change):
    evidence = accept(submit(MANUAL, listing))

    with pytest.raises(IntegrityError):
        by_sql(Evidence.objects.filter(pk=evidence.pk), **change)
    with pytest.raises(IntegrityError), transaction.atomic():
        evidence.names.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=evidence.pk)._raw_delete("default")


def test_the_database_lets_nobody_accept_what_they_brought(listing, manager, inspector):
    uploaded = submit(MANUAL, listing, document=make_document(listing.product.supplier, actor=manager))
    submitted = submit(MANUAL, listing, actor=manager)
    done = {"state": EvidenceState.ACCEPTED, "accepted_at": NOON, "checked_at": NOON}
    for evidence in (uploaded, submitted):
        for checker, accepter in ((inspector, manager), (manager, inspector), (inspector, inspector)):
            with pytest.raises(IntegrityError):
                by_sql(Evidence.objects.filter(pk=evidence.pk), **done, checked_by=checker, accepted_by=accepter)


def test_the_database_lets_nobody_check_what_they_uploaded(listing, manager):
    uploaded = submit(MANUAL, listing, document=make_document(listing.product.supplier, actor=manager))
    checked = {"state": EvidenceState.CHECKED, "checked_by": manager, "checked_at": NOON}

    with pytest.raises(IntegrityError, match="who uploaded the document"):
        by_sql(Evidence.objects.filter(pk=uploaded.pk), **checked)


def test_the_database_keeps_who_uploaded_a_document(listing, manager, inspector):
    submit(MANUAL, listing, document=make_document(listing.product.supplier, actor=manager))

    with pytest.raises(IntegrityError, match="written once"):
        by_sql(Document.objects.all(), uploaded_by=inspector)


def test_the_database_takes_no_paper_of_another_supplier(listing):
    evidence = submit(MANUAL, listing)
    foreign = listing_of(make_product("OTHER", supplier=make_supplier("OTHER")))

    with pytest.raises(IntegrityError), transaction.atomic():
        evidence.names.create(listing=foreign)


def test_a_look_up_is_written_once(listing, inspector):
    record_lookup(
        evidence=submit(MANUAL, listing), register="FCC", result=LookupResult.NOT_FOUND, actor=inspector, at=NOON
    )

    with pytest.raises(IntegrityError):
        by_sql(RegisterLookup.objects.all(), result=LookupResult.FOUND)


def test_a_formula_is_read_by_its_supplier_and_those_who_check_papers(
    listing, inspector, merchandiser, supplier_user, rival_supplier
):
    document = submit("gl-bill-of-materials", listing).document

    who = {"inspector": inspector, "merchandiser": merchandiser, "own": supplier_user, "rival": rival_supplier}
    assert {name: document in Document.objects.readable_by(user) for name, user in who.items()} == {
        "inspector": True, "merchandiser": False, "own": True, "rival": False,
    }  # fmt: skip
