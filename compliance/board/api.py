"""What changes soon, over the API."""

from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from activity.errors import InvalidInput
from compliance.board.page.changes import DAYS, KINDS, Change, changes


class TouchedListing(serializers.Serializer):
    product = serializers.CharField()
    market = serializers.CharField()


class ChangeRow(serializers.Serializer):
    day = serializers.DateField(help_text="From which on it is so; of a paper the last on which it counts.")
    kind = serializers.ChoiceField(KINDS)
    key = serializers.CharField(help_text="Of the requirement, or of the entry of the table of substances.")
    what = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field of that name
    is_sure = serializers.BooleanField(help_text="Read in its source, or confirmed by a person.")
    listings = serializers.SerializerMethodField()

    @extend_schema_field(TouchedListing(many=True))
    def get_listings(self, change: Change) -> list[dict]:
        return [{"product": sku, "market": market} for sku, market in change.listings]


class ChangeList(GenericAPIView):
    permissions = {"GET": None}
    query = ("days",)
    serializer_class = ChangeRow
    pagination_class = None
    filter_backends = ()

    @extend_schema(parameters=[OpenApiParameter("days", int)], responses=ChangeRow(many=True))
    def get(self, request: ApiRequest) -> Response:
        """What begins, ends or expires within so many days (366 unless `days` says fewer), the first first, and what it touches."""
        days = request.query_params.get("days", str(DAYS))
        if not (days.isascii() and days.isdigit() and 1 <= int(days) <= DAYS):
            raise InvalidInput.one("days", "invalid", f"1 to {DAYS}")
        return Response(ChangeRow(changes(request.user, at=now(), days=int(days)), many=True).data)
