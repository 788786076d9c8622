"""What returns propose and why, in sentences of the reader's language."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.calculator.words.sampling import share
from inspections.models import MarketReturn, NonconformityClass, Proposal, ProposalKind
from inspections.rules.escapes import Change, Evidence


def number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def doubts_of(found: MarketReturn) -> list[str]:
    """What makes one doubtful, in sentences; of one that `with_doubts` has read."""
    number = found.batch.number if found.batch else ""
    said = []
    if getattr(found, "is_early", False):
        said.append(_("It came back before any unit of %(batch)s had left.") % {"batch": number})
    if getattr(found, "is_too_many", False):
        said.append(_("More units came back of %(batch)s than left.") % {"batch": number})
    return said


def rates_words(change: Change) -> str:
    """ "12 ← 3.5 per 1,000 shipped"; "" where there is no rate."""
    if change.chance is None:
        return ""
    now, before = (
        number_format(f"{1000 * count / units:.3g}" if units else 0, use_l10n=True, force_grouping=True)
        for count, units in ((change.now, change.units_now), (change.before, change.units_before))
    )
    return _("%(now)s after %(before)s per 1,000 shipped") % {"now": now, "before": before}


def chance_words(chance: float | None) -> str:
    """How often chance does the same: "p < 0.0001", "p = 0.021"; "" for what is not judged."""
    if chance is None:
        return ""
    if chance < 0.0001:
        return f"p < {number_format('0.0001', use_l10n=True)}"
    return f"p = {number_format(f'{chance:.2g}' if chance >= 0.001 else f'{chance:.4f}', use_l10n=True)}"


def changed_words(changes: Mapping[str, tuple[object, object]]) -> str:
    """ "note: zip broke → zip broke after one day"."""
    return _("Recorded already, and changed by this file: %(changes)s") % {"changes": changes_listed(changes)}


def changes_listed(changes: Mapping[str, tuple[object, object]]) -> str:
    shown = (f"{fact_name(name)}: {_shown(before)} → {_shown(after)}" for name, (before, after) in changes.items())
    return "; ".join(shown)


def fact_name(name: str) -> str:
    return str(getattr(MarketReturn._meta.get_field(name), "verbose_name", name))


def _shown(value: object) -> str:
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return said[:80] or "–"


CHANGES: dict[str, Callable[[], str]] = {
    "not_judged": lambda: _("not judged"),
    "none": lambda: _("no change"),
    "could_be": lambda: _("could be chance"),
    "doubtful": lambda: _("probably not chance"),
    "hardly": lambda: _("hardly chance"),
}


def proposal_title(proposal: Proposal, name: str) -> str:
    """ "Make “Lid finish” critical"; `name` is that of the characteristic or the complaint point."""
    if proposal.kind == ProposalKind.RAISE_CLASS:
        text = _("Raise “%(name)s” from %(before)s to %(after)s")
        before = NonconformityClass(proposal.class_from).label
        return text % {"name": name, "before": before, "after": NonconformityClass(proposal.class_to).label}
    text = _("Add a characteristic that catches “%(name)s”")
    return text % {"name": name}


def evidence_sentence(found: Evidence) -> str:
    """Counts, the share that is tolerated, and how often chance does the same."""
    units = ngettext("%(count)s unit came back", "%(count)s units came back", found.escapes)
    text = _(
        "%(units)s of %(shipped)s shipped since %(since)s (batches known: %(batches)s). If no more than %(tolerated)s (an "
        "assumption) were affected, chance alone would bring so many with %(chance)s."
    )
    return text % {
        "units": units % {"count": number(found.escapes)},
        "shipped": number(found.shipped),
        "since": found.since,
        "batches": number(found.batches),
        "tolerated": share(Decimal(str(found.tolerated))),
        "chance": chance_words(found.chance),
    }
