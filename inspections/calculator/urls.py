from django.urls import path

from inspections.calculator import api, views

urlpatterns = [
    path("sampling/", views.sampling_plan, name="sampling-plan"),
    path("sampling/compare/", views.sampling_compare, name="sampling-compare"),
    path("sampling/limiting-quality/", views.sampling_limiting_quality, name="sampling-limiting-quality"),
    path("sampling/search/", views.sampling_search, name="sampling-search"),
    path("sampling/switching/", views.sampling_switching, name="sampling-switching"),
    path("sampling/interval/", views.sampling_interval, name="sampling-interval"),
]

api_urlpatterns = [
    path("sampling/plan", api.SamplingPlan.as_view(), name="api-sampling-plan"),
    path("sampling/oc", api.SamplingOc.as_view(), name="api-sampling-oc"),
    path("sampling/limiting-quality", api.LimitingQuality.as_view(), name="api-sampling-limiting-quality"),
    path("sampling/switching/", api.SamplingSwitching.as_view(), name="api-sampling-switching"),
    path("sampling/interval", api.SamplingInterval.as_view(), name="api-sampling-interval"),
]
