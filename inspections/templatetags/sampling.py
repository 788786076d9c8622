"""What a plan is worth, wherever a plan is shown."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from inspections import sampling_figures as figures
from inspections.sampling import Plan
from inspections.sampling.standard import LEVELS, code_letter

register = template.Library()


@register.inclusion_tag("inspections/sampling_worth.html")
def plan_worth(plan: Plan, lot_size: int, name: str = "worth") -> dict:
    """Two or three sentences and a small curve, with a link to the calculator.

    `lot_size` is the number of units that the plan was made for; `name` tells several on one page apart.
    """
    curve = figures.curve_for(plan, lot_size)
    aql = figures.aql_of(plan)
    return {
        "plan": plan,
        "name": name,
        "sentences": figures.sentences(plan, curve),
        "figure": None if plan.inspect_all else figures.oc_figure(
            curve, at=[] if aql is None else [(aql, "AQL")], points=(0.5, 0.1), small=True
        ),
        "url": plan_address(plan, lot_size),
    }  # fmt: skip


@register.simple_tag
def plan_address(plan: Plan, lot_size: int) -> str:
    """The page that explains this plan: the calculator, or the comparison for a plan without a table."""
    if plan.aql and plan.code_letter:
        level = _level(plan.code_letter, lot_size)
        if level:
            asked = {
                "lot_size": lot_size, "aql": plan.aql, "level": level, "severity": plan.severity,
                "kind": plan.kind, "standard": plan.standard, "counts": plan.counts,
            }  # fmt: skip
            return f"{reverse('sampling-plan')}?{urlencode(asked)}"
    asked = {"a-n": plan.sample_size, "a-ac": plan.rejection - 1, "a-lot_size": lot_size}
    return f"{reverse('sampling-compare')}?{urlencode(asked)}"


def _level(letter: str, lot_size: int) -> str | None:
    """A level that gives the letter: levels that give the same one give the same plan. The usual ones first."""
    if lot_size < 2:
        return None
    return next((level for level in ("II", *LEVELS) if code_letter(lot_size, level) == letter), None)
