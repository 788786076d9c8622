"""Reading documents: scanned for viruses, then for their text, by whichever worker is free."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy
from PIL import Image

from activity.operations import add_backlog
from activity.services import nudge_task, record_event
from compliance.models import Document, DocumentStatus, Evidence, Reading, ReadingStatus
from compliance.paper.services.examinations import OPEN_OR_ACCEPTED, WAITING, examine_evidence, note_failure
from compliance.paper.services.files import MOST_PAGES, UNREADABLE
from compliance.paper.services.scanner import ScannerDown, scan
from compliance.reading.barcodes import with_barcodes
from compliance.reading.pdf import PdfError, draw_page
from compliance.reading.spots import Box
from compliance.reading.text import Page, read
from inspections.rules.pictures import PictureError, process

logger = logging.getLogger(__name__)

CLAIM_FOR = timedelta(minutes=10)
MOST_ATTEMPTS = 2
TURNS_KEPT = timedelta(hours=1)
MOST_LOOKED_AT = 50  # of which other workers may have some


def nudge() -> None:
    nudge_task("compliance.paper.tasks.read_documents")


add_backlog(
    "papers", gettext_lazy("papers that are read"),
    lambda: Document.objects.filter(status__in=[DocumentStatus.WAITING, DocumentStatus.READY]).filter(
        Q(reading=None) | Q(reading__status=ReadingStatus.WAITING)
    ),
    since="uploaded_at", late=timedelta(minutes=30),
)  # fmt: skip


def scan_next_document(*, now: datetime) -> bool:
    """Ask the scanner about one document that waits for it. False when none waits or the scanner is down.

    A document that was not scanned stays waiting: it is neither served nor accepted.
    """
    document = Document.objects.filter(status=DocumentStatus.WAITING).order_by("id").first()
    if document is None:
        return False
    found = None
    if settings.CLAMD_URL:
        try:
            with document.file.open() as file:
                found = scan(cast(BinaryIO, file), settings.CLAMD_URL)
        except ScannerDown as error:
            logger.warning("The virus scanner gives no answer (%s); documents wait.", error)
            return False
    _settle(document, found, at=now)
    return True


@transaction.atomic
def _settle(document: Document, found: str | None, *, at: datetime) -> None:
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.status != DocumentStatus.WAITING:
        return
    document.status = DocumentStatus.REFUSED if found else DocumentStatus.READY
    if found:
        document.problems = [*document.problems, "virus"]
    document.save(update_fields=["status", "problems"])
    if found:
        record_event(
            "document.refused", f"document:{document.uid}", at=at, actor=None, document=str(document.uid),
            name=document.name, virus=found,
        )  # fmt: skip


def read_next_document(*, now: datetime) -> bool:
    """Read one document that nobody reads yet, and examine the papers that it is shown for. False when there is none.

    No transaction is open meanwhile. A worker that dies leaves the document to the next; one that two died of is
    unreadable, and a person looks at it.
    """
    reading = _claim(now)
    if reading is None:
        return False
    pages: list[Page] = []
    status = ReadingStatus.UNREADABLE
    document = reading.document
    if reading.attempts <= MOST_ATTEMPTS and not UNREADABLE.intersection(document.problems):
        try:
            with local_copy(document) as path:
                pages = with_barcodes(
                    read(path, document.content_type, most_pages=MOST_PAGES), path, document.content_type
                )
            status = ReadingStatus.DONE
        except PdfError:
            pass
        except Exception:
            logger.exception("Reading document %s failed", document.uid)
            Reading.objects.filter(pk=reading.pk).update(attempts=F("attempts") - 1)
            return True
    Reading.objects.filter(pk=reading.pk, status=ReadingStatus.WAITING).update(
        status=status, pages=[asdict(page) for page in pages], read_at=now, claimed_until=None
    )
    examine_papers_of(document, at=now)
    return True


def examine_papers_of(document: Document, *, at: datetime) -> None:
    for evidence in document.evidence.filter(state__in=WAITING):
        _examine(evidence, at=at)


def _examine(evidence: Evidence, *, at: datetime) -> None:
    """A paper that cannot be compared, whatever the reason, is left to a person and does not stop those behind it."""
    try:
        examine_evidence(evidence=evidence, at=at)
    except DatabaseError:  # the same will work, or fail for all
        raise
    except Exception:
        logger.exception("Comparing paper %s failed", evidence.uid)
        note_failure(evidence=evidence, at=at)


def examine_next_paper(*, now: datetime) -> bool:
    """Examine one paper that nobody has examined although its document is read, or that is to be compared anew. False
    when there is none."""
    read = Evidence.objects.filter(
        document__reading__status__in=[ReadingStatus.DONE, ReadingStatus.UNREADABLE]
    ).order_by("id")
    evidence = (
        read.filter(state__in=WAITING, examination=None).first()
        or read.filter(state__in=OPEN_OR_ACCEPTED, examination__due_at__isnull=False).first()
    )
    if evidence is None:
        return False
    _examine(evidence, at=now)
    return True


@transaction.atomic
def _claim(now: datetime) -> Reading | None:
    unread = Document.objects.filter(reading=None, status=DocumentStatus.READY)
    Reading.objects.bulk_create(
        [Reading(document_id=pk) for pk in unread.values_list("pk", flat=True)[:100]], ignore_conflicts=True
    )
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    waiting = Reading.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        free, status=ReadingStatus.WAITING
    )
    reading = next(
        (found for pk in _in_turn(now) if (found := waiting.select_related("document").filter(pk=pk).first())), None
    )
    if reading is not None:
        reading.attempts += 1
        reading.claimed_until = now + CLAIM_FOR
        reading.save(update_fields=["attempts", "claimed_until"])
    return reading


def _in_turn(now: datetime) -> list[int]:
    """Readings that wait, the suppliers in turn: of whom much was read within the hour waits for those of whom little was."""
    lately = Q(status=ReadingStatus.WAITING) | Q(read_at__gt=now - TURNS_KEPT)
    turn = Window(
        RowNumber(),
        partition_by="document__supplier",
        order_by=[F("read_at").asc(nulls_last=True), F("claimed_until").asc(nulls_last=True), "id"],
    )
    turns = Reading.objects.filter(lately).annotate(turn=turn).order_by("turn", "id")
    waiting = [pk for pk, status in turns.values_list("pk", "status") if status == ReadingStatus.WAITING]
    return waiting[:MOST_LOOKED_AT]


@contextmanager
def local_copy(document: Document) -> Iterator[Path]:
    """The document as a file of this machine, whatever storage it is kept in."""
    with tempfile.NamedTemporaryFile() as copy, document.file.open() as file:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


class PageNotDrawn(ValueError):
    """There is no such page, or it cannot be drawn within our limits."""


def page_picture(document: Document, number: int) -> tuple[bytes, str]:
    """(content, content type) of one page, from 1, small enough for a screen. Raises PageNotDrawn."""
    try:
        with local_copy(document) as path:
            if document.content_type != "application/pdf":
                if number != 1:
                    raise PageNotDrawn
                with path.open("rb") as file:
                    return process(file).large, "image/jpeg"
            if not 1 <= number <= (document.pages or 0):
                raise PageNotDrawn
            with tempfile.TemporaryDirectory() as folder:
                drawn = Path(folder, "page.png")
                draw_page(path, number, to=drawn, dpi=110)
                return drawn.read_bytes(), "image/png"
    except (PdfError, PictureError, OSError) as error:
        raise PageNotDrawn from error


def spot_picture(document: Document, number: int, spot: Box) -> bytes:
    """The part of a page, in fractions of it, as a PNG. Raises PageNotDrawn."""
    content, _kind = page_picture(document, number)
    with Image.open(BytesIO(content)) as page:
        left, top, right, bottom = spot
        cut = page.crop((
            int(left * page.width), int(top * page.height), ceil(right * page.width), ceil(bottom * page.height)
        ))  # fmt: skip
        file = BytesIO()
        cut.convert("RGB").save(file, "PNG")
        return file.getvalue()
