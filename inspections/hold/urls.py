from django.urls import path

from inspections.hold import api, views

urlpatterns = [
    path("batches/<str:number>/hold/", views.hold_place, name="hold-place"),
    path("holds/", views.hold_list, name="hold-list"),
    path("holds/<uuid:uid>/", views.hold_detail, name="hold-detail"),
    path("holds/<uuid:uid>/respond/", views.hold_respond, name="hold-respond"),
    path("holds/<uuid:uid>/decide/", views.hold_decide, name="hold-decide"),
    path("holds/<uuid:uid>/order/", views.hold_order, name="hold-order"),
    path("holds/<uuid:uid>/countersign/", views.hold_countersign, name="hold-countersign"),
    path("holds/files/<uuid:uid>/", views.response_file, name="response-file"),
]

api_urlpatterns = [
    path("batches/<text:number>/hold/", api.HoldPlace.as_view(), name="api-hold-place"),
    path("holds/", api.HoldList.as_view(), name="api-hold-list"),
    path("holds/<uuid:id>/", api.HoldOne.as_view(), name="api-hold"),
    path("holds/<uuid:id>/respond/", api.HoldRespond.as_view(), name="api-hold-respond"),
    path("holds/<uuid:id>/decide/", api.HoldDecide.as_view(), name="api-hold-decide"),
    path("holds/<uuid:id>/order/", api.HoldOrder.as_view(), name="api-hold-order"),
    path("holds/<uuid:id>/countersign/", api.HoldCountersign.as_view(), name="api-hold-countersign"),
]
