import io
import zipfile
from datetime import date

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from activity.errors import InvalidInput
from activity.models import Event
from compliance.models import (
    ChecklistItem,
    Document,
    DocumentStatus,
    Evidence,
    EvidenceListing,
    EvidenceState,
    Examination,
    ItemState,
    Requirement,
    RequirementKind,
    RequirementRevision,
    RevisionSource,
    ValidityType,
)
from compliance.paper.services.packs import make_pack
from tests.caller import Caller
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(product):
    return product.listings.get()


def make_item(listing, key, kind, *, people=None, document=None, number="", **fields):
    """An item, accepted on a paper of its own or `document`, where `people` (who brought, checked, accepted it) are given."""
    requirement = Requirement.objects.create(
        key=key, name=f"{key} paper", name_zh=f"{key} 文件", kind=kind, validity_type=ValidityType.FIXED_TERM
    )
    RequirementRevision.objects.create(
        requirement=requirement, number=1, source=RevisionSource.FILE, data={}, actor=None, at=NOON
    )
    item = ChecklistItem(listing=listing, requirement=requirement, since=NOON, **fields)
    if people:
        brought, checked, accepted = people
        document = document or Document.objects.create(
            supplier=listing.product.supplier, name="scan.pdf", content_type="application/pdf", size=9,
            sha256=key.ljust(64, "0"), status=DocumentStatus.READY, uploaded_by=brought, uploaded_at=NOON,
            file=ContentFile(f"%PDF {key}".encode(), name="scan.pdf"),
        )  # fmt: skip
        item.evidence = Evidence.objects.create(
            document=document, requirement=requirement, number=number, issuing_body="TÜV #1 $x$",
            model_numbers=["HL-KT17"], issued_on=date(2026, 1, 5), submitted_by=brought, submitted_at=NOON,
        )  # fmt: skip
        EvidenceListing.objects.create(evidence=item.evidence, listing=listing)
        Examination.objects.create(evidence=item.evidence, examined_at=NOON)
        seen = {"checked_by": checked, "checked_at": NOON, "accepted_by": accepted, "accepted_at": NOON}
        Evidence.objects.filter(pk=item.evidence.pk).update(state=EvidenceState.ACCEPTED, **seen)
        item.state = ItemState.ACCEPTED
    item.save()
    return item


@pytest.fixture
def items(listing, supplier_user, inspector, manager):
    people = (supplier_user, inspector, manager)
    return [
        make_item(
            listing, "us-fcc", RequirementKind.CERTIFICATION, people=people, number="2ABC-123/4", valid_to=date(2027, 6, 30)
        ),
        make_item(listing, "us-formula", RequirementKind.INGREDIENT_DECLARATION, people=people),
        make_item(listing, "us-manual", RequirementKind.MANUAL),
    ]  # fmt: skip


def contents(file):
    with file, zipfile.ZipFile(file) as pack:
        assert pack.testzip() is None
        return {name: pack.read(name) for name in pack.namelist()}


def words_of(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


def test_the_pack_holds_the_accepted_papers_and_a_cover_that_lists_every_item(listing, items, manager):
    files = contents(make_pack(listing=listing, language="en", actor=manager, at=after(1)))

    cover, *papers = files
    words = words_of(files[cover])
    assert cover == "00 HL-KT17-W US.pdf"
    assert papers == ["01 us-fcc 2ABC-123-4.pdf", "02 us-formula.pdf"]
    assert files["01 us-fcc 2ABC-123-4.pdf"] == b"%PDF us-fcc"
    for said in ("us-fcc paper", "2ABC-123/4", "TÜV #1 $x$", "HL-KT17", "2026-01-05", "2027-06-30", "us-manual paper"):
        assert said in words
    assert "us-fcc" + "0" * 58 in words.replace("\r\n", "")


def test_the_cover_speaks_chinese(listing, items, manager):
    files = contents(make_pack(listing=listing, language="zh-hans", actor=manager, at=after(1)))

    words = words_of(files["00 HL-KT17-W US.pdf"])
    assert "电热水壶" in words
    assert "us-fcc 文件" in words


def test_a_formula_is_held_back_from_who_may_not_read_it(listing, items, merchandiser):
    files = contents(make_pack(listing=listing, language="en", actor=merchandiser, at=after(1)))

    event = Event.objects.get(kind="pack.made")
    assert list(files) == ["00 HL-KT17-W US.pdf", "01 us-fcc 2ABC-123-4.pdf"]
    assert (event.stream, event.data["withheld"]) == ("listing:HL-KT17-W:US", 1)
    assert event.data["files"] == {"01 us-fcc 2ABC-123-4.pdf": "us-fcc" + "0" * 58}


def test_a_paper_for_two_items_is_in_the_pack_once(listing, items, supplier_user, inspector, manager):
    people = (supplier_user, inspector, manager)
    make_item(listing, "us-zz", RequirementKind.REGISTRATION, people=people, document=items[0].evidence.document)

    assert len(contents(make_pack(listing=listing, language="en", actor=manager, at=after(1)))) == 3


def test_an_empty_checklist_makes_a_cover_alone(listing, manager):
    files = contents(make_pack(listing=listing, language="en", actor=manager, at=after(1)))

    assert "Nothing is asked for." in words_of(files["00 HL-KT17-W US.pdf"])


def test_an_unknown_language_is_refused(listing, manager):
    with pytest.raises(InvalidInput):
        make_pack(listing=listing, language="xx", actor=manager, at=NOON)


def test_page_and_api_give_it_to_the_team_alone(
    client, listing, items, merchandiser, inspector, supplier_user, rival_supplier
):
    address = reverse("listing-pack", args=["HL-KT17-W", "US"])
    answers = {}
    for person in (merchandiser, inspector, supplier_user, rival_supplier):
        client.force_login(person)
        page = client.get(address)
        api = Caller(person).get("/api/v1/listings/HL-KT17-W/US/pack/?language=zh-hans")
        answers[person.username] = (page.status_code, api.status_code)
        if page.status_code == 200:
            assert len(contents(io.BytesIO(page.getvalue()))) == len(contents(io.BytesIO(api.getvalue())))

    assert answers == {
        "merchandiser": (200, 200),
        "inspector": (200, 200),
        "supplier": (403, 403),
        "rival": (404, 404),
    }
    assert Caller(merchandiser).get("/api/v1/listings/HL-KT17-W/US/pack/?language=xx").status_code == 400
    assert Caller(merchandiser).get("/api/v1/listings/HL-KT17-W/XX/pack/").status_code == 404
