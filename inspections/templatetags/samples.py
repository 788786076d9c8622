"""Samples as words, for templates."""

from collections.abc import Mapping

from django import template

from inspections.sample import words as sample_words

register = template.Library()
register.filter("sample_title", sample_words.sample_title)


@register.filter
def of(found: Mapping, key: object) -> object:
    """{{ confirmed|of:sample.pk }}: the value of a key, None where there is none."""
    return found.get(key)
