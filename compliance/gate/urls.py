from django.urls import path

from compliance.gate import api, views

urlpatterns = [
    path("listings/<text:sku>/<text:market>/", views.listing_detail, name="listing-detail"),
    path("listings/<text:sku>/<text:market>/go-live/", views.listing_go_live, name="listing-go-live"),
    path("listings/<text:sku>/<text:market>/take-off/", views.listing_take_off, name="listing-take-off"),
    path("listings/<text:sku>/<text:market>/plan/", views.listing_plan, name="listing-plan"),
]

api_urlpatterns = [
    path("gates/", api.GateList.as_view(), name="api-gate-list"),
    path("listings/", api.ListingList.as_view(), name="api-listing-list"),
    path("listings/<text:sku>/<text:market>/", api.ListingOne.as_view(), name="api-listing"),
    path("listings/<text:sku>/<text:market>/go-live/", api.ListingGoLive.as_view(), name="api-listing-go-live"),
    path("listings/<text:sku>/<text:market>/take-off/", api.ListingTakeOff.as_view(), name="api-listing-take-off"),
    path("listings/<text:sku>/<text:market>/plan/", api.ListingPlan.as_view(), name="api-listing-plan"),
]
