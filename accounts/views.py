from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.context import THEMES
from accounts.forms import TokenForm
from accounts.models import Token
from accounts.requests import PageRequest
from accounts.services import choose_language, create_token, revoke_token
from activity.errors import RuleBroken
from activity.forms import show_refusal

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


def _account_page(request: PageRequest, form: TokenForm, *, created: Token | None = None) -> HttpResponse:
    tokens = request.user.tokens.order_by("-created_at")
    context = {"form": form, "tokens": tokens, "created": created}
    return render(request, "accounts/account.html", context)


@require_safe
def account(request: PageRequest) -> HttpResponse:
    """One's own account: language, theme, sign-in and API tokens."""
    return _account_page(request, TokenForm())


@never_cache
@require_POST
def token_create(request: PageRequest) -> HttpResponse:
    """Make a token and show its key, this once: the answer is a page of its own, not a redirect to one."""
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
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
