"""Papers that a change would take from what is sold: asked as before until a second person signs (R4, R13)."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User

PERSON: dict[str, Any] = {
    "to": settings.AUTH_USER_MODEL,
    "on_delete": models.PROTECT,
    "related_name": "+",
    "null": True,
    "blank": True,
}


class LooseningState(models.TextChoices):
    WAITING = "waiting", _("waits for the second signature")
    SIGNED = "signed", _("signed")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("taken back")


class LooseningCause(models.TextChoices):
    ANSWERS = "answers", _("other answers about the product")
    PRODUCT = "product", _("another category or market of the product")
    REQUIREMENT = "requirement", _("another text of a requirement")
    UNKNOWN = "unknown", _("a change that no service recorded")


class LooseningQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """For the team: what is asked of a supplier is asked as before."""
        return self if user.has_perm("suppliers.see_all") else self.none()


class Loosening(models.Model):
    """One change that takes blocking papers from listings that are sold or about to be.

    `about` is the product's SKU or the requirement's key. `said` are the values before and after, by name:
    {"name", "name_zh", "before", "after"}. `papers` is what goes once it is signed: {"product", "market",
    "requirement", "name", "name_zh"}. `changed_by` are the users (ids) who had a part in it: none of them signs it. Items
    of checklists that wait for it point to it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cause = models.CharField(_("cause"), max_length=11, choices=LooseningCause)
    about = models.CharField(_("about"), max_length=60)
    said = models.JSONField(_("before and after"), default=list, blank=True)
    papers = models.JSONField(_("papers that go"), default=list)
    state = models.CharField(_("state"), max_length=9, choices=LooseningState, default=LooseningState.WAITING)
    asked_by = models.ForeignKey(**PERSON, verbose_name=_("changed by"))
    asked_at = models.DateTimeField(_("changed at"))
    changed_by = ArrayField(models.BigIntegerField(), verbose_name=_("who had a part in it"), default=list, blank=True)
    decided_by = models.ForeignKey(**PERSON, verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    signature = models.CharField(
        _("signed by"), max_length=8, choices=[("password", _("password")), ("token", _("API token"))], blank=True
    )
    objects = LooseningQuerySet.as_manager()

    class Meta:
        verbose_name = _("loosening")
        verbose_name_plural = _("loosenings")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=LooseningState.WAITING, decided_by=None, decided_at=None)
                | Q(state=LooseningState.WITHDRAWN, decided_by=None, decided_at__isnull=False)
                | (
                    Q(state__in=[LooseningState.SIGNED, LooseningState.REFUSED])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(reason="")
                ),
                name="loosening_is_decided_exactly_when_someone_decided_it",
            ),
            models.CheckConstraint(
                condition=~Q(state=LooseningState.SIGNED) | ~Q(signature=""),
                name="loosening_is_signed_with_a_signature",
            ),
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(state="waiting"), name="loosening_waiting")]

    def __str__(self):
        return f"{self.about} {self.asked_at:%Y-%m-%d}"
