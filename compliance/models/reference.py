"""Tables that papers are compared with: substances, sections of manuals, formats of numbers, voltages, languages."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.models.requirement import RevisionSource, Verification


class ReferenceTable(models.TextChoices):
    SUBSTANCES = "substances", _("restricted substances")
    SECTIONS = "manual_sections", _("sections of manuals")
    LANGUAGES = "manual_language_rules", _("languages of manuals")
    VOLTAGES = "market_voltage_patterns", _("voltages of markets")
    NUMBERS = "number_formats", _("formats of numbers")


class ReferenceEntry(models.Model):
    """One row of a table. `data` is as the catalogue's file has it; `compliance.paper.reads` makes it usable."""

    table = models.CharField(_("table"), max_length=25, choices=ReferenceTable)
    key = models.CharField(_("key"), max_length=80)
    data = models.JSONField(_("what it says"))
    verification = models.CharField(_("verification"), max_length=8, choices=Verification, default=Verification.KNOWN)
    is_active = models.BooleanField(_("is compared with"), default=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)

    class Meta:
        verbose_name = _("reference entry")
        verbose_name_plural = _("reference entries")
        constraints = [
            models.UniqueConstraint(fields=["table", "key"], name="reference_entry_is_once_per_table"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="reference_entry_is_confirmed_by_a_named_person",
            ),
        ]

    def __str__(self):
        return f"{self.table} {self.key}"

    @property
    def is_sure(self) -> bool:
        return self.verification == Verification.VERIFIED or self.confirmed_by_id is not None


class ReferenceRevision(models.Model):
    """What an entry said from `at` on. Written once; the database refuses changes."""

    entry = models.ForeignKey(ReferenceEntry, models.PROTECT, related_name="revisions", verbose_name=_("entry"))
    number = models.PositiveIntegerField(_("revision"))
    source = models.CharField(_("source"), max_length=12, choices=RevisionSource)
    data = models.JSONField(_("what it says"))
    is_active = models.BooleanField(_("is compared with"))
    reason = models.TextField(_("reason"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("revision of a reference entry")
        verbose_name_plural = _("revisions of reference entries")
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="reference_revision_is_numbered_once"),
            models.CheckConstraint(
                condition=Q(source=RevisionSource.FILE) | Q(actor__isnull=False),
                name="reference_is_changed_by_a_named_person",
            ),
        ]

    def __str__(self):
        return f"{self.entry} {self.number}"
