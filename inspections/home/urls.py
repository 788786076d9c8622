from django.urls import path

from inspections.home.views import products, suppliers, today

urlpatterns = [
    path("", today.home, name="home"),
    path("suppliers/<str:code>/", suppliers.supplier_detail, name="supplier-detail"),
    path("products/<str:sku>/", products.product_detail, name="product-detail"),
]
