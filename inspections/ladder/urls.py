from django.urls import path

from inspections.ladder import api, views

urlpatterns = [
    path("drifts/", views.drift_list, name="drift-list"),
    path("drifts/<uuid:uid>/end/", views.drift_end, name="drift-end"),
    path("products/<text:sku>/ladder/", views.product_ladder, name="product-ladder"),
    path("products/<text:sku>/ladder/<text:code>/", views.ladder_characteristic, name="ladder-characteristic"),
]

api_urlpatterns = [
    path("products/<text:sku>/ladder/", api.ProductLadder.as_view(), name="api-product-ladder"),
    path(
        "products/<text:sku>/ladder/<text:code>/baseline/",
        api.LadderBaseline.as_view(),
        name="api-ladder-baseline",
    ),
    path("drifts/", api.DriftList.as_view(), name="api-drift-list"),
    path("drifts/<uuid:id>/end/", api.DriftEnd.as_view(), name="api-drift-end"),
]
