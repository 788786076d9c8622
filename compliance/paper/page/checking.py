"""The page on which one paper is checked: its pages with what was found marked, what was asked, and what waits after it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from accounts.models import User
from activity.forms import field_label as column_label
from compliance.checklist.words import field_label
from compliance.models import Document, Evidence, EvidenceState, Finding, FindingState, FindingWeight, Reading
from compliance.paper.page.papers import to_check
from compliance.paper.page.readings import Shown, findings_shown
from compliance.paper.services.checking import is_first_look, sisters_of
from compliance.paper.services.reading import local_copy
from compliance.paper.words import sentence
from compliance.reading.pdf import PdfError, words_of
from compliance.reading.spots import Box, around, boxes_of
from suppliers.addresses import addresses_of_supplier

A4 = (1000, 1414)
AROUND = 3  # of A4 between the words and their mark
MOST_PLACED = 40  # pages whose words are looked up for the marks of one paper
KEPT_FOR = 24 * 3600
TONES = {FindingWeight.BLOCK: "stopped", FindingWeight.REVIEW: "warning", FindingWeight.NOTE: "accepted"}


@dataclass(slots=True)
class Row:
    """One thing that is asked: the finding, its number on page and list, and what a sister product's paper says of it;
    `answer` (yes, no or nothing), `page` and `why` as the form shows them."""

    finding: Finding
    number: int
    tone: str
    boxes: Sequence[Box] = ()
    sister: Finding | None = None
    answer: str = ""
    page: str = ""
    why: str = ""

    @property
    def is_open(self) -> bool:
        return self.finding.weight != FindingWeight.NOTE and self.finding.state == FindingState.OPEN

    @property
    def stands(self) -> bool:
        """Whether it still stands in the way."""
        return self.finding.weight != FindingWeight.NOTE and self.finding.state != FindingState.OVERRULED


@dataclass(frozen=True, slots=True)
class Mark:
    """A box on a page, and the number beside it."""

    number: int
    tone: str
    x: float
    y: float
    width: float
    height: float

    @property
    def end(self) -> float:
        """Where its number stands."""
        return min(self.x + self.width + 4, A4[0] - 30)


@dataclass(slots=True)
class Sheet:
    """One page of the document, and the marks on it, in parts of A4 whatever its shape: the drawing stretches them."""

    number: int
    marks: list[Mark] = field(default_factory=list)

    @property
    def worst(self) -> str:
        tones = {mark.tone for mark in self.marks}
        return next((tone for tone in ("stopped", "warning", "accepted") if tone in tones), "")


@dataclass(frozen=True, slots=True)
class Queue:
    """Where a paper stands among those that wait for this person; `place` counts from 1, 0 where it is none of them."""

    place: int
    total: int
    before: Evidence | None
    after: Evidence | None


def queue_of(user: User, evidence: Evidence) -> Queue:
    """One statement."""
    waiting = list(to_check(user).select_related(None).prefetch_related(None).only("pk", "uid"))
    place = next((place for place, one in enumerate(waiting) if one.pk == evidence.pk), None)
    if place is None:
        return Queue(0, len(waiting), None, next(iter(waiting), None))
    before = waiting[place - 1] if place else None
    return Queue(place + 1, len(waiting), before, waiting[place + 1] if place + 1 < len(waiting) else None)


@dataclass(frozen=True, slots=True)
class Checking:
    """All that the page shows of a paper. `rows` are those that stop it, those to look for, and what was found."""

    evidence: Evidence
    shown: Shown
    rows: list[Row]
    sheets: list[Sheet]
    changed: list[dict[str, str]]
    title: str
    letter: str
    is_first: bool

    @property
    def standing(self) -> list[Row]:
        return [row for row in self.rows if row.stands]

    @property
    def to_say(self) -> list[Row]:
        return [row for row in self.rows if row.finding.weight != FindingWeight.NOTE]

    @property
    def found(self) -> list[Row]:
        return [row for row in self.rows if row.finding.weight == FindingWeight.NOTE]

    @property
    def is_clear(self) -> bool:
        return not self.standing and not self.shown.unseen and not self.shown.is_waiting


def checking_of(evidence: Evidence, user: User) -> Checking:
    shown = findings_shown(evidence, user)
    rows = _rows(evidence, shown)
    return Checking(
        evidence=evidence,
        shown=shown,
        rows=rows,
        sheets=_sheets(evidence, rows, shown),
        changed=changed_since_read(evidence),
        title=_title(rows, shown),
        letter=letter_of(evidence, rows),
        is_first=is_first_look(evidence),
    )


def _rows(evidence: Evidence, shown: Shown) -> list[Row]:
    findings = [*shown.blocks, *shown.reviews, *shown.sections, *shown.notes]
    sisters = sisters_of(evidence) if any(one.state == FindingState.OPEN for one in findings) else {}
    boxes = _boxes(evidence.document, findings)
    return [
        Row(one, number, TONES[FindingWeight(one.weight)], boxes.get(str(one.uid), ()), sisters.get(one.fingerprint))
        for number, one in enumerate(findings, start=1)
    ]


def _title(rows: Iterable[Row], shown: Shown) -> str:
    """The state of a paper in a sentence."""
    if shown.is_waiting:
        return _("It is still being read")
    standing = [row for row in rows if row.stands]
    contradicted = sum(row.finding.weight == FindingWeight.BLOCK for row in standing)
    missing = len(standing) - contradicted
    said = []
    if contradicted:
        text = ngettext("%(count)s thing contradicts", "%(count)s things contradict", contradicted)
        said.append(text % {"count": contradicted})
    if missing:
        said.append(ngettext("%(count)s was not found", "%(count)s were not found", missing) % {"count": missing})
    if shown.unseen:
        text = ngettext("%(count)s to see on the label", "%(count)s to see on the label", shown.unseen)
        said.append(text % {"count": shown.unseen})
    return ", ".join(said) if said else _("All that is asked was found or seen")


# -- where it stands in the document


def _boxes(document: Document, findings: Sequence[Finding]) -> dict[str, list[Box]]:
    """Finding -> its boxes on its page. Worked out once for a document and what is found in it, then kept for a day."""
    placed = [one for one in findings if one.page and (one.quote or one.params.get("printed"))]
    said = json.dumps([document.sha256, *sorted(f"{one.uid}:{one.fingerprint}" for one in placed)])
    key = f"spots:{hashlib.sha256(said.encode()).hexdigest()}"
    if not placed or (kept := cache.get(key)) is not None:
        return kept if placed else {}
    words = _words(document, sorted({one.page for one in placed if one.page})[:MOST_PLACED])
    boxes = {str(one.uid): boxes_of(_printed(one), one.quote, words.get(one.page or 0, ())) for one in placed}
    cache.set(key, boxes, KEPT_FOR)
    return boxes


def spot_of(finding: Finding) -> Box | None:
    """The part of its page that shows what a finding is about; None where nobody knows where that stands."""
    return around(_boxes(finding.evidence.document, [finding]).get(str(finding.uid), ()))


def _printed(finding: Finding) -> str:
    """The words themselves, where the finding knows them apart from their line. A country is told of an address."""
    params = finding.params
    said = [params.get(name) for name in ("printed", "number", "model", "value", "said")]
    return next((word for word in said if isinstance(word, str) and word and word in finding.quote), "")


def _words(document: Document, pages: Sequence[int]) -> Mapping[int, Sequence]:
    """Of recognised pages as they were recognised, of others as the file has them; none where it does not open."""
    reading = Reading.objects.filter(document=document).first()
    known = {page["number"]: page.get("words", ()) for page in reading.pages} if reading else {}
    found = {number: [tuple(word) for word in known[number]] for number in pages if known.get(number)}
    asked = [number for number in pages if number not in found]
    if asked and document.content_type == "application/pdf":
        try:
            with local_copy(document) as path:
                found |= {number: page.words for number, page in words_of(path, asked).items()}
        except (PdfError, OSError):
            return found
    return found


def _sheets(evidence: Evidence, rows: Sequence[Row], shown: Shown) -> list[Sheet]:
    if shown.is_hidden:
        return []
    sheets = {number: Sheet(number) for number in range(1, (evidence.document.pages or 0) + 1)}
    for row in rows:
        if sheet := sheets.get(row.finding.page or 0):
            sheet.marks.extend(_mark(row, box) for box in row.boxes)
    return list(sheets.values())


def _mark(row: Row, box: Box) -> Mark:
    left, top, right, bottom = box
    return Mark(
        number=row.number,
        tone="accepted" if row.finding.state == FindingState.OVERRULED else row.tone,
        x=round(left * A4[0] - AROUND, 1),
        y=round(top * A4[1] - AROUND, 1),
        width=round((right - left) * A4[0] + 2 * AROUND, 1),
        height=round((bottom - top) * A4[1] + 2 * AROUND, 1),
    )


# -- beside it


def changed_since_read(evidence: Evidence) -> list[dict[str, str]]:
    """What was handed in otherwise than the reader had it: the field, both values, and where the paper says so."""
    rows = []
    for name, read in evidence.as_read.items():
        said: Any = evidence.fields.get(name.removeprefix("fields."), "") if name.startswith("fields.") else ""
        if not name.startswith("fields."):
            value = getattr(evidence, name)
            said = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        if said != read["value"]:
            is_further = name.startswith("fields.")
            label = field_label(name.removeprefix("fields.")) if is_further else str(column_label(Evidence, name))
            rows.append({"field": name, "label": label, "said": said, "read": read["value"], "page": read["page"]})
    return rows


def letter_of(evidence: Evidence, rows: Iterable[Row]) -> str:
    """What the supplier will read when the paper is refused, in its own language: what contradicts it, what is not there."""
    standing = [row.finding for row in rows if row.stands]
    if not standing:
        return ""
    addresses = addresses_of_supplier(evidence.document.supplier)
    with override(addresses[0][1] if addresses else get_language()):
        return "\n".join(sentence(finding) for finding in standing)


def may_decide(evidence: Evidence, user: User) -> bool:
    """Whether the paper waits for this person."""
    is_open = evidence.state in (EvidenceState.SUBMITTED, EvidenceState.CHECKED)
    is_own = user.pk in (evidence.submitted_by_id, evidence.document.uploaded_by_id)
    is_second = evidence.state != EvidenceState.CHECKED or not evidence.is_blocking or evidence.checked_by_id != user.pk
    return is_open and not is_own and is_second and user.has_perm("compliance.check_evidence")
