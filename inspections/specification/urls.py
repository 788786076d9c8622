from django.urls import path

from inspections.specification import api
from inspections.specification.views import editor, versions

urlpatterns = [
    path("products/<str:sku>/specification/", editor.specification_edit, name="specification-edit"),
    path(
        "products/<str:sku>/specification/<int:version>/",
        versions.specification_detail,
        name="specification-detail",
    ),
    path(
        "products/<str:sku>/specification/<int:version>/activate/",
        versions.specification_activate,
        name="specification-activate",
    ),
    path(
        "products/<str:sku>/specification/<int:version>/sign/",
        versions.specification_sign,
        name="specification-sign",
    ),
    path(
        "products/<str:sku>/specification/<int:version>/pictures/<str:code>/",
        versions.reference_picture,
        name="reference-picture",
    ),
]

api_urlpatterns = [
    path(
        "products/<text:sku>/specification/",
        api.ProductSpecification.as_view(),
        name="api-product-specification",
    ),
    path(
        "products/<text:sku>/specification/sign/",
        api.ProductSpecificationSign.as_view(),
        name="api-product-specification-sign",
    ),
]
