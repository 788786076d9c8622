"""Taking a file in, and having stored what was checked."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput, RuleBroken
from activity.transactions import one_transaction
from imports import kinds
from imports.columns import fingerprint_of
from imports.files import sha256_of
from imports.kinds import Kind, Naming
from imports.models import ColumnMapping, Import, ImportStatus
from imports.reading import fits_for
from imports.services.questions import as_left_out, checked_options, name_columns
from imports.services.working import nudge
from imports.tables import check_upload, read_head


class NotChecked(RuleBroken):
    code = "import_not_checked"
    detail = gettext_lazy("This file is not checked yet, was refused, or is imported already.")


@one_transaction()
def start_import(
    *,
    file: UploadedFile,
    kind: str = "",
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    without: Collection[int] = (),
    actor: User,
    at: datetime,
) -> Import:
    """Take a file to be checked in the background. Raises InvalidInput for what is plainly no table, NotAllowed.

    `kind` is one whose columns are named, first unless they were for the same header, or empty for a file that its columns
    tell: one that they tell to be an export of a shop has its columns named as well. With a `mapping` they are named at
    once; see `name_columns`. The lines of `without` are left out.
    """
    require(actor, "imports.import_data")
    check_upload(file)
    if not kind:
        kind = _suggested_kind(file, options or {})
    chosen = kinds.find(kind)
    all_named = ", ".join(each.value for each in kinds.with_named_columns())
    if kind and (chosen is None or chosen.naming is None):
        raise InvalidInput.one("kind", "invalid_choice", _("Choose one of %(all)s.") % {"all": all_named})
    started = Import(
        kind=kind,
        name=(file.name or "")[-200:],
        sha256=sha256_of(file),
        language=get_language() or "",
        created_at=at,
        created_by=actor,
        left_out=as_left_out([], without),
    )
    if mapping is None and options:
        started.options = checked_options(chosen, options)
    if mapping is not None and chosen is None:
        detail = _("Only exports of orders have columns to name: %(all)s.") % {"all": all_named}
        raise InvalidInput.one("kind", "required", detail)
    if mapping is not None:
        started.status = ImportStatus.MAPPING
    elif chosen is not None and chosen.naming is not None:
        _recall_columns(started, chosen, chosen.naming, file)
    started.file.save(str(started.uid), file, save=False)
    started.save()
    if mapping is not None:
        return name_columns(found=started, mapping=mapping, options=options or {}, actor=actor, at=at)
    transaction.on_commit(nudge)
    return started


def header_of(found: Import) -> list[str]:
    """The titles of a file that was sent; none where it cannot be read."""
    try:
        with found.file.open() as file:
            return read_head(
                cast(BinaryIO, file), fits_for(kinds.find(found.kind), found.mapping), found.options
            ).header
    except InvalidInput:
        return []


def looks_like(found: Import) -> tuple[Kind, str] | None:
    """The kind that the titles of a file say it is, and the shop whose export; see `kinds.likely`."""
    return kinds.likely(header_of(found))


def _suggested_kind(file: UploadedFile, options: Mapping[str, Any]) -> str:
    """That of an export of a shop, by its titles; empty for any other file, and for one that cannot be read."""
    try:
        header = read_head(cast(BinaryIO, file), fits_for(None), options).header
    except InvalidInput:
        return ""
    finally:
        file.seek(0)
    found = kinds.likely(header)
    return found[0].value if found and found[0].naming is not None else ""


def _recall_columns(started: Import, kind: Kind, naming: Naming, file: UploadedFile) -> None:
    """As they were named for the same header last time; to be confirmed where something is chosen each time."""
    header = read_head(cast(BinaryIO, file), fits_for(kind), started.options).header
    file.seek(0)
    known = ColumnMapping.objects.filter(kind=kind.value, fingerprint=fingerprint_of(header)).first()
    started.status = ImportStatus.MAPPING
    if known is None:
        started.mapping = dict(kind.suggest(header).mapping)
        return
    started.mapping, started.options = known.mapping, known.options | started.options
    if not any(option.is_chosen_each_time for option in naming.options):
        started.status = ImportStatus.CHECKING


@one_transaction()
def apply_import(*, checked: Import, actor: User, at: datetime) -> Import:
    """Have a file that was checked stored in the background. Raises NotChecked, NotAllowed."""
    require(actor, "imports.import_data")
    checked = Import.objects.select_for_update(of=("self",)).get(pk=checked.pk)
    if checked.status != ImportStatus.CHECKED:
        raise NotChecked
    checked.status, checked.applied_by = ImportStatus.APPLYING, actor
    checked.rows_done = checked.attempts = 0
    checked.claimed_until = None
    checked.save()
    transaction.on_commit(nudge)
    return checked


def is_being_stored(whole: str) -> bool:
    """Whether what events are part of (`activity.services.part_of`) is an import that has not ended."""
    kind, _sign, uid = whole.partition(":")
    return kind == "import" and Import.objects.filter(uid=uid, status=ImportStatus.APPLYING).exists()
