from django.urls import path

from inspections.views import inspections

urlpatterns = [
    path("inspections/", inspections.inspection_list, name="inspection-list"),
    path("batches/<str:number>/inspect/", inspections.inspection_start, name="inspection-start"),
    path("inspections/<uuid:uid>/", inspections.inspection_detail, name="inspection-detail"),
    path("inspections/<uuid:uid>/record/", inspections.inspection_record, name="inspection-record"),
    path("inspections/<uuid:uid>/submit/", inspections.inspection_submit, name="inspection-submit"),
    path("inspections/<uuid:uid>/abandon/", inspections.inspection_abandon, name="inspection-abandon"),
]
