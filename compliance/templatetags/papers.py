"""Files and histories as words, for templates."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.forms import field_label
from compliance.models import Requirement

register = template.Library()
FILE_PROBLEMS = {
    "encrypted": gettext_lazy("The file needs a password, so nobody can check what it says. Ask for one without."),
    "protected": gettext_lazy("The file opens, but forbids copying its text."),
    "broken": gettext_lazy("The file is damaged or was cut off. Ask for it again."),
    "scripts": gettext_lazy("The file holds scripts. It is only offered for download; do not run what it asks for."),
    "attachments": gettext_lazy("The file holds other files. It is only offered for download."),
    "not_fully_checked": gettext_lazy("The file hides part of what is in it. It is only offered for download."),
    "too_many_pixels": gettext_lazy("The picture has more points than are opened. Ask for a smaller one."),
    "animated": gettext_lazy("The picture moves: only what it shows first is read. Ask for a still one."),
    "two_kinds": gettext_lazy("The file is of two kinds at once. It is only offered for download."),
    "too_many_pages": gettext_lazy("The file has more pages than are read. Ask for the pages that matter."),
}


@register.filter
def file_problem(code: str) -> str:
    """What is wrong with a file, and what next."""
    return str(FILE_PROBLEMS.get(code, code))


@register.filter
def said_label(name: str) -> str:
    """The name of a field of a requirement."""
    label = str(field_label(Requirement, name))
    return label[:1].upper() + label[1:]


@register.filter
def said(value: Any) -> str:
    """What a field of a requirement said, in a line."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{name}: {said(item)}" for name, item in value.items())
    if isinstance(value, list) and any(isinstance(item, list) for item in value):
        return "; ".join(" / ".join(map(str, group)) for group in value)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


# What is looked for in a paper, by the keys of compliance.reading.facts.
ASKS = {
    "kind": gettext_lazy("It calls itself"),
    "standards": gettext_lazy("Standards, one of each group"),
    "parts": gettext_lazy("Particular parts of a standard"),
    "acts": gettext_lazy("Acts, one of each group"),
    "cites": gettext_lazy("It names all acts that apply to the product"),
    "cited_as": gettext_lazy("Named in declarations as"),
    "superseded": gettext_lazy("What was superseded, and by what"),
    "result": gettext_lazy("A result, and none that fails"),
    "tests": gettext_lazy("Tests and substances, one of each group"),
    "issuer": gettext_lazy("Who tested or certified it"),
    "not_by": gettext_lazy("Not by these bodies"),
    "person": gettext_lazy("Who has to be in which country"),
    "signature": gettext_lazy("A signature"),
    "place": gettext_lazy("The place of signature"),
    "maker": gettext_lazy("The company that declares"),
    "of": gettext_lazy("What it has to be about"),
    "excludes": gettext_lazy("Words that say that it covers something else"),
}


@register.filter
def ask_label(key: str) -> str:
    """What one thing that is looked for in a paper is called; its key where there is no name for it."""
    return str(ASKS.get(key, key))
