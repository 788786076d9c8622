"""What happened, for programs that keep up with it."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, views
from rest_framework.request import Request
from rest_framework.response import Response

from activity.api import Call, NewestFirst
from activity.feed import cursor_of, events_after
from activity.published import body, data_of, published, sample_of


class EventRow(serializers.Serializer):
    id = serializers.CharField(help_text="Also a cursor: `after` it comes what followed.")
    type = serializers.CharField(help_text="Take kinds and members that you do not know: more will follow.")
    version = serializers.IntegerField(help_text="Of the shape of `data`.")
    timestamp = serializers.DateTimeField()
    sequence = serializers.IntegerField(help_text="Rises within one stream.")
    stream = serializers.CharField(help_text="The record whose story it belongs to, as batch:B-2611-042.")
    actor = serializers.CharField(allow_null=True, help_text="Account name; null by the clock, and to suppliers.")
    data = serializers.DictField(help_text="As the webhook of the kind has it.")  # type: ignore[assignment]


class EventPage(serializers.Serializer):
    next = serializers.URLField(allow_null=True, help_text="More that is there already; null at the end.")
    previous = serializers.URLField(allow_null=True, help_text="Always null: a feed leads forward.")
    cursor = serializers.CharField(allow_null=True, help_text="Keep it, and ask `after` it later. null: nothing yet.")
    results = EventRow(many=True)


class Feed(Call, views.APIView):
    permissions = {"GET": None}
    query = ("after", "kind", "page_size")
    many = ("kind",)

    @extend_schema(
        parameters=[
            OpenApiParameter("after", OpenApiTypes.STR, description="A cursor; without one from the beginning."),
            OpenApiParameter("kind", OpenApiTypes.STR, many=True, description="Only these; may stand several times."),
            OpenApiParameter("page_size", OpenApiTypes.INT, description="1 to 200, 50 unless said."),
        ],
        responses={200: EventPage},
    )
    def get(self, request: Request) -> Response:
        """What happened, oldest first and complete: nothing appears behind a cursor that was given.

        What a transaction wrote that is still open comes later, and with it what followed. Events are never deleted.
        """
        size = NewestFirst().get_page_size(request)
        after = request.query_params.get("after", "")
        kinds = request.query_params.getlist("kind")
        found = list(events_after(after, kinds=kinds, user=request.user, most=size + 1))
        shown = found[:size]
        cursor = cursor_of(shown[-1]) if shown else after or None
        is_team = request.user.has_perm("suppliers.see_all")
        rows = [
            {"id": cursor_of(event), "actor": event.actor.username if event.actor and is_team else None}
            | body(event, data)
            for event, data in zip(shown, data_of(shown), strict=True)
        ]
        return Response(
            {
                "next": self._next(request, cursor, len(found) > size),
                "previous": None,
                "cursor": cursor,
                "results": rows,
            }
        )

    def _next(self, request: Request, cursor: str | None, is_more: bool) -> str | None:
        if not is_more or cursor is None:
            return None
        query = request._request.GET.copy()
        query["after"] = cursor
        return request.build_absolute_uri(f"?{query.urlencode()}")


class KindRow(serializers.Serializer):
    type = serializers.CharField()
    version = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    sample = serializers.DictField(help_text="A body as it will come, with made-up values.")


class Kinds(Call, views.APIView):
    permissions = {"GET": None}

    @extend_schema(responses={200: KindRow(many=True)}, filters=False)
    def get(self, request: Request) -> Response:
        """The kinds of events, each with a sample of its body: to try a handler on."""
        rows: list[dict[str, Any]] = [
            {"type": kind, "version": each.version, "label": str(each.label), "sample": sample_of(kind)}
            for kind, each in sorted(published.items())
        ]
        return Response(rows)
