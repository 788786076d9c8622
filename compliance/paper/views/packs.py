"""The pack of a listing's papers."""

from django.contrib import messages
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import RuleBroken
from compliance.paper.services.packs import make_pack
from suppliers.models import Listing


@never_cache
@require_GET
def listing_pack(request: PageRequest, sku: str, market: str) -> HttpResponseBase:
    """The ZIP for a platform's request, its cover in ?language= or the reader's own."""
    listing = get_object_or_404(
        Listing.objects.visible_to(request.user).select_related("product__category", "market"),
        product__sku=sku,
        market__code=market,
    )
    require_page(request.user, "suppliers.see_all")
    language = request.GET.get("language", request.LANGUAGE_CODE)
    try:
        file = make_pack(listing=listing, language=language, actor=request.user, at=now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect("product-detail", sku)
    return FileResponse(file, as_attachment=True, filename=f"{sku}-{market}-{localdate().isoformat()}.zip")
