"""Signing with one's password, as a decision on a hold asks for."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django import forms
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView
from activity.api import Input
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.forms import OnceForm
from activity.transactions import one_transaction

MOST_WRONG = 5
WITHIN_SECONDS = 5 * 60


class SignatureLocked(InvalidInput):
    status = 429
    retry_after = WITHIN_SECONDS

    def __init__(self) -> None:
        detail = _("Too many wrong passwords. Nothing was signed; wait five minutes.")
        super().__init__([FieldError("password", "too_many_attempts", detail)])


class ChangedMeanwhile(RuleBroken):
    code = "changed_meanwhile"
    detail = gettext_lazy("It was changed meanwhile. Nothing was signed; look at it again.")


def digest(*shown: Any) -> str:
    """What names the things that somebody is shown before signing: 32 hex digits, others once any of it is another."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()[:32]


def require_shown(signed_digest: str | None, present: str) -> None:
    """Raises ChangedMeanwhile unless what is signed is what is there now. Under the lock of what is signed.

    None of a program that names nothing, since it showed nothing to anybody.
    """
    if signed_digest not in (None, present):
        raise ChangedMeanwhile


class DigestedInput(Input):
    digest = serializers.CharField(
        max_length=64, help_text="That of what was read: what was changed since is not signed."
    )


class ShownInput(Input):
    digest = serializers.CharField(
        required=False,
        max_length=64,
        help_text="That of what was read, where a person read it: what was changed since is not signed, 409 `changed_meanwhile`.",
    )


def require_unlocked(actor: User) -> None:
    """Raises SignatureLocked while wrong passwords have locked the actor's signature, however it is given."""
    if cache.get(_attempts(actor), 0) >= MOST_WRONG:
        raise SignatureLocked


def _attempts(actor: User) -> str:
    return f"signature:{actor.pk}"


def require_signature(*, actor: User, password: str) -> None:
    """Raises InvalidInput for `password` unless it is the actor's own.

    After five wrong ones within five minutes the right one is refused too, so that an unlocked desk is no way to find
    it out.
    """
    attempts = _attempts(actor)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # the cache alone counts two at once as one
        wrong = cache.get(attempts, 0)
        if wrong < MOST_WRONG:
            cache.set(attempts, wrong + 1, WITHIN_SECONDS)  # counted before it is checked: hashing takes its time
    if wrong >= MOST_WRONG:
        raise SignatureLocked
    if not actor.check_password(password):
        raise InvalidInput.one(
            "password",
            "wrong_password",
            _("This is not your password. Nothing was signed; what you wrote is still here."),
        )
    cache.delete(attempts)


class SignatureField(forms.CharField):
    """The password of who signs, in a form that `carried_out` takes."""

    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=gettext_lazy("Your password, as signature"), strip=False, **kwargs)


def carried_out(form: OnceForm, user: User, act: Callable[[], object]) -> bool:
    """Whether a page's form was filled in and its act is done: signed before where it is signed, and once however often sent.

    Else nothing is done, and the form says why beside all that was typed.
    """
    if not form.is_valid():
        return False
    try:
        if form.is_signed:
            require_signature(actor=user, password=form.cleaned_data["password"])
        with one_transaction():
            if form.claim(user):
                act()
    except RuleBroken as refusal:
        form.show_refusal(refusal)
        return False
    return True


def signed(handler: Callable[..., Response]) -> Callable[..., Response]:
    """An API call that is signed: by the token itself, or in a session by the `password` in its body.

    A token signs nothing while wrong passwords have locked its user's signature.
    It goes around `idempotent`: what a refused request counted in its transaction would be forgotten with it.
    """

    @wraps(handler)
    def sign_first(view: GenericAPIView, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        if request.auth is None:
            if view.kwargs:
                view.get_object()  # not one's own is 404, not one's to do 403, before any password is looked at
            password = request.data.get("password") if isinstance(request.data, Mapping) else None
            require_signature(actor=request.user, password=password if isinstance(password, str) else "")
        else:
            require_unlocked(request.user)
        return handler(view, request, *args, **kwargs)

    return sign_first
