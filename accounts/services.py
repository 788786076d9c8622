from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import Token, User, digest_of
from activity.errors import InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction


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
    record_event("token.created", f"user:{user.username}", at=at, actor=user, name=name)
    return token


@one_transaction()
def revoke_token(*, token: Token, actor: User, at: datetime) -> None:
    """From now on the token opens nothing."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        record_event("token.revoked", f"user:{token.user.username}", at=at, actor=actor, name=token.name)


def choose_language(*, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)
