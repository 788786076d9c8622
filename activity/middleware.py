from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from activity.passing import OF_TWO, answer_of

TRIES = 3


class OnceMoreMiddleware:
    """Answers a request anew when the database ended it for another's sake (a deadlock, a serialisation failure).

    The whole view is run again, for nothing of it was stored: a service alone would go on with records that the first try
    has changed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        view, first = request.resolver_match, error
        for _again in range(TRIES - 1):
            if view is None or connection.in_atomic_block or not isinstance(answer_of(error), OF_TWO):
                break
            for _name, files in request.FILES.lists():
                for file in files:
                    file.seek(0)
            try:
                return view.func(request, *view.args, **view.kwargs)
            except Exception as next_error:
                error = next_error
        if error is not first:
            raise error
        return None
