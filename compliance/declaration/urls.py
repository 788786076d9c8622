from django.urls import path

from compliance.declaration import api, views

urlpatterns = [
    path("products/<text:sku>/declarations/", views.product_declarations, name="product-declarations"),
    path(
        "products/<text:sku>/declarations/<slug:kind>/",
        views.declaration_enter,
        name="declaration-enter",
    ),
    path("declarations/<uuid:uid>/", views.declaration_detail, name="declaration-detail"),
]

api_urlpatterns = [
    path("declarations/", api.DeclarationList.as_view(), name="api-declaration-list"),
    path("declarations/<uuid:id>/", api.DeclarationOne.as_view(), name="api-declaration"),
]
