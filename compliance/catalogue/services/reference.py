"""Writing the tables that papers are compared with: loading, editing, confirming."""

import json
from collections.abc import Mapping
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput, RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from compliance.catalogue.services.annexes import annexes
from compliance.models import (
    Evidence,
    Examination,
    ProposedChange,
    ReferenceEntry,
    ReferenceRevision,
    ReferenceTable,
    RevisionSource,
    Verification,
)
from compliance.paper.reads import check_entry
from compliance.paper.services.examinations import DECLARATIONS, owe_examinations
from compliance.paper.services.recheck import touched_by_entry
from compliance.rules.reference import stops_less

FILE = Path(__file__).parents[2] / "data" / "catalogue.json"
KEY_OF = {ReferenceTable.LANGUAGES: "market"}


class EntryMeanwhileChanged(RuleBroken):
    code = "entry_meanwhile_changed"
    detail = gettext_lazy("Somebody changed this entry meanwhile. Look at what it says now, and change it again.")


def _rows(data: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for table in ReferenceTable:
        if table == ReferenceTable.VOLTAGES:
            listed = [{"market": market, "pattern": pattern} for market, pattern in data[table].items()]
        else:
            listed = data[table]
        key = "market" if table == ReferenceTable.VOLTAGES else KEY_OF.get(table, "key")
        rows |= {(table.value, row[key]): row for row in listed}
    return rows


@one_transaction()
def load_reference(*, path: Path = FILE, at: datetime) -> int:
    """Add the rows of a file that are not there yet; what is there stays as people left it. How many were added."""
    made = _add(_rows(json.loads(path.read_text())), at=at)
    if Examination.objects.exists():
        for entry in made:
            owe_examinations(touched_by_entry(entry, entry), why=_news(entry.table), at=at)
    return len(made)


@one_transaction()
def load_annexes(*, at: datetime) -> int:
    """Add the long lists of substances, likewise: thousands of rows, after which every declaration is compared anew."""
    table = ReferenceTable.SUBSTANCES
    made = _add({(table.value, row["key"]): row for row in annexes()}, at=at)
    if made:
        owe_examinations(Evidence.objects.filter(requirement__kind__in=DECLARATIONS), why=_news(table), at=at)
    return len(made)


def _news(table: str) -> dict[str, str]:
    """A newer file brings entries that papers from before it were never compared with."""
    return {"what": "reference", "name": table, "reason": ""}


def _add(rows: Mapping[tuple[str, str], Mapping[str, Any]], *, at: datetime) -> list[ReferenceEntry]:
    there = set(ReferenceEntry.objects.values_list("table", "key"))
    made = ReferenceEntry.objects.bulk_create(
        ReferenceEntry(table=table, key=key, data=row, verification=row.get("verification", Verification.KNOWN))
        for (table, key), row in rows.items()
        if (table, key) not in there
    )
    ReferenceRevision.objects.bulk_create(
        ReferenceRevision(
            entry=entry, number=1, source=RevisionSource.FILE, data=entry.data, is_active=True, actor=None, at=at
        )
        for entry in made
    )
    return made


@one_transaction()
def edit_entry(
    *,
    table: ReferenceTable,
    key: str,
    values: Mapping[str, Any],
    is_active: bool,
    reason: str,
    revision: int,
    actor: User,
    at: datetime,
) -> ReferenceEntry | ProposedChange:
    """Let an entry say otherwise: `values` replace those of its data. `revision` is the one that the editor saw.

    One that would stop fewer papers than now changes nothing yet: it waits as a ProposedChange for another person (R13).
    The papers that it touches are compared anew afterwards, and accepted ones that it stops put up for a new look.
    Raises InvalidInput, EntryMeanwhileChanged, NotAllowed.
    """
    require(actor, "compliance.edit_catalogue")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why, and where it can be read."))
    entry = _locked(table, key, revision)
    after = changed(entry, values, is_active=is_active)
    if not stops_less(entry.table, entry.data, after.data, was=entry.is_active, will=after.is_active):
        return change_entry(entry, values, is_active=is_active, reason=reason, actor=actor, at=at)
    news = {name: value for name, value in after.data.items() if value != entry.data.get(name)}
    if after.is_active != entry.is_active:
        news["is_active"] = after.is_active
    proposal = ProposedChange.objects.create(
        key=entry.key, entry=entry, values=news, asked_by=actor, asked_at=at, reason=reason.strip()
    )
    record_event(
        "reference.asked", f"reference:{entry.table}:{entry.key}", at=at, actor=actor, table=entry.table, key=entry.key,
        reason=reason.strip(), changes={name: [said_of(entry, name), value] for name, value in news.items()},
    )  # fmt: skip
    return proposal


def said_of(entry: ReferenceEntry, name: str) -> Any:
    """What an entry says now under a name of a proposed change."""
    return entry.is_active if name == "is_active" else entry.data.get(name)


def as_asked(entry: ReferenceEntry, proposal: ProposedChange) -> ReferenceEntry:
    """The entry as a proposed change of it would have it, not saved."""
    entry = copy(entry)
    entry.data = {**entry.data, **{name: said for name, said in proposal.values.items() if name != "is_active"}}
    entry.is_active = proposal.values.get("is_active", entry.is_active)
    return entry


def apply_to_entry(
    entry: ReferenceEntry, proposal: ProposedChange, *, revision: int, actor: User, at: datetime
) -> ReferenceEntry:
    """Let an entry say what somebody else asked for. The caller holds the proposal's lock and knows that it is another person.

    Raises InvalidInput, EntryMeanwhileChanged.
    """
    entry = _locked(entry.table, entry.key, revision)
    values = {name: value for name, value in proposal.values.items() if name != "is_active"}
    is_active = proposal.values.get("is_active", entry.is_active)
    return change_entry(entry, values, is_active=is_active, reason=proposal.reason, actor=actor, at=at)


def _locked(table: str, key: str, revision: int) -> ReferenceEntry:
    entry = ReferenceEntry.objects.select_for_update().get(table=table, key=key)
    if entry.revision != revision:
        raise EntryMeanwhileChanged
    return entry


def change_entry(
    entry: ReferenceEntry, values: Mapping[str, Any], *, is_active: bool, reason: str, actor: User, at: datetime
) -> ReferenceEntry:
    """The change itself, under the entry's lock. Raises InvalidInput."""
    before, after = copy(entry), changed(entry, values, is_active=is_active)
    after = _kept(after, RevisionSource.EDIT, reason, actor, at)
    why = {"what": "reference", "name": entry.table, "reason": reason.strip() if _is_public(entry) else ""}
    owe_examinations(touched_by_entry(before, after), why=why, at=at)
    return after


def changed(entry: ReferenceEntry, values: Mapping[str, Any], *, is_active: bool) -> ReferenceEntry:
    """The entry as it would be, not saved. Raises InvalidInput for what cannot be used, and where nothing differs."""
    after = copy(entry)
    after.data, after.is_active = {**entry.data, **values}, is_active
    if (after.data, is_active) == (entry.data, entry.is_active):
        raise InvalidInput.one("reason", "unchanged", _("Nothing was changed."))
    check_entry(entry.table, after.data)
    after.confirmed_by = after.confirmed_at = None
    return after


def _is_public(entry: ReferenceEntry) -> bool:
    """Why a substance's entry changed names it, and so something of the formulas that it touches."""
    return entry.table != ReferenceTable.SUBSTANCES


@one_transaction()
def confirm_entry(
    *, table: ReferenceTable, key: str, note: str, revision: int, actor: User, at: datetime
) -> ReferenceEntry:
    """Say with one's name that an entry is right as it stands. `note` says where that was read."""
    require(actor, "compliance.edit_catalogue")
    if not note.strip():
        raise InvalidInput.one("reason", "required", _("Say where you read it: a law, a page, a letter."))
    entry = _locked(table, key, revision)
    entry.confirmed_by, entry.confirmed_at = actor, at
    return _kept(entry, RevisionSource.CONFIRMATION, note, actor, at)


def _kept(entry: ReferenceEntry, source: RevisionSource, reason: str, actor: User, at: datetime) -> ReferenceEntry:
    entry.revision += 1
    entry.save()
    ReferenceRevision.objects.create(
        entry=entry,
        number=entry.revision,
        source=source,
        data=entry.data,
        is_active=entry.is_active,
        reason=reason.strip(),
        actor=actor,
        at=at,
    )
    kind = "reference.confirmed" if source == RevisionSource.CONFIRMATION else "reference.changed"
    record_event(
        kind, f"reference:{entry.table}:{entry.key}", at=at, actor=actor, table=entry.table, key=entry.key,
        reason=reason.strip(),
    )  # fmt: skip
    return entry
