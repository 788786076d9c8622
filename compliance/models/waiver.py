"""Going without a paper for a while, signed by two people."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance.models.requirement import Requirement
from suppliers.models import Listing, OwnedQuerySet

PERSON: dict[str, Any] = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "related_name": "+"}


class WaiverState(models.TextChoices):
    REQUESTED = "requested", _("waits for the second signature")
    SIGNED = "signed", _("signed")
    ENDED = "ended", pgettext_lazy("waiver", "ended")


class WaiverQuerySet(OwnedQuerySet):
    owner = "listing__product__supplier"


class Waiver(models.Model):
    """One requirement of one listing waived until the end of `expires_on` in its market, within `limit`.

    The first signature is the request's. It never covers a ban (the database refuses).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="waivers", verbose_name=_("listing"))
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="waivers", verbose_name=_("requirement"))
    state = models.CharField(_("state"), max_length=9, choices=WaiverState, default=WaiverState.REQUESTED)
    reason = models.TextField(_("reason"))
    limit = models.TextField(_("limit"), help_text=_("What it is limited to: a quantity, an order, a channel."))
    expires_on = models.DateField(_("expires on"))
    requested_by = models.ForeignKey(**PERSON, verbose_name=_("requested by"))
    requested_at = models.DateTimeField(_("requested at"))
    signed_by = models.ForeignKey(**PERSON, null=True, blank=True, verbose_name=pgettext_lazy("person", "signed by"))
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    ended_by = models.ForeignKey(**PERSON, null=True, blank=True, verbose_name=pgettext_lazy("waiver", "ended by"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_reason = models.TextField(_("why it ended"), blank=True)
    objects = WaiverQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        permissions = [("sign_waiver", "Requests and signs waivers")]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "requirement"],
                condition=~Q(state=WaiverState.ENDED),
                name="waiver_is_one_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(limit=""), name="waiver_has_a_reason_and_a_limit"),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("requested_by")), name="waiver_is_signed_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state=WaiverState.REQUESTED, signed_at=None, ended_at=None)
                | Q(state=WaiverState.SIGNED, signed_at__isnull=False, ended_at=None)
                | (Q(state=WaiverState.ENDED, ended_at__isnull=False) & ~Q(ended_reason="")),
                name="waiver_is_in_the_state_that_its_dates_tell",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{act}_by": None, f"{act}_at": None})
                    | Q(**{f"{act}_by__isnull": False, f"{act}_at__isnull": False}),
                    name=f"waiver_is_{act}_by_a_named_person",
                )
                for act in ("signed", "ended")
            ),
        ]

    def __str__(self):
        return f"{self.listing} {self.requirement.key}"
