import sys
from http import HTTPStatus
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from activity.api import PROBLEM_JSON, problem_body
from activity.passing import Passing, reason_of


class NoSuchPath(APIView):
    """What is not a path of the API is answered like everything else, as problem+json."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        self.format_kwarg = None
        detail = _("There is no such path here. Most end with a slash; /api/v1/docs/ shows them all.")
        raise exceptions.NotFound(detail)


def something_broke(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw: a page for people, and problem+json for programs, which may send the same again.

    What passes by itself, such as a database that does not answer, is said as such, wherever in the request it was met.
    """
    if passing := reason_of(sys.exc_info()[1]):
        return come_again(request, passing)
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    detail = _("Something broke on our side, and nothing of this request was stored. Send it again later.")
    body = problem_body(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error", detail)
    return JsonResponse(body, status=HTTPStatus.INTERNAL_SERVER_ERROR, content_type=PROBLEM_JSON)


def come_again(request: HttpRequest, passing: Passing) -> HttpResponse:
    """503 with Retry-After, in words: nothing was stored, and the same may be sent again."""
    if request.path.startswith("/api/"):
        body = problem_body(passing.status, passing.code, passing.detail)
        response: HttpResponse = JsonResponse(body, status=passing.status, content_type=PROBLEM_JSON)
    else:
        page = loader.get_template("503.html").render({"detail": passing.detail})
        response = HttpResponse(page, status=passing.status)
    response["Retry-After"] = str(passing.retry_after)
    response["Cache-Control"] = "no-store"
    return response
