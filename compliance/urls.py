from django.urls import path

from compliance.views import board, listings, packs

urlpatterns = [
    path("board/", board.board, name="board"),
    path("listings/<text:sku>/<text:market>/", listings.listing_detail, name="listing-detail"),
    path("listings/<text:sku>/<text:market>/go-live/", listings.listing_go_live, name="listing-go-live"),
    path("listings/<text:sku>/<text:market>/take-off/", listings.listing_take_off, name="listing-take-off"),
    path("listings/<text:sku>/<text:market>/plan/", listings.listing_plan, name="listing-plan"),
    path("listings/<text:sku>/<text:market>/pack/", packs.listing_pack, name="listing-pack"),
]
