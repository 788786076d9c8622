"""What comes after every other path of the API: its description, and the answer for paths that there are not."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from activity.views import NoSuchPath

schema = SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])
docs = login_not_required(TemplateView.as_view(template_name="api_docs.html"))

urlpatterns = [
    path("schema/", schema, name="api-schema"),
    path("docs/", docs, name="api-docs"),
    re_path(r"^.*$", NoSuchPath.as_view(), name="api-no-such-path"),
]
