"""What one listing needs: the facts about its product, and its requirements with where each stands."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance.models.requirement import Requirement, Trait
from suppliers.models import Listing, OwnedQuerySet, Product


class ProductTrait(models.Model):
    """Whether a product has a trait: yes, no, or (None, as when there is no row) not answered.

    Who does not know asks the supplier (`asked_at`); what the supplier says to that is no answer before somebody of the
    team takes it over, since papers turn on it.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="traits", verbose_name=_("product"))
    trait = models.ForeignKey(Trait, models.PROTECT, related_name="+", verbose_name=_("trait"))
    answer = models.BooleanField(pgettext_lazy("product question", "answer"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("supplier asked at"), null=True, blank=True)
    supplier_says = models.BooleanField(_("supplier says"), null=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("said by")
    )
    said_at = models.DateTimeField(_("said at"), null=True, blank=True)

    class Meta:
        verbose_name = _("trait of a product")
        verbose_name_plural = _("traits of products")
        permissions = [("answer_traits", "Says which traits a product has")]
        constraints = [
            models.UniqueConstraint(fields=["product", "trait"], name="product_trait_is_once_per_product"),
            models.CheckConstraint(
                condition=Q(answer=None, answered_by=None, answered_at=None)
                | Q(answer__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="product_trait_is_answered_exactly_when_someone_answered_it",
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None, asked_at=None) | Q(asked_by__isnull=False, asked_at__isnull=False),
                name="product_trait_is_asked_by_a_named_person",
            ),
            models.CheckConstraint(
                condition=Q(supplier_says=None, said_by=None, said_at=None)
                | Q(supplier_says__isnull=False, said_by__isnull=False, said_at__isnull=False),
                name="product_trait_is_said_by_a_named_person",
            ),
        ]

    def __str__(self):
        return f"{self.product.sku} {self.trait.key}"


class ChecklistQuerySet(OwnedQuerySet):
    owner = "listing__product__supplier"


class Checklist(models.Model):
    """That a listing's items were worked out, when, and for which traits nobody has an answer yet.

    The items are those that apply on the day in its market on which it is to go live, today where that is past or not
    planned. No row: nobody worked it out, which is never a complete checklist.
    """

    listing = models.OneToOneField(Listing, models.CASCADE, related_name="checklist", verbose_name=_("listing"))
    unanswered = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("unanswered traits"),
        default=list,
        blank=True,
        help_text="Keys of the traits that a requirement of this category and market mentions",
    )
    refreshed_at = models.DateTimeField(_("worked out at"))
    changes_at = models.DateTimeField(
        _("changes by itself at"), null=True, blank=True, help_text="When a day begins that makes an item differ"
    )
    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        indexes = [
            models.Index(fields=["changes_at"], name="checklist_by_change", condition=Q(changes_at__isnull=False))
        ]

    def __str__(self):
        return str(self.listing)


class ItemState(models.TextChoices):
    MISSING = "missing", _("missing")
    SUBMITTED = "submitted", _("submitted")
    CHECKED = "checked", _("checked")
    ACCEPTED = "accepted", pgettext_lazy("paper", "accepted")
    REFUSED = "refused", pgettext_lazy("document", "refused")
    EXPIRED = "expired", _("expired")
    WAIVED = "waived", _("waived")


class ActsNext(models.TextChoices):
    SUPPLIER = "supplier", _("supplier")
    QC = "qc", _("QC")
    MANAGER = "manager", _("quality manager")
    MERCHANDISER = "merchandiser", _("merchandiser")
    NOBODY = "", _("nobody")


class ChecklistItem(models.Model):
    """One requirement that applies to one listing, and where it stands. Kept by `services.checklists` alone.

    `valid_from` and `valid_to` are the first and last day in the market's zone on which it counts as met (None: no end
    known), the narrowest of what the paper prints, what the platform allows and how long the law stays as it is.
    `reason` says why it applies: {"category": code or "*", "market": code or "*", "traits": [keys answered yes]}.
    `evidence` or `waiver` is what the state rests on. `loosening` is the change that would take it away, or ask less, once
    a second person signs; until then it is asked as before, and by that `revision` of its requirement, where it was the
    requirement that changed.
    """

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="checklist_items", verbose_name=_("listing"))
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="items", verbose_name=_("requirement"))
    state = models.CharField(_("state"), max_length=9, choices=ItemState, default=ItemState.MISSING)
    is_blocking = models.BooleanField(_("blocks go-live"), default=True)
    group = models.SlugField(_("group"), max_length=40, blank=True)
    reason = models.JSONField(_("why it applies"), default=dict)
    acts_next = models.CharField(_("acts next"), max_length=12, choices=ActsNext, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    evidence = models.ForeignKey(
        "Evidence", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    waiver = models.ForeignKey(
        "Waiver", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("waiver")
    )
    loosening = models.ForeignKey(
        "Loosening", models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("loosening")
    )
    revision = models.PositiveIntegerField(_("revision that it is judged by"), null=True, blank=True)
    since = models.DateTimeField(_("in this state since"))
    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a checklist")
        verbose_name_plural = _("items of checklists")
        constraints = [
            models.UniqueConstraint(fields=["listing", "requirement"], name="checklist_item_is_once_per_listing"),
            models.CheckConstraint(
                condition=~Q(state=ItemState.ACCEPTED) | Q(evidence__isnull=False),
                name="checklist_item_is_accepted_on_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(state=ItemState.WAIVED) | Q(waiver__isnull=False),
                name="checklist_item_is_waived_by_a_waiver",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_to"], name="checklist_item_by_end", condition=Q(state__in=["accepted", "waived"])
            ),
            models.Index(fields=["acts_next", "due_on"], name="checklist_item_by_actor"),
        ]

    def __str__(self):
        return f"{self.listing} {self.requirement.key}"
