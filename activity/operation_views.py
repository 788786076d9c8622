"""How the site runs: a page and a call for administrators, and numbers for Prometheus."""

import hmac
import ipaddress
import os
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest, multiprocess
from rest_framework import serializers, views
from rest_framework.request import Request
from rest_framework.response import Response

from activity.api import Call
from activity.operations import backlogs, given_up, queues, state


@never_cache
@require_safe
@permission_required("activity.see_operations", raise_exception=True)
def operations(request: HttpRequest) -> HttpResponse:
    return render(request, "activity/operations.html", state(now=now()))


class BacklogRow(serializers.Serializer):
    name = serializers.CharField()
    waiting = serializers.IntegerField(source="count")
    oldest_seconds = serializers.SerializerMethodField()
    is_late = serializers.BooleanField()

    def get_oldest_seconds(self, row: Any) -> int | None:
        return None if row.oldest is None else int(row.oldest.total_seconds())


class OperationsRow(serializers.Serializer):
    wrong = serializers.ListField(child=serializers.CharField(), help_text="What is wrong, in words; empty is well.")
    checks = serializers.DictField(child=serializers.CharField())
    backlogs = BacklogRow(many=True)
    queues = serializers.DictField(child=serializers.IntegerField(), allow_null=True, help_text="null: no Redis")
    given_up = serializers.DictField(child=serializers.IntegerField(), help_text="Within a week")
    last_backup = serializers.DateTimeField(allow_null=True)
    versions = serializers.DictField(child=serializers.CharField())


class Operations(Call, views.APIView):
    permissions = {"GET": "activity.see_operations"}

    @extend_schema(responses=OperationsRow)
    def get(self, request: Request) -> Response:
        return Response(OperationsRow(state(now=now())).data)


@never_cache
@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text. For who has the token of the setting METRICS_TOKEN, or asks from this machine past any proxy."""
    if not _may_count(request):
        raise PermissionDenied
    registry = CollectorRegistry()
    _gauges(registry)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)
        said = generate_latest(registry)
    else:
        said = generate_latest(registry) + generate_latest(REGISTRY)
    return HttpResponse(said, content_type=CONTENT_TYPE_LATEST)


def _may_count(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    try:
        is_here = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        is_here = False
    return is_here and "X-Forwarded-For" not in request.headers


def _gauges(registry: CollectorRegistry) -> None:
    waiting = Gauge("holdfast_waiting", "Work that waits for a worker", ["work"], registry=registry)
    oldest = Gauge("holdfast_oldest_seconds", "How long the oldest of it has waited", ["work"], registry=registry)
    for each in backlogs(now=now()):
        waiting.labels(each.name).set(each.count)
        oldest.labels(each.name).set(each.oldest.total_seconds() if each.oldest else 0)
    nudges = Gauge("holdfast_queue_length", "Nudges in a queue of Redis", ["queue"], registry=registry)
    for name, length in (queues() or {}).items():
        nudges.labels(name).set(length)
    lost = Gauge("holdfast_given_up", "What is tried no more, of the last week", ["work"], registry=registry)
    for name, count in given_up(now=now()).items():
        lost.labels(name).set(count)
