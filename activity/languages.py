"""Which of the texts that data holds a reader gets.

The interface speaks every language of the settings; data holds what people entered, in English and in Chinese. A reader
of a third language sees the pages in that and the data in English.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import get_language

# Words, or words whose language is chosen where they are shown.
if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = str | Promise


def pick(*, en: str, **others: str) -> str:
    """The text in the reader's language where there is one, else in English, else in whichever there is.

    `others` by their language without script or region: `pick(en=name, zh=name_zh)`.
    """
    language = (get_language() or "").split("-")[0]
    return others.get(language) or en or next(filter(None, others.values()), "")


def local_name(told: Mapping[str, Any]) -> str:
    """Of what carries `name` and `name_zh`."""
    return pick(en=told["name"], zh=told["name_zh"])
