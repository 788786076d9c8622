"""What stops a batch and how that ends: holds, suppliers' answers, signed dispositions."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.models.batch import Batch
from suppliers.models import Supplier


class HoldStatus(models.TextChoices):
    OPEN = "open", _("open")
    ENDED = "ended", _("ended")


class HoldReason(models.TextChoices):
    CRITICAL = "critical", _("critical nonconformity")
    REJECTED = "rejected", _("inspection rejected")
    MANUAL = "manual", _("placed by hand")
    DEVIATION_EXPIRED = "deviation_expired", _("deviation expired")
    DISCONTINUED = "discontinued", _("inspection discontinued")


class HoldQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.has_perm("suppliers.see_all"):
            return self
        return self.filter(batch__supplier__in=Supplier.objects.visible_to(user))

    def open(self):
        return self.filter(status=HoldStatus.OPEN)


class Hold(models.Model):
    """A stop on one batch: nothing it covers ships until an accepted re-inspection or signed dispositions end it (R3).

    `remaining` units are covered now; `sorted_out` of them are known to be bad since a sorting. The inspections whose
    findings placed it, or were added to it while it was open, point to it as `Inspection.hold`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="holds", verbose_name=_("batch"))
    ordinal = models.PositiveSmallIntegerField(_("number within the batch"))
    reason = models.CharField(_("reason"), max_length=17, choices=HoldReason)
    finding = models.JSONField(
        _("finding"), default=dict, help_text="What was found: the characteristic, the unit, the reading, the limits"
    )
    note = models.TextField(_("note"), blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    remaining = models.PositiveIntegerField(_("remaining"))
    sorted_out = models.PositiveIntegerField(_("sorted out as bad"), default=0)
    status = models.CharField(_("status"), max_length=5, choices=HoldStatus, default=HoldStatus.OPEN)
    placed_at = models.DateTimeField(_("placed at"))
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer_due_at = models.DateTimeField(_("answer due at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ended_by_inspection = models.ForeignKey(
        "Inspection",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by inspection"),
    )
    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        permissions = [
            ("place_hold", "Places holds by hand"),
            ("decide_hold", "Decides holds"),
            ("respond_to_hold", "Answers holds of its supplier"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["batch"], condition=Q(status=HoldStatus.OPEN), name="hold_is_open_once_per_batch"
            ),
            models.UniqueConstraint(fields=["batch", "ordinal"], name="hold_ordinal_is_once_per_batch"),
            models.CheckConstraint(
                condition=Q(status=HoldStatus.OPEN, ended_at=None, ended_by=None, ended_by_inspection=None)
                | Q(status=HoldStatus.ENDED, ended_at__isnull=False, ended_by__isnull=False, remaining=0),
                name="hold_is_ended_exactly_when_someone_ended_it",
            ),
            models.CheckConstraint(
                condition=Q(remaining__lte=F("quantity"), sorted_out__lte=F("remaining")),
                name="hold_covers_no_more_than_it_held",
            ),
            models.CheckConstraint(
                condition=~Q(status=HoldStatus.OPEN) | Q(remaining__gte=1), name="hold_that_is_open_covers_something"
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="hold_by_status")]

    def __str__(self):
        return self.code

    @property
    def code(self) -> str:
        return f"{self.batch.number}-H{self.ordinal}"


class HoldResponse(models.Model):
    """The supplier's answer: why it happened and what is done about it (8D, D4 and D5)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="responses", verbose_name=_("hold"))
    root_cause = models.TextField(_("root cause"))
    corrective_action = models.TextField(_("corrective action"))
    wants_reinspection = models.BooleanField(_("asks for re-inspection"), default=False)
    responded_at = models.DateTimeField(_("responded at"))
    responded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("supplier's answer")
        verbose_name_plural = _("suppliers' answers")

    def __str__(self):
        return f"{self.hold}"


class ResponseFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.has_perm("suppliers.see_all"):
            return self
        return self.filter(response__hold__batch__supplier__in=Supplier.objects.visible_to(user))


class ResponseFile(models.Model):
    """Proof that came with an answer. Served only after a permission check."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    response = models.ForeignKey(HoldResponse, models.PROTECT, related_name="files", verbose_name=_("answer"))
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="responses/%Y/%m/")
    objects = ResponseFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an answer")
        verbose_name_plural = _("files of answers")

    def __str__(self):
        return self.name


class DispositionKind(models.TextChoices):
    RELEASE = "release", _("release")
    SORT = "sort", _("sort")
    REWORK = "rework", _("rework")
    RETURN = "return", _("return to supplier")
    SCRAP = "scrap", _("scrap")
    ACCEPT_ON_DEVIATION = "accept_on_deviation", _("accept on deviation")
    REQUALIFY = "requalify", _("re-qualify and inspect")


class Disposition(models.Model):
    """A signed decision on units that a hold covers. Never changed afterwards (the database refuses)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="dispositions", verbose_name=_("hold"))
    kind = models.CharField(_("disposition"), max_length=19, choices=DispositionKind)
    quantity = models.PositiveIntegerField(_("quantity"), help_text=_("Units decided on."))
    freed = models.PositiveIntegerField(_("freed"), help_text=_("Units that may ship because of it."))
    reason = models.TextField(_("reason"))
    limit = models.TextField(_("what is accepted"), blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    signature = models.CharField(
        _("signed by"), max_length=8, choices=[("password", _("password")), ("token", _("API token"))]
    )
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1, freed__lte=F("quantity")), name="disposition_frees_no_more_than_it_decides"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[DispositionKind.RELEASE, DispositionKind.ACCEPT_ON_DEVIATION], freed=F("quantity")
                )
                | Q(kind=DispositionKind.SORT)
                | Q(
                    kind__in=[
                        DispositionKind.REWORK,
                        DispositionKind.RETURN,
                        DispositionKind.SCRAP,
                        DispositionKind.REQUALIFY,
                    ],
                    freed=0,
                ),
                name="disposition_frees_what_its_kind_allows",
            ),
            models.CheckConstraint(
                condition=Q(kind=DispositionKind.ACCEPT_ON_DEVIATION, expires_on__isnull=False)
                | (~Q(kind=DispositionKind.ACCEPT_ON_DEVIATION) & Q(expires_on=None)),
                name="disposition_expires_exactly_when_on_deviation",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="disposition_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.hold} {self.kind} {self.quantity}"
