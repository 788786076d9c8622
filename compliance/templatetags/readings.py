"""What was found in papers, for templates."""

from django import template
from django.template.context import RequestContext

from activity.languages import pick
from compliance.declaration.page import formulas_needed, row_of
from compliance.models import DeclarationKind, Evidence
from compliance.paper.forms.readings import FactsForm
from compliance.paper.page.readings import findings_shown
from compliance.paper.reads import models_of
from compliance.paper.words import language_name, law_of
from compliance.rules.questions import QUESTIONS
from suppliers.models import Product

register = template.Library()
register.filter("law_of", law_of)
register.filter("language_name", language_name)


@register.inclusion_tag("compliance/paper/findings.html", takes_context=True)
def findings_of(context: RequestContext, evidence: Evidence) -> dict:
    """{% findings_of evidence %}: what was read, each finding with its sentence and page, and what is to be decided."""
    shown = findings_shown(evidence, context["request"].user)
    return {"request": context["request"], "perms": context["perms"], "evidence": evidence, "shown": shown}


@register.inclusion_tag("compliance/paper/product_facts.html", takes_context=True)
def product_facts(context: RequestContext, product: Product) -> dict:
    """{% product_facts product %}: its model numbers and type, and its declarations."""
    user = context["request"].user
    facts = getattr(product, "facts", None)
    reads = user.has_perm("compliance.read_formulas") or not user.has_perm("suppliers.see_all")
    return {
        "request": context["request"],
        "perms": context["perms"],
        "product": product,
        "facts": facts,
        "lacks_model": not models_of(product),
        "form": FactsForm.of(product) if user.has_perm("compliance.answer_traits") else None,
        "kinds": [DeclarationKind(kind) for kind in formulas_needed(product)] if reads else [],
        "may_declare": reads and user.has_perm("compliance.upload_evidence"),
    }


@register.filter
def share(line) -> str:
    """The concentration of a line, exactly as it was declared: "5", "1-5", a dash where it was not said."""
    return row_of(line).percent or "–"


@register.filter
def plain(value) -> str:
    """A value of a reference entry on one line."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@register.filter
def trait_name(trait: dict[str, str]) -> str:
    """What a trait in an event is called, in the reader's language."""
    return pick(en=trait["name"], zh=trait["name_zh"])


@register.filter
def trait_help(key: str) -> str:
    """What is meant by a trait, in the reader's language."""
    about = QUESTIONS.get(key)
    return pick(en=about["help_en"], zh=about["help_zh"]) if about else ""
