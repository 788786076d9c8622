from django.urls import path

from inspections.gauge import api, views

urlpatterns = [
    path("products/<text:sku>/gauges/", views.product_gauges, name="product-gauges"),
]

api_urlpatterns = [
    path("products/<text:sku>/gauge-studies/", api.GaugeStudies.as_view(), name="api-gauge-studies"),
    path("inspections/<uuid:id>/gauges/", api.InspectionGauges.as_view(), name="api-inspection-gauges"),
]
