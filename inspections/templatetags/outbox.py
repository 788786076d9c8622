"""The words of the scripts that are on every page: base.html is below the room that has them."""

from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import json_script
from django.utils.safestring import SafeString

from inspections.offline.words import FINDING_WORDS, OUTBOX_WORDS, TAKE_WORDS, UNSENT_WORDS

register = template.Library()


class PlainEncoder(DjangoJSONEncoder):
    """Letters as they are: Chinese as \\uXXXX is twice as long on a page, and a tenth of a page on its way to a phone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": False})


@register.filter(is_safe=True)
def words_script(words: dict, element_id: str) -> SafeString:
    """`json_script` for sentences."""
    return json_script(words, element_id, PlainEncoder)


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
