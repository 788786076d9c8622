"""How strictly the next batch of a supplier and product is sampled, and why."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inspections.models.choices import ChoicesWithFacts
from inspections.models.inspection import Inspection
from inspections.sampling.by_class import strictest
from suppliers.models import Product, Supplier


@dataclass(frozen=True, slots=True)
class SwitchingStepFacts:
    """`sign` and `explanation` are what the quality manager signs; None where it is nobody's word."""

    sign: Promise | str | None = None
    explanation: Promise | str = ""


class SwitchingStepKind(ChoicesWithFacts):
    facts: SwitchingStepFacts

    LOT = "lot", SwitchingStepFacts(), _("verdict on a first submission")
    RESUMED = (
        "resumed",
        SwitchingStepFacts(
            _("Re-qualify"),
            _(
                "The maker has mended its process. Inspection resumes, tightened, and every batch that was held for it "
                "goes back to inspection."
            ),
        ),
        _("re-qualified"),
    )
    REDUCED_APPROVED = (
        "reduced_approved",
        SwitchingStepFacts(
            _("Approve reduced inspection"),
            _("It begins once the switching score is reached and production is steady."),
        ),
        _("reduced inspection approved"),
    )
    REDUCED_WITHDRAWN = (
        "reduced_withdrawn",
        SwitchingStepFacts(_("Withdraw reduced inspection"), _("The next batch is inspected normally.")),
        _("reduced inspection withdrawn"),
    )
    PRODUCTION_STEADY = (
        "production_steady",
        SwitchingStepFacts(_("Production is steady"), _("Reduced inspection is possible again.")),
        _("production is steady"),
    )
    PRODUCTION_IRREGULAR = (
        "production_irregular",
        SwitchingStepFacts(
            _("Production is irregular"),
            _("New mould, new material, a stop of the line: no reduced inspection until it is steady again."),
        ),
        _("production is irregular"),
    )
    INVALIDATED = ("invalidated", SwitchingStepFacts(), _("a first submission no longer counts"))


# What the quality manager may say of a product; all but the verdicts.
SIGNALS = [kind.value for kind in SwitchingStepKind if kind.facts.sign is not None]


class SwitchingStep(models.Model):
    """One step of the switching rules for a supplier and product: a verdict, or a second person's word.

    Written once. `state` is, by class, what `inspections.sampling.switching` made of it, so the last row is the present; replaying
    all rows gives the same. `scheme_key` is the scheme that was in force: what was reached under one goes over to the next.
    """

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="switching_steps", verbose_name=_("product"))
    scheme_key = models.CharField(max_length=64, help_text="Digest of the sampling scheme's definition")
    kind = models.CharField(_("kind"), max_length=20, choices=SwitchingStepKind)
    inspection = models.OneToOneField(
        Inspection, models.PROTECT, null=True, related_name="switching_step", verbose_name=_("inspection")
    )
    state = models.JSONField(_("state"), help_text="Class -> State")
    severities_before = models.JSONField(help_text="Class -> severity")
    severities = models.JSONField(_("severities"), help_text="Class -> severity for the next batch")
    lots = models.PositiveIntegerField(help_text="First submissions counted so far")
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("switching step")
        verbose_name_plural = _("switching steps")
        indexes = [models.Index(fields=["product", "supplier", "-id"], name="switching_step_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__has_keys=["critical", "major", "minor"])
                & models.Q(severities_before__has_keys=["critical", "major", "minor"])
                & models.Q(severities__has_keys=["critical", "major", "minor"]),
                name="switching_step_says_of_each_class",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=SwitchingStepKind.LOT, inspection__isnull=False)
                | (~models.Q(kind=SwitchingStepKind.LOT) & models.Q(inspection=None)),
                name="switching_step_has_an_inspection_exactly_when_it_is_a_lot",
            ),
        ]

    def __str__(self):
        return f"{self.product.sku} {self.kind}"

    @property
    def severity_before(self) -> str:
        """The strictest of the classes."""
        return strictest(self.severities_before.values())

    @property
    def severity(self) -> str:
        """For the next batch, the strictest of the classes."""
        return strictest(self.severities.values())
