"""The words of the scripts that are on every page: base.html is below the room that has them."""

from django import template

from inspections.offline.words import FINDING_WORDS, OUTBOX_WORDS, TAKE_WORDS, UNSENT_WORDS

register = template.Library()


@register.simple_tag
def outbox_words() -> dict:
    return OUTBOX_WORDS


@register.simple_tag
def unsent_words() -> dict:
    return UNSENT_WORDS


@register.simple_tag
def take_words() -> dict:
    return TAKE_WORDS


@register.simple_tag
def finding_words() -> dict:
    return FINDING_WORDS
