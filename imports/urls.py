from django.urls import path

from imports import views

urlpatterns = [
    path("imports/", views.import_list, name="import-list"),
    path("imports/+/", views.import_create, name="import-create"),
    path("imports/<uuid:uid>/", views.import_detail, name="import-detail"),
    path("imports/<uuid:uid>/columns/", views.import_columns, name="import-columns"),
    path("imports/<uuid:uid>/leave-out/", views.import_leave_out, name="import-leave-out"),
    path("imports/<uuid:uid>/apply/", views.import_apply, name="import-apply"),
    path("imports/templates/<slug:kind>.<slug:extension>", views.import_template, name="import-template"),
]
