"""What was read in papers, what it found, and what people said about that."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance.models.evidence import PERSON, Document, Evidence
from suppliers.models import Product


class ReadingStatus(models.TextChoices):
    WAITING = "waiting", _("waits to be read")
    DONE = "done", _("read")
    UNREADABLE = "unreadable", _("cannot be read")


class Reading(models.Model):
    """The text of one document, page by page: [{"number", "text", "source": text, ocr or none}].

    Claimed by a worker until `claimed_until`; a document that `attempts` workers died of is unreadable.
    """

    document = models.OneToOneField(Document, models.CASCADE, related_name="reading", verbose_name=_("document"))
    status = models.CharField(_("status"), max_length=10, choices=ReadingStatus, default=ReadingStatus.WAITING)
    pages = models.JSONField(_("pages"), default=list, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ReadingStatus.WAITING, read_at=None)
                | (~Q(status=ReadingStatus.WAITING) & Q(read_at__isnull=False)),
                name="reading_is_done_exactly_when_it_was_read",
            )
        ]
        indexes = [models.Index(fields=["document"], name="reading_waiting", condition=Q(status=ReadingStatus.WAITING))]

    def __str__(self):
        return str(self.document)


class ProductFacts(models.Model):
    """By which model numbers a product and the batteries in it go, and which type of cosmetic it is (a code of compliance.reading.cosmetics)."""

    product = models.OneToOneField(Product, models.CASCADE, related_name="facts", verbose_name=_("product"))
    model_numbers = ArrayField(
        models.CharField(max_length=60), verbose_name=_("model numbers"), default=list, blank=True
    )
    battery_models = ArrayField(
        models.CharField(max_length=60), verbose_name=_("models of its batteries"), default=list, blank=True
    )
    cosmetic_type = models.CharField(_("type of cosmetic"), max_length=24, blank=True)
    changed_by = models.ForeignKey(**PERSON, verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("facts about a product")
        verbose_name_plural = _("facts about products")

    def __str__(self):
        return self.product.sku


class Examination(models.Model):
    """That a paper was compared with what its requirement and products ask, and when last.

    Since `due_at` a new comparison is owed, because of `due_why`: what was changed that it was compared with
    ({"what", "name", "reason"}). It names no substance, for who may not read formulas sees it too.
    """

    evidence = models.OneToOneField(Evidence, models.CASCADE, related_name="examination", verbose_name=_("evidence"))
    examined_at = models.DateTimeField(_("examined at"))
    due_at = models.DateTimeField(_("to be compared anew since"), null=True, blank=True)
    due_why = models.JSONField(_("why it is compared anew"), default=dict, blank=True)

    class Meta:
        verbose_name = _("examination of a paper")
        verbose_name_plural = _("examinations of papers")
        indexes = [models.Index(fields=["due_at"], name="examination_due", condition=Q(due_at__isnull=False))]

    def __str__(self):
        return str(self.evidence)


class FindingWeight(models.TextChoices):
    BLOCK = "block", _("stops it")
    REVIEW = "review", _("to be looked at")
    NOTE = "note", _("noted")


class FindingState(models.TextChoices):
    OPEN = "open", pgettext_lazy("to be decided", "open")
    CONFIRMED = "confirmed", _("confirmed")
    OVERRULED = "overruled", _("overruled")


class FindingQuerySet(models.QuerySet):
    def current(self):
        return self.filter(is_current=True)

    def standing_in_the_way(self):
        """Of what was found last, what nobody overruled: while there is any, the paper is not accepted."""
        return self.current().exclude(weight=FindingWeight.NOTE).exclude(state=FindingState.OVERRULED)


class Finding(models.Model):
    """One thing found in a paper; what `code` and `params` mean, compliance.reading and compliance.paper.words say.

    A person confirms it or overrules it with a reason; of what was not found, `seen_on` is the page on which the person
    saw it. `is_current` is false once a later examination does not find it any more; what was decided stays.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="findings", verbose_name=_("evidence"))
    code = models.CharField(_("code"), max_length=40)
    weight = models.CharField(pgettext_lazy("finding", "weight"), max_length=6, choices=FindingWeight)
    params = models.JSONField(_("what it says"), default=dict, blank=True)
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    quote = models.TextField(_("quote"), blank=True)
    fingerprint = models.CharField(max_length=64, editable=False)
    is_ban = models.BooleanField(_("says that it is banned"), default=False)
    is_current = models.BooleanField(_("found last time"), default=True)
    found_at = models.DateTimeField(_("found at"))
    state = models.CharField(_("state"), max_length=9, choices=FindingState, default=FindingState.OPEN)
    decided_by = models.ForeignKey(
        **PERSON, null=True, blank=True, verbose_name=pgettext_lazy("decision", "decided by")
    )
    decided_at = models.DateTimeField(pgettext_lazy("decision", "decided at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    seen_on = models.PositiveIntegerField(_("seen on page"), null=True, blank=True)
    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("document", "finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.UniqueConstraint(fields=["evidence", "fingerprint"], name="finding_is_once_per_paper"),
            models.CheckConstraint(
                condition=Q(state=FindingState.OPEN, decided_by=None, decided_at=None)
                | (~Q(state=FindingState.OPEN) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="finding_is_decided_exactly_when_someone_decided_it",
            ),
            models.CheckConstraint(
                condition=~Q(state=FindingState.OVERRULED) | ~Q(reason=""), name="finding_is_overruled_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state=FindingState.OVERRULED) | Q(is_ban=False), name="finding_of_a_ban_is_not_overruled"
            ),
            models.CheckConstraint(
                condition=Q(seen_on=None)
                | Q(state=FindingState.OVERRULED, weight=FindingWeight.REVIEW, seen_on__gte=1),
                name="finding_is_seen_on_a_page_where_it_was_not_found",
            ),
        ]

    def __str__(self):
        return self.code


class LabelCheck(models.Model):
    """Whether a person saw one element of a label on the photo. Nothing says yes by itself: no answer is no row."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="label_checks", verbose_name=_("evidence"))
    element = models.SlugField(_("element"), max_length=60)
    is_there = models.BooleanField(_("is there"))
    note = models.TextField(_("note"), blank=True)
    checked_by = models.ForeignKey(**PERSON, verbose_name=pgettext_lazy("document", "checked by"))
    checked_at = models.DateTimeField(pgettext_lazy("document", "checked at"))

    class Meta:
        verbose_name = _("check of a label")
        verbose_name_plural = _("checks of labels")
        constraints = [
            models.UniqueConstraint(fields=["evidence", "element"], name="label_element_is_checked_once_per_paper")
        ]

    def __str__(self):
        return self.element
