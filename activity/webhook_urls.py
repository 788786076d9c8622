from django.urls import path

from activity import operation_views, webhook_views

urlpatterns = [
    path("operations/", operation_views.operations, name="operations"),
    path("metrics", operation_views.metrics, name="metrics"),
    path("webhooks/", webhook_views.webhook_list, name="webhook-list"),
    path("webhooks/+/", webhook_views.webhook_create, name="webhook-create"),
    path("webhooks/<uuid:uid>/", webhook_views.webhook_detail, name="webhook-detail"),
    path("webhooks/<uuid:uid>/edit/", webhook_views.webhook_edit, name="webhook-edit"),
    path("webhooks/<uuid:uid>/replay/", webhook_views.webhook_replay, name="webhook-replay"),
    path("webhooks/<uuid:uid>/secret/", webhook_views.webhook_secret, name="webhook-secret"),
    path("webhooks/<uuid:uid>/test/", webhook_views.webhook_test, name="webhook-test"),
    path("webhooks/<uuid:uid>/delete/", webhook_views.webhook_delete, name="webhook-delete"),
    path("webhooks/<uuid:uid>/<slug:act>/", webhook_views.webhook_act, name="webhook-act"),
]
