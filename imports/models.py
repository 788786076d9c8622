"""Files that were sent to be imported, and what is known of the columns of their sources."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from imports import kinds


class ImportStatus(models.TextChoices):
    MAPPING = "mapping", _("its columns are to be named")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked, nothing stored yet")
    APPLYING = "applying", _("being stored")
    DONE = "done", pgettext_lazy("import", "done")
    REFUSED = "refused", _("refused, nothing was stored")


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self if user.has_perm("imports.import_data") else self.none()


class Import(models.Model):
    """One file: checked as a whole first, then, when somebody says so, stored as a whole or not at all.

    `rows_done` counts in the step that `status` names. `errors` are {line, column, code, detail}, in the language of who
    sent the file; a line of None is about the file. A worker has it until `claimed_until`, and says so again as it
    goes on; `attempts` tells a worker whose claim ran out that another one took over.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    language = models.CharField(max_length=10)
    kind = models.CharField(_("kind"), max_length=kinds.LONGEST_VALUE, choices=kinds.choices, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=ImportStatus, default=ImportStatus.CHECKING)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    rows_passed = models.PositiveIntegerField(_("rows that are not stored"), default=0)
    mapping = models.JSONField(
        default=dict, blank=True, help_text="Column -> title in the file, where the user names them"
    )
    options = models.JSONField(default=dict, blank=True, help_text="What its kind asks for beside the columns")
    notes = models.JSONField(default=list, blank=True, help_text="What of the file was not read: {line, code, detail}")
    preview = models.JSONField(
        default=list, blank=True, help_text="The first rows: {line, cells: [{column, shown, stored}]}"
    )
    errors = models.JSONField(_("errors"), default=list, blank=True)
    left_out = models.JSONField(
        _("rows left out"), default=list, blank=True, help_text="Of the errors those whose rows somebody left out"
    )
    row_notes = models.JSONField(
        default=list, blank=True, help_text="Rows that are not simply stored, by what is done with them and why"
    )
    counts = models.JSONField(default=dict, blank=True, help_text="Rows by what storing them does to the records")
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("applied by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        permissions = [("import_data", "Imports batches and inspection results from files")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[ImportStatus.DONE, ImportStatus.REFUSED], ended_at__isnull=False)
                | (~Q(status__in=[ImportStatus.DONE, ImportStatus.REFUSED]) & Q(ended_at=None)),
                name="import_has_ended_exactly_when_done_or_refused",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ImportStatus.APPLYING, ImportStatus.DONE]) | Q(applied_by__isnull=False),
                name="import_is_applied_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(status=ImportStatus.REFUSED) | Q(errors=[]), name="import_with_errors_is_refused"
            ),
            models.CheckConstraint(
                condition=~Q(kind="") | Q(status__in=[ImportStatus.CHECKING, ImportStatus.REFUSED]),
                name="import_is_of_a_kind_once_it_is_checked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="import_that_waits",
                condition=Q(status__in=[ImportStatus.CHECKING, ImportStatus.APPLYING]),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def stream(self) -> str:
        return f"import:{self.uid}"

    @property
    def rows_to_store(self) -> int:
        return self.rows_total - self.rows_passed

    @property
    def wrong_lines(self) -> list[int]:
        return sorted({error["line"] for error in self.errors if error["line"] is not None})


class ColumnMapping(models.Model):
    """What the columns of a source's exports are, as somebody said it last; found again by the file's header."""

    kind = models.CharField(_("kind"), max_length=kinds.LONGEST_VALUE, choices=kinds.choices)
    fingerprint = models.CharField(max_length=64, help_text="imports.columns.fingerprint_of its header")
    mapping = models.JSONField(help_text="Column -> title in the file")
    options = models.JSONField(default=dict)
    used_at = models.DateTimeField(_("used at"))
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("used by"))

    class Meta:
        verbose_name = _("columns of a source")
        verbose_name_plural = _("columns of sources")
        constraints = [
            models.UniqueConstraint(fields=["kind", "fingerprint"], name="columns_are_kept_once_per_header"),
            models.CheckConstraint(condition=~Q(kind=""), name="columns_are_those_of_a_kind"),
        ]

    def __str__(self):
        return f"{self.kind} {self.fingerprint[:8]}"
