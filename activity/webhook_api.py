"""Webhooks over the API."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from activity import webhooks
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from activity.models import DeliveryStatus, Webhook, WebhookDelivery

MANAGE = "activity.manage_webhooks"


class WebhookRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    stopped_at = serializers.DateTimeField(allow_null=True)
    stopped_reason = serializers.CharField()


class WebhookWithSecret(WebhookRow):
    secret = serializers.CharField(
        allow_null=True,
        help_text="Shown this once: what signatures are checked with. A repeat of the request gets null; renew it then.",
    )


class SecretNotKept:
    """The secret is shown once: neither stored with the answer nor in what a repeat gets."""

    def kept(self, answered: dict) -> dict:
        return answered | {"secret": None} if "secret" in answered else answered


class NewWebhook(Input):
    name = serializers.CharField(max_length=60)
    url = serializers.CharField(max_length=500)
    kinds = serializers.ListField(child=serializers.CharField(max_length=60), max_length=100)


class WebhookList(SecretNotKept, ListAPIView):
    permissions = {"GET": MANAGE, "POST": MANAGE}
    serializer_class = WebhookRow
    queryset = Webhook.objects.all()

    @extend_schema(request=NewWebhook, responses={201: WebhookWithSecret})
    @idempotent
    def post(self, request: Request) -> Response:
        webhook = webhooks.create_webhook(**NewWebhook.of(request), actor=request.user, at=now())
        return Response(WebhookWithSecret(webhook).data, status=201)


class WebhookView(GenericAPIView):
    serializer_class = WebhookRow
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Webhook]:
        """To whoever may not manage them there are none."""
        return Webhook.objects.all() if self.request.user.has_perm(MANAGE) else Webhook.objects.none()


class WebhookOne(WebhookView):
    permissions = {"GET": MANAGE, "PUT": MANAGE}

    @extend_schema(responses={200: WebhookRow})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(WebhookRow(self.get_object()).data)

    @extend_schema(request=NewWebhook, responses={200: WebhookRow})
    def put(self, request: Request, id: UUID) -> Response:
        webhook = self.get_object()
        webhook = webhooks.change_webhook(webhook=webhook, **NewWebhook.of(request), actor=request.user, at=now())
        return Response(WebhookRow(webhook).data)


class Attempt(serializers.Serializer):
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    ms = serializers.IntegerField()


class DeliveryRow(serializers.Serializer):
    id = serializers.CharField(source="message_id")
    type = serializers.CharField(source="event.kind")
    stream = serializers.CharField()
    happened_at = serializers.DateTimeField(source="event.at")
    state = serializers.ChoiceField(DeliveryStatus.choices, source="status")
    due_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    attempts = Attempt(source="history", many=True)


class DeliveryFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter("status", choices=DeliveryStatus.choices)
    stream = django_filters.CharFilter()


class WebhookDeliveries(ListAPIView):
    permissions = {"GET": MANAGE}
    serializer_class = DeliveryRow
    filterset_class = DeliveryFilters

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        if getattr(self, "swagger_fake_view", False):
            return WebhookDelivery.objects.none()
        if not self.request.user.has_perm(MANAGE):
            raise Http404
        return get_object_or_404(Webhook, uid=self.kwargs["id"]).deliveries.select_related("event")


class Replay(Input):
    since = serializers.DateTimeField(required=False, help_text="For replay alone: from when on.")


class WebhookAct(SecretNotKept, WebhookView):
    """`act` is test, stop, start, replay (with `since`) or renew-secret."""

    permissions = {"POST": MANAGE}
    ACTS = {"test": webhooks.send_test, "stop": webhooks.stop_webhook, "start": webhooks.start_webhook}

    @extend_schema(
        operation_id="webhooks_act",
        parameters=[OpenApiParameter("act", str, "path", enum=[*ACTS, "replay", "renew-secret"])],
        request=Replay,
        responses={200: WebhookRow},
    )
    @idempotent
    def post(self, request: Request, id: UUID, act: str) -> Response:
        webhook = self.get_object()
        sent = Replay.of(request)
        how: dict[str, Any] = {"webhook": webhook, "actor": request.user, "at": now()}
        if act == "renew-secret":
            return Response(WebhookWithSecret(webhooks.renew_secret(**how)).data)
        if act == "replay":
            if "since" not in sent:
                raise InvalidInput.one("since", "required", _("Say from when on."))
            webhooks.replay(**how, since=sent["since"])
        elif act in self.ACTS:
            self.ACTS[act](**how)
        else:
            raise Http404
        webhook.refresh_from_db()
        return Response(WebhookRow(webhook).data)
