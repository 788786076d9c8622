"""Samples as words, for templates."""

from collections.abc import Mapping

from django import template

from inspections.models import Specification
from inspections.sample import words as sample_words
from inspections.sample.services.standing import lacking_under

register = template.Library()
register.filter("sample_title", sample_words.sample_title)


@register.filter
def of(found: Mapping, key: object) -> object:
    """{{ confirmed|of:sample.pk }}: the value of a key, None where there is none."""
    return found.get(key)


@register.simple_tag
def golden_under(specification: Specification) -> dict[str, object]:
    """How the golden sample of its product would stand to a version: {golden, lacking in words, grave: it closes the gate}."""
    golden, lacks = lacking_under(specification)
    grave = any(lack.nonconformity_class in ("critical", "major") for lack in lacks)
    return {"golden": golden, "lacking": [sample_words.lack_words(lack.as_dict()) for lack in lacks], "grave": grave}
