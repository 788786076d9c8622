"""Is this batch good: inspections, the results of each characteristic, photos."""

import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.models.batch import Batch
from inspections.models.fields import ReadingsField
from inspections.models.specification import Characteristic, NonconformityClass, Specification
from inspections.rules.verdicts import plan_at
from inspections.sampling import Plan
from inspections.sampling.picks import ALL, SQUARE_ROOT
from inspections.sampling.variables import VariablesPlan
from suppliers.models import OwnedQuerySet


class InspectionStatus(models.TextChoices):
    OPEN = "open", _("open")
    SUBMITTED = "submitted", _("submitted")
    ABANDONED = "abandoned", _("abandoned")


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")


class CartonRule(models.TextChoices):
    SQUARE_ROOT = SQUARE_ROOT, _("square root of their number")
    ALL = ALL, _("all of them")


def all_normal() -> dict[str, str]:
    """Class -> severity at the beginning of a history."""
    return dict.fromkeys(NonconformityClass.values, "normal")


class InspectionQuerySet(OwnedQuerySet):
    owner = "batch__supplier"

    def counted(self):
        """Rounds: all but those that were abandoned with a record that does not reject, or on a sample signed as invalid."""
        return self.exclude(status=InspectionStatus.ABANDONED, hold=None).exclude(is_invalid=True)


class Inspection(models.Model):
    """One round of looking at one batch. Plan and specification are those of the moment it was planned (R9)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="inspections", verbose_name=_("batch"))
    round = models.PositiveSmallIntegerField(_("round"))
    # Nobody asks by the round before, nor for all of an inspector: two indexes less to write.
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("previous round"),
    )
    specification = models.ForeignKey(
        Specification, models.PROTECT, related_name="inspections", verbose_name=_("specification")
    )
    lot_size = models.PositiveIntegerField(_("lot size"))
    severity = models.CharField(_("severity"), max_length=10)
    tightened_for = models.ForeignKey(
        "Drift",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("tightened for"),
    )
    plan = models.JSONField(_("plan"), help_text="Class -> Plan.as_dict(), frozen when planned")
    variables_plans = models.JSONField(
        _("variables plans"),
        default=dict,
        help_text="Characteristic code -> VariablesPlan.as_dict(), frozen when planned",
    )
    own_plans = models.JSONField(
        _("plans of single checks"),
        default=dict,
        help_text="Characteristic code -> Plan.as_dict(), of those with a sampling of their own; frozen when planned",
    )
    severities = models.JSONField(
        _("severities"),
        default=all_normal,
        help_text="Class -> the severity that it was planned under; frozen when planned",
    )
    carried = models.JSONField(
        _("carried along"),
        default=dict,
        help_text="Code of what earlier rounds found nonconforming and the specification no longer asks as much -> "
        "characteristic, lower, upper, variables, sampling, round, added; frozen when planned",
    )
    pick_seed = models.CharField(max_length=16, editable=False, help_text="What the units to pick are drawn from")
    cartons = models.PositiveIntegerField(
        _("cartons"), null=True, blank=True, help_text="That the units come in now; None where they are counted loose"
    )
    carton_rule = models.CharField(
        _("cartons to open"), max_length=11, choices=CartonRule, default=CartonRule.SQUARE_ROOT
    )
    stage_counts = models.JSONField(
        default=dict, help_text="Class -> counts at the end of each completed stage of a double or multiple plan"
    )
    own_stage_counts = models.JSONField(
        default=dict, help_text="As stage_counts, by the code of a check with a plan of its own"
    )
    stage_findings = models.JSONField(
        default=dict,
        help_text="Characteristic code -> numbers of the bad units that finished samples showed, or their count",
    )
    status = models.CharField(_("status"), max_length=9, choices=InspectionStatus, default=InspectionStatus.OPEN)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, null=True, blank=True)
    tally = models.JSONField(_("tally"), null=True, blank=True, help_text="Class -> ClassTally.as_dict(), counted")
    own_tally = models.JSONField(default=dict, help_text="Characteristic code -> the same, of a plan of its own")
    variables_tally = models.JSONField(
        default=dict, help_text="Characteristic code -> VariablesTally.as_dict(), with the verdict"
    )
    taken_back = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="What the record showed when it rejected, before that was taken back: as a hold tells it",
    )
    finding_count = models.PositiveIntegerField(
        default=0, editable=False, help_text="Findings that count in it; counted by the database"
    )
    set_aside = models.PositiveIntegerField(
        _("set aside"), default=0, help_text="Nonconforming units of the sample that its acceptance set aside"
    )
    rejected_in = models.JSONField(
        default=list,
        editable=False,
        help_text="Classes that its record rejected, where it was abandoned with one that rejects",
    )
    hold = models.ForeignKey(
        "Hold", models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name=_("hold")
    )
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="inspections",
        db_index=False,
        verbose_name=_("inspector"),
    )
    planned_at = models.DateTimeField(_("planned at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    abandoned_at = models.DateTimeField(_("abandoned at"), null=True, blank=True)
    abandoned_reason = models.TextField(_("why it was abandoned"), blank=True)
    is_invalid = models.BooleanField(
        _("sample invalid"), default=False, help_text="A second person signed so after it was abandoned: it is no round"
    )
    recorded: "Sequence[Result]" = ()  # what the call that planned it stored with it
    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        permissions = [("inspect", "Records inspections")]
        constraints = [
            models.UniqueConstraint(
                fields=["batch"], condition=Q(status=InspectionStatus.OPEN), name="inspection_is_open_once_per_batch"
            ),
            models.UniqueConstraint(
                fields=["batch", "round"],
                condition=(~Q(status=InspectionStatus.ABANDONED) | Q(hold__isnull=False)) & Q(is_invalid=False),
                name="inspection_round_is_once_per_batch",
            ),
            models.CheckConstraint(
                condition=Q(is_invalid=False) | Q(status=InspectionStatus.ABANDONED, hold__isnull=False),
                name="inspection_is_invalid_only_when_abandoned",
            ),
            models.CheckConstraint(
                condition=Q(status=InspectionStatus.OPEN, verdict=None, submitted_at=None, abandoned_at=None)
                | Q(
                    status=InspectionStatus.SUBMITTED,
                    verdict__isnull=False,
                    tally__isnull=False,
                    submitted_at__isnull=False,
                    abandoned_at=None,
                )
                | Q(status=InspectionStatus.ABANDONED, verdict=None, submitted_at=None, abandoned_at__isnull=False),
                name="inspection_has_a_verdict_exactly_when_submitted",
            ),
            models.CheckConstraint(
                condition=Q(severities__has_keys=["critical", "major", "minor"]),
                name="inspection_has_a_severity_per_class",
            ),
            models.CheckConstraint(
                condition=Q(tightened_for=None) | Q(severity="tightened", round=1),
                name="inspection_that_a_drift_tightens_is_tightened",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.REJECTED) | Q(hold__isnull=False),
                name="inspection_that_is_rejected_has_a_hold",
            ),
            models.CheckConstraint(
                condition=Q(taken_back=None) | Q(status=InspectionStatus.OPEN) | Q(hold__isnull=False),
                name="inspection_that_took_back_a_rejection_has_a_hold",
            ),
            models.CheckConstraint(
                condition=Q(set_aside=0) | Q(verdict__isnull=False, verdict=Verdict.ACCEPTED, hold=None),
                name="inspection_sets_aside_only_what_it_accepts",
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="inspection_by_status")]

    def __str__(self):
        return f"{self.batch} / {self.round}"

    @property
    def asked(self) -> "models.QuerySet[Characteristic]":
        """The rows of what it asks, in order; `as_asked` makes of them what is asked."""
        carried = [each["characteristic"] for each in self.carried.values()]
        of_version = Q(specification=self.specification_id)
        return Characteristic.objects.filter(of_version | Q(pk__in=carried) if carried else of_version).order_by(
            "position", "code"
        )

    def as_asked(self, rows: Iterable[Characteristic]) -> list[Characteristic]:
        """Of the rows of `asked` those that it asks, each with the limits that it asks by."""
        asked = []
        for row in rows:
            carried = self.carried.get(row.code)
            if carried is None:
                asked.append(row)
            elif carried["characteristic"] == row.pk:
                row.ask_as(carried)
                asked.append(row)
        return asked

    def characteristics(self) -> list[Characteristic]:
        """What it asks, in order: of its specification, and what failed in earlier rounds as it failed. One query."""
        return self.as_asked(self.asked)

    def characteristic(self, code: str) -> Characteristic | None:
        """The one with a code, as it is asked. One query."""
        return next(iter(self.as_asked(self.asked.filter(code=code))), None)

    @property
    def added_checks(self) -> int:
        """How many checks it asks that its specification has not."""
        return sum(each["added"] for each in self.carried.values())

    @property
    def counts_as_rejected(self) -> bool:
        """Whether it was abandoned with a record that rejects, and so is a submission that was not accepted (R8)."""
        return self.status == InspectionStatus.ABANDONED and self.hold_id is not None and not self.is_invalid

    @property
    def frozen_plans(self) -> dict[str, Plan]:
        """Class -> plan with all its stages."""
        return {name: Plan.from_dict(plan) for name, plan in self.plan.items()}

    @property
    def plans(self) -> dict[str, Plan]:
        """Class -> plan of the present stage: what is to be inspected and judged now."""
        return {name: plan_at(plan, self.stage_counts.get(name, ())) for name, plan in self.frozen_plans.items()}

    @property
    def frozen_own(self) -> dict[str, Plan]:
        """Characteristic code -> plan with all its stages, of those with a sampling of their own."""
        return {code: Plan.from_dict(plan) for code, plan in self.own_plans.items()}

    @property
    def own(self) -> dict[str, Plan]:
        """Characteristic code -> its own plan at the present stage."""
        return {code: plan_at(plan, self.own_stage_counts.get(code, ())) for code, plan in self.frozen_own.items()}

    def judged_by(self, characteristic: Characteristic) -> str:
        """The code of a characteristic that a plan of its own judges, empty where it counts in its class."""
        code = characteristic.code
        return code if code in self.own_plans or code in self.variables_plans else ""

    @property
    def by_variables(self) -> dict[str, VariablesPlan]:
        """Characteristic code -> variables plan, of those that are estimated and not counted in their class."""
        return {code: VariablesPlan.from_dict(plan) for code, plan in self.variables_plans.items()}

    def sample_sizes(self, characteristics: Iterable[Characteristic]) -> dict[str, int]:
        """Characteristic code -> how many units of the present sample are looked at."""
        plans, own, measured = self.plans, self.own, self.by_variables
        by_code: dict[str, Plan | VariablesPlan] = {**own, **measured}
        return {
            c.code: (by_code[c.code] if c.code in by_code else plans[c.nonconformity_class]).sample_size
            for c in characteristics
        }

    @property
    def sample_size(self) -> int:
        """Units of the present sample: the most that any check looks at; the others look at the first of them."""
        plans: list[Plan | VariablesPlan] = [*self.plans.values(), *self.own.values(), *self.by_variables.values()]
        return max(plan.sample_size for plan in plans)

    @property
    def stage(self) -> int:
        """The present sample of a double or multiple plan, from 1."""
        return 1 + max(map(len, [*self.stage_counts.values(), *self.own_stage_counts.values()]), default=0)

    def seen_before(self, name: str) -> int:
        """How many units the finished samples of a class took, while it goes on to a further one."""
        finished = len(self.stage_counts.get(name, ()))
        return self.frozen_plans[name].stages[finished - 1].sample_size if finished else 0

    def is_decided(self, name: str) -> bool:
        """Whether an earlier sample has decided the class. Critical is looked at on every unit that is taken."""
        return name != NonconformityClass.CRITICAL and len(self.stage_counts.get(name, ())) < self.stage - 1

    def is_closed(self, characteristic: Characteristic) -> bool:
        """Whether an earlier sample has decided the check. A variables plan is decided by the first."""
        code = characteristic.code
        if code in self.variables_plans:
            return self.stage > 1
        if code in self.own_plans:
            return len(self.own_stage_counts.get(code, ())) < self.stage - 1
        return self.is_decided(characteristic.nonconformity_class)

    def seen_on(self, characteristic: Characteristic) -> int:
        """How many units the finished samples took of a check that goes on to a further one."""
        code = characteristic.code
        if code in self.variables_plans:
            return 0
        if code in self.own_plans:
            finished = len(self.own_stage_counts.get(code, ()))
            return self.frozen_own[code].stages[finished - 1].sample_size if finished else 0
        return self.seen_before(characteristic.nonconformity_class)


class Result(models.Model):
    """What was found on one characteristic. No row means unanswered (R8)."""

    # The unique constraint's index begins with the inspection; nobody asks by who recorded.
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="results", db_index=False)
    characteristic = models.ForeignKey(Characteristic, models.PROTECT, related_name="results")
    readings: "models.Field[list[Decimal | None] | None, list[Decimal | None] | None]" = ReadingsField(
        null=True, help_text="Measured: one decimal per unit in unit order, None where not read yet"
    )
    nonconforming_units = ArrayField(models.PositiveIntegerField(), null=True, help_text="Numbers from 1, ascending")
    nonconforming = models.PositiveIntegerField(_("nonconforming units"))
    nonconformities = models.PositiveIntegerField(_("nonconformities"))
    is_complete = models.BooleanField(_("complete"))
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    mean = models.FloatField(null=True)
    sd = models.FloatField(null=True)
    revision = models.PositiveIntegerField(default=1, help_text="Goes up with every change")
    recorded_at = models.DateTimeField(help_text="By the device's clock where it told one")
    received_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        constraints = [
            models.UniqueConstraint(fields=["inspection", "characteristic"], name="result_is_once_per_characteristic"),
            models.CheckConstraint(
                condition=Q(nonconformities__gte=F("nonconforming")), name="result_has_a_nonconformity_per_bad_unit"
            ),
            models.CheckConstraint(
                condition=Q(nonconforming_units=None)
                | Q(nonconforming_units__len=F("nonconforming"))
                | Q(nonconforming=0, nonconforming_units__len=0),
                name="result_counts_the_units_it_names",
            ),
        ]

    def __str__(self):
        return f"{self.inspection} {self.characteristic.code}"


class Recorder(models.Model):
    """Who, beside its inspector, ever recorded or corrected a result of an inspection. The database writes it.

    A result names who saved it last; this is never taken back (R3).
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="recorders", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("recorder of results")
        verbose_name_plural = _("recorders of results")
        constraints = [
            models.UniqueConstraint(fields=["inspection", "user"], name="recorder_is_once_per_inspection"),
        ]

    def __str__(self):
        return f"{self.inspection} {self.user}"
