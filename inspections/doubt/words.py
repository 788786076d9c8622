"""Doubts in sentences of the reader's language: what was seen, and how often chance does the same."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.models import DoubtFlag, DoubtKind

LEAST_CHANCE = 1e-9
# Rarer than this no model of a process is to be believed.
LEAST_OF_A_MODEL = 1e-4
ORDER = (DoubtKind.RUN, DoubtKind.BLOCK)
Facts = Mapping[str, Any]


def _number(value: float) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def _near_limit(facts: Facts) -> str:
    text = _(
        "%(inside)s of %(n)s readings lie within %(width)s inside the upper limit %(limit)s; only %(before)s in the equal "
        "space before it, and %(beyond)s beyond it."
    )
    if facts["side"] == "lower":
        text = _(
            "%(inside)s of %(n)s readings lie within %(width)s inside the lower limit %(limit)s; only %(before)s in the "
            "equal space before it, and %(beyond)s beyond it."
        )
    return text % facts


def _run(facts: Facts) -> str:
    text = _("%(value)s was read %(length)s times in a row, from unit %(unit)s on, among %(n)s readings.")
    return text % facts


def _block(facts: Facts) -> str:
    block = ", ".join(facts["block"]) + (", …" if facts["length"] > len(facts["block"]) else "")
    text = _(
        "The %(length)s readings from unit %(first)s on come again in the same order from unit %(second)s on: %(block)s."
    )
    return text % {**facts, "block": block}


def _digits(facts: Facts) -> str:
    text = _("Of %(n)s readings %(count)s end in %(digit)s; %(expected)s are to be expected.")
    digits = facts["digits"]
    return text % {
        "n": _number(facts["n"]),
        "count": _number(digits[str(facts["favourite"])]),
        "digit": facts["favourite"],
        "expected": _number(round(facts["n"] / len(digits))),
    }


def _pace(facts: Facts) -> str:
    said = {
        "work": _number(facts["work"]),
        "minutes": _number(round(facts["seconds"] / 60, 1)),
        "each": _number(facts["each"]),
        "usual": _number(facts["usual"]),
        "earlier": facts["earlier"],
    }
    text = _("%(work)s readings and units in %(minutes)s minutes: %(each)s seconds each.") % said
    if facts["earlier"]:
        text += " " + _("The last %(earlier)s inspections of the product took about %(usual)s seconds each.") % said
    else:
        text += " " + _("Without a history of the product %(usual)s seconds each are taken as usual.") % said
    return text


def _copied(facts: Facts) -> str:
    text = _(
        "%(same)s of %(n)s units have exactly the reading of the unit with the same number in the round before, which was "
        "another unit; %(expected)s are to be expected."
    )
    return text % {**facts, "expected": _number(facts["expected"])}


def _disagree(facts: Facts) -> str:
    if "mean" in facts:
        text = _(
            "Two inspectors measured the same batch: mean %(mean)s of %(n)s units, and %(earlier_mean)s of %(earlier_n)s "
            "in the round before."
        )
        means = {name: _number(facts[name]) for name in ("mean", "earlier_mean")}
        return text % {**facts, **means}
    text = _(
        "Two inspectors looked at the same batch: %(bad)s of %(n)s units nonconforming, and %(earlier_bad)s of "
        "%(earlier_n)s in the round before."
    )
    return text % facts


def _photo(facts: Facts) -> str:
    if facts["same_file"]:
        return _("The photo is, to the byte, a file that was used in another inspection.")
    return _("The photo shows the same picture as one that was used in another inspection.")


def _abandoned(facts: Facts) -> str:
    if facts["where"] == "batch":
        text = _("%(abandoned)s of the %(of)s inspections of this batch were abandoned.")
    else:
        text = _("%(abandoned)s of the last %(of)s inspections of this product by the same inspector were abandoned.")
    if facts["found"]:
        text += " " + _("What they had found until then: %(found)s nonconforming units, all checks together.")
    text += " " + _("Out of a hundred inspections about %(usual)s are, for rain or a power cut.")
    return text % {**facts, "usual": _number(round(facts["usual"] * 100))}


_SEEN: dict[str, Callable[[Facts], str]] = {
    DoubtKind.NEAR_LIMIT: _near_limit,
    DoubtKind.RUN: _run,
    DoubtKind.BLOCK: _block,
    DoubtKind.DIGITS: _digits,
    DoubtKind.PACE: _pace,
    DoubtKind.COPIED: _copied,
    DoubtKind.DISAGREE: _disagree,
    DoubtKind.PHOTO: _photo,
    DoubtKind.ABANDONED: _abandoned,
}


def seen(doubt: DoubtFlag) -> str:
    """What was seen."""
    return _SEEN[doubt.kind](doubt.facts)


def chance(doubt: DoubtFlag) -> str:
    """ "Chance does the same in about 1 of 8,300 inspections."; of a photo, of pictures compared.

    Where only the order of the readings is odd there are no odds: how a process goes on is known too roughly for them.
    """
    if doubt.kind in ORDER:
        return _(
            "Only the order is odd: elsewhere these readings do not follow each other like that. Look at them first."
        )
    if doubt.kind == DoubtKind.PHOTO:
        if doubt.probability < LEAST_CHANCE:
            return _("Different pictures are hardly ever so alike.")
        text = ngettext(
            "Chance does the same with about 1 of %(out_of)s photos, compared with %(count)s other.",
            "Chance does the same with about 1 of %(out_of)s photos, compared with %(count)s others.",
            doubt.facts["compared"],
        )
        return text % {"out_of": _out_of(doubt.probability), "count": _number(doubt.facts["compared"])}
    if doubt.probability < LEAST_OF_A_MODEL:
        text = _("Chance does the same in fewer than 1 of %(out_of)s inspections, as far as it can be told.")
        return text % {"out_of": _number(round(1 / LEAST_OF_A_MODEL))}
    return _("Chance does the same in about 1 of %(out_of)s inspections.") % {"out_of": _out_of(doubt.probability)}


def _out_of(probability: float) -> str:
    return _number(round(float(f"{1 / probability:.2g}")))
