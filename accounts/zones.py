"""Where somebody is: the zone by which its days and weeks begin."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.timezone import get_default_timezone, localdate

from accounts.models import User


def today_of(user: User, at: datetime, zone: str = "") -> date:
    """The day that it is for somebody at a moment; `zone` where it is said for once, one of `zones`."""
    zone = zone or user.time_zone
    return localdate(at, ZoneInfo(zone) if zone else get_default_timezone())


@cache
def zones() -> list[str]:
    """Those that can be chosen, by their names at the IANA, region by region."""
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
