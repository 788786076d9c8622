"""What a study of a gauge says, in sentences."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.calculator.words.sampling import percent, significant
from inspections.models import Characteristic, GaugeStudy
from inspections.rules.gauge import guard_band, share_of_tolerance, within_guard

# AIAG, Measurement Systems Analysis, 4th edition, II.D: below 10 % it is good, above 30 % it is not.
GOOD_BELOW, BAD_ABOVE = 0.10, 0.30
# And III.C: a kappa above 0.75 is good to excellent agreement, below 0.40 poor.
KAPPA_GOOD, KAPPA_POOR = 0.75, 0.40
MOST_NAMED = 20


def guard_of(study: GaugeStudy) -> float | None:
    """How far inside a limit a reading has to be to be trusted; None of what is not measured."""
    return guard_band(study.figures["gauge"]) if study.is_measured else None


def share_of(study: GaugeStudy) -> float | None:
    """What the gauge takes of the tolerance, as a fraction; None without two limits, or of what is not measured."""
    return share_of_tolerance(study.figures["gauge"], study.lower, study.upper) if study.is_measured else None


def units_within_guard(
    study: GaugeStudy, readings: Sequence[Decimal | None], characteristic: Characteristic
) -> list[int]:
    """Units (from 1) that conform as read, so near a limit that the gauge cannot tell; none in another unit than studied."""
    band = guard_of(study)
    if band is None or characteristic.unit != study.unit:
        return []
    return within_guard(readings, characteristic.lower, characteristic.upper, band)


def guarded_sentence(study: GaugeStudy, units: Sequence[int]) -> str:
    """What is said of units that are read within the guard band; empty where there are none."""
    if not units:
        return ""
    text = ngettext(
        "Unit %(units)s conforms as read, but lies within %(guard)s of a limit, where the gauge cannot tell.",
        "Units %(units)s conform as read, but lie within %(guard)s of a limit, where the gauge cannot tell.",
        len(units),
    )
    named = ", ".join(map(str, units[:MOST_NAMED])) + (" …" if len(units) > MOST_NAMED else "")
    return text % {"units": named, "guard": _with_unit(guard_of(study) or 0, study)}


def tone(study: GaugeStudy) -> str:
    """accepted, warning or stopped: good, to be used with care, not to be relied on; empty where nothing can be said."""
    if study.is_measured:
        share = share_of(study)
        if share is None:
            return ""
        return "accepted" if share < GOOD_BELOW else "warning" if share <= BAD_ABOVE else "stopped"
    kappas = [kappa[0] for kappa in _kappas(study).values() if kappa]
    if not kappas:
        return ""
    return "accepted" if min(kappas) > KAPPA_GOOD else "warning" if min(kappas) >= KAPPA_POOR else "stopped"


def headline(study: GaugeStudy) -> str:
    """ "The gauge takes 22 % of the tolerance." """
    if study.is_measured:
        share = share_of(study)
        if share is None:
            return _(
                "The gauge scatters by %(sd)s (standard deviation); without two limits there is no tolerance to compare it with."
            ) % {"sd": _with_unit(study.figures["gauge"], study)}
        return _("The gauge takes %(share)s of the tolerance.") % {"share": percent(share, 2)}
    kappas = {name: kappa for name, kappa in _kappas(study).items() if kappa}
    if not kappas:
        return _("All parts were called the same, so nothing can be said of how far people agree.")
    worst = min(kappas.values())
    text = _("Agreement with what is known: kappa %(kappa)s at the lowest (%(low)s to %(high)s).")
    if not study.reference:
        text = _("Agreement between people: kappa %(kappa)s (%(low)s to %(high)s).")
    return text % dict(zip(("kappa", "low", "high"), (significant(each, 2) for each in worst), strict=True))


def sentences(study: GaugeStudy) -> list[str]:
    """The headline, how sure it is, and what follows from it."""
    return [headline(study), *(_measured(study) if study.is_measured else _agreed(study))]


def _measured(study: GaugeStudy) -> list[str]:
    figures, lines = study.figures, []
    ends = [
        share_of_tolerance(figures[end], study.lower, study.upper)
        for end in ("low", "high")
        if figures[end] is not None
    ]
    if len(ends) == 2 and None not in ends:
        lines.append(
            _("With 95 %% confidence it is between %(low)s and %(high)s; more people narrow that most.")
            % {"low": percent(ends[0] or 0, 2), "high": percent(ends[1] or 0, 2)}
        )
    lines.append(
        _("Of its scatter %(repeat)s is the gauge itself (repeatability), %(people)s who measures (reproducibility).")
        % {
            "repeat": _with_unit(figures["repeatability"], study),
            "people": _with_unit(figures["reproducibility"], study),
        }
    )
    if figures["categories"] is not None:
        lines.append(
            ngettext(
                "It tells %(count)s kind of part apart; five are wanted.",
                "It tells %(count)s kinds of part apart; five are wanted.",
                figures["categories"],
            )
            % {"count": max(figures["categories"], 1)}
        )
    lines.append(
        _(
            "A reading within %(guard)s of a limit does not tell on which side of it the unit lies: a unit that just breaks it is read "
            "further inside at most 1 time in 20."
        )
        % {"guard": _with_unit(guard_of(study) or 0, study)}
    )
    return lines


def _agreed(study: GaugeStudy) -> list[str]:
    lines = []
    for operator, (missed, bad) in study.figures["missed"].items():
        alarms, good = study.figures["false_alarms"][operator]
        lines.append(
            _(
                "%(operator)s: %(missed)s of %(bad)s looks at a bad part called it good, %(alarms)s of %(good)s at a good part called it bad."
            )
            % {"operator": operator, "missed": missed, "bad": bad, "alarms": alarms, "good": good}
        )
    if not study.reference:
        lines.append(
            _("People who agree may all be wrong: without parts that are known to be good or bad nothing says so.")
        )
    return lines


def _kappas(study: GaugeStudy) -> dict[str, list[float] | None]:
    if study.reference:
        return dict(study.figures["with_reference"])
    return {"": study.figures["between"]}


def _with_unit(value: float, study: GaugeStudy) -> str:
    return f"{significant(float(Decimal(f'{value:.6g}')), 2)} {study.unit}".strip()
