"""What was read and found, for pages and the API."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import User
from activity.languages import pick
from compliance.checklist.words import field_label
from compliance.models import (
    Declaration,
    Document,
    Evidence,
    EvidenceState,
    Finding,
    FindingState,
    FindingWeight,
    LabelCheck,
    ReadingStatus,
    RequirementKind,
)
from compliance.models.reading import FindingQuerySet
from compliance.paper.reads import section_names
from compliance.paper.services.findings import FOR_A_READER
from compliance.paper.words import sentence
from compliance.reading.labels import elements_of


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that a label has to show, an example of it, what was read of it in the picture, and what a person saw
    (None: nobody looked yet)."""

    name: str
    check: LabelCheck | None
    title: str
    example: str = ""
    read: Finding | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """`blocks`, `reviews` and `notes` are findings with `.sentence`; `sections` those that a person has to read in the
    manual, apart from `reviews`. `is_hidden`: they tell a formula to somebody who may
    not read one."""

    is_read: bool
    is_waiting: bool
    is_hidden: bool
    may_decide: bool
    pages: int
    declaration: Declaration | None = None
    blocks: list[Finding] = field(default_factory=list)
    reviews: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    sections: list[Finding] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)

    @property
    def standing_blocks(self) -> int:
        return _standing(self.blocks)

    @property
    def standing_reviews(self) -> int:
        return _standing([*self.reviews, *self.sections])

    @property
    def unseen(self) -> int:
        """Elements of the label that nobody saw on the photo."""
        return sum(element.check is None or not element.check.is_there for element in self.elements)


def _standing(findings: Iterable[Finding]) -> int:
    """How many of them nobody overruled."""
    return sum(finding.state != FindingState.OVERRULED for finding in findings)


def visible_findings(user: User) -> FindingQuerySet:
    """Of papers that the user sees; those of formulas only for whom may read formulas."""
    findings = Finding.objects.filter(evidence__in=Evidence.objects.visible_to(user))
    return findings.filter(evidence__document__in=Document.objects.readable_by(user))


def findings_shown(evidence: Evidence, user: User) -> Shown:
    reading = getattr(evidence.document, "reading", None)
    is_open = evidence.state in (EvidenceState.SUBMITTED, EvidenceState.CHECKED)
    is_own = user.pk in (evidence.submitted_by_id, evidence.document.uploaded_by_id)
    is_hidden = not Document.objects.readable_by(user).filter(pk=evidence.document_id).exists()
    findings: list[Finding] = []
    if not is_hidden:
        findings = list(evidence.findings.current().select_related("decided_by").order_by("page", "id"))
        names = section_names() if any("section" in one.params for one in findings) else {}
        for one in findings:
            setattr(one, "sentence", sentence(one, names))  # noqa: B010 for the page
    by_weight = {weight: [one for one in findings if one.weight == weight] for weight in FindingWeight.values}
    checks = {check.element: check for check in evidence.label_checks.select_related("checked_by")}
    is_label = evidence.requirement.kind == RequirementKind.LABEL
    elements = elements_of(evidence.requirement.fields) if is_label else []
    declaration = Declaration.objects.visible_to(user).filter(document=evidence.document).first()
    return Shown(
        is_read=reading is not None and reading.status == ReadingStatus.DONE,
        is_waiting=is_open and not hasattr(evidence, "examination"),
        is_hidden=is_hidden,
        may_decide=is_open and not is_own and user.has_perm("compliance.check_evidence"),
        pages=min(evidence.document.pages or 0, 40) if not is_hidden else 0,
        declaration=declaration,
        blocks=by_weight[FindingWeight.BLOCK],
        reviews=[one for one in by_weight[FindingWeight.REVIEW] if one.code not in FOR_A_READER],
        sections=[one for one in by_weight[FindingWeight.REVIEW] if one.code in FOR_A_READER],
        notes=[one for one in by_weight[FindingWeight.NOTE] if one.code != "mark_read"],
        elements=[_element(name, checks.get(name), evidence, findings) for name in elements],
    )


def _element(name: str, check: LabelCheck | None, evidence: Evidence, findings: Sequence[Finding]) -> Element:
    mark = evidence.requirement.asks.get("marks", {}).get(name)
    if mark is None:
        return Element(name, check, _("Model number") if name == "model_number" else field_label(name))
    read = next((one for one in findings if one.code == "mark_read" and one.params["element"] == name), None)
    return Element(name, check, pick(en=mark["en"], zh=mark["zh"]), mark["example"], read)


def outcome_of(evidence: Evidence) -> str:
    """waiting, fail (something stops it), review (something is to be looked at) or pass; what was overruled is over."""
    if not hasattr(evidence, "examination"):
        return "waiting"
    weights = set(evidence.findings.standing_in_the_way().values_list("weight", flat=True))
    if FindingWeight.BLOCK in weights:
        return "fail"
    return "review" if weights or _unseen(evidence) else "pass"


def _unseen(evidence: Evidence) -> bool:
    """Whether a label has elements that nobody saw on its photo."""
    if evidence.requirement.kind != RequirementKind.LABEL:
        return False
    seen = set(evidence.label_checks.filter(is_there=True).values_list("element", flat=True))
    return not seen.issuperset(elements_of(evidence.requirement.fields))


def open_findings(declaration: Declaration) -> int:
    """How many things stand in the way of the papers of a declaration."""
    findings = Finding.objects.filter(evidence__document=declaration.document)
    return findings.current().exclude(weight=FindingWeight.NOTE).exclude(state=FindingState.OVERRULED).count()
