"""Signing with one's password, as a decision on a hold asks for."""

from django.core.cache import cache
from django.utils.translation import gettext as _

from accounts.models import User
from activity.errors import InvalidInput

MOST_WRONG = 5
WITHIN_SECONDS = 5 * 60


def require_signature(*, actor: User, password: str) -> None:
    """Raises InvalidInput for `password` unless it is the actor's own.

    After five wrong ones within five minutes the right one is refused too, so that an unlocked desk is no way to find
    it out.
    """
    attempts = f"signature:{actor.pk}"
    wrong = cache.get(attempts, 0)
    if wrong >= MOST_WRONG:
        raise InvalidInput.one(
            "password", "too_many_attempts", _("Too many wrong passwords. Nothing was signed; wait five minutes.")
        )
    cache.set(attempts, wrong + 1, WITHIN_SECONDS)  # counted before it is checked: hashing takes its time
    if not actor.check_password(password):
        raise InvalidInput.one(
            "password",
            "wrong_password",
            _("This is not your password. Nothing was signed; what you wrote is still here."),
        )
    cache.delete(attempts)
