"""What happened, webhooks, how the site runs, and after every other path of the API its description, and the answer for unknown paths."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from activity import feed_api, operation_views, webhook_api
from activity.views import NoSuchPath

schema = SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])
docs = login_not_required(TemplateView.as_view(template_name="api_docs.html"))

urlpatterns = [
    path("events/", feed_api.Feed.as_view(), name="api-event-list"),
    path("events/kinds/", feed_api.Kinds.as_view(), name="api-event-kinds"),
    path("webhooks/", webhook_api.WebhookList.as_view(), name="api-webhook-list"),
    path("webhooks/<uuid:id>/", webhook_api.WebhookOne.as_view(), name="api-webhook"),
    path("webhooks/<uuid:id>/deliveries/", webhook_api.WebhookDeliveries.as_view(), name="api-webhook-delivery-list"),
    path("webhooks/<uuid:id>/test/", webhook_api.WebhookTest.as_view(), name="api-webhook-test"),
    path("webhooks/<uuid:id>/stop/", webhook_api.WebhookStop.as_view(), name="api-webhook-stop"),
    path("webhooks/<uuid:id>/start/", webhook_api.WebhookStart.as_view(), name="api-webhook-start"),
    path("webhooks/<uuid:id>/replay/", webhook_api.WebhookReplay.as_view(), name="api-webhook-replay"),
    path("webhooks/<uuid:id>/renew-secret/", webhook_api.WebhookRenewSecret.as_view(), name="api-webhook-renew-secret"),
    path("operations/", operation_views.Operations.as_view(), name="api-operations"),
    path("schema/", schema, name="api-schema"),
    path("docs/", docs, name="api-docs"),
    re_path(r"", NoSuchPath.as_view(), name="api-no-such-path"),
]
