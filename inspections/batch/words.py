"""Where units of a batch are, in words of the reader's language."""

from django.utils.translation import gettext as _

from inspections.calculator.words.sampling import units
from inspections.models import AsideStepKind


def place_words(place: str) -> str:
    """Where units are that were taken back."""
    return {
        "available": _("they may ship again"),
        "on_hold": _("they are on hold with the rest of the batch"),
        "awaiting": _("they wait for inspection"),
    }[place]


def step_words(kind: str, quantity: int) -> str:
    """What was done with units set aside: "2 units replaced by good ones"."""
    return str(AsideStepKind(kind).facts.told) % {"units": units(quantity)}
