"""What passes by itself is said as such, on pages and over the API."""

import errno
import json
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch
from psycopg import errors

from activity.middleware import OnceMoreMiddleware
from activity.passing import Busy, reason_of
from activity.views import something_broke
from inspections.models import Batch
from tests.caller import Caller


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.LockNotAvailable(), "busy"),
        (errors.DeadlockDetected(), "busy"),
        (errors.QueryCanceled(), "took_too_long"),
        (errors.DiskFull(), "storage_full"),
        (errors.ReadOnlySqlTransaction(), "read_only"),
        (errors.AdminShutdown(), "database_away"),
        (OSError(errno.ENOSPC, "No space left on device"), "storage_full"),
        (OSError(errno.EROFS, "Read-only file system"), "read_only"),
        (OSError(errno.ENOENT, "No such file"), None),
        (errors.UniqueViolation(), None),
        (ValueError(), None),
    ],
)
def test_what_passes_by_itself(error, code):
    said = reason_of(error)

    assert (said and said.code) == code


def test_what_the_database_said_is_found_behind_what_django_made_of_it():
    wrapped = OperationalError()
    wrapped.__cause__ = errors.LockNotAvailable()

    assert isinstance(reason_of(wrapped), Busy)


class Deadlocks:
    """A view that the database ends so often before it goes well, and that reads a file each time."""

    def __init__(self, times: int, then: Exception | None = None) -> None:
        self.left = times
        self.then = then
        self.read: list[bytes] = []

    def __call__(self, request):
        self.read.append(request.FILES["file"].read())
        if self.left:
            self.left -= 1
            raise OperationalError from errors.DeadlockDetected()
        if self.then:
            raise self.then
        return HttpResponse("done")


def answered(view):
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.txt", b"abc")})
    request.resolver_match = ResolverMatch(view, (), {})
    with pytest.raises(OperationalError) as deadlock:
        view(request)
    return OnceMoreMiddleware(view).process_exception(request, deadlock.value)


@pytest.mark.django_db(transaction=True)
def test_a_view_that_was_ended_for_anothers_sake_runs_again_with_what_was_sent():
    view = Deadlocks(2)
    assert answered(view).content == b"done"
    assert view.read == [b"abc"] * 3

    with pytest.raises(OperationalError):  # not for ever
        answered(Deadlocks(3))
    with pytest.raises(Http404):  # what it says then counts
        answered(Deadlocks(1, then=Http404()))


def test_a_page_says_it_in_words():
    try:
        raise OperationalError from errors.LockNotAvailable()
    except OperationalError:
        answer = something_broke(RequestFactory().get("/holds/"))

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Somebody else is working on the same" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_said_in_words(batch, inspector):
    """In the language of who asks, with the time after which to come again; nothing was stored."""
    body = {"batch": batch.number, "results": [], "submit": False}
    answers = {}

    def ask():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            caller = Caller(inspector)
            caller.raise_request_exception = False
            answers["api"] = caller.generic(
                "POST",
                "/api/v1/inspections/",
                json.dumps(body),
                "application/json",
                headers={"Accept-Language": "zh-hans"},
            )
        finally:
            connection.close()

    with transaction.atomic():
        Batch.objects.select_for_update().get(pk=batch.pk)
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join(30)

    answer = answers["api"]
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (503, "application/problem+json", "2")
    assert answer.json()["code"] == "busy"
    assert "请" in answer.json()["detail"]
    assert not batch.inspections.exists()
