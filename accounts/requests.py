"""A request by somebody signed in, and the views of the API that get one.

LoginRequiredMiddleware lets nobody else come to a page, `accounts.api.Permitted` nobody else to a call of the API; so
there `request.user` is a User. A view that is open to everybody takes Django's own HttpRequest.
"""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework import generics, views
from rest_framework.request import Request

from accounts.models import User
from activity.api import Call


class PageRequest(HttpRequest):
    """For annotations: no object is made of it."""

    user: User
    htmx: HtmxDetails


class ApiRequest(Request):
    """For annotations: no object is made of it."""

    user: User


# As in DRF, but that `self.request.user` is a User. Without docstrings: the schema would tell them of every call.
class APIView(Call, views.APIView):
    request: ApiRequest


class GenericAPIView(Call, generics.GenericAPIView):
    request: ApiRequest

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context()}


class ListAPIView(GenericAPIView, generics.ListAPIView):
    pass


class RetrieveAPIView(GenericAPIView, generics.RetrieveAPIView):
    pass
