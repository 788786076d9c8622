"""Where a request comes from, for limits and records."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 no address to listen on: a socket file has none


def client_address(request: HttpRequest) -> str:
    """The address of the client, as the outermost of our own proxies saw it (setting BEHIND_PROXY says how many they are).

    Each proxy writes who called it at the end of X-Forwarded-For; what stands before the ones we count is what the client
    claims, and is not believed.
    """
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = seen[-settings.PROXIES] if 0 < settings.PROXIES <= len(seen) else ""
    return _clean(trusted) or _clean(request.META.get("REMOTE_ADDR", "")) or UNKNOWN


def _clean(text: str) -> str:
    """An address without port and brackets, or nothing."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    return str((isinstance(address, IPv6Address) and address.ipv4_mapped) or address)
