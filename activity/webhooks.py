"""Telling other systems: webhooks in the Standard Webhooks format (standardwebhooks.com, specification 1.0.0).

`activity/published.py` has the kinds of events that may leave the house. What a webhook is owed is written in the
transaction of the event; workers send it after commit. Of one stream, such as one listing, a webhook hears in order: as
long as an earlier event waits for its next attempt, the later ones wait behind it.
"""

import ipaddress
import json
import logging
import random
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import idna
import standardwebhooks
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from activity.errors import FieldError, InvalidInput, NotAllowed
from activity.models import DeliveryStatus, Event, Webhook, WebhookDelivery
from activity.published import body, data_of, published, sample_of
from activity.services import happened, nudge_task, record_events, recorded
from activity.transactions import one_transaction

logger = logging.getLogger(__name__)

# The schedule that the specification proposes, cut where three days are over.
RETRY_AFTER = [
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=20),
]  # fmt: skip
MOST_WAIT = timedelta(days=1)  # that a receiver may ask for by Retry-After
MOST_JITTER = timedelta(minutes=2)
LEASE = timedelta(minutes=2)  # far longer than TIMEOUT: a worker that has not reported by then is dead
TIMEOUT = 10.0  # for the whole of it: a receiver that sends a letter every nine seconds is no receiver
NO_ADDRESS = _(
    "This is not the address of a receiver. Give it as it is opened in a browser, https:// first, without a space."
)
SECRETS_OVERLAP = timedelta(days=1)
MOST_REPLAYED = 10_000
# What IANA has given out as addresses of the internet: all of IPv4 but these, of IPv6 one block but those.
# https://www.iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry, ipv6-address-space
# (of October 2025). Written out, since the tables of the standard library depend on its version and leave out what
# carries another address in it: 6to4, Teredo, NAT64, mapped and compatible addresses.
NOT_PUBLIC_V4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    )
]  # fmt: skip
PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
NOT_PUBLIC_V6 = [
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]
TESTED = "webhook.tested"


# Whose messages this process is sending. One at a time of each: a slow receiver takes one thread and not all of them.
_sending: set[int] = set()
_claiming = threading.Lock()


def require_manager(actor: Any) -> None:
    if not actor.has_perm("activity.manage_webhooks"):
        raise NotAllowed


class AddressRefused(Exception):
    """The address does not lead to the public internet."""


def is_public(address: str) -> bool:
    """Whether an IP address is one host of the public internet, and carries no other address that may be inside."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in NOT_PUBLIC_V4)
    return ip in PUBLIC_V6 and not any(ip in network for network in NOT_PUBLIC_V6)


def host_of(url: str) -> str:
    """The host of an address as it is asked for: in ASCII, an IP address as such. Raises ValueError for none.

    IDNA 2008 refuses empty and overlong labels, and an xn-- that stands for nothing.
    """
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return str(ipaddress.ip_address(host))
    # An underscore is no letter of a domain, and yet one of names in a network of one's own.
    name = idna.encode(host.removesuffix(".").replace("_", "u"), uts46=True).decode()
    name = host.removesuffix(".").lower() if "_" in host and host.isascii() else name
    with suppress(OSError):
        return socket.inet_ntoa(socket.inet_aton(name))  # 127.1 and 0x7f000001 are addresses too
    return name


def _is_inside(host: str) -> bool:
    """An IP address that is not one of the internet. A name is looked up when something is sent."""
    try:
        return not is_public(host)
    except ValueError:
        return False


def address_of(host: str, port: int) -> str:
    """The IP address to connect to. Raises AddressRefused for one inside our own network, OSError for an unknown name.

    The caller connects to this very address, so that a name cannot answer differently a moment later.
    """
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.WEBHOOKS_MAY_BE_LOCAL and not all(is_public(str(one)) for one in found):
        raise AddressRefused
    return str(found[0])


def _check(*, name: str, url: str, kinds: Iterable[str], webhook: Webhook | None = None) -> dict[str, Any]:
    """The fields of a webhook. Raises InvalidInput naming each that cannot be used."""
    name, url, kinds = name.strip(), url.strip(), sorted(set(kinds))
    errors = []
    if not 0 < len(name) <= 60:
        errors.append(FieldError("name", "required", _("Give it a name of at most 60 characters.")))
    elif Webhook.objects.filter(name=name).exclude(name=webhook.name if webhook else "").exists():
        errors.append(FieldError("name", "duplicate", _("There is a webhook of this name. Choose another.")))
    try:
        parts = urlsplit(url)
        is_usable = bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0 and len(url) <= 500
        schemes = {"http", "https"} if settings.WEBHOOKS_MAY_BE_LOCAL else {"https"}
        host = host_of(url)
        httpx.URL(url)
        if not is_usable or not url.isprintable() or " " in url:
            errors.append(FieldError("url", "invalid", NO_ADDRESS))
        elif parts.scheme not in schemes:
            errors.append(FieldError("url", "not_https", _("The address must begin with https://.")))
        elif not settings.WEBHOOKS_MAY_BE_LOCAL and _is_inside(host):
            errors.append(
                FieldError(
                    "url",
                    "private_address",
                    _("The address leads into a private network. Give one that can be reached from the internet."),
                )
            )
    except (ValueError, httpx.InvalidURL):  # IDNA's errors are ValueErrors
        errors.append(FieldError("url", "invalid", NO_ADDRESS))
    if not kinds:
        errors.append(FieldError("kinds", "required", _("Choose at least one kind of event.")))
    elif unknown := [kind for kind in kinds if kind not in published]:
        detail = _("There is no event %(unknown)s. Known are: %(known)s.")
        known = ", ".join(sorted(published))
        errors.append(FieldError("kinds", "unknown", detail % {"unknown": ", ".join(unknown), "known": known}))
    if errors:
        raise InvalidInput(errors)
    return {"name": name, "url": url, "kinds": kinds}


@one_transaction()
def create_webhook(*, name: str, url: str, kinds: Iterable[str], actor: Any, at: datetime) -> Webhook:
    """A webhook that hears of what happens from now on. Show its `secret` now: it is not shown again."""
    require_manager(actor)
    fields = _check(name=name, url=url, kinds=kinds)
    webhook = Webhook.objects.create(**fields, created_by=actor, created_at=at)
    record_events([happened("webhook.created", webhook.stream, at=at, actor=actor, **fields)])
    return webhook


def _locked(webhook: Webhook, actor: Any) -> Webhook:
    require_manager(actor)
    return Webhook.objects.select_for_update().get(pk=webhook.pk)


@one_transaction()
def change_webhook(*, webhook: Webhook, name: str, url: str, kinds: Iterable[str], actor: Any, at: datetime) -> Webhook:
    webhook = _locked(webhook, actor)
    fields = _check(name=name, url=url, kinds=kinds, webhook=webhook)
    for field, value in fields.items():
        setattr(webhook, field, value)
    webhook.save()
    record_events([happened("webhook.changed", webhook.stream, at=at, actor=actor, **fields)])
    return webhook


@one_transaction()
def stop_webhook(*, webhook: Webhook, actor: Any, at: datetime) -> None:
    """Nothing is sent, and nothing new is owed, until it is started again."""
    webhook = _locked(webhook, actor)
    if webhook.stopped_at is None:
        Webhook.objects.filter(pk=webhook.pk).update(stopped_at=at, stopped_reason="")
        record_events([happened("webhook.stopped", webhook.stream, at=at, actor=actor)])


@one_transaction()
def start_webhook(*, webhook: Webhook, actor: Any, at: datetime) -> None:
    """Send again: first what was waiting. What happened while it stood still can be replayed."""
    webhook = _locked(webhook, actor)
    if webhook.stopped_at:
        Webhook.objects.filter(pk=webhook.pk).update(stopped_at=None, stopped_reason="")
        record_events([happened("webhook.started", webhook.stream, at=at, actor=actor)])
        transaction.on_commit(nudge)


@one_transaction()
def delete_webhook(*, webhook: Webhook, actor: Any, at: datetime) -> None:
    """Nothing is sent to it any more, and its messages go with it. That there was one stays in the log."""
    webhook = _locked(webhook, actor)
    facts = {"name": webhook.name, "url": webhook.url, "kinds": webhook.kinds}
    record_events([happened("webhook.deleted", webhook.stream, at=at, actor=actor, **facts)])
    webhook.delete()


@one_transaction()
def renew_secret(*, webhook: Webhook, actor: Any, at: datetime) -> Webhook:
    """A new secret. For a day messages are signed with the earlier one too, so that the receiver can change over."""
    webhook = _locked(webhook, actor)
    webhook.secret_version += 1
    webhook.earlier_secret_until = at + SECRETS_OVERLAP
    webhook.save()
    record_events([happened("webhook.secret_renewed", webhook.stream, at=at, actor=actor)])
    return webhook


@one_transaction()
def send_test(*, webhook: Webhook, actor: Any, at: datetime, kind: str = "") -> None:
    """Send a message that says nothing, to see whether it arrives; or a sample of a kind, which says that it is one.

    Raises InvalidInput for a kind that there is not.
    """
    webhook = _locked(webhook, actor)
    if kind and kind not in published:
        raise InvalidInput.one("kind", "unknown_kind", _("There is no event %(unknown)s.") % {"unknown": kind})
    sample = {"sample": {**sample_of(kind), "sample": True}} if kind else {}
    event = happened(TESTED, webhook.stream, at=at, actor=actor, **sample)
    record_events([event])
    _owe([(webhook, event)], at=at)


@one_transaction()
def replay(*, webhook: Webhook, since: datetime, actor: Any, at: datetime) -> int:
    """Send again, in order, all events of its kinds since a time, whether they arrived or not. How many they are.

    Raises InvalidInput when they are more than 10,000.
    """
    webhook = _locked(webhook, actor)
    events = list(Event.objects.filter(kind__in=webhook.kinds, at__gte=since).order_by("id")[: MOST_REPLAYED + 1])
    if len(events) > MOST_REPLAYED:
        detail = _("Since then more than %(most)s events happened. Choose a later time.") % {"most": MOST_REPLAYED}
        raise InvalidInput.one("since", "too_many", detail)
    webhook.deliveries.filter(event__in=events).update(
        status=DeliveryStatus.WAITING, due_at=at, attempts=0, done_at=None
    )
    _owe([(webhook, event) for event in events], at=at)
    record_events(
        [happened("webhook.replayed", webhook.stream, at=at, actor=actor, since=since.isoformat(), count=len(events))]
    )
    return len(events)


def _owe(owed: Iterable[tuple[Webhook, Event]], *, at: datetime) -> None:
    """What is owed already stays as it is."""
    WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(webhook=webhook, event=event, stream=event.stream, due_at=at) for webhook, event in owed],
        ignore_conflicts=True,
    )
    transaction.on_commit(nudge)


@receiver(recorded)
def owe_webhooks(events: list[Event], **kwargs: object) -> None:
    """Write down whom these events are owed, in their own transaction: so no commit can come between two of a stream."""
    public = [event for event in events if event.kind in published]
    if not public:
        return
    webhooks = list(Webhook.objects.filter(stopped_at=None))
    if owed := [(webhook, event) for event in public for webhook in webhooks if event.kind in webhook.kinds]:
        _owe(owed, at=public[0].at)


def nudge() -> None:
    nudge_task("activity.tasks.send_webhooks")


def body_of(delivery: WebhookDelivery) -> str:
    """`sequence` rises with every event of a stream: a receiver that keeps the highest seen can tell an old one at a replay."""
    event = delivery.event
    content = event.data.get("sample") if event.kind == TESTED else None
    content = content or body(event, data_of([event])[0])
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def headers_of(delivery: WebhookDelivery, body: str, *, now: datetime) -> dict[str, str]:
    webhook = delivery.webhook
    versions = [webhook.secret_version]
    if webhook.earlier_secret_until and now < webhook.earlier_secret_until:
        versions.append(webhook.secret_version - 1)
    return {
        "content-type": "application/json",
        "user-agent": "Holdfast",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(
            standardwebhooks.Webhook(webhook.secret_of(version, key_of_site=key)).sign(delivery.message_id, now, body)
            for key in [None, *settings.SECRET_KEY_FALLBACKS]
            for version in versions
        ),
    }


def send_one(*, now: datetime) -> bool:
    """Claim one message that is due and first of its stream, send it, note how it went. False when none is due.

    No transaction is open while the receiver answers. A worker that dies in between leaves a message that is sent again
    when its lease is over.
    """
    with _claiming:
        delivery = _claim(now=now, but=_sending)
        if delivery is None:
            return False
        _sending.add(delivery.webhook_id)
    try:
        answer = _post(delivery, now=now)
    finally:
        _sending.discard(delivery.webhook_id)
    _note(delivery, answer, now=now)
    return True


@transaction.atomic
def _claim(*, now: datetime, but: Collection[int] = ()) -> WebhookDelivery | None:
    waiting = WebhookDelivery.objects.filter(status=DeliveryStatus.WAITING)
    earlier = waiting.filter(webhook=OuterRef("webhook"), stream=OuterRef("stream"), event_id__lt=OuterRef("event_id"))
    delivery = (
        waiting.select_for_update(skip_locked=True, of=("self",))
        .filter(~Exists(earlier), due_at__lte=now, webhook__stopped_at=None)
        .exclude(webhook__in=but)
        .select_related("webhook", "event")
        .order_by("due_at", "id")
        .first()
    )
    if delivery:
        delivery.due_at = now + LEASE
        delivery.attempts += 1
        delivery.save(update_fields=["due_at", "attempts"])
    return delivery


@contextmanager
def _cut_after(seconds: float) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """Ends the connection that httpx tells of, wherever it stands then: its own limits begin anew with each byte."""
    lines: list[socket.socket] = []

    def trace(name: str, told: dict[str, Any]) -> None:
        if name in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            lines.append(told["return_value"].get_extra_info("socket"))

    def cut() -> None:
        for line in lines[-1:]:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield trace
    finally:
        timer.cancel()


@dataclass(frozen=True, slots=True)
class Answered:
    """`status` None: no answer. `wait` is what the receiver asks for by Retry-After."""

    status: int | None
    error: str
    milliseconds: int
    wait: timedelta


def wait_asked_for(retry_after: str, *, now: datetime) -> timedelta:
    """Seconds, or a time (RFC 9110, 10.2.3); at most a day, and nothing for what is neither."""
    try:
        if retry_after.isascii() and retry_after.isdigit():
            wait = timedelta(seconds=min(int(retry_after), 10**6))
        else:
            wait = parsedate_to_datetime(retry_after).astimezone(UTC) - now
    except ValueError:
        return timedelta(0)
    return max(timedelta(0), min(wait, MOST_WAIT))


def _post(delivery: WebhookDelivery, *, now: datetime) -> Answered:
    """Follows no redirect and reads no more than status and headers."""
    began = time.monotonic()
    status, error, wait = None, "", timedelta(0)
    try:
        url = httpx.URL(delivery.webhook.url)
        host = host_of(delivery.webhook.url)
        ip = address_of(host, url.port or {"http": 80, "https": 443}[url.scheme])
        body = body_of(delivery)
        headers = headers_of(delivery, body, now=now) | {"host": url.netloc.decode()}
        with (
            _cut_after(TIMEOUT) as trace,
            httpx.Client(timeout=TIMEOUT, trust_env=False) as client,
            client.stream(
                "POST",
                url.copy_with(host=ip),
                content=body.encode(),
                headers=headers,
                extensions={"sni_hostname": host, "trace": trace},
            ) as response,
        ):
            status = response.status_code
            if status in {429, 503}:
                wait = wait_asked_for(response.headers.get("retry-after", ""), now=now)
    except AddressRefused:
        error = "The address leads into a private network."
    except Exception as problem:  # whatever it is, it was a try: else it would be tried without end
        if not isinstance(problem, httpx.HTTPError | httpx.InvalidURL | OSError | ValueError):
            logger.exception("Webhook %s could not be sent to", delivery.webhook_id)
        error = f"{type(problem).__name__}: {problem}"[:300]
    return Answered(status, error, round((time.monotonic() - began) * 1000), wait)


@transaction.atomic
def _note(delivery: WebhookDelivery, answer: Answered, *, now: datetime) -> None:
    """Done at any 2xx; 410 Gone stops the webhook, as the specification asks; else the next attempt, or none after three days.

    The next attempt is no earlier than the receiver asks for, and a little later than the schedule, so that all that one
    receiver missed does not come back at once.
    """
    status = answer.status
    tried = {"at": now.isoformat(), "status": status, "error": answer.error, "ms": answer.milliseconds}
    delivery = WebhookDelivery.objects.select_for_update().select_related("webhook").get(pk=delivery.pk)
    delivery.history = [*delivery.history, tried]
    if status is not None and 200 <= status < 300:
        delivery.status, delivery.done_at = DeliveryStatus.DONE, now
    elif delivery.attempts > len(RETRY_AFTER):
        delivery.status = DeliveryStatus.GIVEN_UP
        _tell_given_up(delivery, now=now)
    else:
        wait = RETRY_AFTER[delivery.attempts - 1]
        jitter = random.random() * min(wait / 10, MOST_JITTER)  # noqa: S311 no secret
        delivery.due_at = now + max(wait + jitter, answer.wait)
    delivery.save()
    if status == 410 and delivery.webhook.stopped_at is None:
        Webhook.objects.filter(pk=delivery.webhook_id).update(stopped_at=now, stopped_reason="410 Gone")
        record_events([happened("webhook.stopped", delivery.webhook.stream, at=now, actor=None, reason="410 Gone")])


def _tell_given_up(delivery: WebhookDelivery, *, now: datetime) -> None:
    """The owner is told of the first in a day."""
    stream = delivery.webhook.stream
    if not Event.objects.filter(stream=stream, kind="webhook.given_up", at__gt=now - timedelta(days=1)).exists():
        facts = {"message": delivery.message_id, "type": delivery.event.kind}
        record_events([happened("webhook.given_up", stream, at=now, actor=None, **facts)])
