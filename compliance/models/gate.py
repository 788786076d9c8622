"""May a listing go live: where its gate stands now, and the decisions that were taken while it was open (R4)."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance.rules import gates
from suppliers.models import Listing, OwnedQuerySet


class GateState(models.TextChoices):
    OPEN = gates.OPEN, pgettext_lazy("gate", "open")
    CLOSED = gates.CLOSED, pgettext_lazy("gate", "closed")


class LiveState(models.TextChoices):
    NEVER = "never", _("not live yet")
    LIVE = "live", _("live")
    SUSPENDED = "suspended", _("suspended")
    WITHDRAWN = "withdrawn", _("taken off the market")


class Standing(models.TextChoices):
    """What the board shows of a gate in one word."""

    OPEN = "open", pgettext_lazy("gate", "open")
    LIVE = "live", _("live")
    CLOSED = "closed", pgettext_lazy("gate", "closed")
    WAITING = "waiting", _("waiting")
    SUSPENDED = "suspended", _("suspended")


class GateQuerySet(OwnedQuerySet):
    owner = "listing__product__supplier"

    def in_state(self, state, at):
        """By the state at a moment: a gate that is due to be worked out anew counts as closed until it is."""
        still_open = Q(state=GateState.OPEN) & ~Q(next_change_at__isnull=False, next_change_at__lte=at)
        return self.filter(still_open if state == GateState.OPEN else ~still_open)


class Gate(models.Model):
    """Where one listing stands, kept by `services.gates` in the transaction of every change below it.

    `checks` is the list of `gates.Check.as_dict()`; the columns beside it are what the board filters and sorts by. A
    row is made with its listing by the database, closed and due to be evaluated at once: unknown is never open.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="gate", verbose_name=_("listing")
    )
    state = models.CharField(_("state"), max_length=6, choices=GateState, default=GateState.CLOSED)
    live = models.CharField(_("on the market"), max_length=9, choices=LiveState, default=LiveState.NEVER)
    checks = models.JSONField(_("checks"), default=list)
    failing = ArrayField(models.CharField(max_length=16), verbose_name=_("failing checks"), default=list)
    unmet = ArrayField(models.CharField(max_length=16), verbose_name=_("checks that are not met"), default=list)
    acts_next = models.CharField(_("acts next"), max_length=12, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    planned_on = models.DateField(_("planned go-live"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    next_change_at = models.DateTimeField(_("next change at"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    sku = models.CharField(_("SKU"), max_length=60)
    market = models.CharField(_("market"), max_length=10)
    words = models.TextField(_("words to find it by"), blank=True, help_text="In lower case")
    decision = models.ForeignKey(
        "GoLiveDecision", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decision")
    )
    standing = models.GeneratedField(
        expression=Case(
            When(live="live", then=Value("live")),
            When(live="suspended", then=Value("suspended")),
            When(state="open", then=Value("open")),
            When(failing__len=0, then=Value("waiting")),
            default=Value("closed"),
        ),
        output_field=models.CharField(_("standing"), max_length=9, choices=Standing),
        db_persist=True,
    )
    objects = GateQuerySet.as_manager()

    class Meta:
        verbose_name = _("gate")
        verbose_name_plural = _("gates")
        permissions = [("take_live", "Takes listings live and off the market")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(live=LiveState.LIVE) | Q(state=GateState.OPEN), name="gate_of_a_live_listing_is_open"
            ),
            models.CheckConstraint(
                condition=Q(state=GateState.CLOSED) | Q(unmet=[], failing=[]),
                name="gate_is_open_only_without_unmet_checks",
            ),
            models.CheckConstraint(
                condition=Q(live=LiveState.NEVER) | Q(decision__isnull=False), name="gate_was_live_only_by_a_decision"
            ),
        ]
        indexes = [
            models.Index(F("standing"), "sku", "market", name="gate_by_standing"),
            models.Index(fields=["sku", "market"], name="gate_by_sku"),
            models.Index(fields=["market", "sku"], name="gate_by_market"),
            models.Index(fields=["planned_on", "sku", "market"], name="gate_by_plan"),
            models.Index(fields=["valid_until", "sku", "market"], name="gate_by_end"),
            models.Index(fields=["due_on", "sku", "market"], name="gate_by_due"),
            models.Index(fields=["next_change_at"], name="gate_due", condition=Q(next_change_at__isnull=False)),
            GinIndex(fields=["unmet"], name="gate_by_unmet"),
        ]

    def __str__(self):
        return f"{self.sku} {self.market}"

    @property
    def stream(self) -> str:
        return f"listing:{self.sku}:{self.market}"

    def state_at(self, at) -> str:
        """See `GateQuerySet.in_state`."""
        return GateState.CLOSED if self.next_change_at and self.next_change_at <= at else self.state


class GoLiveDecision(models.Model):
    """A signed decision to sell from a day on, with the whole evaluation that it rests on. Written once.

    Inserting one is the only way to be live; the database refuses it while the gate is closed.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="decisions", verbose_name=_("listing"))
    on = models.DateField(_("goes live on"))
    note = models.TextField(_("note"), blank=True)
    evaluation = models.JSONField(
        _("evaluation"), encoder=DjangoJSONEncoder, help_text="{day, checks, facts} as they were"
    )
    signature = models.CharField(
        _("signed by"), max_length=8, choices=[("password", _("password")), ("token", _("API token"))]
    )
    decided_at = models.DateTimeField(pgettext_lazy("decision", "decided at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("decision", "decided by")
    )

    class Meta:
        verbose_name = _("go-live decision")
        verbose_name_plural = _("go-live decisions")
        indexes = [models.Index(fields=["listing", "-id"], name="go_live_by_listing")]

    def __str__(self):
        return f"{self.listing} {self.on}"


class GateDefect(models.Model):
    """A gate that was not what it should have been when all were worked out anew. It was put right at once."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+", verbose_name=_("listing"))
    found_at = models.DateTimeField(_("found at"))
    stored = models.JSONField(
        _("what was stored"), encoder=DjangoJSONEncoder, help_text="field -> value, of the fields that differ"
    )
    computed = models.JSONField(_("what it should have been"), encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("defect of a gate")
        verbose_name_plural = _("defects of gates")

    def __str__(self):
        return f"{self.listing} {self.found_at}"


class SavedView(models.Model):
    """A way of looking at the board that somebody gave a name."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="board_views", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=1000, blank=True, help_text="The query string of the board")
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_is_named_once_per_user")]

    def __str__(self):
        return self.name


class CalendarFeed(models.Model):
    """The secret address under which a calendar program reads what ends soon for a user. Only its digest is stored."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds", verbose_name=_("user")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="calendar_feed_is_one_per_user")
        ]

    def __str__(self):
        return str(self.user)

    @property
    def key(self) -> str:
        """The secret part of the address, derived from SECRET_KEY and never stored: a stolen database opens nothing."""
        return salted_hmac("holdfast.calendar-feed", self.uid.hex, algorithm="sha256").hexdigest()[:48]
