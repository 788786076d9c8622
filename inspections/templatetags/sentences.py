"""Records as words, for templates."""

from datetime import datetime

from django import template
from django.utils.timezone import now
from django.utils.translation import gettext as _

from inspections.batch.words import step_words
from inspections.calculator.words.sampling import units
from inspections.doubt import words as doubt_words
from inspections.finding.words import finding_words
from inspections.hold import words
from inspections.hold.words import hold_sentence, hold_title
from inspections.inspection.words import verdict_reasons
from inspections.ladder import words as ladder_words
from inspections.models import Batch, BatchState, Hold
from inspections.specification import words as specification_words

register = template.Library()
register.filter("hold_title", hold_title)
register.filter("hold_sentence", hold_sentence)
register.filter("finding_words", finding_words)
register.filter("verdict_reasons", verdict_reasons)
register.filter("units", units)
register.filter("step_words", lambda step: step_words(step.kind, step.quantity))
register.filter("doubt_seen", doubt_words.seen)
register.filter("doubt_chance", doubt_words.chance)
register.filter("drift_title", ladder_words.drift_title)
register.filter("drift_words", lambda drift: " ".join(ladder_words.drift_sentences(drift)))
register.filter("drift_name", ladder_words.drift_in_a_sentence)
register.filter("limits", specification_words.limits)
register.filter("plain", specification_words.plain)


@register.filter
def hold_cause(hold: Hold) -> str:
    """Why a batch is stopped, in a few words."""
    return words.hold_cause(hold.reason, hold.finding)


@register.filter
def batch_state(batch: Batch) -> str:
    """The state's word: a generated column has no get_state_display."""
    return str(BatchState(batch.state).label)


@register.filter
def age(since: datetime, until: datetime | None = None) -> str:
    """How long since, until now or another time: "12 min", "6 h 23 min", "3 d 4 h"."""
    minutes = max(int(((until or now()) - since).total_seconds()) // 60, 0)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min") % {"minutes": minutes}
