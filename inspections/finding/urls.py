from django.urls import path

from inspections.finding import api, views

urlpatterns = [
    path("batches/<str:number>/findings/new/", views.finding_record, name="finding-record"),
]

api_urlpatterns = [
    path("batches/<text:number>/findings/", api.FindingList.as_view(), name="api-finding-list"),
    path("batches/<text:number>/findings/<uuid:id>/photos/", api.FindingPhotos.as_view(), name="api-finding-photos"),
]
