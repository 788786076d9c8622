from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from accounts.models import Token, User, digest_of
from activity.errors import InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction

# Sent with `user`, `actor` and `at` in the transaction of a new password that ends tokens: whatever else opens an account's
# records without it ends as well.
access_ended = Signal()


@one_transaction()
def create_token(*, user: User, name: str, at: datetime) -> Token:
    """A new token; show its `key` to the user now, it is not shown again."""
    name = name.strip()
    if not name:
        raise InvalidInput.one("name", "required", _("Give the token a name, such as the program that will use it."))
    if user.tokens.filter(name=name, revoked_at=None).exists():
        raise InvalidInput.one(
            "name", "duplicate", _("You have a token of this name. Revoke it first or choose another.")
        )
    token = Token(user=user, name=name, created_at=at)
    token.digest = digest_of(token.key)
    token.save()
    record_event("token.created", user.stream, at=at, actor=user, name=name)
    return token


@one_transaction()
def revoke_token(*, token: Token, actor: User, at: datetime) -> None:
    """From now on the token opens nothing."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        record_event("token.revoked", token.user.stream, at=at, actor=actor, name=token.name)


@one_transaction()
def set_password(*, user: User, password: str, is_reset: bool, ends_tokens: bool, at: datetime) -> list[str]:
    """A new password ends every session but the one that sets it, and the tokens if so chosen. The names of those."""
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(password)
    user.save(update_fields=["password"])
    return note_new_password(user=user, is_reset=is_reset, ends_tokens=ends_tokens, actor=user, at=at)


def note_new_password(*, user: User, is_reset: bool, ends_tokens: bool, actor: User, at: datetime) -> list[str]:
    """What goes with a password that was just stored, in the transaction that stored it. Names of the tokens that ended."""
    ended: Iterable[Token] = []
    if ends_tokens:
        ended = list(user.tokens.select_for_update().filter(revoked_at=None).order_by("pk"))
        Token.objects.filter(pk__in=[token.pk for token in ended]).update(revoked_at=at)
        access_ended.send(sender=User, user=user, actor=actor, at=at)
    names = [token.name for token in ended]
    kind = "user.password_reset" if is_reset else "user.password_changed"
    record_event(kind, user.stream, at=at, actor=actor, tokens=names)
    return names


def keep_address(*, user: User) -> None:
    """The address that an administrator gave an account is the one that counts until a confirmed one takes its place."""
    if user.email and not EmailAddress.objects.filter(user=user, primary=True).exists():
        EmailAddress.objects.update_or_create(user=user, email=user.email.lower(), defaults={"primary": True})


@one_transaction()
def note_address(*, user: User, before: str, at: datetime) -> bool:
    """Write down that the address of an account is another one now; whether it is."""
    after = User.objects.values_list("email", flat=True).get(pk=user.pk)
    if after != before:
        record_event("user.email_changed", user.stream, at=at, actor=user, changes={"email": [before, after]})
    return after != before


def choose_language(*, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)


def choose_time_zone(*, user: User, zone: str) -> None:
    """Empty: that of the server."""
    User.objects.filter(pk=user.pk).update(time_zone=zone)
