"""Sending mail about an event, once per address, in the reader's language."""

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils.translation import override

from activity.models import Event

Address = tuple[str, str]  # e-mail address, language


def send(template: str, addresses: Iterable[Address], *, event: Event, **context: object) -> None:
    """One mail to each address, made of `template`.txt and `template`_subject.txt in its language.

    A receiver may run again: a repeated mail has the same Message-ID, so that mail programs show it once.
    """
    name = template.rsplit("/", 1)[-1]
    messages = []
    for address, language in addresses:
        with override(language):
            subject = render_to_string(f"{template}_subject.txt", context)
            body = render_to_string(f"{template}.txt", context)
        digest = hashlib.sha256(address.encode()).hexdigest()[:16]
        message_id = f"<{event.pk}.{name}.{digest}@{urlsplit(settings.SITE_URL).hostname}>"
        messages.append(EmailMessage(" ".join(subject.split()), body, to=[address], headers={"Message-ID": message_id}))
    if messages:
        get_connection().send_messages(messages)
