"""What the environment may say: one check for each setting, and all that is wrong told at once.

Web, workers, beat and every command read the settings, so a wrong one stops the start and not a request a week later.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import available_timezones

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

SHORTEST_KEY = 50
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MAIL_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_HOST = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9a-fA-F:]+\]")
_RATE = re.compile(r"[1-9]\d*/(s|sec|second|m|min|minute|h|hour|d|day)")


class Wrong(ValueError):
    """What is wrong with one setting, without its name."""


def is_demo(environment: Mapping[str, str]) -> bool:
    return environment.get("DEMO", "0").lower() in {"1", "true"}


def is_real(environment: Mapping[str, str]) -> bool:
    """Neither for trying nor for developing."""
    return not is_demo(environment) and environment.get("DEBUG", "0").lower() not in {"1", "true"}


def wrong(environment: Mapping[str, str]) -> Iterator[str]:
    """A line for each setting that is missing or cannot be used."""
    for name, check in CHECKS.items():
        value = environment.get(name)
        if value is None:
            if name in REQUIRED and not (name in GIVEN_IN_DEMO and not is_real(environment)):
                yield f"{name} is missing. {REQUIRED[name]}"
            continue
        try:
            check(value, environment)
        except Wrong as error:
            yield f"{name} {error}"


def mail_of(url: str) -> dict[str, Any]:
    """Django's settings of mail for an address such as smtp+starttls://user:password@host. Raises Wrong."""
    if url == "console:":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = _address(url, set(MAIL_PORTS), "smtps://user:password@host, smtp+starttls://.., smtp://.. or console:")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
    }


def sends_password_in_clear(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "smtp" and bool(parts.password) and parts.hostname not in LOOPBACK


def _address(value: str, schemes: set[str], example: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        is_usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or parts.fragment or parts.query:
        raise Wrong(
            f"must look like {example}. Signs such as # / ? @ : in a password are written as %23 %2F %3F %40 %3A."
        )
    return parts


def _key(value: str, environment: Mapping[str, str]) -> None:
    if is_real(environment) and (len(value) < SHORTEST_KEY or len(set(value)) < 10):
        raise Wrong(f"must have at least {SHORTEST_KEY} random characters. {REQUIRED['SECRET_KEY']}")


def _keys(value: str, environment: Mapping[str, str]) -> None:
    for one in filter(None, value.split(",")):
        _key(one.strip(), environment)


def _hosts(value: str, environment: Mapping[str, str]) -> None:
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if not hosts and is_real(environment):
        raise Wrong("is empty: every request would be refused. Name the hosts that people open, with commas between.")
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise Wrong(f"has {host!r}, which is no name of a host. Leave https:// and the port out.")


def _site(value: str, environment: Mapping[str, str]) -> None:
    parts = _address(value, {"http", "https"}, "https://holdfast.example")
    if parts.path.strip("/") or parts.username:
        raise Wrong("must be the address of the start page: https://holdfast.example, nothing behind it.")
    if is_demo(environment) and parts.hostname not in LOOPBACK and environment.get("DEMO_IN_PUBLIC") != "1":
        raise Wrong(
            f"is {value}, and DEMO=1 makes people whose passwords everybody knows. Set DEMO=0, or DEMO_IN_PUBLIC=1 where"
            " that is meant."
        )


def _database(value: str, environment: Mapping[str, str]) -> None:
    try:
        found = conninfo_to_dict(value)
    except ProgrammingError as error:
        raise Wrong(f"cannot be read ({error}). It looks like postgresql://user:password@host:5432/holdfast.") from None
    if not found.get("dbname"):
        raise Wrong("names no database. It looks like postgresql://user:password@host:5432/holdfast.")


def _redis(value: str, environment: Mapping[str, str]) -> None:
    if not (value.startswith("unix:///") and len(value) > len("unix:///")):
        _address(value.partition("?")[0], {"redis", "rediss"}, "redis://:password@host:6379/0")


def _scanner(value: str, environment: Mapping[str, str]) -> None:
    if value and not value.startswith("unix:///"):
        parts = _address(value, {"tcp"}, "tcp://clamd:3310 or unix:///run/clamav/clamd.ctl")
        if not parts.port:
            raise Wrong("names no port: tcp://clamd:3310.")


def _mail(value: str, environment: Mapping[str, str]) -> None:
    mail_of(value)


def _sender(value: str, environment: Mapping[str, str]) -> None:
    name, _at, domain = parseaddr(value)[1].rpartition("@")
    if not (name and domain):
        raise Wrong(f"is {value!r}, which is no address of a sender: Holdfast <holdfast@holdfast.example>.")


def _zone(value: str, environment: Mapping[str, str]) -> None:
    if value not in available_timezones():
        raise Wrong(f"is {value!r}, which is no time zone. Write it as Asia/Shanghai or Europe/Berlin.")


def _level(value: str, environment: Mapping[str, str]) -> None:
    if value.upper() not in LEVELS:
        raise Wrong(f"must be one of {', '.join(LEVELS)}, not {value!r}.")


def _format(value: str, environment: Mapping[str, str]) -> None:
    if value not in {"plain", "json"}:
        raise Wrong(f"must be plain or json, not {value!r}.")


def _rate(value: str, environment: Mapping[str, str]) -> None:
    if value and not _RATE.fullmatch(value):
        raise Wrong(f"must look like 1200/min, or be empty for no limit, not {value!r}.")


def _count(most: int) -> Callable[[str, Mapping[str, str]], None]:
    def check(value: str, environment: Mapping[str, str]) -> None:
        if not (value.isascii() and value.isdigit() and 1 <= int(value) <= most):
            raise Wrong(f"must be a number from 1 to {most}, not {value!r}.")

    return check


CHECKS: Final[dict[str, Callable[[str, Mapping[str, str]], None]]] = {
    "SECRET_KEY": _key,
    "SECRET_KEY_FALLBACKS": _keys,
    "SITE_URL": _site,
    "ALLOWED_HOSTS": _hosts,
    "DATABASE_URL": _database,
    "REDIS_URL": _redis,
    "EMAIL_URL": _mail,
    "DEFAULT_FROM_EMAIL": _sender,
    "CLAMD_URL": _scanner,
    "TIME_ZONE": _zone,
    "LOG_LEVEL": _level,
    "LOG_FORMAT": _format,
    "SLOW_STATEMENTS": _count(600_000),
    "API_WRITES": _rate,
    "WEB_WORKERS": _count(64),
    "WEB_THREADS": _count(64),
    "PORT": _count(65535),
}
# Without these nothing starts; what to do about it.
REQUIRED: Final = {
    "SECRET_KEY": "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
    "SITE_URL": "It is the address that people open, such as https://holdfast.example.",
    "ALLOWED_HOSTS": "It has the names of the hosts that people open.",
    "DATABASE_URL": "It looks like postgresql://user:password@host:5432/holdfast.",
    "REDIS_URL": "It looks like redis://:password@host:6379/0.",
    "EMAIL_URL": "Without mails nobody hears of a hold: smtps://user:password@host. To go without, say console:",
}
GIVEN_IN_DEMO: Final = {"SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL"}
