from django.urls import path

from compliance.api import gates, packs

urlpatterns = [
    path("gates/", gates.GateList.as_view(), name="api-gate-list"),
    path("listings/", gates.ListingList.as_view(), name="api-listing-list"),
    path("listings/<text:sku>/<text:market>/", gates.ListingOne.as_view(), name="api-listing"),
    path("listings/<text:sku>/<text:market>/go-live/", gates.ListingGoLive.as_view(), name="api-listing-go-live"),
    path("listings/<text:sku>/<text:market>/take-off/", gates.ListingTakeOff.as_view(), name="api-listing-take-off"),
    path("listings/<text:sku>/<text:market>/plan/", gates.ListingPlan.as_view(), name="api-listing-plan"),
    path("listings/<text:sku>/<text:market>/pack/", packs.ListingPack.as_view(), name="api-listing-pack"),
]
