"""56 papers and 16 manuals as suppliers send them, right and faulty: each faulty one is stopped or asked about by a finding that names
what is wrong and that its right twin does not have; no right one is stopped, nor asked about in more than two things."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from compliance.models import Evidence
from compliance.paper.page.readings import outcome_of
from compliance.paper.services.documents import upload_document
from compliance.paper.services.findings import set_product_facts
from compliance.paper.services.reading import examine_next_paper, read_next_document, scan_next_document
from compliance.paper.words import sentence
from compliance.reading import pdf, pdf_worker
from suppliers.models import Category, Listing
from suppliers.services import create_product
from tests.compliance.factories import answer_all, submit
from tests.factories import NOON, make_supplier, make_user

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
DATES = ("issued_on", "valid_from", "valid_to")
MOST_QUESTIONS = 2


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Our own files end no process: the worker's functions are called as they are, without a process for each."""

    def ask(_seconds: int, *, do: str, **request):
        return {"inspect": pdf_worker.inspect, "text": pdf_worker.text, "draw": pdf_worker.draw}[do](**request)

    monkeypatch.setattr(pdf, "_ask", ask)


def examined(folder: str) -> dict[str, tuple[dict, Evidence]]:
    """Name of the file -> what is known of it, and the paper, read and examined."""
    index = json.loads((HERE / folder / "index.json").read_text())
    supplier = make_supplier("EXAMPLE", name="Shenzhen Example Electric Co., Ltd.")
    actor = make_user(Role.QC)
    listings = {key: _listing(key, about, supplier, actor) for key, about in index["products"].items()}
    made = {}
    for row in index["papers"]:
        content = (HERE / folder / Path(row["file"]).name).read_bytes()
        document = upload_document(
            supplier=supplier, file=SimpleUploadedFile(row["file"], content), actor=actor, at=NOON
        )
        said = {key: date.fromisoformat(value) if key in DATES else value for key, value in row["form"].items()}
        said["fields"] = said.pop("fields_said", {})
        said["model_numbers"] = tuple(said.get("model_numbers", ()))
        listing = listings[row["product"]]
        made[row["file"]] = row, submit(row["requirement"], listing, actor=actor, document=document, **said)
    for step in (scan_next_document, read_next_document, examine_next_paper):
        while step(now=NOON):
            pass
    return made


def _listing(key: str, about: dict, supplier, actor) -> Listing:
    product = create_product(
        sku=f"P-{key}", name=about["models"][0], supplier=supplier, category=Category.objects.get(code=about["category"]),
        markets=[about["market"]], actor=None, at=NOON,
    )  # fmt: skip
    set_product_facts(
        product=product, model_numbers=about["models"], battery_models=about.get("battery_models", []),
        cosmetic_type=about.get("cosmetic_type", ""), actor=actor, at=NOON,
    )  # fmt: skip
    answer_all(product, yes=about["traits"])
    return product.listings.get()


def _said(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """(weight, all that a finding says) of what stands in the way."""
    for one in evidence.findings.standing_in_the_way():
        params = json.dumps(
            {k: v for k, v in one.params.items() if k not in ("number", "listings")}, ensure_ascii=False
        )
        yield one.weight, f"{one.code} {sentence(one)} {params}"


@pytest.mark.parametrize("folder", ["certificates", "manuals"])
def test_every_faulty_paper_is_named_and_no_right_one_stopped(catalogue, folder):
    wrong = {}
    papers = examined(folder)
    for name, (row, evidence) in papers.items():
        said = list(_said(evidence))
        if row["expect"] == "right":
            stopped = [text for weight, text in said if weight == "block"]
            never = [text for _weight, text in said if row["never"] and re.search(row["never"], text)]
            if stopped or never or len(said) > MOST_QUESTIONS:
                wrong[name] = said
        elif row["expect"] == "faulty":
            twin = {text for _weight, text in _said(papers[row["twin"]][1])} if row["twin"] else set()
            if not any(re.search(row["names"], text, re.IGNORECASE) for _weight, text in said if text not in twin):
                wrong[name] = said
        elif outcome_of(evidence) != "review":
            wrong[name] = said
    assert wrong == {}
