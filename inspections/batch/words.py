"""Where units of a batch are, in words of the reader's language."""

from django.utils.translation import gettext as _


def place_words(place: str) -> str:
    """Where units are that were taken back."""
    return {
        "available": _("they may ship again"),
        "on_hold": _("they are on hold with the rest of the batch"),
        "awaiting": _("they wait for inspection"),
    }[place]
