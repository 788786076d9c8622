from django.urls import path

from inspections.inspection.api import comparisons as comparisons_api
from inspections.inspection.api import inspections as inspections_api
from inspections.inspection.api import live as live_api
from inspections.inspection.api import picks as picks_api
from inspections.inspection.api import typing_errors as typing_errors_api
from inspections.inspection.views import comparisons, inspections, picks, typing_errors

urlpatterns = [
    path("batches/<str:number>/inspect/", inspections.inspection_start, name="inspection-start"),
    path("inspections/", inspections.inspection_list, name="inspection-list"),
    path("inspections/<uuid:uid>/", inspections.inspection_detail, name="inspection-detail"),
    path("inspections/<uuid:uid>/picks/", picks.inspection_picks, name="inspection-picks"),
    path("inspections/<uuid:uid>/record/", inspections.inspection_record, name="inspection-record"),
    path("inspections/<uuid:uid>/submit/", inspections.inspection_submit, name="inspection-submit"),
    path("inspections/<uuid:uid>/abandon/", inspections.inspection_abandon, name="inspection-abandon"),
    path("inspections/<uuid:uid>/typing-error/", typing_errors.typing_error_name, name="typing-error-name"),
    path("typing-errors/<uuid:uid>/refuse/", typing_errors.typing_error_refuse, name="typing-error-refuse"),
    path("inspections/<uuid:uid>/compare/", comparisons.inspection_compare, name="inspection-compare"),
]

api_urlpatterns = [
    path("inspections/", inspections_api.InspectionList.as_view(), name="api-inspection-list"),
    path("inspections/<uuid:id>/", inspections_api.InspectionOne.as_view(), name="api-inspection"),
    path(
        "inspections/<uuid:id>/results/<text:characteristic>/",
        inspections_api.InspectionResult.as_view(),
        name="api-inspection-result",
    ),
    path("inspections/<uuid:id>/picks/", picks_api.InspectionPicks.as_view(), name="api-inspection-picks"),
    path("inspections/<uuid:id>/live/", live_api.InspectionLive.as_view(), name="api-inspection-live"),
    path("inspections/<uuid:id>/submit/", inspections_api.InspectionSubmit.as_view(), name="api-inspection-submit"),
    path("inspections/<uuid:id>/abandon/", inspections_api.InspectionAbandon.as_view(), name="api-inspection-abandon"),
    path(
        "inspections/<uuid:id>/typing-errors/",
        typing_errors_api.InspectionTypingErrors.as_view(),
        name="api-typing-error-list",
    ),
    path(
        "typing-errors/<uuid:id>/refuse/",
        typing_errors_api.TypingErrorRefuse.as_view(),
        name="api-typing-error-refuse",
    ),
    path("inspections/<uuid:id>/comparisons/", comparisons_api.ComparisonList.as_view(), name="api-comparison-list"),
    path(
        "inspections/<uuid:id>/comparisons/<text:characteristic>/",
        comparisons_api.InspectionComparison.as_view(),
        name="api-comparison",
    ),
]
