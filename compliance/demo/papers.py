"""Papers for the demo: answered traits, and papers in every state. Every step goes through the services."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import typst
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from compliance.catalogue.services.requirements import FILE, load_catalogue
from compliance.checklist.services import refresh_due
from compliance.gate.services.go_live import plan_go_live, take_live
from compliance.models import Evidence, LookupResult, Requirement, RequirementKind
from compliance.paper.services.documents import upload_document
from compliance.paper.services.evidence import (
    accept_evidence,
    check_evidence,
    record_lookup,
    refuse_evidence,
    submit_evidence,
)
from compliance.paper.services.findings import check_label, decide_finding
from compliance.paper.services.proposals import PaperInput, columns_of
from compliance.paper.services.reading import examine_next_paper, read_next_document
from compliance.reading.labels import elements_of
from compliance.trait.page import questions_of
from compliance.trait.services import answer_traits
from compliance.waiver.services import request_waiver, sign_waiver
from inspections.demo.boxes import break_a_shelf
from inspections.demo.catalogue import BOX, COMPUTER, KETTLE, OTHER_KETTLE, RACK
from inspections.demo.pictures import photo
from inspections.demo.story import Story
from suppliers.models import Listing, Product

# What the products are; the traits of the others are still to be answered.
YES: dict[str, set[str]] = {
    KETTLE: {"mains_powered", "has_plug", "food_contact", "branded"},
    OTHER_KETTLE: {"mains_powered", "has_plug", "food_contact", "branded"},
    BOX: set(),
    RACK: set(),
}
HALF_ANSWERED = COMPUTER
SHEET = """
#set page(width: 210mm, height: 297mm, margin: 22mm)
#set text(size: 9pt)
#let said = json(bytes(sys.inputs.said))
#text(size: 18pt, weight: "bold", said.title)
#v(6mm)
#for line in said.lines [#line #parbreak()]
"""


def tell(users: Mapping[str, User], now: datetime) -> None:
    """What was done about papers in the weeks before `now`."""
    load_catalogue(at=now - timedelta(days=50))
    story = _Story(users, now)
    story.answer()
    # One kettle has all that the United States want, the other has something of everything.
    story.everything(OTHER_KETTLE, "US")
    story.accepted("gl-english-manual", KETTLE, "US", "UK", "EU-DE", days=30)
    story.accepted("gl-product-identity-photos", KETTLE, "US", "UK", "EU-DE", days=30)
    soon = story.accepted("us-nrtl-listing", KETTLE, "US", days=28, ends_in=24)
    if soon:
        record_lookup(
            evidence=soon,
            register="UL Product iQ",
            result=LookupResult.FOUND,
            note="Listed, with this model",
            actor=users["qc"],
            at=story.ago(20),
        )
    story.accepted("us-country-of-origin", KETTLE, "US", days=12)
    story.checked("gl-listing-claims-check", KETTLE, "US", days=2)
    story.submitted("us-food-contact", KETTLE, "US", days=1)
    story.refused("eu-lvd", KETTLE, "EU-DE", days=5, why="The report is of model KT15. Send the one of this model.")
    story.accepted("eu-gpsr-rp", KETTLE, "EU-DE", days=40, ends_in=-3)
    story.waived("gl-bill-of-materials", KETTLE, "UK", signed=True)
    story.waived("eu-packaging-de", KETTLE, "EU-DE", signed=False)
    story.on_the_market()
    refresh_due(at=now)


def _listing(sku: str, market: str) -> Listing:
    return Listing.objects.get(product__sku=sku, market__code=market)


def _model(product: Product) -> str:
    return product.model_code or product.sku


class _Story:
    def __init__(self, users: Mapping[str, User], now: datetime):
        self.users, self.now, self.fonts = users, now, typst.Fonts()
        sections = json.loads(FILE.read_text())["manual_sections"]
        self.manual = [section["example_wording"] for section in sections if section["example_wording"]]

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def answer(self) -> None:
        for sku in (*YES, HALF_ANSWERED):
            product = Product.objects.get(sku=sku)
            keys = [question.trait.key for question in questions_of(product, at=self.ago(40))]
            keys = keys[: len(keys) // 2] if sku == HALF_ANSWERED else keys
            answers: dict[str, bool | None] = {key: key in YES.get(sku, set()) for key in keys}
            answer_traits(product=product, answers=answers, actor=self.users["qc"], at=self.ago(40))

    def everything(self, sku: str, market: str) -> None:
        items = Listing.objects.get(product__sku=sku, market__code=market).checklist_items
        for key in (
            items.filter(is_blocking=True).order_by("requirement__key").values_list("requirement__key", flat=True)
        ):
            self.accepted(key, sku, market, days=25)

    def on_the_market(self) -> None:
        """The box is live in three markets, in one of them not for long, and ready in a fourth; the rack is suspended."""
        for key in ("gl-product-identity-photos", "gl-listing-claims-check"):
            self.accepted(key, BOX, "US", "UK", "SG", "MY", days=24)
            self.accepted(key, RACK, "US", days=24)
        for sku in (BOX, RACK):
            self.accepted("us-country-of-origin", sku, "US", days=24)
        self.accepted("eu-reach-annex17", BOX, "UK", days=24, ends_in=41)
        for sku, market, days in ((BOX, "US", 20), (BOX, "UK", 18), (BOX, "MY", 9), (RACK, "US", 16)):
            self.live(sku, market, days=days)
        plan_go_live(
            listing=_listing(BOX, "SG"),
            on=self.now.date() + timedelta(days=6),
            actor=self.users["merchandiser"],
            at=self.ago(3),
        )
        break_a_shelf(Story(dict(self.users), self.now))

    def live(self, sku: str, market: str, *, days: float) -> None:
        at = self.ago(days)
        take_live(
            listing=_listing(sku, market),
            on=at.date() + timedelta(days=1),
            signature="password",
            actor=self.users["merchandiser"],
            at=at,
        )

    def submitted(self, key: str, sku: str, *markets: str, days: float, ends_in: int | None = None) -> Evidence | None:
        """A paper of its maker; None where the requirement is not one of the product's in all these markets."""
        requirement = Requirement.objects.filter(key=key).first()
        listings = list(
            Listing.objects.filter(
                product__sku=sku, market__code__in=markets, checklist_items__requirement=requirement
            ).select_related("product__supplier")
        )
        if requirement is None or len(listings) < len(markets):
            return None
        at, product = self.ago(days), listings[0].product
        maker = self.users["rival" if sku == OTHER_KETTLE else "supplier"]
        paper = self._said(requirement, product, at.date(), ends_in)
        file = self._file(requirement, product, paper, at)
        document = upload_document(supplier=product.supplier, file=file, actor=maker, at=at)
        return submit_evidence(
            document=document, requirement=requirement, listings=listings, paper=paper, actor=maker, at=at
        )

    def _said(self, requirement: Requirement, product: Product, on: date, ends_in: int | None) -> PaperInput:
        columns = columns_of(requirement)
        last = self.now.date() + timedelta(days=300 if ends_in is None else ends_in)
        said: dict[str, Any] = {
            "number": f"E{product.pk + 512000}" if "number" in columns else "",
            "issuing_body": "Example Testing Services" if "issuing_body" in columns else "",
            "standard": requirement.legal_basis if "standard" in columns else "",
            "holder": product.supplier.name if "holder" in columns else "",
        }
        return PaperInput(
            **said,
            edition=requirement.edition,
            model_numbers=(_model(product),),
            issued_on=on - timedelta(days=20),
            valid_from=on - timedelta(days=20) if "valid_from" in columns else None,
            valid_to=last if "valid_to" in columns or ends_in is not None else None,
        )

    def _file(self, requirement: Requirement, product: Product, paper: PaperInput, at: datetime) -> SimpleUploadedFile:
        if requirement.kind == RequirementKind.LABEL:
            return SimpleUploadedFile(f"{requirement.key}.jpg", photo("box", product.sku, at))
        lines = [
            f"Model: {_model(product)}",
            f"Product: {product.name}",
            f"Manufacturer: {product.supplier.name}",
            *(self.manual if requirement.kind == RequirementKind.MANUAL else ()),
        ]
        facts = {
            "Certificate number": paper.number,
            "Issued by": paper.issuing_body,
            "Standard": paper.standard,
            "Holder": paper.holder,
            "Date of issue": paper.issued_on,
            "Valid from": paper.valid_from,
            "Valid until": paper.valid_to,
        }
        lines += [f"{name}: {value}" for name, value in facts.items() if value]
        said = json.dumps({"title": requirement.name, "lines": lines})
        return SimpleUploadedFile(
            f"{requirement.key}-{product.sku}.pdf",
            typst.compile(SHEET.encode(), sys_inputs={"said": said}, font_paths=self.fonts),
        )

    def _looked_at(self, evidence: Evidence | None, at: datetime) -> Evidence | None:
        """Read, and what was found decided by a person."""
        if evidence is None:
            return None
        while read_next_document(now=at) or examine_next_paper(now=at):
            pass
        for finding in evidence.findings.standing_in_the_way():
            reason = "Seen on the paper"
            decide_finding(finding=finding, overrule=True, reason=reason, actor=self.users["qc"], at=at)
        if evidence.requirement.kind == RequirementKind.LABEL:
            seen = dict.fromkeys(elements_of(evidence.requirement.fields), True)
            check_label(evidence=evidence, answers=seen, actor=self.users["qc"], at=at)
        return check_evidence(evidence=evidence, actor=self.users["qc"], at=at)

    def checked(self, key: str, sku: str, *markets: str, days: float) -> Evidence | None:
        return self._looked_at(self.submitted(key, sku, *markets, days=days), self.ago(days - 0.5))

    def accepted(self, key: str, sku: str, *markets: str, days: float, ends_in: int | None = None) -> Evidence | None:
        at = self.ago(days - 1)
        evidence = self._looked_at(self.submitted(key, sku, *markets, days=days, ends_in=ends_in), at)
        return evidence and accept_evidence(evidence=evidence, actor=self.users["manager"], at=at)

    def refused(self, key: str, sku: str, *markets: str, days: float, why: str) -> None:
        evidence = self.submitted(key, sku, *markets, days=days)
        if evidence:
            refuse_evidence(evidence=evidence, reason=why, actor=self.users["qc"], at=self.ago(days - 1))

    def waived(self, key: str, sku: str, market: str, *, signed: bool) -> None:
        listing = Listing.objects.get(product__sku=sku, market__code=market)
        requirement = Requirement.objects.get(key=key)
        if not listing.checklist_items.filter(requirement=requirement).exists():
            return
        waiver = request_waiver(
            listing=listing,
            requirement=requirement,
            reason="The paper is at the printer's; the goods are the same as before.",
            limit="The first 500 units",
            expires_on=self.now.date() + timedelta(days=45),
            actor=self.users["merchandiser"],
            at=self.ago(4),
        )
        if signed:
            sign_waiver(waiver=waiver, actor=self.users["manager"], at=self.ago(3))
