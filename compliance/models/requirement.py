"""What the law, a platform or the team wants, as data: requirements, the facts that they depend on, and their history."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.identifiers import looks_like_no_other
from compliance.rules.requirements import PlatformRule, Rule
from suppliers.models import BothLanguages


class RequirementKind(models.TextChoices):
    CERTIFICATION = "certification", _("certification")
    TEST_REPORT = "test_report", _("test report")
    DECLARATION_OF_CONFORMITY = "declaration_of_conformity", _("declaration of conformity")
    INGREDIENT_DECLARATION = "ingredient_declaration", _("ingredient declaration")
    MATERIAL_DECLARATION = "material_declaration", _("material declaration")
    MANUAL = "manual", _("manual")
    LABEL = "label", _("label")
    RESPONSIBLE_PERSON = "responsible_person", _("responsible person")
    REGISTRATION = "registration", _("registration")
    PLATFORM = "platform", _("platform requirement")


class ValidityType(models.TextChoices):
    FIXED_TERM = "fixed_term", _("fixed term")
    MONTHS_FROM_ISSUE = "months_from_issue", _("months from its issue")
    CALENDAR_ANNUAL = "calendar_annual", _("calendar year")
    CALENDAR_BIENNIAL = "calendar_biennial", _("two calendar years")
    PER_SHIPMENT = "per_shipment", _("each shipment")
    ON_CHANGE = "on_change", _("until the product or the rule changes")
    NO_EXPIRY = "no_expiry", _("no end")


class Severity(models.TextChoices):
    BLOCK = "block", _("blocks go-live")
    WARN = "warn", _("warns")


class Verification(models.TextChoices):
    VERIFIED = "verified", _("verified")
    PARTLY = "partly", _("partly verified")
    KNOWN = "known", _("not verified")


def codes(verbose_name, **options) -> ArrayField:
    return ArrayField(models.CharField(max_length=60), verbose_name=verbose_name, default=list, blank=True, **options)


class Trait(BothLanguages):
    """A fact about a product that a requirement depends on: it plugs into the mains, it holds a button cell."""

    key = models.SlugField(_("key"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("product trait")
        verbose_name_plural = _("product traits")
        constraints = [looks_like_no_other("trait", "key")]


class CatalogueVersion(models.Model):
    """One file of requirements that was loaded."""

    sha256 = models.CharField(max_length=64, unique=True)
    as_of = models.DateField(_("as of"))
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("version of the catalogue")
        verbose_name_plural = _("versions of the catalogue")

    def __str__(self):
        return self.as_of.isoformat()


class Requirement(BothLanguages):
    """One thing that a listing must show before it may go live. When it applies, `compliance.rules.requirements` says.

    "*" among `categories` or `markets` means all. `platform_rules` are what a platform wants beyond the law:
    {"platform", "markets", "max_age_days" or null, "min_remaining_days" or null, "verification", "source"}.
    `revision` counts its history, which RequirementRevision keeps.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=25, choices=RequirementKind)
    categories = codes(_("categories"))
    categories_exclude = codes(_("categories that are excluded"))
    markets = codes(_("markets"))
    jurisdiction = models.CharField(_("jurisdiction"), max_length=60, blank=True)
    traits_all = codes(_("traits, all of which it needs"))
    traits_any = codes(_("traits, one of which it needs"))
    group = models.SlugField(
        _("group"), max_length=40, blank=True, help_text=_("Requirements of one group are met by any one of them.")
    )
    legal_basis = models.TextField(_("legal basis"), blank=True)
    evidence = codes(_("evidence"))
    fields = codes(_("fields of the evidence"))
    validity_type = models.CharField(_("validity"), max_length=17, choices=ValidityType)
    validity_months = models.PositiveSmallIntegerField(_("months of validity"), null=True, blank=True)
    policy_max_age_months = models.PositiveSmallIntegerField(_("greatest age in months"), null=True, blank=True)
    validity_verification = models.CharField(
        _("verification of the validity"), max_length=8, choices=Verification, default=Verification.KNOWN
    )
    validity_note = models.TextField(_("note on the validity"), blank=True)
    platform_rules = models.JSONField(_("platform rules"), default=list, blank=True)
    edition = models.CharField(
        _("edition"), max_length=60, blank=True, help_text=_("What a paper must have been tested to, e.g. F963-23.")
    )
    edition_from = models.DateField(_("edition counts from"), null=True, blank=True)
    asks = models.JSONField(
        _("what a paper has to show"),
        default=dict,
        blank=True,
        help_text=_("What is looked for in the paper itself; compliance/reading/facts.py says how it is written."),
    )
    number_format = models.SlugField(_("format of the number"), max_length=40, blank=True)
    renewal_lead_days = models.PositiveSmallIntegerField(_("days that a renewal takes"), default=30)
    renewal_lead_basis = models.TextField(_("basis of the renewal time"), blank=True)
    severity = models.CharField(
        pgettext_lazy("requirement", "severity"), max_length=5, choices=Severity, default=Severity.BLOCK
    )
    is_ban = models.BooleanField(_("is a ban"), default=False, help_text=_("No waiver covers it."))
    applies_from = models.DateField(_("applies from"), null=True, blank=True)
    applies_until = models.DateField(_("applies until"), null=True, blank=True)
    verification = models.CharField(_("verification"), max_length=8, choices=Verification, default=Verification.KNOWN)
    verified_scope = models.TextField(_("what of it is verified"), blank=True)
    source = models.TextField(_("source"), blank=True)
    notes = models.TextField(_("notes"), blank=True)
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
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        permissions = [("edit_catalogue", "Edits the catalogue of requirements")]
        constraints = [
            looks_like_no_other("requirement", "key"),
            models.CheckConstraint(
                condition=Q(applies_from=None) | Q(applies_until=None) | Q(applies_until__gte=models.F("applies_from")),
                name="requirement_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(edition_from=None) | ~Q(edition=""), name="requirement_names_the_edition_that_counts"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="requirement_is_confirmed_by_a_named_person",
            ),
        ]

    @property
    def is_sure(self) -> bool:
        """Read in its source as a whole, or confirmed by a person."""
        return self.verification == Verification.VERIFIED or self.confirmed_by_id is not None

    @property
    def rule(self) -> Rule:
        """What of it decides when it applies and how long a paper counts."""
        wishes = (
            PlatformRule(wish["platform"], frozenset(wish["markets"]), wish["max_age_days"], wish["min_remaining_days"])
            for wish in self.platform_rules
        )
        return Rule(
            key=self.key,
            categories=frozenset(self.categories),
            categories_exclude=frozenset(self.categories_exclude),
            markets=frozenset(self.markets),
            traits_all=frozenset(self.traits_all),
            traits_any=frozenset(self.traits_any),
            group=self.group,
            applies_from=self.applies_from,
            applies_until=self.applies_until,
            validity_type=self.validity_type,
            validity_months=self.validity_months,
            policy_max_age_months=self.policy_max_age_months,
            platform_rules=tuple(wishes),
            edition=self.edition,
            edition_from=self.edition_from,
        )

    def as_said(self, data: Mapping[str, Any]) -> "Requirement":
        """It as a revision has it, `data` as JSON holds that. To judge by, not to save."""
        said = {name: Requirement._meta.get_field(name).to_python(value) for name, value in data.items()}  # type: ignore[union-attr]
        return Requirement(pk=self.pk, key=self.key, revision=self.revision, **said)


class RevisionSource(models.TextChoices):
    FILE = "file", _("loaded from a file")
    EDIT = "edit", _("edited")
    CONFIRMATION = "confirmation", _("confirmed")


class RequirementRevision(models.Model):
    """What a requirement said from `at` on. Written once; the database refuses changes."""

    requirement = models.ForeignKey(
        Requirement, models.PROTECT, related_name="revisions", verbose_name=_("requirement")
    )
    number = models.PositiveIntegerField(_("revision"))
    source = models.CharField(_("source"), max_length=12, choices=RevisionSource)
    data = models.JSONField(_("what it says"))
    changes = models.JSONField(_("what changed"), default=dict, help_text="field -> [before, after]")
    reason = models.TextField(_("reason"), blank=True)
    version = models.ForeignKey(
        CatalogueVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("revision of a requirement")
        verbose_name_plural = _("revisions of requirements")
        constraints = [
            models.UniqueConstraint(fields=["requirement", "number"], name="requirement_revision_is_numbered_once"),
            models.CheckConstraint(
                condition=Q(source=RevisionSource.FILE) | Q(actor__isnull=False),
                name="requirement_is_changed_by_a_named_person",
            ),
        ]

    def __str__(self):
        return f"{self.requirement.key} {self.number}"


class ProposalStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("to be decided", "open")
    APPLIED = "applied", _("applied")
    DISMISSED = "dismissed", _("dismissed")


class ProposedChange(models.Model):
    """What a newer file says otherwise about a requirement, or of a new one: nothing changes until somebody applies it.

    What asks less, of a person or of a file, is applied by another than who asked for it (R13). One about `entry` is of an entry
    of a reference table: its `key` is that of the entry, and `values` may hold "is_active".
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("requirement"), max_length=80)
    entry = models.ForeignKey(
        "ReferenceEntry", models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("entry")
    )
    version = models.ForeignKey(
        CatalogueVersion, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("file")
    )
    values = models.JSONField(_("what it would say"), help_text="field -> value, of the fields that differ")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    asked_at = models.DateTimeField(_("asked for at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    status = models.CharField(_("status"), max_length=9, choices=ProposalStatus, default=ProposalStatus.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("decision", "decided by"),
    )
    decided_at = models.DateTimeField(pgettext_lazy("decision", "decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="proposed_change_is_once_per_file"),
            models.CheckConstraint(
                condition=Q(status=ProposalStatus.OPEN, decided_by=None, decided_at=None)
                | (~Q(status=ProposalStatus.OPEN) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="proposed_change_is_decided_exactly_when_someone_decided_it",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=False, entry=None, asked_by=None, asked_at=None)
                | Q(version__isnull=False, entry=None, asked_by__isnull=False, asked_at__isnull=False)
                | (Q(version=None, asked_by__isnull=False, asked_at__isnull=False) & ~Q(reason="")),
                name="proposed_change_is_of_a_file_or_of_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProposalStatus.APPLIED) | Q(asked_by=None) | ~Q(decided_by=models.F("asked_by")),
                name="proposed_change_is_applied_by_another_than_asked",
            ),
        ]

    def __str__(self):
        return self.key
