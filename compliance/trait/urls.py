from django.urls import path

from compliance.trait import api, views

urlpatterns = [
    path("products/<text:sku>/compliance/", views.product_compliance, name="product-compliance"),
]

api_urlpatterns = [
    path("products/<text:sku>/traits/", api.ProductTraits.as_view(), name="api-product-traits"),
    path("products/<text:sku>/traits/say/", api.ProductTraitsSaid.as_view(), name="api-product-traits-said"),
]
