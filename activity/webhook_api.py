"""Webhooks over the API."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from activity import webhooks
from activity.api import Call, Input, idempotent
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


class WebhookList(SecretNotKept, Call, generics.ListAPIView):
    permissions = {"GET": MANAGE, "POST": MANAGE}
    serializer_class = WebhookRow
    queryset = Webhook.objects.all()

    @extend_schema(request=NewWebhook, responses={201: WebhookWithSecret})
    @idempotent
    def post(self, request: Request) -> Response:
        webhook = webhooks.create_webhook(**NewWebhook.of(request), actor=request.user, at=now())
        return Response(WebhookWithSecret(webhook).data, status=201)


class WebhookView(Call, generics.GenericAPIView):
    serializer_class = WebhookRow
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Webhook]:
        """To whoever may not manage them there are none."""
        return Webhook.objects.all() if self.request.user.has_perm(MANAGE) else Webhook.objects.none()

    def after(self, act: Callable[..., object], **more: Any) -> Response:
        """The webhook as it is after the act."""
        webhook = self.get_object()
        act(webhook=webhook, actor=self.request.user, at=now(), **more)
        webhook.refresh_from_db()
        return Response(WebhookRow(webhook).data)


class WebhookOne(WebhookView):
    permissions = {"GET": MANAGE, "PUT": MANAGE, "DELETE": MANAGE}

    @extend_schema(responses={200: WebhookRow})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(WebhookRow(self.get_object()).data)

    @extend_schema(request=NewWebhook, responses={200: WebhookRow})
    def put(self, request: Request, id: UUID) -> Response:
        webhook = self.get_object()
        webhook = webhooks.change_webhook(webhook=webhook, **NewWebhook.of(request), actor=request.user, at=now())
        return Response(WebhookRow(webhook).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, id: UUID) -> Response:
        """Nothing is sent to it any more, and its messages are gone."""
        webhooks.delete_webhook(webhook=self.get_object(), actor=request.user, at=now())
        return Response(status=204)


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


class WebhookDeliveries(Call, generics.ListAPIView):
    permissions = {"GET": MANAGE}
    serializer_class = DeliveryRow
    filterset_class = DeliveryFilters

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        if getattr(self, "swagger_fake_view", False):
            return WebhookDelivery.objects.none()
        if not self.request.user.has_perm(MANAGE):
            raise Http404
        return get_object_or_404(Webhook, uid=self.kwargs["id"]).deliveries.select_related("event")


class WhatToTest(Input):
    kind = serializers.CharField(
        required=False, max_length=60, help_text="A sample of this kind is sent; without one a message without data."
    )


class WebhookTest(WebhookView):
    permissions = {"POST": MANAGE}

    @extend_schema(request=WhatToTest, responses={200: WebhookRow})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Send a test message to the address, or a sample of a kind: the body says `"sample": true`."""
        self.get_object()
        return self.after(webhooks.send_test, **WhatToTest.of(request))


class WebhookStop(WebhookView):
    permissions = {"POST": MANAGE}

    @extend_schema(request=None, responses={200: WebhookRow})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Send nothing to it until it is started again; what happens meanwhile is not owed to it."""
        return self.after(webhooks.stop_webhook)


class WebhookStart(WebhookView):
    permissions = {"POST": MANAGE}

    @extend_schema(request=None, responses={200: WebhookRow})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Send to it again what happens from now on."""
        return self.after(webhooks.start_webhook)


class Replay(Input):
    since = serializers.DateTimeField(
        help_text="From when on everything is sent again, under the ids of the first time."
    )


class WebhookReplay(WebhookView):
    permissions = {"POST": MANAGE}

    @extend_schema(request=Replay, responses={200: WebhookRow})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Send again what happened since a time."""
        self.get_object()
        return self.after(webhooks.replay, **Replay.of(request))


class WebhookRenewSecret(SecretNotKept, WebhookView):
    permissions = {"POST": MANAGE}

    @extend_schema(request=None, responses={200: WebhookWithSecret})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """A new secret, shown this once. Messages are signed with both for a day."""
        webhook = webhooks.renew_secret(webhook=self.get_object(), actor=request.user, at=now())
        return Response(WebhookWithSecret(webhook).data)
