from django.urls import path

from inspections.batch.api import aside as aside_api
from inspections.batch.api import batches as batches_api
from inspections.batch.api import shipments as shipments_api
from inspections.batch.api import shippable as shippable_api
from inspections.batch.views import aside, batches, shipments

urlpatterns = [
    path("batches/", batches.batch_list, name="batch-list"),
    path("batches/+/", batches.batch_create, name="batch-create"),
    path("batches/<str:number>/", batches.batch_detail, name="batch-detail"),
    path("batches/<str:number>/set-aside/", aside.batch_set_aside, name="batch-set-aside"),
    path("shipments/", shipments.shipment_list, name="shipment-list"),
    path("shipments/<str:number>/", shipments.shipment_create, name="shipment-create"),
    path("shipments/<str:number>/<uuid:uid>/", shipments.shipment_reverse, name="shipment-reverse"),
]

api_urlpatterns = [
    path("batches/", batches_api.BatchList.as_view(), name="api-batch-list"),
    path("batches/<text:number>/", batches_api.BatchOne.as_view(), name="api-batch"),
    path("batches/<text:number>/shippable/", shippable_api.BatchShippable.as_view(), name="api-batch-shippable"),
    path("batches/<text:number>/set-aside/", aside_api.AsideStepList.as_view(), name="api-aside-step-list"),
    path("batches/<text:number>/replacements/", aside_api.ReplacementList.as_view(), name="api-replacement-list"),
    path("shippable/", shippable_api.Shippables.as_view(), name="api-shippable"),
    path("shipments/", shipments_api.ShipmentList.as_view(), name="api-shipment-list"),
    path("shipments/<uuid:id>/reversals/", shipments_api.ReversalList.as_view(), name="api-reversal-list"),
]
