"""What a product is made of: entered, compared with the laws of its markets, and read by few."""

import json
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from compliance.catalogue.services.reference import EntryMeanwhileChanged, confirm_entry, edit_entry
from compliance.declaration.services import declare
from compliance.models import Declaration, DeclarationKind, DeclarationLine, ReferenceEntry
from compliance.paper.services.findings import BanStands, decide_finding, set_product_facts
from compliance.reading.declared import Row
from suppliers.models import Category
from suppliers.services import create_product
from tests.caller import Caller
from tests.compliance.factories import answer_all
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db

SERUM = [
    Row(name="AQUA", cas="7732-18-5", percent="balance", function="solvent"),
    Row(name="GLYCERIN", cas="56-81-5", percent="5", function="humectant"),
    Row(name="PHENOXYETHANOL", cas="122-99-6", percent="0.9", function="preservative"),
]
BANNED = [*SERUM[:2], Row(name="HYDROQUINONE", cas="123-31-9", percent="1")]


@pytest.fixture
def serum(supplier, catalogue):
    product = create_product(
        sku="SERUM-30", name="Serum 30 ml", name_zh="精华液", supplier=supplier,
        category=Category.objects.get(code="beauty_cosmetics"), markets=["EU-DE"], actor=None, at=NOON,
    )  # fmt: skip
    answer_all(product)
    return product


def declared(serum, actor, rows=SERUM):
    return declare(product=serum, kind=DeclarationKind.INGREDIENTS, rows=rows, actor=actor, at=after(1))


def found(made, *weights) -> set[str]:
    return {
        finding.code
        for paper in made.papers
        for finding in paper.findings.current().filter(weight__in=weights or ["block", "review"])
    }


def test_a_declaration_is_shown_for_every_requirement_that_asks_for_it(serum, supplier_user):
    made = declared(serum, supplier_user)

    assert {paper.requirement.key for paper in made.papers} == {"gl-ingredient-declaration", "eu-cosmetic-annexes"}
    assert found(made) == set()
    assert [str(line.high.normalize()) for line in made.declaration.lines.all()] == ["94.1", "5", "0.9"]


def test_a_ban_is_named_with_its_law_and_nobody_overrules_it(serum, supplier_user, manager):
    made = declared(serum, supplier_user, BANNED)
    finding = made.papers[0].findings.get(code="prohibited")

    assert (finding.is_ban, finding.params["law"], finding.params["line"]) == (
        True, "Regulation (EC) 1223/2009 Annex II", 3,
    )  # fmt: skip
    with pytest.raises(BanStands):
        decide_finding(finding=finding, overrule=True, reason="We like it", actor=manager, at=after(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        made.papers[0].findings.filter(code="prohibited").update(
            state="overruled", decided_by=manager, decided_at=NOON, reason="We like it"
        )


def test_the_type_of_cosmetic_decides_over_the_limit(serum, supplier_user, inspector):
    acid = [*SERUM[:1], Row(name="SALICYLIC ACID", cas="69-72-7", percent="1.5")]
    made = declared(serum, supplier_user, acid)
    assert found(made) == {"over_limit", "product_type_unknown"}

    set_product_facts(product=serum, model_numbers=[], cosmetic_type="face", actor=inspector, at=after(2))

    assert found(made) == set()


def test_a_declaration_is_written_once_and_the_next_has_the_next_number(serum, supplier_user):
    first = declared(serum, supplier_user).declaration

    assert declared(serum, supplier_user, BANNED).declaration.number == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        DeclarationLine.objects.filter(declaration=first).update(high=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Declaration.objects.filter(pk=first.pk).update(number=7)


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([], "lines"),
        ([Row(name="AQUA", percent="much")], "lines.1.percent"),
        ([Row(name="A", percent="q.s."), Row(name="B", percent="q.s.")], "lines.2.percent"),
        ([Row(cas="7732-18-5", percent="1")], "lines.1.name"),
        ([Row(name="A", percent="5-1")], "lines.1.percent"),
        ([Row(name="A", percent="0.123456789")], "lines.1.percent"),
        ([Row(name="A" * 300, percent="1")], "lines.1.name"),
        ([Row(name="A", percent="1")] * 501, "lines"),
    ],
)
def test_what_cannot_be_declared_is_named_with_its_line(serum, supplier_user, rows, field):
    with pytest.raises(InvalidInput) as caught:
        declared(serum, supplier_user, rows)

    assert field in [error.field for error in caught.value.errors]


def test_a_formula_is_read_by_its_supplier_and_those_who_may_read_formulas_alone(
    serum, supplier_user, rival_supplier, merchandiser, inspector
):
    made = declared(serum, supplier_user, BANNED)
    paper = made.papers[0]
    addresses = {
        "declaration": reverse("declaration-detail", args=[made.declaration.uid]),
        "list": reverse("product-declarations", args=[serum.sku]),
        "paper": reverse("evidence-detail", args=[paper.uid]),
        "file": reverse("document-file", args=[made.declaration.document.uid]),
        "page": reverse("document-page", args=[made.declaration.document.uid, 1]),
        "api": f"/api/v1/declarations/{made.declaration.uid}/",
        "all": "/api/v1/declarations/",
        "findings": f"/api/v1/evidence/{paper.uid}/findings/",
        "reading": f"/api/v1/documents/{made.declaration.document.uid}/reading/",
    }
    seen = {}
    for name, person in {
        "maker": supplier_user, "rival": rival_supplier, "merchandiser": merchandiser, "qc": inspector,
    }.items():  # fmt: skip
        client = Client()
        client.force_login(person)
        answers = {place: client.get(address) for place, address in addresses.items()}
        for answer in answers.values():
            for close in answer._resource_closers if answer.streaming else ():
                close()
        seen[name] = [
            place
            for place, answer in answers.items()
            if answer.status_code == 200 and not answer.streaming and b"HYDROQUINONE" in answer.content
        ]

    assert seen == {
        "maker": ["declaration", "paper", "api", "findings"],
        "rival": [],
        "merchandiser": [],
        "qc": ["declaration", "paper", "api", "findings"],
    }
    assert not any("HYDROQUINONE" in json.dumps(event.data) for event in Event.objects.all())
    with pytest.raises(NotAllowed):
        declared(serum, merchandiser)


def test_lines_are_typed_pasted_and_imported_into_one_table(serum, supplier_user, client):
    client.force_login(supplier_user)
    address = reverse("declaration-enter", args=[serum.sku, "ingredient_declaration"])
    page = client.get(address)
    lines = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-name": "AQUA", "lines-0-cas": "7732-18-5"}
    lines |= {"lines-0-percent": "balance", "key": page.context["form"]["key"].value()}
    file = SimpleUploadedFile("lines.csv", b"INCI,CAS,%\nPHENOXYETHANOL,122-99-6,0.9\n")

    brought = client.post(address, {**lines, "pasted": "GLYCERIN\t56-81-5\t5", "file": file, "bring": "1"})

    assert (page.status_code, brought.status_code) == (200, 200)
    assert [form.row.name or form.initial.get("name") for form in brought.context["lines"]][:3] == [
        "AQUA", "GLYCERIN", "PHENOXYETHANOL",
    ]  # fmt: skip
    filled = {"lines-TOTAL_FORMS": "3", "lines-INITIAL_FORMS": "0", "key": brought.context["form"]["key"].value()}
    for place, row in enumerate(SERUM):
        filled |= {
            f"lines-{place}-name": row.name,
            f"lines-{place}-cas": row.cas,
            f"lines-{place}-percent": row.percent,
        }
    answers = [client.post(address, {**filled, "pasted": "", "declare": "1"}) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Declaration.objects.count() == 1


def test_shares_of_a_spreadsheet_are_read_as_people_see_them(serum, supplier_user, client):
    book = Workbook()
    for row in (
        ["INCI", "CAS", "%"],
        ["AQUA", "7732-18-5", 0.95],
        ["GLYCERIN", "56-81-5", 5],
        ["LINALOOL", "", 0.00001],
    ):
        book.active.append(row)
    book.active["C2"].number_format = "0.00%"
    file = BytesIO()
    book.save(file)
    client.force_login(supplier_user)
    address = reverse("declaration-enter", args=[serum.sku, "ingredient_declaration"])
    sent = {"lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0", "pasted": "", "bring": "1", "key": uuid4()}

    brought = client.post(address, {**sent, "file": SimpleUploadedFile("formula.xlsx", file.getvalue())})

    assert [form.initial.get("percent") for form in brought.context["lines"]][:3] == ["95.00%", "5", "0.00001"]


def test_the_api_takes_a_declaration_once(serum, supplier_user):
    caller = Caller(supplier_user)
    sent = {
        "product": "SERUM-30", "kind": "ingredient_declaration",
        "lines": [{"name": row.name, "cas": row.cas, "percent": row.percent} for row in SERUM],
    }  # fmt: skip
    (status, made), again = [caller.send("POST", "declarations/", sent, key="one") for _time in range(2)]

    assert (status, again) == (201, (201, made))
    assert {paper["outcome"] for paper in made["papers"]} == {"pass"}


def test_an_entry_of_a_table_has_a_history_and_is_compared_with_as_it_stands(serum, supplier_user, admin, manager):
    entry = ReferenceEntry.objects.get(table="substances", key__startswith="eu-cos-v-122-99-6")
    said = {"table": "substances", "key": entry.key, "actor": admin, "at": after(1)}

    with pytest.raises(NotAllowed):
        edit_entry(**said | {"actor": manager}, values={"limit": "0.5"}, is_active=True, reason="Lower", revision=1)
    edit_entry(**said, values={"limit": "0.5"}, is_active=True, reason="Regulation (EU) 2026/1", revision=1)
    with pytest.raises(EntryMeanwhileChanged):
        confirm_entry(**said, note="Read", revision=1)
    confirm_entry(**said, note="Official Journal", revision=2)

    assert found(declared(serum, supplier_user)) == {"over_limit"}
    assert list(entry.revisions.order_by("number").values_list("number", "source")) == [
        (1, "file"), (2, "edit"), (3, "confirmation"),
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.revisions.update(reason="Nothing happened")
    with pytest.raises(InvalidInput):
        edit_entry(
            **said | {"table": "manual_sections", "key": "operation"}, values={"patterns_any": ["("]}, is_active=True,
            reason="Broken", revision=1,
        )  # fmt: skip
