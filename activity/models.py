"""What happened (Event), who still has to be told (Delivery), and which requests were already answered (Answer)."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened, written once in the transaction that made it happen.

    Audit trail, timeline and outbox at once. The database refuses UPDATE and DELETE (migration 0002).
    `stream` names the record whose story it belongs to: "batch:B-2611-042", "product:HL-KT17-W".
    """

    kind = models.CharField(_("kind"), max_length=60)
    stream = models.CharField(_("stream"), max_length=100)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("actor")
    )
    data = models.JSONField(_("data"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["stream", "id"], name="event_by_stream"),
            models.Index(fields=["kind", "id"], name="event_by_kind"),
        ]

    def __str__(self):
        return f"{self.kind} {self.stream}"


class DeliveryStatus(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    GIVEN_UP = "given_up", _("given up")


class Delivery(models.Model):
    """One receiver that has to hear of one event. Written with the event, claimed with SKIP LOCKED."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries", verbose_name=_("event"))
    receiver = models.CharField(_("receiver"), max_length=100)
    status = models.CharField(_("status"), max_length=8, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["event", "receiver"], name="delivery_is_owed_once_per_receiver"),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.DONE, done_at__isnull=False)
                | (~Q(status=DeliveryStatus.DONE) & Q(done_at=None)),
                name="delivery_is_done_exactly_when_it_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="delivery_waiting", condition=Q(status=DeliveryStatus.WAITING))]

    def __str__(self):
        return f"{self.receiver} {self.event_id}"


class Answer(models.Model):
    """The answer that a request with an Idempotency-Key got: a repeat gets the same one (R7)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.BinaryField(max_length=32, help_text="SHA-256 of method, path and body")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer to a request")
        verbose_name_plural = _("answers to requests")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="answer_is_one_per_user_and_key")]
        indexes = [models.Index(fields=["at"], name="answer_by_age")]

    def __str__(self):
        return self.key
