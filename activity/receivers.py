"""Who is told when a webhook can no longer be told."""

from django.conf import settings
from django.urls import reverse

from activity import mails
from activity.models import Event, Webhook
from activity.services import receiver


@receiver("webhook.given_up", "webhook.stopped")
def tell_the_owner(event: Event) -> None:
    """By mail, who made the webhook: that messages are given up, or that its receiver asked to be left alone (410)."""
    webhook = Webhook.objects.filter(uid=event.stream.partition(":")[2]).select_related("created_by").first()
    if webhook is None or event.actor_id or not webhook.created_by.email:
        return
    address = (webhook.created_by.email, webhook.created_by.language or settings.LANGUAGE_CODE)
    mails.send(
        "activity/mail/webhook_given_up",
        [address],
        event=event,
        webhook=webhook,
        is_stopped=event.kind == "webhook.stopped",
        url=settings.SITE_URL + reverse("webhook-detail", args=[webhook.uid]),
    )
