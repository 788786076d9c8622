from django.urls import path

from compliance.loosening import api, views

urlpatterns = [
    path("loosenings/", views.loosening_list, name="loosening-list"),
    path("loosenings/<uuid:uid>/", views.loosening_detail, name="loosening-detail"),
    path("loosenings/<uuid:uid>/sign/", views.loosening_sign, name="loosening-sign"),
    path("loosenings/<uuid:uid>/refuse/", views.loosening_refuse, name="loosening-refuse"),
]

api_urlpatterns = [
    path("loosenings/", api.LooseningList.as_view(), name="api-loosening-list"),
    path("loosenings/<uuid:id>/", api.LooseningOne.as_view(), name="api-loosening"),
    path("loosenings/<uuid:id>/sign/", api.LooseningSign.as_view(), name="api-loosening-sign"),
    path("loosenings/<uuid:id>/refuse/", api.LooseningRefuse.as_view(), name="api-loosening-refuse"),
]
