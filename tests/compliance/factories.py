"""Papers and answers to test with, each made by the service that makes it in the product."""

from datetime import date
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from compliance.catalogue.services.requirements import decide_proposal, edit_requirement
from compliance.models import Document, Evidence, Reading, ReadingStatus, Requirement, RequirementKind, Trait
from compliance.paper.services.documents import upload_document
from compliance.paper.services.evidence import accept_evidence, check_evidence, submit_evidence
from compliance.paper.services.examinations import examine_evidence
from compliance.paper.services.findings import check_label, decide_finding
from compliance.paper.services.proposals import PaperInput, dates_missing, number_is_demanded
from compliance.reading.labels import elements_of
from compliance.trait.services import answer_traits
from suppliers.models import Listing, Product, Supplier
from tests.factories import NOON, make_user
from tests.pictures import encoded, scene

_numbers = count(1)


def listing_of(product: Product, market: str = "US") -> Listing:
    return product.listings.select_related("product", "market").get(market__code=market)


def answer_all(product: Product, *, yes=(), actor: User | None = None, at=NOON) -> None:
    """Every trait answered: no, but for those named."""
    answers = {key: key in yes for key in Trait.objects.values_list("key", flat=True)}
    answer_traits(product=product, answers=answers, actor=actor or make_user(Role.QC), at=at)


def make_document(supplier: Supplier, *, actor: User | None = None, name: str = "paper.png", at=NOON) -> Document:
    file = SimpleUploadedFile(name, encoded(scene(next(_numbers), (160, 120)), "PNG").read())
    return upload_document(supplier=supplier, file=file, actor=actor or make_user(Role.SUPPLIER), at=at)


def paper_for(requirement: Requirement, **said) -> PaperInput:
    """What a paper must say at least, with dates that are good for a year."""
    least = {"edition": requirement.edition, "issued_on": date(2026, 11, 1), "valid_to": None}
    if number_is_demanded(requirement):
        least["number"] = f"NO-{next(_numbers)}"
    if "valid_to" in dates_missing(requirement, PaperInput()):
        least["valid_to"] = date(2027, 11, 1)
    return PaperInput(**least | said)


def submit(
    key: str, *listings: Listing, actor: User | None = None, document: Document | None = None, at=NOON, **said
) -> Evidence:
    requirement = Requirement.objects.get(key=key)
    actor = actor or make_user(Role.SUPPLIER)
    document = document or make_document(listings[0].product.supplier, actor=actor, at=at)
    return submit_evidence(
        document=document, requirement=requirement, listings=listings, paper=paper_for(requirement, **said),
        actor=actor, at=at,
    )  # fmt: skip


def look_at(evidence: Evidence, *, at=NOON) -> Evidence:
    """A paper whose document says nothing, and of which a person overruled all that was found and saw all on the label."""
    Reading.objects.get_or_create(
        document=evidence.document, defaults={"status": ReadingStatus.DONE, "read_at": at, "attempts": 1}
    )
    examine_evidence(evidence=evidence, at=at)
    looker = make_user(Role.QC)
    for finding in evidence.findings.standing_in_the_way():
        decide_finding(finding=finding, overrule=True, reason="Seen on the paper", actor=looker, at=at)
    if evidence.requirement.kind == RequirementKind.LABEL:
        seen = dict.fromkeys(elements_of(evidence.requirement.fields), True)
        check_label(evidence=evidence, answers=seen, actor=looker, at=at)
    return evidence


def accept(evidence: Evidence, *, at=NOON) -> Evidence:
    look_at(evidence, at=at)
    check_evidence(evidence=evidence, actor=make_user(Role.QC), at=at)
    return accept_evidence(evidence=evidence, actor=make_user(Role.MANAGER), at=at)


def change(key: str, *, at=NOON, **values) -> Requirement:
    """Let a requirement say otherwise, as an administrator does, and another where it asks less."""
    revision = Requirement.objects.get(key=key).revision
    made = edit_requirement(
        key=key, values=values, reason="New text of the law", revision=revision, actor=make_user(Role.ADMIN), at=at
    )
    if isinstance(made, Requirement):
        return made
    decide_proposal(proposal=made, apply=True, revision=revision, actor=make_user(Role.ADMIN), at=at)
    return Requirement.objects.get(key=key)


def by_sql(rows: QuerySet, **values) -> None:
    """Round the services, checked as at commit."""
    with transaction.atomic():
        rows.update(**values)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
