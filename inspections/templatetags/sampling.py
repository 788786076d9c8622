"""What a plan is worth, wherever a plan is shown."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from inspections.calculator import page as figures
from inspections.models import NonconformityClass
from inspections.sampling import Plan
from inspections.sampling.picks import ALL
from inspections.sampling.standard import LEVELS, code_letter
from inspections.sampling.variables import VariablesPlan
from inspections.specification.words import stages

register = template.Library()


@register.inclusion_tag("inspections/calculator/worth.html")
def plans_worth(
    plans: Iterable[tuple[str, Plan]],
    lot_size: int,
    cartons: int | None = None,
    carton_rule: str = ALL,
    measured: Iterable[VariablesPlan] = (),
) -> dict:
    """What the plans of a batch are worth: a sentence for each class, those of the whole, and a small chart with a curve for each.

    `plans` are (class, plan), `lot_size` is the number of units that they were made for, `measured` are the variables plans
    beside them. Of a batch in cartons it is said what opening a part of them costs.
    """
    plans = list(plans)
    sampled = [(str(NonconformityClass(name).label), plan) for name, plan in plans if not plan.inspect_all]
    curves = [(label, figures.curve_for(plan, lot_size)) for label, plan in sampled]
    return {
        "sentences": [(label, figures.class_worth(plan, lot_size)) for label, plan in sampled],
        "cartons": [
            (label, said)
            for label, plan in sampled
            if cartons and (said := figures.cartons_worth(plan, lot_size, cartons=cartons, rule=carton_rule))
        ],
        "whole": figures.whole_worth(sampled, lot_size, list(measured)),
        "is_by_aql": any(plan.aql for _label, plan in sampled),
        "lot_size": lot_size,
        "figure": figures.comparison_figure(curves, small=True) if curves else None,
    }


@register.filter
def plan_stages(plan: Plan) -> str:
    """ "5 units: accept up to 0, reject from 1"."""
    return stages(plan)


@register.simple_tag
def rows_worth(rows: Iterable[Mapping[str, Any]], lot_size: int) -> str:
    """What the plans in the rows of plan_table.html are worth together; empty where a single one samples."""
    plans, measured = [], []
    for row in rows:
        if "measured" in row:
            measured.append(row["measured"])
        else:
            plans.append((str(row.get("name") or NonconformityClass(row["class"]).label), row["plan"]))
    return " ".join(figures.whole_worth(plans, lot_size, measured))


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
