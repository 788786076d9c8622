from django.urls import path

from suppliers import views

# No code is "+", so the form of a new record takes no record's address.
urlpatterns = [
    path("suppliers/", views.supplier_list, name="supplier-list"),
    path("suppliers/+/", views.supplier_create, name="supplier-create"),
    path("suppliers/<str:code>/edit/", views.supplier_edit, name="supplier-edit"),
    path("suppliers/<str:code>/members/", views.supplier_members, name="supplier-members"),
    path("suppliers/<str:code>/members/<str:username>/remove/", views.member_remove, name="member-remove"),
    path("products/", views.product_list, name="product-list"),
    path("products/+/", views.product_create, name="product-create"),
    path("products/<str:sku>/edit/", views.product_edit, name="product-edit"),
]
