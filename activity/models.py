"""What happened (Event), who still has to be told (Delivery, Webhook), which requests were answered (Answer)."""

import base64
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Cast
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Event(models.Model):
    """One thing that happened, written once in the transaction that made it happen.

    Audit trail, timeline and outbox at once. The database refuses UPDATE and DELETE (R6 in rules_sql/).
    `stream` names the record whose story it belongs to: "batch:B-2611-042", "product:HL-KT17-W".
    """

    kind = models.CharField(_("kind"), max_length=60)
    stream = models.CharField(_("stream"), max_length=100)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("actor")
    )
    data = models.JSONField(_("data"), default=dict, encoder=DjangoJSONEncoder)
    transaction = models.BigIntegerField(
        db_default=Cast(Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()),
        editable=False,
        help_text="Number of the transaction that wrote it: what the feed is in the order of (activity/feed.py)",
    )
    request = models.CharField(_("request"), max_length=64, db_default="", default="", editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        permissions = [("see_operations", "Sees how the site runs")]
        indexes = [
            models.Index(fields=["stream", "id"], name="event_by_stream"),
            models.Index(fields=["kind", "id"], name="event_by_kind"),
            models.Index(fields=["transaction", "id"], name="event_by_transaction"),
        ]

    def __str__(self):
        return f"{self.kind} {self.stream}"


class DeliveryStatus(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DONE = "done", pgettext_lazy("delivery", "done")
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


class Webhook(models.Model):
    """An address of another system that is told of events as they happen, signed as Standard Webhooks has it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    url = models.CharField(_("address"), max_length=500)
    kinds = ArrayField(models.CharField(max_length=60), verbose_name=_("events"))
    secret_version = models.PositiveSmallIntegerField(default=1)
    earlier_secret_until = models.DateTimeField(null=True, help_text="The secret before signs too until then")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    stopped_at = models.DateTimeField(_("stopped at"), null=True)
    stopped_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        permissions = [("manage_webhooks", "Tells other systems of events")]
        constraints = [models.UniqueConstraint(fields=["name"], name="webhook_name_is_used_once")]

    def __str__(self):
        return self.name

    @property
    def stream(self) -> str:
        return f"webhook:{self.uid}"

    @property
    def secret(self) -> str:
        return self.secret_of(self.secret_version)

    def secret_of(self, version: int, *, key_of_site: str | None = None) -> str:
        """Derived from SECRET_KEY (or an earlier one) and never stored: a stolen database signs nothing."""
        salt, value = "holdfast.webhook", f"{self.uid.hex}:{version}"
        key = salted_hmac(salt, value, secret=key_of_site, algorithm="sha256").digest()
        return "whsec_" + base64.b64encode(key).decode()


class WebhookDelivery(models.Model):
    """One event that one webhook is owed. Events of one stream arrive in order: a later one waits for an earlier one."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name=_("event"))
    stream = models.CharField(max_length=100, help_text="Of the event")
    status = models.CharField(_("status"), max_length=8, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    history = models.JSONField(
        default=list, help_text="Of each attempt: at, status (HTTP, None without an answer), error, milliseconds"
    )

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="webhook_delivery_is_once_per_event"),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.DONE, done_at__isnull=False)
                | (~Q(status=DeliveryStatus.DONE) & Q(done_at=None)),
                name="webhook_delivery_is_done_exactly_when_it_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "stream", "event"],
                name="webhook_delivery_in_order",
                condition=Q(status=DeliveryStatus.WAITING),
            ),
            models.Index(fields=["due_at"], name="webhook_delivery_due", condition=Q(status=DeliveryStatus.WAITING)),
            models.Index(fields=["webhook", "-id"], name="webhook_delivery_newest"),
        ]

    def __str__(self):
        return f"{self.webhook_id} {self.event_id}"

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a receiver can tell a repeat."""
        return f"msg_{self.uid.hex}"
