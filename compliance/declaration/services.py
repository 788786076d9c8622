"""Declaring what a product is made of."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import typst
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction
from compliance.checklist.services import Chains
from compliance.models import (
    ChecklistItem,
    Declaration,
    DeclarationKind,
    DeclarationLine,
    Document,
    DocumentStatus,
    Evidence,
    EvidenceState,
    Reading,
    ReadingStatus,
    Requirement,
)
from compliance.paper.services.evidence import submit_evidence
from compliance.paper.services.examinations import examine_evidence
from compliance.paper.services.proposals import PaperInput, further_fields_of
from compliance.reading.declared import Row, lines_of
from compliance.reading.restrictions import Line
from compliance.rules.requirements import day_in
from suppliers.models import Listing, Product, Supplier

SHEET = Path(__file__).parents[1] / "typst" / "declaration.typ"
MOST_LINES = 500
LONGEST = {"name": 250, "cas": 40, "ec": 40, "function": 120, "part": 120}
PLACES = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration, and the papers that it became: one for each requirement of the product that asks for it."""

    declaration: Declaration
    papers: list[Evidence]


@one_transaction()
def declare(*, product: Product, kind: DeclarationKind, rows: Sequence[Row], actor: User, at: datetime) -> Declared:
    """Keep a whole declaration and show it for every requirement of the product's listings that asks for one.

    Findings come with it at once. An earlier declaration that still waits is left for a person to refuse; what was
    accepted counts until this one is. Raises InvalidInput naming lines.N.field, NotAllowed.
    """
    require(actor, "compliance.upload_evidence")
    if actor.has_perm("suppliers.see_all"):
        require(actor, "compliance.read_formulas")
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=product.supplier_id)
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    rows = [row for row in rows if not row.is_blank]
    lines = _understood(rows)
    number = product.declarations.filter(kind=kind).count() + 1
    sheet = _sheet(product, kind, number, rows, actor, at)
    document = Document(
        supplier=supplier,
        name=f"{product.sku} {kind.value} {number}.pdf",
        content_type="application/pdf",
        size=len(sheet),
        sha256=hashlib.sha256(sheet).hexdigest(),
        pages=1,
        status=DocumentStatus.READY,
        uploaded_by=actor,
        uploaded_at=at,
    )
    document.file.save(str(document.uid), ContentFile(sheet), save=False)
    document.save()
    Reading.objects.create(document=document, status=ReadingStatus.DONE, read_at=at)
    declaration = Declaration.objects.create(
        product=product, kind=kind, number=number, document=document, declared_by=actor, declared_at=at
    )
    DeclarationLine.objects.bulk_create(
        DeclarationLine(
            declaration=declaration, place=place, name=line.name, cas=line.cas, ec=line.ec, low=line.low,
            high=line.high, function=line.function, part=row.part,
        )
        for place, (line, row) in enumerate(zip(lines, rows, strict=True), start=1)
    )  # fmt: skip
    record_event(
        "declaration.made", f"product:{product.sku}", at=at, actor=actor, declaration=str(declaration.uid),
        what=kind.value, number=number, lines=len(lines),
    )  # fmt: skip
    return Declared(declaration, _shown(declaration, actor, at))


def _understood(rows: Sequence[Row]) -> list[Line]:
    if not rows:
        raise InvalidInput.one("lines", "required", _("Enter at least one line."))
    if len(rows) > MOST_LINES:
        raise InvalidInput.one("lines", "too_many", _("At most %(most)s lines are taken.") % {"most": MOST_LINES})
    errors = [
        FieldError(f"lines.{place}.{field}", "too_long", _("At most %(most)s characters.") % {"most": most})
        for place, row in enumerate(rows, start=1)
        for field, most in LONGEST.items()
        if len(getattr(row, field)) > most
    ]
    errors += [
        FieldError(f"lines.{place}.name", "required", _("Line %(line)s has no name.") % {"line": place})
        for place, row in enumerate(rows, start=1)
        if not row.name.strip()
    ]
    lines, unclear = lines_of(rows)
    texts = {
        "concentration": _("Line %(line)s: “%(said)s” is no concentration. Write 1.5, 1-5 or <0.1, in per cent."),
        "separator": _("Line %(line)s: “%(said)s” can be read in two ways. Write it without a comma."),
        "second_balance": _("Line %(line)s: only one line can be the balance to 100 %%."),
    }
    for place, code in unclear:
        said = rows[place - 1].percent or rows[place - 1].ppm
        detail = texts[code] % {"line": place, "said": said}
        errors.append(FieldError(f"lines.{place}.percent", code, detail))
    for place, line in enumerate(lines, start=1):
        if line.low is None or line.high is None:
            continue
        if line.high > 1000 or line.low > line.high:
            detail = texts["concentration"] % {"line": place, "said": rows[place - 1].percent or rows[place - 1].ppm}
            errors.append(FieldError(f"lines.{place}.percent", "concentration", detail))
        elif line.high != line.high.quantize(PLACES) or line.low != line.low.quantize(PLACES):
            detail = _("Line %(line)s: at most 8 decimal places are kept.") % {"line": place}
            errors.append(FieldError(f"lines.{place}.percent", "too_precise", detail))
    if errors:
        raise InvalidInput(errors)
    return lines


def _sheet(
    product: Product, kind: DeclarationKind, number: int, rows: Sequence[Row], actor: User, at: datetime
) -> bytes:
    """A page in English: it goes to authorities and platforms. The fingerprint ties it to the lines."""
    said = {
        "title": f"Declaration of {'ingredients' if kind == DeclarationKind.INGREDIENTS else 'materials'}",
        "facts": [
            ["Product", f"{product.sku} {product.name}"],
            ["Made by", product.supplier.name],
            ["Declaration", str(number)],
            ["Lines", str(len(rows))],
            ["Declared by", actor.display_name],
            ["Declared at", at.isoformat(timespec="seconds")],
            ["SHA-256 of the lines", fingerprint(rows)],
        ],
        "note": "The lines are kept with the maker and those who check formulas.",
    }
    return typst.compile(SHEET, root=SHEET.parent, sys_inputs={"said": json.dumps(said, ensure_ascii=False)})


def fingerprint(rows: Sequence[Row]) -> str:
    said = [[row.name, row.cas, row.ec, row.percent, row.ppm, row.function, row.part] for row in rows]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _shown(declaration: Declaration, actor: User, at: datetime) -> list[Evidence]:
    items = ChecklistItem.objects.filter(
        listing__product=declaration.product, requirement__kind=declaration.kind
    ).select_related("requirement", "listing__market")
    wanting: dict[int, tuple[Requirement, list[Listing]]] = {}
    for item in items.order_by("requirement", "listing"):
        wanting.setdefault(item.requirement_id, (item.requirement, []))[1].append(item.listing)
    papers = []
    chains = Chains()
    for requirement, listings in wanting.values():
        today = min(day_in(chains.zones[listing.market_id], at) for listing in listings)
        further = {"declared_by": actor.display_name, "report_number": ""}
        paper = PaperInput(
            issued_on=today,
            edition=requirement.edition,
            fields={name: text for name, text in further.items() if text and name in further_fields_of(requirement)},
        )
        papers.append(
            submit_evidence(
                document=declaration.document,
                requirement=requirement,
                listings=listings,
                paper=paper,
                actor=actor,
                at=at,
            )
        )
    for evidence in papers:
        examine_evidence(evidence=evidence, at=at)
    return papers


def papers_of(declaration: Declaration) -> list[Evidence]:
    """The papers that a declaration became, those that wait first."""
    papers = declaration.document.evidence.select_related("requirement").prefetch_related("listings__market")
    waits = (EvidenceState.SUBMITTED, EvidenceState.CHECKED)
    return sorted(papers.order_by("pk"), key=lambda evidence: evidence.state not in waits)
