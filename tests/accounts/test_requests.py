"""A view whose request promises a user is one that only somebody signed in comes to."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny

from accounts.api import Permitted
from accounts.requests import GenericAPIView, PageRequest


def views(resolver: URLResolver) -> Iterator[Callable[..., Any]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from views(pattern)


def promises_a_user(view: Callable[..., Any]) -> bool:
    if hasattr(view, "cls"):
        return issubclass(view.cls, GenericAPIView)
    return PageRequest in inspect.get_annotations(inspect.unwrap(view)).values()


def asks_for_a_user(view: Callable[..., Any]) -> bool:
    if hasattr(view, "cls"):
        return Permitted in view.initkwargs.get("permission_classes", view.cls.permission_classes)
    return getattr(view, "login_required", True)


def test_a_view_that_is_open_to_everybody_promises_no_user():
    found = list(views(get_resolver()))

    assert sum(map(promises_a_user, found)) > 100
    assert [view for view in found if promises_a_user(view) and not asks_for_a_user(view)] == []


@login_not_required
def open_page(request: PageRequest) -> HttpResponse: ...


@login_not_required
def honest_page(request: HttpRequest) -> HttpResponse: ...


@pytest.mark.parametrize(
    ("view", "broken"),
    [
        (open_page, True),
        (honest_page, False),
        (GenericAPIView.as_view(permission_classes=[AllowAny]), True),
        (GenericAPIView.as_view(), False),
    ],
    ids=["open page", "honest page", "open call", "call"],
)
def test_a_promise_that_nobody_keeps_is_found(view, broken):
    assert (promises_a_user(view) and not asks_for_a_user(view)) is broken
