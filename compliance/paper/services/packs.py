"""The pack for a platform's request: one ZIP with a cover that lists every item, and the accepted papers behind it."""

import json
import re
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

import typst
from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from activity.errors import InvalidInput, RuleBroken
from activity.services import record_event
from activity.texts import cleaned
from activity.transactions import one_transaction
from compliance.models import ChecklistItem, Document, ItemState, RequirementKind
from suppliers.models import Listing

COVER = Path(__file__).parents[2] / "typst" / "pack.typ"
# Papers that hold a formula: given out only by those who may read one.
FORMULAS = {RequirementKind.INGREDIENT_DECLARATION, RequirementKind.MATERIAL_DECLARATION}
IN_MEMORY = 8 * 2**20
# Where the typesetter sets a language otherwise by region: characters, spaces and quotation marks.
REGIONS = {"en": "GB", "zh-hans": "CN"}


class NoChineseFont(RuleBroken):
    code = "no_chinese_font"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("This server has no Chinese font for the cover. An administrator can install Noto Sans CJK.")
        )


@cache
def _fonts() -> typst.Fonts:
    """Those of the system; reading them takes longer than the whole cover."""
    return typst.Fonts()


def has_chinese_font() -> bool:
    return any("CJK SC" in family for family in _fonts().families())


@one_transaction()
def make_pack(*, listing: Listing, language: str, actor: User, at: datetime) -> IO[bytes]:
    """The ZIP, open at its beginning; what was given out to whom is recorded with the files' SHA-256.

    Holds the papers that are accepted now; papers with formulas only where the actor may read those. The cover lists every
    item of the checklist in `language`, also what is missing. Raises InvalidInput for an unknown language, NoChineseFont.
    """
    if language not in dict(settings.LANGUAGES):
        known = ", ".join(dict(settings.LANGUAGES))
        raise InvalidInput.one("language", "invalid_choice", _("Choose one of %(all)s.") % {"all": known})
    if not has_chinese_font():
        raise NoChineseFont
    items = list(
        ChecklistItem.objects.filter(listing=listing)
        .select_related("requirement", "evidence__document", "waiver")
        .order_by("-is_blocking", "requirement__kind", "requirement__key")
    )
    papers, withheld = papers_of(items, may_read_formulas=actor.has_perm("compliance.read_formulas"))
    with override(language):
        cover = _cover(listing, items, papers, withheld=withheld, language=language, actor=actor, at=at)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 the caller's
    made = localtime(at).timetuple()[:6]
    with zipfile.ZipFile(file, "w") as pack:  # stored, not deflated: PDFs and pictures are compressed already
        name = f"00 {file_stem(listing.product.sku)} {listing.market.code}.pdf"
        pack.writestr(zipfile.ZipInfo(name, made), cover)
        for name, document in papers.items():
            with document.file.open() as content, pack.open(zipfile.ZipInfo(name, made), "w") as target:
                for chunk in iter(lambda: content.read(2**20), b""):
                    target.write(chunk)
    file.seek(0)
    record_event(
        "pack.made",
        f"listing:{listing.product.sku}:{listing.market.code}",
        at=at,
        actor=actor,
        language=language,
        files={name: document.sha256 for name, document in papers.items()},
        withheld=withheld,
    )
    return file


def papers_of(items: Sequence[ChecklistItem], *, may_read_formulas: bool) -> tuple[dict[str, Document], int]:
    """Name in the pack -> document, each once, in the order of the items; and how many were held back."""
    papers: dict[str, Document] = {}
    shown = [(item, item.evidence) for item in items if item.state == ItemState.ACCEPTED and item.evidence]
    with_formulas = {evidence.document_id for item, evidence in shown if item.requirement.kind in FORMULAS}
    withheld = set() if may_read_formulas else with_formulas
    seen = set(withheld)
    for item, evidence in shown:
        document = evidence.document
        if document.pk in seen:
            continue
        seen.add(document.pk)
        suffix = {"application/pdf": "pdf", "image/jpeg": "jpg"}.get(
            document.content_type, document.content_type.split("/")[-1]
        )
        parts = [f"{len(papers) + 1:02}", file_stem(item.requirement.key), file_stem(evidence.number)]
        papers[f"{' '.join(part for part in parts if part)}.{suffix}"] = document
    return papers, len(withheld)


def file_stem(text: str) -> str:
    """What of a text every file system takes."""
    return re.sub(r"[^\w.+-]+", "-", text).strip("-.")[:60]


def _day(day: date | None) -> str:
    return day.isoformat() if day else "–"


def _all_cleaned(said: Any) -> Any:
    if isinstance(said, str):
        return cleaned(said)
    if isinstance(said, dict):
        return {name: _all_cleaned(value) for name, value in said.items()}
    return [_all_cleaned(value) for value in said] if isinstance(said, list) else said


def _cover(
    listing: Listing,
    items: Sequence[ChecklistItem],
    papers: dict[str, Document],
    *,
    withheld: int,
    language: str,
    actor: User,
    at: datetime,
) -> bytes:
    names = {document.pk: name for name, document in papers.items()}
    lines = []
    for number, item in enumerate(items, start=1):
        paper = item.evidence if item.state == ItemState.ACCEPTED else None
        name = names.get(paper.document_id, "") if paper else ""
        lines.append(
            [
                str(number),
                item.requirement.local_name,
                "\n".join(part for part in (paper.number, paper.issuing_body) if part) if paper else "",
                ", ".join(paper.model_numbers) if paper else "",
                _day(paper.issued_on or paper.valid_from if paper else None),
                _day(item.valid_to),
                str(ItemState(item.state).label) + (f"\n{name.split(' ')[0]}" if name else ""),
            ]
        )
    product, made_at = listing.product, localtime(at).strftime("%Y-%m-%d %H:%M %Z")
    note = _("Files are named by the number that stands under the state of an item. A dash means that no date is set.")
    if withheld:
        note += " " + _("Papers with formulas are held back: %(count)s.") % {"count": withheld}
    said: dict[str, Any] = {
        "lang": language.split("-")[0],
        "region": REGIONS.get(language),
        "title": _("Compliance papers: %(product)s") % {"product": product.local_name},
        "facts": [
            [_("SKU"), product.sku],
            [_("Category"), product.category.local_name],
            [_("Market"), f"{listing.market.local_name} ({listing.market.code})"],
            [_("As of"), made_at],
            [_("Made by"), actor.display_name],
        ],
        "items_title": _("What is asked for, and what shows it"),
        "columns": ["#", _("Item"), _("Number, issuing body"), _("Models"), _("Issued"), _("Valid to"), _("State")],
        "lines": lines,
        "none": _("Nothing is asked for."),
        "files_title": _("Files"),
        "file_columns": [_("Name"), "SHA-256"],
        "files": [[name, document.sha256] for name, document in papers.items()],
        "note": note,
        "footer": f"{product.sku} · {listing.market.code} · {made_at}",
    }
    return typst.compile(
        COVER,
        root=COVER.parent,
        font_paths=_fonts(),
        sys_inputs={"said": json.dumps(_all_cleaned(said), ensure_ascii=False)},
    )
