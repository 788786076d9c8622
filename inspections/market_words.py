"""What happened to margins and returns, in sentences of the reader's language: (title, detail, tone)."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from inspections.templatetags.money import share


def _margin_set(data: dict) -> tuple[str, str, str]:
    rate = share(Decimal(data["affordable_return_rate"]))
    return (
        _("Margin set, version %(version)s") % {"version": data["version"]},
        _("It can afford %(rate)s of returns.") % {"rate": rate},
        "waiting",
    )


SENTENCES: dict[str, Callable[[dict], tuple[str, str, str]]] = {"margin.set": _margin_set}
