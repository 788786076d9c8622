"""People who sign in, and the tokens of the programs that act for them."""

import hashlib
import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from activity.identifiers import Look, Reading, looks_like_no_other, reads_like_no_other
from activity.looks import reading_of


def languages() -> list[tuple[str, str]]:
    """Those of the settings; called, so that one more is no migration."""
    return settings.LANGUAGES


class User(AbstractUser):
    """A person. Its role is its one group; what the role may do stands in `accounts.roles`."""

    # What a phone keeps what it has not sent under: unlike a name it is never given to somebody else.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=languages,
        blank=True,
        help_text=_("Empty: the language of the browser."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        help_text=_("Where its days and weeks begin; empty: that of the server."),
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            looks_like_no_other("user", "username"),
            reads_like_no_other("user", "username"),
            models.UniqueConstraint(
                Look("email"),
                condition=~models.Q(email=""),
                name="user_email_is_used_once",
            ),
        ]

    @cached_property
    def role(self) -> Role | None:
        """The role, or None for a user who has none (and may do nothing)."""
        names = [group.name for group in self.groups.all() if group.name in Role.values]
        return Role(names[0]) if names else None

    @property
    def stream(self) -> str:
        """Of the events of this account."""
        return f"user:{self.username}"

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    def clean(self) -> None:
        """What stands under a signature is one person's: no name that people take for that of another, or for a user name."""
        super().clean()
        name = Reading(Concat("first_name", Value(" "), "last_name"))
        others = User.objects.exclude(pk=self.pk).annotate(name=name, read=Reading("username"))
        if others.filter(Q(name=reading_of(self.display_name)) | Q(read=reading_of(self.display_name))).exists():
            raise ValidationError(
                _(
                    "Another person goes by a name that looks the same. Add what tells the two apart: it stands under signatures."
                ),
                code="duplicate",
            )


class Token(models.Model):
    """What a program sends to act as a user. Only its digest is stored; the key is shown once."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=models.Q(revoked_at=None), name="token_name_is_used_once_per_user"
            )
        ]

    def __str__(self):
        return f"{self.user} {self.name}"

    @property
    def key(self) -> str:
        """The key itself, derived from SECRET_KEY and never stored: a stolen database opens nothing."""
        return "hf_" + salted_hmac("holdfast.api-token", self.uid.hex, algorithm="sha256").hexdigest()[:48]


def digest_of(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
