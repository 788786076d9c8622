"""What people say about findings, about labels, and by which facts a product is known."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from compliance.checklist.services import lock_products
from compliance.models import (
    Evidence,
    EvidenceState,
    Finding,
    FindingState,
    FindingWeight,
    LabelCheck,
    ProductFacts,
    RequirementKind,
)
from compliance.paper.services.events import tell_of_paper
from compliance.paper.services.evidence import EvidenceNotOpen, NotYourOwnUpload
from compliance.paper.services.examinations import examine_evidence, owe_examinations
from compliance.paper.services.recheck import touched_by_product
from compliance.reading.cosmetics import TYPES
from compliance.reading.labels import elements_of
from compliance.reading.text import tidy
from suppliers.models import Product


class BanStands(RuleBroken):
    code = "ban_stands"
    detail = gettext_lazy("The law bans this substance here, and its number is declared. Nobody can overrule that.")


class FindingGone(RuleBroken):
    code = "finding_gone"
    detail = gettext_lazy("This is not found any more, so there is nothing to decide.")


@one_transaction()
def decide_finding(
    *, finding: Finding, overrule: bool, reason: str, actor: User, at: datetime, seen_on: int | None = None
) -> Finding:
    """Say that a finding is right, or overrule it with a reason; the last word counts while the paper waits.

    What was not found may be overruled by the page on which the person saw it, `seen_on`, instead of a reason. Raises NotAllowed (also for who brought the paper), EvidenceNotOpen, BanStands, FindingGone, InvalidInput.
    """
    evidence = _open_for(finding.evidence, actor)
    finding = Finding.objects.select_for_update().get(pk=finding.pk)
    if not finding.is_current:
        raise FindingGone
    if overrule and finding.is_ban:
        raise BanStands
    before = finding.state
    seen_on = seen_on if overrule and finding.weight == FindingWeight.REVIEW else None
    if seen_on is not None:
        if not 1 <= seen_on <= (evidence.document.pages or 1):
            raise InvalidInput.one("page", "no_such_page", _("The document has no page %(page)s.") % {"page": seen_on})
        reason = reason.strip() or _("Seen on page %(page)s") % {"page": seen_on}
    if overrule and not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why the finding does not stand: others rely on it."))
    finding.state = FindingState.OVERRULED if overrule else FindingState.CONFIRMED
    finding.decided_by, finding.decided_at, finding.reason = actor, at, reason.strip()
    finding.seen_on = seen_on
    finding.save()
    # The reason may quote a formula, so that it stays with the finding.
    _tell(
        f"finding.{finding.state}",
        evidence,
        at=at,
        actor=actor,
        finding=str(finding.uid),
        code=finding.code,
        before=before,
    )
    return finding


# Of a manual in another language than English: sections that a person has to read.
FOR_A_READER = ("section_to_confirm", "section_not_judged")


@one_transaction()
def confirm_sections(*, evidence: Evidence, answers: Mapping[str, bool], where: str, actor: User, at: datetime) -> int:
    """Say of sections (key -> is there) that no machine judged whether a person read them in the manual. How many.

    `where` tells on which pages, and whoever reads the language. Sections that are not named stay as they are. Raises
    as `decide_finding` does.
    """
    waiting = evidence.findings.current().filter(code__in=FOR_A_READER, params__section__in=list(answers))
    findings = list(waiting.select_related("evidence").order_by("pk"))
    for finding in findings:
        is_there = answers[finding.params["section"]]
        decide_finding(finding=finding, overrule=is_there, reason=where, actor=actor, at=at)
    return len(findings)


def _open_for(evidence: Evidence, actor: User) -> Evidence:
    require(actor, "compliance.check_evidence")
    lock_products(list(evidence.listings.values_list("pk", flat=True)))
    related = ("document", "requirement")
    evidence = Evidence.objects.select_for_update(of=("self",)).select_related(*related).get(pk=evidence.pk)
    if actor.pk in (evidence.submitted_by_id, evidence.document.uploaded_by_id):
        raise NotYourOwnUpload
    if evidence.state not in (EvidenceState.SUBMITTED, EvidenceState.CHECKED):
        raise EvidenceNotOpen
    return evidence


def _tell(kind: str, evidence: Evidence, *, at: datetime, actor: User, **data: object) -> None:
    listings = evidence.listings.select_related("product", "market").order_by("pk")
    tell_of_paper(kind, evidence, listings, at=at, actor=actor, **data)


@one_transaction()
def check_label(*, evidence: Evidence, answers: Mapping[str, bool], actor: User, at: datetime) -> None:
    """Note which elements of a label a person saw on the photo (True) or missed there (False); others stay as they are.

    Raises InvalidInput for an element that this label does not need, NotAllowed, EvidenceNotOpen.
    """
    evidence = _open_for(evidence, actor)
    elements = elements_of(evidence.requirement.fields) if evidence.requirement.kind == RequirementKind.LABEL else []
    if unknown := [name for name in answers if name not in elements]:
        raise InvalidInput(
            [FieldError(name, "unknown_element", _("This label needs no such thing.")) for name in unknown]
        )
    before = dict(LabelCheck.objects.filter(evidence=evidence).values_list("element", "is_there"))
    for element, is_there in answers.items():
        LabelCheck.objects.update_or_create(
            evidence=evidence,
            element=element,
            defaults={"is_there": is_there, "checked_by": actor, "checked_at": at},
        )
    examine_evidence(evidence=evidence, at=at)
    if answers:
        missing = sum(not is_there for is_there in answers.values())
        changes = {element: [before.get(element), said] for element, said in answers.items()}
        facts = {"seen": len(answers) - missing, "missing": missing, "elements": changes}
        _tell("label.checked", evidence, at=at, actor=actor, **facts)


@one_transaction()
def set_product_facts(
    *,
    product: Product,
    model_numbers: Sequence[str],
    cosmetic_type: str,
    actor: User,
    at: datetime,
    battery_models: Sequence[str] = (),
) -> ProductFacts:
    """Say by which model numbers a product and its batteries go and which type of cosmetic it is; papers that wait are examined anew, accepted ones after it.

    Raises InvalidInput, NotAllowed.
    """
    require(actor, "compliance.answer_traits")
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    models = _models("model_numbers", model_numbers)
    batteries = _models("battery_models", battery_models)
    if cosmetic_type and cosmetic_type not in TYPES:
        raise InvalidInput.one("cosmetic_type", "unknown_type", _("There is no such type of cosmetic."))
    facts, _is_new = ProductFacts.objects.update_or_create(
        product=product,
        defaults={
            "model_numbers": models,
            "battery_models": batteries,
            "cosmetic_type": cosmetic_type,
            "changed_by": actor,
            "changed_at": at,
        },
    )
    said = {"models": models, "battery_models": batteries, "cosmetic_type": cosmetic_type}
    record_event("product.identified", f"product:{product.sku}", at=at, actor=actor, **said)
    waiting = Evidence.objects.filter(
        listings__product=product, state__in=[EvidenceState.SUBMITTED, EvidenceState.CHECKED]
    ).distinct()
    for evidence in waiting.order_by("pk"):
        examine_evidence(evidence=evidence, at=at)
    accepted = touched_by_product(product).filter(state=EvidenceState.ACCEPTED)
    owe_examinations(accepted, why={"what": "product", "name": product.sku, "reason": ""}, at=at)
    return facts


def _models(field: str, numbers: Sequence[str]) -> list[str]:
    """Tidied, each once. Raises InvalidInput."""
    models = list(dict.fromkeys(filter(None, (tidy(number).strip() for number in numbers))))
    if long := [number for number in models if len(number) > 60]:
        raise InvalidInput.one(field, "too_long", _("“%(number)s” is too long.") % {"number": long[0]})
    return models
