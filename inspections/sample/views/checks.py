"""The page on which a sample is checked: on a phone, with the sample in the other hand."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import InvalidInput, RuleBroken
from inspections.models import Protocol, SampleStatus
from inspections.sample.forms import OUTCOMES, check_input, shown_revision
from inspections.sample.page.sheets import CheckLine, DropLine, SampleSheet, sheet_of_sample
from inspections.sample.services.checks import (
    SIDES_OF_PACKAGE,
    CheckChanged,
    CheckInput,
    DropInput,
    begin_transport_test,
    record_check,
    record_drop,
)
from inspections.sample.services.photos import add_sample_photo
from inspections.sample.services.samples import submit_sample
from inspections.sample.views.samples import asks_and_takes, find_sample
from inspections.sample.words import CHECK_WORDS, answer_words, drop_words

MOST_PHOTOS = 10


@asks_and_takes
def sample_check(request: PageRequest, uid: UUID) -> HttpResponse:
    """Record what was found. A POST stores every answer that can be stored, and shows the others with what is wrong."""
    sample = find_sample(request, uid)
    require_page(request.user, "inspections.check_sample")
    if sample.status != SampleStatus.RECEIVED:
        return redirect("sample-detail", uid)
    sheet = sheet_of_sample(sample)
    if request.method != "POST":
        return _page(request, sheet)
    entry = Entry(request, sheet)
    entry.save()
    if entry.errors:
        return _page(request, entry.with_errors(), said=entry.errors.get("", []), status=400)
    if request.POST.get("do") != "submit":
        unanswered = sheet_of_sample(sample).unanswered
        anchor = unanswered[0].key if unanswered and isinstance(unanswered[0], CheckLine) else "finish"
        return redirect(f"{reverse('sample-check', args=[uid])}#{anchor}")
    try:
        submit_sample(sample=sample, actor=request.user, at=now())
    except RuleBroken as refusal:
        return _page(request, sheet_of_sample(sample), said=[str(refusal)], status=refusal.status)
    messages.success(request, _("The checks are finished. A second person decides now."))
    return redirect("sample-detail", uid)


def _page(
    request: PageRequest, sheet: SampleSheet, *, said: list[str] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "sheet": sheet,
        "sample": sheet.sample,
        "said": said or [],
        "protocols": Protocol.choices,
        "typed": request.POST,
        "words": CHECK_WORDS,
    }
    return render(request, "inspections/sample/check.html", context, status=status)


def words_of(refusal: RuleBroken) -> list[str]:
    return [str(error.detail) for error in refusal.errors] if isinstance(refusal, InvalidInput) else [str(refusal)]


class Entry:
    """One press of the button: what was entered, and what of it could not be stored (`errors`, by key; "" is the page's)."""

    def __init__(self, request: PageRequest, sheet: SampleSheet) -> None:
        self.request, self.sheet, self.posted = request, sheet, request.POST
        self.facts: dict[str, Any] = {"actor": request.user, "at": now()}
        self.errors: dict[str, list[str]] = {}
        self.kept: set[str] = set()  # what somebody else changed meanwhile

    def save(self) -> None:
        for line in self.sheet.checks:
            if not line.is_asked:
                continue
            sent = self.sent(line)
            if self.is_new(line, sent):
                self.attempt(
                    line.key,
                    partial(record_check, sample=self.sheet.sample, sent=sent, **self.facts),
                    typed=answer_words(sent.conforms, sent.readings or (), sent.note.strip()),
                )
            self.save_photos(line.key, check=line.code)
        for drop in self.sheet.drops:
            self.save_drop(drop)
            self.save_photos(drop.code, check="transport", drop_number=drop.number)
        self.save_photos("whole")
        self.begin_test()

    def attempt(self, key: str, action: Callable[[], object], typed: str = "") -> None:
        """`typed` is what was entered, in words: it is said where another answer is kept."""
        try:
            action()
        except CheckChanged as refusal:
            self.kept.add(key)
            self.errors.setdefault(key, []).extend([str(refusal), _("You had entered: %(typed)s.") % {"typed": typed}])
        except RuleBroken as refusal:
            self.errors.setdefault(key, []).extend(words_of(refusal))

    def sent(self, line: CheckLine) -> CheckInput:
        return check_input(
            self.posted,
            key=line.key,
            code=line.code,
            is_aspect=bool(line.aspect),
            is_measured=line.is_measured,
            unit=line.characteristic.unit if line.characteristic else "",
        )

    def is_new(self, line: CheckLine, sent: CheckInput) -> bool:
        """Whether something was entered, and it is not what is stored.

        What is stored may be another's answer that the page did not show; the revision tells `record_check`.
        """
        if sent.conforms is None and not sent.readings and not sent.note.strip():
            return False
        if line.check is None:
            return True
        readings = [str(reading) for reading in line.check.readings or ()]
        is_same_answer = (
            list(sent.readings or ()) == readings if line.is_measured else sent.conforms == line.check.conforms
        )
        return not is_same_answer or sent.note.strip() != line.check.note

    def save_drop(self, drop: DropLine) -> None:
        outcome = self.posted.get(f"{drop.code}-outcome", "")
        note = self.posted.get(f"{drop.code}-note", "").strip()
        stored = drop.result.note if drop.result else ""
        if outcome not in OUTCOMES or (outcome, note) == (drop.outcome, stored):
            return
        damages = OUTCOMES[outcome]
        sent = DropInput(drop.number, *damages, note, revision=shown_revision(self.posted, drop.code))
        self.attempt(
            drop.code,
            lambda: record_drop(sample=self.sheet.sample, sent=sent, **self.facts),
            typed=drop_words(*damages, note),
        )

    def save_photos(self, key: str, *, check: str = "", drop_number: int | None = None) -> None:
        for file in self.request.FILES.getlist(f"{key}-photo")[:MOST_PHOTOS]:
            self.attempt(
                key,
                partial(
                    add_sample_photo,
                    sample=self.sheet.sample,
                    file=file,
                    check=check,
                    drop_number=drop_number,
                    **self.facts,
                ),
            )

    def begin_test(self) -> None:
        protocol = self.posted.get("protocol", "")
        if protocol and self.sheet.test is None:
            weight = self.posted.get("package_weight_kg", "")
            sides = [self.posted.get(name, "") for name in SIDES_OF_PACKAGE]
            self.attempt(
                "test",
                lambda: begin_transport_test(
                    sample=self.sheet.sample,
                    protocol=protocol,
                    package_weight_kg=weight,
                    package_mm=sides,
                    **self.facts,
                ),
            )

    def with_errors(self) -> SampleSheet:
        """The sheet as it is stored now, with what was typed in vain and why; what another changed meanwhile as it is."""
        sheet = sheet_of_sample(self.sheet.sample)
        if wrong := [*self.errors.get("test", []), *self.errors.get("whole", [])]:
            self.errors[""] = wrong
        checks = [
            replace(
                line,
                typed=None if line.key in self.kept else self.sent(line),
                errors=self.errors[line.key],
            )
            if line.key in self.errors
            else line
            for line in sheet.checks
        ]
        drops = [
            replace(drop, errors=self.errors[drop.code]) if drop.code in self.errors else drop for drop in sheet.drops
        ]
        return replace(sheet, checks=checks, drops=drops)
