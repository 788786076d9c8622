"""Which reminders have gone out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.requirement import Requirement
from suppliers.models import Listing


class Reminder(models.Model):
    """That somebody was reminded of a paper `step` days before its last valid day; once for each step of each end."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+", verbose_name=_("listing"), db_index=False)
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+", verbose_name=_("requirement"))
    valid_to = models.DateField(_("valid to"))
    step = models.PositiveSmallIntegerField(_("days before"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "requirement", "valid_to", "step"], name="reminder_is_sent_once_per_step"
            )
        ]

    def __str__(self):
        return f"{self.listing} {self.requirement} {self.step}"
