from django.urls import path

from compliance.checklist import api

api_urlpatterns = [
    path(
        "listings/<text:sku>/<text:market>/checklist/",
        api.ListingChecklist.as_view(),
        name="api-listing-checklist",
    ),
    path("checklist-items/", api.ItemList.as_view(), name="api-checklist-item-list"),
]
