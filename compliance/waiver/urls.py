from django.urls import path

from compliance.waiver import api, views

urlpatterns = [
    path("listings/<text:sku>/<text:market>/waive/<slug:key>/", views.waiver_request, name="waiver-request"),
    path("waivers/", views.waiver_list, name="waiver-list"),
    path("waivers/<uuid:uid>/", views.waiver_detail, name="waiver-detail"),
    path("waivers/<uuid:uid>/sign/", views.waiver_sign, name="waiver-sign"),
    path("waivers/<uuid:uid>/end/", views.waiver_end, name="waiver-end"),
]

api_urlpatterns = [
    path("waivers/", api.WaiverList.as_view(), name="api-waiver-list"),
    path("waivers/<uuid:id>/", api.WaiverOne.as_view(), name="api-waiver"),
    path("waivers/<uuid:id>/sign/", api.WaiverSign.as_view(), name="api-waiver-sign"),
    path("waivers/<uuid:id>/end/", api.WaiverEnd.as_view(), name="api-waiver-end"),
]
