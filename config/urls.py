from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("", include("inspections.urls")),
    path("", include("suppliers.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("styleguide/", TemplateView.as_view(template_name="styleguide.html"), name="styleguide"),
    path("admin/", admin.site.urls),
]
