from django.urls import path

from inspections.offline import views

urlpatterns = [
    path("unsent/", views.unsent, name="unsent"),
    path("service-worker.js", views.service_worker, name="service-worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
