"""What stops a batch and how that ends: holds, suppliers' answers, signed dispositions."""

import uuid
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inspections.models.batch import Batch
from inspections.models.choices import ChoicesWithFacts, Tone, one_of
from suppliers.models import OwnedQuerySet


class HoldStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("hold", "open")
    ENDED = "ended", _("ended")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReasonFacts:
    """`cause` in a few words and `sentence` stand where no words are made of what was found (`FOUND` in inspections/hold/words.py).

    A note that somebody wrote takes the place of the sentence. What `waits_for_product` covers was not found bad: it
    waits until the product is re-qualified.
    """

    cause: Promise | str = ""
    sentence: Promise | str = ""
    waits_for_product: bool = False


class HoldReason(ChoicesWithFacts):
    facts: HoldReasonFacts

    CRITICAL = "critical", HoldReasonFacts(), _("critical nonconformity")
    REJECTED = "rejected", HoldReasonFacts(), _("inspection rejected")
    MANUAL = "manual", HoldReasonFacts(cause=_("ordered by quality")), _("placed by hand")
    DEVIATION_EXPIRED = (
        "deviation_expired",
        HoldReasonFacts(
            cause=_("the accepted deviation has expired"),
            sentence=_("Units that were accepted on a deviation did not ship in time."),
        ),
        _("deviation expired"),
    )
    DISCONTINUED = (
        "discontinued",
        HoldReasonFacts(
            cause=_("sampling inspection is discontinued"),
            sentence=_("New batches wait until the quality manager has re-qualified the supplier's product."),
            waits_for_product=True,
        ),
        _("inspection discontinued"),
    )


class HoldQuerySet(OwnedQuerySet):
    owner = "batch__supplier"

    def open(self):
        return self.filter(status=HoldStatus.OPEN)


class Hold(models.Model):
    """A stop on one batch: nothing it covers ships until an accepted re-inspection or signed dispositions end it (R3).

    One for a critical nonconformity is of 0 units where nothing of the batch is left: it covers whatever comes back. `remaining` units are covered now; `sorted_out` of them are known to be bad since a sorting. The inspections whose
    findings placed it, or were added to it while it was open, point to it as `Inspection.hold`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="holds", verbose_name=_("batch"))
    ordinal = models.PositiveSmallIntegerField(_("number within the batch"))
    reason = models.CharField(_("reason"), max_length=17, choices=HoldReason)
    is_critical = models.BooleanField(
        _("critical"),
        default=False,
        help_text="Something critical is among what it rests on; never taken back, whatever is corrected later",
    )
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
    to_countersign = models.ForeignKey(
        "Inspection",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("re-inspection to countersign"),
        help_text="Accepted by somebody who had inspected before: it ends the hold once a manager has countersigned it",
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
                condition=~Q(status=HoldStatus.OPEN) | Q(remaining__gte=1) | Q(quantity=0, is_critical=True),
                name="hold_that_is_open_covers_something",
            ),
            models.CheckConstraint(
                condition=~Q(reason=HoldReason.CRITICAL) | Q(is_critical=True), name="hold_for_a_critical_is_critical"
            ),
            models.CheckConstraint(
                condition=Q(to_countersign=None) | Q(status=HoldStatus.OPEN, is_critical=True),
                name="hold_waits_for_a_countersignature_while_it_is_open",
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="hold_by_status")]

    def __str__(self):
        return self.code

    @property
    def code(self) -> str:
        return f"{self.batch.number}-H{self.ordinal}"

    @property
    def rests_on_a_typing_error(self) -> bool:
        """Whether all that it rests on is a reading that was named a typing error, and waits to be settled. One query, else two."""
        if self.reason != HoldReason.CRITICAL or not self.typing_errors.waiting().exists():
            return False
        more = Q(status="open", results__nonconforming__gt=0, results__characteristic__nonconformity_class="critical")
        return not self.inspections.filter(more | ~Q(status="open")).exists() and not self.findings.exists()

    @property
    def waits_for_product(self) -> bool:
        return HoldReason(self.reason).facts.waits_for_product


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


class ReinspectionOrder(models.Model):
    """A manager's word that the batch is to be inspected again, whatever its supplier has answered. Written once."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="orders", verbose_name=_("hold"))
    reason = models.TextField(_("reason"))
    ordered_at = models.DateTimeField(_("ordered at"))
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("ordered by")
    )

    class Meta:
        verbose_name = _("order to inspect again")
        verbose_name_plural = _("orders to inspect again")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reinspection_order_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.hold}"


class Countersignature(models.Model):
    """A second person's signature under a re-inspection that was accepted by who had inspected before. Written once."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="countersignatures", verbose_name=_("hold"))
    inspection = models.OneToOneField(
        "Inspection", models.PROTECT, related_name="countersignature", verbose_name=_("re-inspection")
    )
    note = models.TextField(_("note"), blank=True)
    set_aside = models.PositiveIntegerField(
        _("set aside"), default=0, help_text=_("Units that earlier rounds found nonconforming.")
    )
    signature = models.CharField(
        _("signed by"), max_length=8, choices=[("password", _("password")), ("token", _("API token"))]
    )
    signed_at = models.DateTimeField(_("signed at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("signed by")
    )

    class Meta:
        verbose_name = _("countersignature")
        verbose_name_plural = _("countersignatures")

    def __str__(self):
        return f"{self.inspection}"


class ResponseFileQuerySet(OwnedQuerySet):
    owner = "response__hold__batch__supplier"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionFacts:
    """What a disposition does to the units that are decided on, and the words that it is signed under.

    `sign` is on the button (# stands for the number of units), `explanation` beside the label, `more` below it. `asks_for`
    are the fields of a decision that it alone has. Of a hold that was sorted, one that is `for_unsorted` takes nothing that
    is known to be bad. After one with `reopens` what was accepted before says nothing of the units any more (SQL:
    `last_accepted_at`). One that is `for_product` is a word on the product: it is for holds that wait for that. One that
    is `for_sample` is a word on an abandoned inspection: it is for holds that rest on nothing else. Both are for the whole
    of the hold. One that is `for_typing_error` is a word on a reading: it is for holds that rest on one that was named a
    typing error, and on nothing else. One that is `for_nothing` may be signed of no units: it is a word on what comes back.
    """

    tone: Tone
    sign: Promise | str
    explanation: Promise | str
    more: Promise | str = ""
    place_after: Literal["available", "awaiting", "returned", "scrapped"]
    asks_for: tuple[Literal["good", "limit", "expires_on"], ...] = ()
    for_unsorted: bool = False
    works_on_units: bool = False
    reopens: bool = False
    for_product: bool = False
    for_sample: bool = False
    for_typing_error: bool = False
    for_nothing: bool = False

    @property
    def is_for_more(self) -> bool:
        """Whether it is a word on more than the units: it decides the whole hold, and has somebody who signs it."""
        return self.for_product or self.for_sample or self.for_typing_error

    @property
    def frees(self) -> Literal["all", "good", "none"]:
        """Which of the units decided on may ship because of it."""
        if self.place_after != "available":
            return "none"
        return "good" if "good" in self.asks_for else "all"

    @property
    def has_words(self) -> bool:
        """Nothing is signed that does not say what it is."""
        return bool(self.sign and self.explanation)


class DispositionKind(ChoicesWithFacts):
    facts: DispositionFacts

    RELEASE = (
        "release",
        DispositionFacts(
            tone="accepted",
            sign=_("Release # units"),
            explanation=_("may ship at once"),
            place_after="available",
            for_unsorted=True,
            for_nothing=True,
        ),
        _("release"),
    )
    SORT = (
        "sort",
        DispositionFacts(
            tone="warning",
            sign=_("Sign the sorting of # units"),
            explanation=_("good and bad counted"),
            more=_("The other # stay on hold as bad, to be reworked, returned or scrapped."),
            place_after="available",
            asks_for=("good",),
            for_unsorted=True,
            works_on_units=True,
        ),
        _("sort"),
    )
    REWORK = (
        "rework",
        DispositionFacts(
            tone="warning",
            sign=_("Rework # units"),
            explanation=_("then inspected again"),
            place_after="awaiting",
            works_on_units=True,
            reopens=True,
        ),
        _("rework"),
    )
    RETURN = (
        "return",
        DispositionFacts(
            tone="warning",
            sign=_("Return # units"),
            explanation=_("they leave the batch"),
            place_after="returned",
            for_nothing=True,
        ),
        _("return to supplier"),
    )
    SCRAP = (
        "scrap",
        DispositionFacts(
            tone="warning",
            sign=_("Scrap # units"),
            explanation=_("never to be sold"),
            place_after="scrapped",
            for_nothing=True,
        ),
        _("scrap"),
    )
    ACCEPT_ON_DEVIATION = (
        "accept_on_deviation",
        DispositionFacts(
            tone="waived",
            sign=_("Accept # units on deviation"),
            explanation=_("limit, last day, reason"),
            more=_("What has not shipped by then is held again."),
            place_after="available",
            asks_for=("limit", "expires_on"),
        ),
        _("accept on deviation"),
    )
    REQUALIFY = (
        "requalify",
        DispositionFacts(
            tone="warning",
            sign=_("Re-qualify the product"),
            explanation=_("the maker has mended its process"),
            more=_("Every batch that is held for the product goes back to inspection, tightened."),
            place_after="awaiting",
            for_product=True,
        ),
        _("re-qualify and inspect"),
    )
    INVALID_SAMPLE = (
        "invalid_sample",
        DispositionFacts(
            tone="warning",
            sign=_("Sign that the sample was invalid"),
            explanation=_("the abandoned inspection does not count"),
            more=_("All units go back to inspection, in the same round. What was found stays on the record."),
            place_after="awaiting",
            for_sample=True,
        ),
        _("sample invalid, inspect anew"),
    )
    TYPING_ERROR = (
        "typing_error",
        DispositionFacts(
            tone="warning",
            sign=_("Sign that it was a typing error"),
            explanation=_("the inspection goes on with what was read"),
            more=_("All units wait for its verdict again. What was typed stays on the record."),
            place_after="awaiting",
            for_typing_error=True,
        ),
        _("typing error, go on inspecting"),
    )


def _freeing(which: str, **also: Any) -> Q:
    return one_of("kind", [kind for kind in DispositionKind if kind.facts.frees == which], **also)


def _expiring(**also: Any) -> Q:
    return one_of("kind", [kind for kind in DispositionKind if "expires_on" in kind.facts.asks_for], **also)


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
                condition=Q(freed__lte=F("quantity"))
                & (Q(quantity__gte=1) | one_of("kind", [kind for kind in DispositionKind if kind.facts.for_nothing])),
                name="disposition_frees_no_more_than_it_decides",
            ),
            models.CheckConstraint(
                condition=_freeing("all", freed=F("quantity")) | _freeing("good") | _freeing("none", freed=0),
                name="disposition_frees_what_its_kind_allows",
            ),
            models.CheckConstraint(
                condition=_expiring(expires_on__isnull=False) | (~_expiring() & Q(expires_on=None)),
                name="disposition_expires_exactly_when_on_deviation",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="disposition_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.hold} {self.kind} {self.quantity}"

    @property
    def facts(self) -> DispositionFacts:
        return DispositionKind(self.kind).facts
