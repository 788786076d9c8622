"""What of gates and listings other systems may be told. Their `data` is that of the event: product, market, reasons."""

from django.utils.translation import gettext_lazy as _

from activity.webhooks import publish


def publish_kinds() -> None:
    publish("gate.opened", _("A gate opens"))
    publish("gate.closed", _("A gate closes"))
    publish("gate.changed", _("A check of a gate changes, and the gate stays as it is"))
    publish("listing.taken_live", _("A product goes live in a market"))
    publish("listing.suspended", _("A product is suspended in a market"))
    publish("listing.taken_off", _("A product is taken off a market"))
