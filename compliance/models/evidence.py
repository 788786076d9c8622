"""Papers: the files, and what each is shown for."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance.models.requirement import Requirement, RequirementKind, codes
from suppliers.models import Listing, OwnedQuerySet, Supplier

PERSON: dict[str, Any] = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "related_name": "+"}

# Declarations tell the formula, which is the supplier's trade secret.
FORMULAS = [RequirementKind.INGREDIENT_DECLARATION, RequirementKind.MATERIAL_DECLARATION]


class DocumentStatus(models.TextChoices):
    WAITING = "waiting", _("being scanned")
    READY = "ready", _("ready")
    REFUSED = "refused", pgettext_lazy("document", "refused")


class DocumentQuerySet(OwnedQuerySet):
    owner = "supplier"

    def readable_by(self, user):
        """Those whose file the user may open: without formulas, but for their supplier and those who may read them."""
        visible = self.visible_to(user)
        if user.has_perm("compliance.read_formulas") or not user.has_perm("suppliers.see_all"):
            return visible
        formulas = Evidence.objects.filter(requirement__kind__in=FORMULAS)
        return visible.exclude(pk__in=formulas.values("document"))


class Document(models.Model):
    """A file of one supplier's products, as it was uploaded; what it proves, Evidence says.

    Stored privately and served only after a permission check. `problems` are what `compliance.paper.services.files` found in the file
    itself (encrypted, broken, scripts, attachments ..); with some of them it is never shown in a browser.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="documents", verbose_name=_("supplier"))
    file = models.FileField(_("file"), upload_to="documents/%Y/%m/")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("content type"), max_length=40)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField("SHA-256", max_length=64)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    problems = codes(_("problems"))
    status = models.CharField(_("status"), max_length=8, choices=DocumentStatus, default=DocumentStatus.WAITING)
    uploaded_by = models.ForeignKey(**PERSON, verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded at"))
    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [
            ("upload_evidence", "Uploads documents and submits evidence"),
            ("read_formulas", "Reads papers that hold a formula"),
        ]
        constraints = [models.UniqueConstraint(fields=["supplier", "sha256"], name="document_is_once_per_supplier")]
        indexes = [
            models.Index(fields=["sha256"], name="document_by_sha256"),
            models.Index(fields=["id"], name="document_waiting", condition=Q(status=DocumentStatus.WAITING)),
        ]

    def __str__(self):
        return self.name


class EvidenceState(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    CHECKED = "checked", _("checked")
    ACCEPTED = "accepted", pgettext_lazy("paper", "accepted")
    REFUSED = "refused", pgettext_lazy("document", "refused")
    REVOKED = "revoked", _("revoked")


class EvidenceQuerySet(OwnedQuerySet):
    owner = "document__supplier"


class Evidence(models.Model):
    """A document shown for one requirement, for the listings it names: the fields are what the paper says.

    `fields` holds what the requirement asks beyond the typed columns: field name -> text. A paper for a requirement
    that blocks is checked by one person and accepted by another, and never accepted by who brought it. An accepted one
    that what it is compared with stops later waits again, since `reopened_at`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="evidence", verbose_name=_("document"))
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, related_name="evidence_given", verbose_name=_("requirement")
    )
    listings = models.ManyToManyField(
        Listing, through="EvidenceListing", related_name="evidence", verbose_name=_("listings")
    )
    is_blocking = models.BooleanField(_("blocks go-live"), default=True)
    state = models.CharField(_("state"), max_length=9, choices=EvidenceState, default=EvidenceState.SUBMITTED)
    number = models.CharField(_("number"), max_length=120, blank=True)
    issuing_body = models.CharField(_("issuing body"), max_length=200, blank=True)
    standard = models.TextField(_("standard"), blank=True)
    edition = models.CharField(_("edition tested"), max_length=120, blank=True)
    model_numbers = ArrayField(
        models.CharField(max_length=120), verbose_name=_("model numbers"), default=list, blank=True
    )
    holder = models.CharField(_("holder or applicant"), max_length=200, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    fields = models.JSONField(_("further fields"), default=dict, blank=True)
    as_read = models.JSONField(
        _("as it was read"),
        default=dict,
        blank=True,
        help_text="What the reader had found for the form, beside what was handed in: field -> {value, page, quote}.",
    )
    submitted_by = models.ForeignKey(**PERSON, verbose_name=_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted at"))
    checked_by = models.ForeignKey(
        **PERSON, null=True, blank=True, verbose_name=pgettext_lazy("document", "checked by")
    )
    checked_at = models.DateTimeField(pgettext_lazy("document", "checked at"), null=True, blank=True)
    accepted_by = models.ForeignKey(**PERSON, null=True, blank=True, verbose_name=_("accepted by"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    reopened_at = models.DateTimeField(_("put up for a new look at"), null=True, blank=True)
    reopened_why = models.JSONField(_("why it was put up for a new look"), default=dict, blank=True)
    ended_by = models.ForeignKey(**PERSON, null=True, blank=True, verbose_name=_("refused or revoked by"))
    ended_at = models.DateTimeField(_("refused or revoked at"), null=True, blank=True)
    ended_reason = models.TextField(_("why it was refused or revoked"), blank=True)
    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        permissions = [("check_evidence", "Checks, accepts, refuses and revokes evidence")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="evidence_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("submitted_by")),
                name="evidence_is_accepted_by_another_than_its_uploader",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("submitted_by")),
                name="evidence_is_checked_by_another_than_its_uploader",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None)
                | Q(is_blocking=False)
                | (Q(checked_by__isnull=False) & ~Q(checked_by=F("accepted_by"))),
                name="evidence_that_blocks_is_seen_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=EvidenceState.SUBMITTED, checked_at=None, accepted_at=None, ended_at=None, ended_reason=""
                )
                | Q(
                    state=EvidenceState.CHECKED,
                    checked_at__isnull=False,
                    accepted_at=None,
                    ended_at=None,
                    ended_reason="",
                )
                | Q(
                    state=EvidenceState.ACCEPTED,
                    checked_at__isnull=False,
                    accepted_at__isnull=False,
                    ended_at=None,
                    ended_reason="",
                )
                | (Q(state=EvidenceState.REFUSED, accepted_at=None, ended_at__isnull=False) & ~Q(ended_reason=""))
                | (
                    Q(state=EvidenceState.REVOKED, accepted_at__isnull=False, ended_at__isnull=False)
                    & ~Q(ended_reason="")
                ),
                name="evidence_is_in_the_state_that_its_dates_tell",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{act}_by": None, f"{act}_at": None})
                    | Q(**{f"{act}_by__isnull": False, f"{act}_at__isnull": False}),
                    name=f"evidence_is_{act}_by_a_named_person",
                )
                for act in ("checked", "accepted", "ended")
            ),
        ]
        indexes = [
            models.Index(fields=["number"], name="evidence_by_number", condition=~Q(number="")),
            models.Index(fields=["state", "-id"], name="evidence_by_state"),
        ]

    def __str__(self):
        return f"{self.requirement.key} {self.number}".strip()


class EvidenceListing(models.Model):
    """A listing that a piece of evidence names."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="names", verbose_name=_("evidence"))
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+", verbose_name=_("listing"))

    class Meta:
        verbose_name = _("listing that evidence names")
        verbose_name_plural = _("listings that evidence names")
        constraints = [models.UniqueConstraint(fields=["evidence", "listing"], name="evidence_names_a_listing_once")]

    def __str__(self):
        return f"{self.evidence} {self.listing}"


class LookupResult(models.TextChoices):
    FOUND = "found", _("found, and it agrees")
    DIFFERS = "differs", _("found, and it differs")
    NOT_FOUND = "not_found", _("not found")


class RegisterLookup(models.Model):
    """Somebody looked the paper up in a public register. Written once; the database refuses changes."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="lookups", verbose_name=_("evidence"))
    register = models.CharField(_("public register"), max_length=200)
    number = models.CharField(_("number looked up"), max_length=120, blank=True)
    result = models.CharField(_("result"), max_length=9, choices=LookupResult)
    note = models.TextField(_("note"), blank=True)
    screenshot = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("screenshot")
    )
    looked_up_by = models.ForeignKey(**PERSON, verbose_name=_("looked up by"))
    looked_up_at = models.DateTimeField(_("looked up at"))

    class Meta:
        verbose_name = _("look-up in a register")
        verbose_name_plural = _("look-ups in registers")

    def __str__(self):
        return f"{self.register} {self.number}".strip()
