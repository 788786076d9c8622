from django.contrib import admin
from django.urls import include, path

import compliance.urls
import inspections.urls
from activity.health import healthz, livez
from activity.views import NoSuchPath
from config.styleguide import StyleguideView

handler500 = "activity.views.something_broke"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("livez", livez, name="livez"),
    path("api/v1/", include("suppliers.api")),
    path("api/v1/", include("imports.api")),
    path("api/v1/", include(inspections.urls.api_urlpatterns)),
    path("api/v1/", include(compliance.urls.api_urlpatterns)),
    path("api/v1/", include("activity.urls")),
    path("api/", NoSuchPath.as_view()),
    path("", include("suppliers.urls")),  # first: /products/+/ is the form of a new product, not a product
    path("", include("imports.urls")),
    path("", include("inspections.urls")),
    path("", include("compliance.urls")),
    path("", include("activity.webhook_urls")),
    path("", include("accounts.urls")),
    path("styleguide/", StyleguideView.as_view(), name="styleguide"),
    path("admin/", admin.site.urls),
]
