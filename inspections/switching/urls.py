from django.urls import path

from inspections.switching import api, views

urlpatterns = [
    path("products/<text:sku>/switching/", views.product_switching, name="product-switching"),
]

api_urlpatterns = [
    path("products/<text:sku>/switching/", api.ProductSwitching.as_view(), name="api-product-switching"),
]
