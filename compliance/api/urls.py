from django.urls import path

from compliance.api import gates, packs, papers, requirements, waivers

urlpatterns = [
    path("gates/", gates.GateList.as_view(), name="api-gate-list"),
    path("listings/", gates.ListingList.as_view(), name="api-listing-list"),
    path("listings/<text:sku>/<text:market>/", gates.ListingOne.as_view(), name="api-listing"),
    path("listings/<text:sku>/<text:market>/go-live/", gates.ListingGoLive.as_view(), name="api-listing-go-live"),
    path("listings/<text:sku>/<text:market>/take-off/", gates.ListingTakeOff.as_view(), name="api-listing-take-off"),
    path("listings/<text:sku>/<text:market>/plan/", gates.ListingPlan.as_view(), name="api-listing-plan"),
    path("listings/<text:sku>/<text:market>/pack/", packs.ListingPack.as_view(), name="api-listing-pack"),
    path(
        "listings/<text:sku>/<text:market>/checklist/",
        requirements.ListingChecklist.as_view(),
        name="api-listing-checklist",
    ),
    path("products/<text:sku>/traits/", requirements.ProductTraits.as_view(), name="api-product-traits"),
    path("checklist-items/", requirements.ItemList.as_view(), name="api-checklist-item-list"),
    path("requirements/", requirements.RequirementList.as_view(), name="api-requirement-list"),
    path("requirements/<text:key>/", requirements.RequirementOne.as_view(), name="api-requirement"),
    path("documents/", papers.DocumentList.as_view(), name="api-document-list"),
    path("documents/<uuid:id>/", papers.DocumentOne.as_view(), name="api-document"),
    path("documents/<uuid:id>/file/", papers.DocumentFile.as_view(), name="api-document-file"),
    path("evidence/", papers.EvidenceList.as_view(), name="api-evidence-list"),
    path("evidence/<uuid:id>/", papers.EvidenceOne.as_view(), name="api-evidence"),
    path("evidence/<uuid:id>/decide/", papers.EvidenceDecide.as_view(), name="api-evidence-decide"),
    path("evidence/<uuid:id>/lookups/", papers.EvidenceLookups.as_view(), name="api-evidence-lookups"),
    path("waivers/", waivers.WaiverList.as_view(), name="api-waiver-list"),
    path("waivers/<uuid:id>/", waivers.WaiverOne.as_view(), name="api-waiver"),
    path("waivers/<uuid:id>/sign/", waivers.WaiverSign.as_view(), name="api-waiver-sign"),
    path("waivers/<uuid:id>/end/", waivers.WaiverEnd.as_view(), name="api-waiver-end"),
]
