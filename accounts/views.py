from typing import Any
from uuid import UUID

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.context import THEMES
from accounts.forms import TimeZoneForm, TokenForm
from accounts.models import Token
from accounts.release import OLDEST_PAGES, release
from accounts.requests import PageRequest
from accounts.services import choose_language, choose_time_zone, create_token, keep_address, note_address, revoke_token
from accounts.signature import require_unlocked
from activity.errors import RuleBroken
from activity.forms import show_refusal
from activity.transactions import one_transaction

A_YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next") or request.headers.get("Referer") or "/"
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if is_ours else "/")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of every page, for the account too where somebody is signed in."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        choose_language(user=request.user, language=code)
    response = _back(request)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
def time_zone(request: PageRequest) -> HttpResponse:
    """Choose where one's days and weeks begin."""
    form = TimeZoneForm(request.POST)
    if form.is_valid():
        choose_time_zone(user=request.user, zone=form.cleaned_data["time_zone"])
        messages.success(request, _("Your weeks begin on Monday there."))
        return redirect("account")
    return _account_page(request, TokenForm(), zone_form=form)


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Choose light, dark, or (empty) what the device prefers."""
    chosen = request.POST.get("theme", "")
    response = _back(request)
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme")
    return response


def _account_page(
    request: PageRequest, form: TokenForm, *, created: Token | None = None, zone_form: TimeZoneForm | None = None
) -> HttpResponse:
    tokens = request.user.tokens.order_by("-created_at")
    context = {"form": form, "tokens": tokens, "created": created}
    context["zone_form"] = zone_form or TimeZoneForm(initial={"time_zone": request.user.time_zone})
    return render(request, "accounts/account.html", context)


@never_cache
@login_not_required
@require_safe
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in (null: nobody), a token to send with, and which release answers: what a page that was kept asks."""
    return JsonResponse(
        {
            "person": str(request.user.uid) if request.user.is_authenticated else None,
            "username": request.user.get_username(),
            "csrf": get_token(request),
            "release": release(),
            "oldest_pages": OLDEST_PAGES,
            "at": now(),
        }
    )


@require_safe
def account(request: PageRequest) -> HttpResponse:
    """One's own account: language, theme, sign-in and API tokens."""
    return _account_page(request, TokenForm())


@never_cache
@require_POST
@reauthentication_required(app="allauth.account")
def token_create(request: PageRequest) -> HttpResponse:
    """Make a token and show its key, this once: the answer is a page of its own, not a redirect to one.

    Only after the password was typed again, since a token signs as the password does.
    """
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            require_unlocked(request.user)
            token = create_token(user=request.user, name=form.cleaned_data["name"], at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return _account_page(request, TokenForm(), created=token)
    return _account_page(request, form)


@require_POST
def token_revoke(request: PageRequest, uid: UUID) -> HttpResponse:
    token = get_object_or_404(request.user.tokens.select_related("user"), uid=uid)
    revoke_token(token=token, actor=request.user, at=now())
    messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("account")


def gone(request: HttpRequest, what: str) -> HttpResponse:
    """allauth's own addresses of passkeys say the number of a row; ours do not."""
    raise Http404


class EmailView(allauth_views.EmailView):
    """One's addresses. What changes the one that counts is on the record, and the address before is told."""

    def dispatch(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keep_address(user=request.user)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        with one_transaction():
            before = user.email
            response = super().post(request, *args, **kwargs)
            if note_address(user=user, before=before, at=now()) and "action_remove" in request.POST:
                mail = {"deleted_email": before}
                get_adapter().send_notification_mail("account/email/email_deleted", user, mail, email=before)
        return response

    def _action_primary(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """An address counts once it is confirmed."""
        address = self._get_email_address(request)
        if address and not address.verified:
            get_adapter().add_message(request, messages.ERROR, "account/messages/unverified_primary_email.txt")
            return None
        return super()._action_primary(request, *args, **kwargs)
