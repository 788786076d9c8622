from django.urls import path

from compliance.api import packs

urlpatterns = [
    path("listings/<text:sku>/<text:market>/pack/", packs.ListingPack.as_view(), name="api-listing-pack"),
]
