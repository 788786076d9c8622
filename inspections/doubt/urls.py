from django.urls import path

from inspections.doubt import api, views

urlpatterns = [
    path("doubts/", views.doubt_list, name="doubt-list"),
]

api_urlpatterns = [
    path("doubts/", api.DoubtList.as_view(), name="api-doubt-list"),
]
