from django.urls import path

from inspections.views import inspections, photos, products, sampling, specifications, suppliers

urlpatterns = [
    path("inspections/", inspections.inspection_list, name="inspection-list"),
    path("batches/<str:number>/inspect/", inspections.inspection_start, name="inspection-start"),
    path("inspections/<uuid:uid>/", inspections.inspection_detail, name="inspection-detail"),
    path("inspections/<uuid:uid>/record/", inspections.inspection_record, name="inspection-record"),
    path("inspections/<uuid:uid>/submit/", inspections.inspection_submit, name="inspection-submit"),
    path("inspections/<uuid:uid>/abandon/", inspections.inspection_abandon, name="inspection-abandon"),
    path("inspections/<uuid:uid>/photos/", photos.photo_create, name="photo-create"),
    path("photos/<uuid:uid>/<slug:size>/", photos.photo_file, name="photo-file"),
    path("suppliers/<str:code>/", suppliers.supplier_detail, name="supplier-detail"),
    path("products/<str:sku>/", products.product_detail, name="product-detail"),
    path("products/<str:sku>/specification/", specifications.specification_edit, name="specification-edit"),
    path(
        "products/<str:sku>/specification/<int:version>/",
        specifications.specification_detail,
        name="specification-detail",
    ),
    path(
        "products/<str:sku>/specification/<int:version>/activate/",
        specifications.specification_activate,
        name="specification-activate",
    ),
    path(
        "products/<str:sku>/specification/<int:version>/pictures/<str:code>/",
        specifications.reference_picture,
        name="reference-picture",
    ),
    path("sampling/", sampling.sampling_plan, name="sampling-plan"),
    path("sampling/compare/", sampling.sampling_compare, name="sampling-compare"),
    path("sampling/search/", sampling.sampling_search, name="sampling-search"),
    path("sampling/switching/", sampling.sampling_switching, name="sampling-switching"),
    path("sampling/interval/", sampling.sampling_interval, name="sampling-interval"),
]
