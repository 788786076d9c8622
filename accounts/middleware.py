from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.release import OLDEST_PAGES
from activity.api import PROBLEM_JSON, problem_body


class UserLanguageMiddleware:
    """A signed-in user reads the language of its account, whatever the browser says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.user.language if request.user.is_authenticated else ""
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class KeptPagesMiddleware:
    """What a phone entered as one person is never taken as another's, nor what pages send that are no longer understood.

    What is sent later names in Sent-By the person who entered it, and in Pages the number of `accounts.release`. Every
    answer to somebody signed in names that person, so that no page is kept under another. The answer to signing out empties
    the browser's cache: photos are in it for an hour.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = str(request.user.uid) if request.user.is_authenticated else ""
        pages = request.headers.get("Pages", "")
        if person and request.headers.get("Sent-By", person) != person:
            text = _("Somebody else is signed in now. What was entered waits for who entered it.")
            return _refusal(401, "other_person", text)
        if pages and not (pages.isascii() and pages.isdecimal() and int(pages) >= OLDEST_PAGES):
            text = _(
                "This page is of an earlier release and no longer understood. Load it again; what was entered stays."
            )
            return _refusal(409, "pages_too_old", text)
        response = self.get_response(request)
        if person:
            response["Person"] = person
            if not request.user.is_authenticated:
                response["Clear-Site-Data"] = '"cache"'
        return response


def _refusal(status: int, code: str, text: str) -> HttpResponse:
    return JsonResponse(problem_body(status, code, text), status=status, content_type=PROBLEM_JSON)
