"""What breaks in the next 60 days: as a page, and as a feed for calendar programs."""

from calendar import Calendar
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import digest_of
from accounts.requests import PageRequest
from activity.texts import cleaned
from compliance.board.page.calendar import DAYS, Ending, endings
from compliance.board.services import make_feed, revoke_feed
from compliance.models import CalendarFeed


@require_safe
def calendar(request: PageRequest) -> HttpResponse:
    return _page(request)


def _page(request: PageRequest, made: CalendarFeed | None = None) -> HttpResponse:
    today = localdate()
    found = endings(request.user, today=today)
    days: dict[date, list[Ending]] = {}
    for ending in found:
        days.setdefault(ending.day, []).append(ending)
    context = {
        "days": days.items(),
        "months": list(_months(today, Counter({day: len(each) for day, each in days.items()}))),
        "total": len(found),
        "today": today,
        "last": today + timedelta(days=DAYS),
        "feed": request.user.calendar_feeds.filter(revoked_at=None).first(),
        "address": settings.SITE_URL + reverse("calendar-feed", args=[made.key]) if made else "",
    }
    return render(request, "compliance/board/calendar.html", context)


def _months(today: date, counts: Counter) -> Iterator[tuple[date, Sequence]]:
    """Each month up to the last day: its first day, and weeks of (day or None, how much ends on it)."""
    last, month = today + timedelta(days=DAYS), today.replace(day=1)
    while month <= last:
        weeks = Calendar().monthdatescalendar(month.year, month.month)
        yield month, [[(day if day.month == month.month else None, counts[day]) for day in week] for week in weeks]
        month = (month + timedelta(days=32)).replace(day=1)


@never_cache
@require_POST
def feed_create(request: PageRequest) -> HttpResponse:
    """Make the secret address and show it, this once: the answer is a page of its own, not a redirect to one."""
    return _page(request, make_feed(user=request.user, at=now()))


@require_POST
def feed_revoke(request: PageRequest) -> HttpResponse:
    revoke_feed(user=request.user, actor=request.user, at=now())
    messages.success(request, _("The address of your calendar opens nothing any more."))
    return redirect("calendar")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, key: str) -> HttpResponse:
    """The calendar of whoever made the secret address, as that person may see it now."""
    feed = CalendarFeed.objects.filter(digest=digest_of(key), revoked_at=None, user__is_active=True).first()
    if feed is None:
        raise Http404
    with override(feed.user.language or settings.LANGUAGE_CODE):
        body = as_ics(endings(feed.user, today=localdate()))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=900"
    return response


def _uid(ending: Ending) -> str:
    """The same each time, and without the numbers of rows."""
    return salted_hmac("holdfast.calendar", ending.uid, algorithm="sha256").hexdigest()[:32]


def as_ics(found: Sequence[Ending]) -> bytes:
    """RFC 5545: an all-day event on the last day that each thing counts."""
    host = urlsplit(settings.SITE_URL).hostname
    feed = icalendar.Calendar()
    feed.add("prodid", "-//Holdfast//Holdfast//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", _("Holdfast: what ends soon"))
    for ending in found:
        event = icalendar.Event()
        event.add("uid", f"{_uid(ending)}@{host}")
        event.add("dtstamp", now())
        event.add("dtstart", ending.day)
        event.add("dtend", ending.day + timedelta(days=1))
        event.add("summary", cleaned(f"{ending.what}: {ending.where}"))
        event.add("url", settings.SITE_URL + ending.url)
        event.add("transp", "TRANSPARENT")
        feed.add_component(event)
    return feed.to_ical()
