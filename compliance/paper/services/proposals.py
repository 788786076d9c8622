"""What a paper for a requirement has to say, and what its document says of that by what was read in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compliance.models import Document, Reading, ReadingStatus, Requirement
from compliance.paper.reads import Tables, battery_models_of, date_order, models_of
from compliance.reading.proposal import Read, Wanted, proposal_of
from compliance.reading.text import Page
from compliance.rules.requirements import Paper, dates_needed
from suppliers.models import Listing

# Fields of a requirement that say that its papers bear a number by law; a CPC, an SDoC and a DoC have none.
NUMBERED = {"certificate_number", "registration_number"}
# Where the further fields of the catalogue go that have a column of their own.
COLUMN_OF = {
    "certificate_number": "number",
    "registration_number": "number",
    "report_number": "number",
    "issuing_body": "issuing_body",
    "lab_name": "issuing_body",
    "standard": "standard",
    "model_number": "model_numbers",
    "holder_name": "holder",
    "registrant_name": "holder",
    "applicant_name": "holder",
    "issue_date": "issued_on",
    "valid_from": "valid_from",
    "valid_to": "valid_to",
    "mandate_signed_date": "issued_on",
    "mandate_valid_to": "valid_to",
    "declared_date": "issued_on",
}
# Lines of a declaration, which only its supplier and those who may read formulas see: never fields of a paper.
OF_FORMULA = {
    "inci_name",
    "cas_number",
    "ec_number",
    "concentration_percent",
    "concentration_ppm",
    "function",
    "part_name",
    "material",
}


@dataclass(frozen=True, slots=True)
class PaperInput:
    """What a paper says. `fields` is further field name -> text."""

    number: str = ""
    issuing_body: str = ""
    standard: str = ""
    edition: str = ""
    model_numbers: tuple[str, ...] = ()
    holder: str = ""
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


def dates_missing(requirement: Requirement, paper: PaperInput) -> tuple[str, ...]:
    """The date fields that a paper for this requirement has to tell, and does not."""
    dates = Paper(paper.issued_on, paper.valid_from, paper.valid_to, f"{paper.edition} {paper.standard}")
    return dates_needed(requirement.rule, dates)


def columns_of(requirement: Requirement) -> list[str]:
    """The columns of Evidence that a requirement's papers fill, in the catalogue's order."""
    columns = [COLUMN_OF[name] for name in requirement.fields if name in COLUMN_OF]
    if requirement.edition:
        columns.append("edition")
    return list(dict.fromkeys([*columns, *dates_missing(requirement, PaperInput())]))


def further_fields_of(requirement: Requirement) -> list[str]:
    """The fields of a requirement's papers that have no column of their own, without the lines of a formula and without
    what a person looks for on a label."""
    seen = {*OF_FORMULA, *requirement.asks.get("marks", {})}
    return [name for name in requirement.fields if name not in COLUMN_OF and name not in seen]


def number_is_demanded(requirement: Requirement) -> bool:
    """Only where the law gives the paper one."""
    return not NUMBERED.isdisjoint(requirement.fields)


def asked_of(requirement: Requirement) -> list[str]:
    """The names of the fields of its form, those without a column as "fields.NAME"."""
    dates = ("issued_on", "valid_from", "valid_to")
    further = (f"fields.{name}" for name in further_fields_of(requirement))
    return list(dict.fromkeys([*columns_of(requirement), *dates, *further]))


def proposed(
    pages: Collection[Page], requirement: Requirement, listings: Collection[Listing], tables: Tables
) -> dict[str, Read]:
    """Field of its form -> what these pages say for it."""
    products = {listing.product_id: listing.product for listing in listings}.values()
    models = battery_models_of if requirement.asks.get("of") == "battery" else models_of
    number = next((one.regex for one in tables.number_formats if one.key == requirement.number_format), "")
    wanted = Wanted(
        fields=frozenset(asked_of(requirement)),
        models=tuple(dict.fromkeys(model for product in products for model in models(product))),
        number_pattern=number,
        edition=requirement.edition,
        date_order=date_order(requirement),
    )
    return proposal_of(list(pages), wanted)


def pages_of(document: Document) -> list[Page]:
    """What was read in a document; nothing while that waits."""
    reading = Reading.objects.filter(document=document, status=ReadingStatus.DONE).first()
    return [Page(**page) for page in reading.pages] if reading else []


def as_read(document: Document, requirement: Requirement, listings: Collection[Listing]) -> dict[str, dict[str, Any]]:
    """What was read for the form of a paper, to be kept beside what is handed in: field -> value, page, quote."""
    pages = pages_of(document)
    read = proposed(pages, requirement, listings, Tables()) if pages else {}
    return {name: {"value": one.value, "page": one.page, "quote": one.quote} for name, one in read.items()}


def input_of(read: Mapping[str, Read]) -> PaperInput:
    """What was read as it would be handed in, if a person agrees to all of it."""
    texts = {name: one.value for name, one in read.items() if not name.startswith("fields.")}
    days = {
        name: date.fromisoformat(texts.pop(name)) for name in ("issued_on", "valid_from", "valid_to") if name in texts
    }
    models = tuple(part.strip() for part in texts.pop("model_numbers", "").split(",") if part.strip())
    fields = {name.removeprefix("fields."): one.value for name, one in read.items() if name.startswith("fields.")}
    return PaperInput(**texts, **days, model_numbers=models, fields=fields)  # type: ignore[arg-type] # texts are texts
