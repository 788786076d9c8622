from django.urls import path

from compliance.catalogue.api import proposals as proposals_api
from compliance.catalogue.api import reference as reference_api
from compliance.catalogue.api import requirements as requirements_api
from compliance.catalogue.views import reference, requirements

urlpatterns = [
    path("reference/", reference.reference_list, name="reference-list"),
    path("reference/<slug:table>/<str:key>/", reference.reference_detail, name="reference-detail"),
    path("reference/<slug:table>/<str:key>/edit/", reference.reference_edit, name="reference-edit"),
    path("reference/<slug:table>/<str:key>/confirm/", reference.reference_confirm, name="reference-confirm"),
    path("requirements/", requirements.requirement_list, name="requirement-list"),
    path("requirements/+/", requirements.requirement_create, name="requirement-create"),
    path("requirements/proposed/", requirements.proposal_list, name="requirement-change-list"),
    path("requirements/proposed/<hidden:pk>/", requirements.proposal_decide, name="requirement-change-decide"),
    path("requirements/<slug:key>/", requirements.requirement_detail, name="requirement-detail"),
    path("requirements/<slug:key>/edit/", requirements.requirement_edit, name="requirement-edit"),
    path("requirements/<slug:key>/confirm/", requirements.requirement_confirm, name="requirement-confirm"),
]

api_urlpatterns = [
    path("requirements/", requirements_api.RequirementList.as_view(), name="api-requirement-list"),
    path("requirements/<text:key>/", requirements_api.RequirementOne.as_view(), name="api-requirement"),
    path(
        "requirements/<text:key>/confirm/",
        requirements_api.RequirementConfirm.as_view(),
        name="api-requirement-confirm",
    ),
    path("catalogue-proposals/", proposals_api.ProposalList.as_view(), name="api-catalogue-proposal-list"),
    path(
        "catalogue-proposals/<text:file>/<text:key>/decide/",
        proposals_api.ProposalDecide.as_view(),
        name="api-catalogue-proposal-decide",
    ),
    path("reference/", reference_api.EntryList.as_view(), name="api-reference-list"),
    path("reference/<text:table>/<text:key>/", reference_api.EntryOne.as_view(), name="api-reference"),
    path(
        "reference/<text:table>/<text:key>/confirm/", reference_api.EntryConfirm.as_view(), name="api-reference-confirm"
    ),
]
