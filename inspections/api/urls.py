from django.urls import path

from inspections.api import (
    batches,
    holds,
    inspections,
    margins,
    photos,
    picks,
    sampling,
    shipments,
    specifications,
    switching,
)

urlpatterns = [
    path("sampling/plan", sampling.SamplingPlan.as_view(), name="api-sampling-plan"),
    path("sampling/oc", sampling.SamplingOc.as_view(), name="api-sampling-oc"),
    path("sampling/switching/", sampling.SamplingSwitching.as_view(), name="api-sampling-switching"),
    path("sampling/interval", sampling.SamplingInterval.as_view(), name="api-sampling-interval"),
    path(
        "products/<text:sku>/specification/",
        specifications.ProductSpecification.as_view(),
        name="api-product-specification",
    ),
    path("products/<text:sku>/switching/", switching.ProductSwitching.as_view(), name="api-product-switching"),
    path("products/<text:sku>/margin/", margins.ProductMargin.as_view(), name="api-product-margin"),
    path("batches/", batches.BatchList.as_view(), name="api-batch-list"),
    path("batches/<text:number>/", batches.BatchOne.as_view(), name="api-batch"),
    path("batches/<text:number>/shippable/", batches.BatchShippable.as_view(), name="api-batch-shippable"),
    path("inspections/", inspections.InspectionList.as_view(), name="api-inspection-list"),
    path("inspections/<uuid:id>/", inspections.InspectionOne.as_view(), name="api-inspection"),
    path(
        "inspections/<uuid:id>/results/<text:characteristic>/",
        inspections.InspectionResult.as_view(),
        name="api-inspection-result",
    ),
    path("inspections/<uuid:id>/picks/", picks.InspectionPicks.as_view(), name="api-inspection-picks"),
    path("inspections/<uuid:id>/submit/", inspections.InspectionSubmit.as_view(), name="api-inspection-submit"),
    path("inspections/<uuid:id>/abandon/", inspections.InspectionAbandon.as_view(), name="api-inspection-abandon"),
    path("inspections/<uuid:id>/photos/", photos.PhotoList.as_view(), name="api-photo-list"),
    path("photos/<uuid:id>/<text:size>/", photos.PhotoFile.as_view(), name="api-photo-file"),
    path("holds/", holds.HoldList.as_view(), name="api-hold-list"),
    path("holds/<uuid:id>/", holds.HoldOne.as_view(), name="api-hold"),
    path("holds/<uuid:id>/respond/", holds.HoldRespond.as_view(), name="api-hold-respond"),
    path("holds/<uuid:id>/decide/", holds.HoldDecide.as_view(), name="api-hold-decide"),
    path("shipments/", shipments.ShipmentList.as_view(), name="api-shipment-list"),
]
