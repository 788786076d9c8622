"""Signing with one's password, as a decision on a hold asks for."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView
from activity.errors import InvalidInput

MOST_WRONG = 5
WITHIN_SECONDS = 5 * 60


def require_signature(*, actor: User, password: str) -> None:
    """Raises InvalidInput for `password` unless it is the actor's own.

    After five wrong ones within five minutes the right one is refused too, so that an unlocked desk is no way to find
    it out.
    """
    attempts = f"signature:{actor.pk}"
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # the cache alone counts two at once as one
        wrong = cache.get(attempts, 0)
        if wrong < MOST_WRONG:
            cache.set(attempts, wrong + 1, WITHIN_SECONDS)  # counted before it is checked: hashing takes its time
    if wrong >= MOST_WRONG:
        raise InvalidInput.one(
            "password", "too_many_attempts", _("Too many wrong passwords. Nothing was signed; wait five minutes.")
        )
    if not actor.check_password(password):
        raise InvalidInput.one(
            "password",
            "wrong_password",
            _("This is not your password. Nothing was signed; what you wrote is still here."),
        )
    cache.delete(attempts)


def signed(handler: Callable[..., Response]) -> Callable[..., Response]:
    """An API call that is signed: by the token itself, or in a session by the `password` in its body.

    It goes around `idempotent`: what a refused request counted in its transaction would be forgotten with it.
    """

    @wraps(handler)
    def sign_first(view: GenericAPIView, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        if request.auth is None:
            if view.kwargs:
                view.get_object()  # not one's own is 404, not one's to do 403, before any password is looked at
            password = request.data.get("password") if isinstance(request.data, Mapping) else None
            require_signature(actor=request.user, password=password if isinstance(password, str) else "")
        return handler(view, request, *args, **kwargs)

    return sign_first
