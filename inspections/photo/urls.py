from django.urls import path

from inspections.photo import api, views

urlpatterns = [
    path("inspections/<uuid:uid>/photos/", views.photo_create, name="photo-create"),
    path("photos/<uuid:uid>/<slug:size>/", views.photo_file, name="photo-file"),
]

api_urlpatterns = [
    path("inspections/<uuid:id>/photos/", api.PhotoList.as_view(), name="api-photo-list"),
    path("photos/<uuid:id>/<text:size>/", api.PhotoFile.as_view(), name="api-photo-file"),
]
