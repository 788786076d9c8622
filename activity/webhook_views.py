"""Webhooks: who is told of what, and whether it arrived."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity import webhooks
from activity.errors import RuleBroken
from activity.forms import ReplayForm, WebhookForm, show_refusal
from activity.models import DeliveryStatus, Webhook
from activity.published import published_kinds

PAGE_SIZE = 50

may_manage = permission_required("activity.manage_webhooks", raise_exception=True)


@require_safe
@may_manage
def webhook_list(request: HttpRequest) -> HttpResponse:
    waiting = Count("deliveries", filter=Q(deliveries__status=DeliveryStatus.WAITING))
    given_up = Count("deliveries", filter=Q(deliveries__status=DeliveryStatus.GIVEN_UP))
    found = Webhook.objects.annotate(waiting=waiting, given_up=given_up).order_by("name")
    return render(request, "activity/webhook_list.html", {"webhooks": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def webhook_create(request: HttpRequest) -> HttpResponse:
    """The answer to a success is the page that shows the secret, this once."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            webhook = webhooks.create_webhook(**form.cleaned_data, actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return _detail(request, webhook, shows_secret=True)
    return render(request, "activity/webhook_form.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
@may_manage
def webhook_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _detail(request, get_object_or_404(Webhook, uid=uid))


def _detail(
    request: HttpRequest, webhook: Webhook, *, replay_form: ReplayForm | None = None, shows_secret: bool = False
) -> HttpResponse:
    status = request.GET.get("status", "")
    deliveries = webhook.deliveries.select_related("event").order_by("-event_id")
    if status in DeliveryStatus.values:
        deliveries = deliveries.filter(status=status)
    labels = dict(published_kinds())
    counts = dict(webhook.deliveries.values_list("status").annotate(Count("id")).order_by())
    tabs = [{"label": _("All"), "url": "?", "count": sum(counts.values()), "current": status == ""}]
    for choice in DeliveryStatus:
        tabs.append(
            {
                "label": choice.label,
                "url": f"?status={choice}",
                "count": counts.get(choice, 0),
                "current": status == choice,
            }
        )
    context = {
        "webhook": webhook,
        "kinds": [labels.get(kind, kind) for kind in webhook.kinds],
        "samples": published_kinds(),
        "tabs": tabs,
        "page": Paginator(deliveries, PAGE_SIZE).get_page(request.GET.get("page")),
        "replay_form": replay_form or ReplayForm(),
        "shows_secret": shows_secret,
    }
    status_code = 400 if replay_form and replay_form.errors else 200
    return render(request, "activity/webhook_detail.html", context, status=status_code)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def webhook_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    webhook = get_object_or_404(Webhook, uid=uid)
    initial = {"name": webhook.name, "url": webhook.url, "kinds": webhook.kinds}
    form = WebhookForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            webhooks.change_webhook(webhook=webhook, **form.cleaned_data, actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("webhook-detail", uid)
    context = {"form": form, "webhook": webhook}
    return render(request, "activity/webhook_form.html", context, status=400 if form.errors else 200)


@require_POST
@may_manage
def webhook_replay(request: HttpRequest, uid: UUID) -> HttpResponse:
    webhook = get_object_or_404(Webhook, uid=uid)
    form = ReplayForm(request.POST)
    if form.is_valid():
        try:
            count = webhooks.replay(webhook=webhook, since=form.cleaned_data["since"], actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            said = ngettext("%(count)s event is sent again.", "%(count)s events are sent again.", count)
            messages.success(request, said % {"count": count})
            return redirect("webhook-detail", uid)
    return _detail(request, webhook, replay_form=form)


@never_cache
@require_POST
@may_manage
def webhook_secret(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a new secret and show it, this once."""
    webhook = webhooks.renew_secret(webhook=get_object_or_404(Webhook, uid=uid), actor=request.user, at=now())
    return _detail(request, webhook, shows_secret=True)


@require_POST
@may_manage
def webhook_test(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send a test message, or a sample of a kind."""
    try:
        kind = request.POST.get("kind", "")
        webhooks.send_test(webhook=get_object_or_404(Webhook, uid=uid), kind=kind, actor=request.user, at=now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    return redirect("webhook-detail", uid)


@require_POST
@may_manage
def webhook_delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    webhook = get_object_or_404(Webhook, uid=uid)
    webhooks.delete_webhook(webhook=webhook, actor=request.user, at=now())
    messages.success(request, _("The webhook %(name)s is deleted.") % {"name": webhook.name})
    return redirect("webhook-list")


ACTS = {"stop": webhooks.stop_webhook, "start": webhooks.start_webhook}


@require_POST
@may_manage
def webhook_act(request: HttpRequest, uid: UUID, act: str) -> HttpResponse:
    if act not in ACTS:
        raise Http404
    ACTS[act](webhook=get_object_or_404(Webhook, uid=uid), actor=request.user, at=now())
    return redirect("webhook-detail", uid)
