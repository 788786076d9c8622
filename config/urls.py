from django.contrib import admin
from django.urls import include, path

from config.styleguide import StyleguideView

urlpatterns = [
    path("", include("suppliers.urls")),  # first: /products/+/ is the form of a new product, not a product
    path("", include("inspections.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("styleguide/", StyleguideView.as_view(), name="styleguide"),
    path("admin/", admin.site.urls),
]
