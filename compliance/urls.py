from django.urls import path

from compliance.views import board, listings, packs, papers, products, requirements, waivers

urlpatterns = [
    path("board/", board.board, name="board"),
    path("listings/<text:sku>/<text:market>/", listings.listing_detail, name="listing-detail"),
    path("listings/<text:sku>/<text:market>/go-live/", listings.listing_go_live, name="listing-go-live"),
    path("listings/<text:sku>/<text:market>/take-off/", listings.listing_take_off, name="listing-take-off"),
    path("listings/<text:sku>/<text:market>/plan/", listings.listing_plan, name="listing-plan"),
    path("listings/<text:sku>/<text:market>/pack/", packs.listing_pack, name="listing-pack"),
    path("listings/<text:sku>/<text:market>/waive/<slug:key>/", waivers.waiver_request, name="waiver-request"),
    path("products/<text:sku>/compliance/", products.product_compliance, name="product-compliance"),
    path("papers/", papers.evidence_list, name="evidence-list"),
    path("papers/+/", papers.evidence_create, name="evidence-create"),
    path("papers/<uuid:uid>/", papers.evidence_detail, name="evidence-detail"),
    path("papers/<uuid:uid>/lookup/", papers.evidence_lookup, name="evidence-lookup"),
    path("papers/<uuid:uid>/<slug:act>/", papers.evidence_act, name="evidence-act"),
    path("documents/", papers.document_list, name="document-list"),
    path("documents/+/", papers.document_create, name="document-create"),
    path("documents/<uuid:uid>/", papers.document_detail, name="document-detail"),
    path("documents/<uuid:uid>/file/", papers.document_file, name="document-file"),
    path("waivers/", waivers.waiver_list, name="waiver-list"),
    path("waivers/<uuid:uid>/", waivers.waiver_detail, name="waiver-detail"),
    path("waivers/<uuid:uid>/sign/", waivers.waiver_sign, name="waiver-sign"),
    path("waivers/<uuid:uid>/end/", waivers.waiver_end, name="waiver-end"),
    path("requirements/", requirements.requirement_list, name="requirement-list"),
    path("requirements/+/", requirements.requirement_create, name="requirement-create"),
    path("requirements/proposed/", requirements.proposal_list, name="requirement-change-list"),
    path("requirements/proposed/<int:pk>/", requirements.proposal_decide, name="requirement-change-decide"),
    path("requirements/<slug:key>/", requirements.requirement_detail, name="requirement-detail"),
    path("requirements/<slug:key>/edit/", requirements.requirement_edit, name="requirement-edit"),
    path("requirements/<slug:key>/confirm/", requirements.requirement_confirm, name="requirement-confirm"),
]
