from django.urls import path

from inspections.pilot.api import limits as limits_api
from inspections.pilot.api import margins as margins_api
from inspections.pilot.api import outcomes as outcomes_api
from inspections.pilot.api import runs as runs_api
from inspections.pilot.api import signatures as signatures_api
from inspections.pilot.views import limits, margins, outcomes, runs, signatures

urlpatterns = [
    path("products/<text:sku>/margin/", margins.product_margin, name="product-margin"),
    path("pilots/", runs.pilot_list, name="pilot-list"),
    path("pilots/<uuid:uid>/", runs.pilot_detail, name="pilot-detail"),
    path("pilots/<uuid:uid>/outcomes/", outcomes.pilot_record, name="pilot-record"),
    path("pilots/<uuid:uid>/readings/", outcomes.pilot_measure, name="pilot-measure"),
    path("pilots/<uuid:uid>/start/", runs.pilot_start, name="pilot-start"),
    path("pilots/<uuid:uid>/conclude/", runs.pilot_conclude, name="pilot-conclude"),
    path("pilots/<uuid:uid>/stop/", runs.pilot_stop, name="pilot-stop"),
    path("pilots/<uuid:uid>/carry-over/", signatures.pilot_carry_over, name="pilot-carry-over"),
    path("pilots/<uuid:uid>/failure/", signatures.pilot_failure, name="pilot-failure"),
    path("products/<text:sku>/pilots/", runs.product_pilots, name="product-pilots"),
    path("products/<text:sku>/pilots/+/", runs.pilot_plan, name="pilot-plan"),
    path("products/<text:sku>/pilots/limits/", limits.pilot_limits, name="pilot-limits"),
    path("products/<text:sku>/pilots/limits/sign/", limits.pilot_limits_sign, name="pilot-limits-sign"),
]

api_urlpatterns = [
    path("products/<text:sku>/margin/", margins_api.ProductMargin.as_view(), name="api-product-margin"),
    path("complaint-points/", limits_api.ComplaintPoints.as_view(), name="api-complaint-point-list"),
    path("products/<text:sku>/pilot-limits/", limits_api.PilotLimits.as_view(), name="api-pilot-limits"),
    path("products/<text:sku>/pilot-limits/sign/", limits_api.PilotLimitsSign.as_view(), name="api-pilot-limits-sign"),
    path("pilot-runs/", runs_api.PilotList.as_view(), name="api-pilot-list"),
    path("pilot-runs/<uuid:id>/", runs_api.PilotOne.as_view(), name="api-pilot"),
    path("pilot-runs/<uuid:id>/outcomes/", outcomes_api.PilotOutcomes.as_view(), name="api-pilot-outcomes"),
    path(
        "pilot-runs/<uuid:id>/readings/<text:characteristic>/",
        outcomes_api.PilotReadings.as_view(),
        name="api-pilot-readings",
    ),
    path("pilot-runs/<uuid:id>/start/", runs_api.PilotStart.as_view(), name="api-pilot-start"),
    path("pilot-runs/<uuid:id>/conclude/", runs_api.PilotConclude.as_view(), name="api-pilot-conclude"),
    path("pilot-runs/<uuid:id>/carry-over/", signatures_api.PilotCarryOver.as_view(), name="api-pilot-carry-over"),
    path("pilot-runs/<uuid:id>/failure/", signatures_api.PilotFailure.as_view(), name="api-pilot-failure"),
    path("pilot-runs/<uuid:id>/stop/", runs_api.PilotStop.as_view(), name="api-pilot-stop"),
]
