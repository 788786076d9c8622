"""What becomes of the units that are set aside: those that an inspection found nonconforming in a batch that it accepted."""

import uuid
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inspections.models.batch import Batch
from inspections.models.choices import ChoicesWithFacts, Tone, one_of
from suppliers.models import OwnedQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideStepFacts:
    """What a step does to the units, the permission that it takes, and the words for it.

    `explanation` stands beside the label. One that `is_signed` lets units ship that were found nonconforming themselves, so a
    second person signs it: nobody who inspected them. `event` is the kind of what happened, `told` its sentence.
    """

    event: str
    told: Promise | str
    tone: Tone
    explanation: Promise | str
    place_after: Literal["available", "returned", "scrapped"]
    permission: str = "inspections.decide_hold"
    is_signed: bool = False


class AsideStepKind(ChoicesWithFacts):
    facts: AsideStepFacts

    REPLACEMENT = (
        "replacement",
        AsideStepFacts(
            event="units.replaced",
            told=_("%(units)s replaced by good ones"),
            tone="accepted",
            explanation=_("good units came in their place"),
            place_after="available",
            permission="inspections.inspect",
        ),
        _("replace"),
    )
    REWORK = (
        "rework",
        AsideStepFacts(
            event="units.reworked",
            told=_("%(units)s reworked and found good"),
            tone="accepted",
            explanation=_("mended, and each of them checked again"),
            place_after="available",
            is_signed=True,
        ),
        _("rework"),
    )
    RELEASE = (
        "release",
        AsideStepFacts(
            event="units.released",
            told=_("%(units)s released as they are"),
            tone="waived",
            explanation=_("they may ship as they are"),
            place_after="available",
            is_signed=True,
        ),
        _("release"),
    )
    RETURN = (
        "return",
        AsideStepFacts(
            event="units.returned",
            told=_("%(units)s returned to the supplier"),
            tone="warning",
            explanation=_("they leave the batch"),
            place_after="returned",
        ),
        _("return to supplier"),
    )
    SCRAP = (
        "scrap",
        AsideStepFacts(
            event="units.scrapped",
            told=_("%(units)s scrapped"),
            tone="warning",
            explanation=_("never to be sold"),
            place_after="scrapped",
        ),
        _("scrap"),
    )


class AsideStepQuerySet(OwnedQuerySet):
    owner = "batch__supplier"


def _kinds(*, place: str, is_signed: bool) -> Q:
    chosen = [k for k in AsideStepKind if (k.facts.place_after, k.facts.is_signed) == (place, is_signed)]
    also: dict[str, Any] = {"signature__in": ["password", "token"]} if is_signed else {"signature": ""}
    return one_of("kind", chosen, place=place, **also)


class AsideStep(models.Model):
    """What was done with units that were set aside. Written once; inserting one is the only way out of there.

    The database moves the units to `place`, or refuses (R2 in rules_sql/).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="aside_steps", verbose_name=_("batch"))
    kind = models.CharField(_("what was done"), max_length=11, choices=AsideStepKind)
    place = models.CharField(_("now"), max_length=9, help_text="available, returned or scrapped")
    quantity = models.PositiveIntegerField(_("quantity"))
    note = models.TextField(_("note"))
    signature = models.CharField(
        _("signed by"),
        max_length=8,
        blank=True,
        choices=[("", _("not signed")), ("password", _("password")), ("token", _("API token"))],
    )
    done_at = models.DateTimeField(_("done at"))
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("done by"))
    objects = AsideStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step on units set aside")
        verbose_name_plural = _("steps on units set aside")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="aside_step_is_not_empty"),
            models.CheckConstraint(condition=~Q(note=""), name="aside_step_has_a_note"),
            models.CheckConstraint(
                condition=_kinds(place="available", is_signed=True)
                | _kinds(place="available", is_signed=False)
                | _kinds(place="returned", is_signed=False)
                | _kinds(place="scrapped", is_signed=False),
                name="aside_step_does_what_its_kind_says",
            ),
        ]

    def __str__(self):
        return f"{self.batch} {self.kind} {self.quantity}"

    @property
    def facts(self) -> AsideStepFacts:
        return AsideStepKind(self.kind).facts
