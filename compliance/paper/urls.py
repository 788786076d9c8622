from django.urls import path

from compliance.paper.api import checking as checking_api
from compliance.paper.api import packs as packs_api
from compliance.paper.api import papers as papers_api
from compliance.paper.api import readings as readings_api
from compliance.paper.api import sorting as sorting_api
from compliance.paper.views import checking, packs, papers, readings, sorting

urlpatterns = [
    path("listings/<text:sku>/<text:market>/pack/", packs.listing_pack, name="listing-pack"),
    path("papers/", papers.evidence_list, name="evidence-list"),
    path("papers/+/", papers.evidence_create, name="evidence-create"),
    path("papers/sort/", sorting.evidence_sort, name="sorting-list"),
    path("papers/<uuid:uid>/", papers.evidence_detail, name="evidence-detail"),
    path("papers/<uuid:uid>/lookup/", papers.evidence_lookup, name="evidence-lookup"),
    path("papers/<uuid:uid>/<slug:act>/", papers.evidence_act, name="evidence-act"),
    path("checking/", checking.queue, name="checking"),
    path("checking/pass/", checking.pass_many, name="checking-pass"),
    path("checking/<uuid:uid>/", checking.check, name="checking-paper"),
    path("documents/", papers.document_list, name="document-list"),
    path("documents/+/", papers.document_create, name="document-create"),
    path("documents/<uuid:uid>/", papers.document_detail, name="document-detail"),
    path("documents/<uuid:uid>/file/", papers.document_file, name="document-file"),
    path("documents/<uuid:uid>/pages/<int:number>/", readings.document_page, name="document-page"),
    path("findings/<uuid:uid>/decide/", readings.finding_decide, name="finding-decide"),
    path("findings/<uuid:uid>/spot/", readings.finding_spot, name="finding-spot"),
    path("sections/<uuid:uid>/", readings.sections_confirm, name="sections-confirm"),
    path("labels/<uuid:uid>/", readings.label_check, name="label-check"),
    path("products/<text:sku>/facts/", readings.product_facts, name="product-facts"),
]

api_urlpatterns = [
    path("listings/<text:sku>/<text:market>/pack/", packs_api.ListingPack.as_view(), name="api-listing-pack"),
    path("documents/", papers_api.DocumentList.as_view(), name="api-document-list"),
    path("documents/sorted/", sorting_api.DocumentsSorted.as_view(), name="api-documents-sorted"),
    path("documents/<uuid:id>/", papers_api.DocumentOne.as_view(), name="api-document"),
    path("documents/<uuid:id>/file/", papers_api.DocumentFile.as_view(), name="api-document-file"),
    path("evidence/", papers_api.EvidenceList.as_view(), name="api-evidence-list"),
    path("evidence/<uuid:id>/", papers_api.EvidenceOne.as_view(), name="api-evidence"),
    path("evidence/<uuid:id>/decide/", papers_api.EvidenceDecide.as_view(), name="api-evidence-decide"),
    path("evidence/<uuid:id>/lookups/", papers_api.EvidenceLookups.as_view(), name="api-evidence-lookups"),
    path("documents/<uuid:id>/reading/", readings_api.DocumentReadingOne.as_view(), name="api-document-reading"),
    path("evidence/<uuid:id>/findings/", readings_api.EvidenceFindings.as_view(), name="api-evidence-findings"),
    path("evidence/<uuid:id>/facts/", readings_api.EvidenceFacts.as_view(), name="api-evidence-facts"),
    path(
        "evidence/<uuid:id>/examination/", readings_api.EvidenceExamination.as_view(), name="api-evidence-examination"
    ),
    path("evidence/<uuid:id>/sections/", readings_api.EvidenceSections.as_view(), name="api-evidence-sections"),
    path("evidence/<uuid:id>/label/", readings_api.EvidenceLabel.as_view(), name="api-evidence-label"),
    path("findings/<uuid:id>/decide/", readings_api.FindingDecide.as_view(), name="api-finding-decide"),
    path("findings/<uuid:id>/spot/", readings_api.FindingSpot.as_view(), name="api-finding-spot"),
    path("evidence/many/", sorting_api.EvidenceMany.as_view(), name="api-evidence-many"),
    path("evidence/pass/", checking_api.EvidencePass.as_view(), name="api-evidence-pass"),
    path("evidence/<uuid:id>/checking/", checking_api.EvidenceChecking.as_view(), name="api-evidence-checking"),
    path("products/<text:sku>/facts/", readings_api.ProductFactsOne.as_view(), name="api-product-facts"),
]
