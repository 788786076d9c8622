"""The pack of a listing's papers over the API."""

from django.conf import settings
from django.http import FileResponse
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404

from accounts.requests import ApiRequest, GenericAPIView
from activity.api import FileNegotiation
from compliance.paper.services.packs import make_pack
from suppliers.models import Listing


class ListingPack(GenericAPIView):
    permissions = {"GET": "suppliers.see_all"}
    content_negotiation_class = FileNegotiation
    query = ("language",)

    @extend_schema(
        parameters=[
            OpenApiParameter("language", str, enum=list(dict(settings.LANGUAGES)), description="Of the cover.")
        ],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: ApiRequest, sku: str, market: str) -> FileResponse:
        listings = Listing.objects.visible_to(request.user).select_related("product__category", "market")
        listing = get_object_or_404(listings, product__sku=sku, market__code=market)
        self.check_object_permissions(request, listing)
        language = request.query_params.get("language", settings.LANGUAGE_CODE)
        file = make_pack(listing=listing, language=language, actor=request.user, at=now())
        return FileResponse(file, as_attachment=True, filename=f"{sku}-{market}.zip", content_type="application/zip")
