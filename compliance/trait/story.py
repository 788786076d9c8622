"""What was said about products, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.languages import pick
from activity.story import WAITING, Sentence, add_sentences
from compliance.loosening.words import papers_words, said_words


def _traits_answered(data: dict) -> Sentence:
    count = len(data["answers"])
    text = ngettext("%(count)s trait answered", "%(count)s traits answered", count) % {"count": count}
    return text, " · ".join(filter(None, [*said_words(data["said"]), papers_words(data["papers"])])), WAITING


def _traits_asked(data: dict) -> Sentence:
    names = ", ".join(pick(en=one["name"], zh=one["name_zh"]) for one in data["traits"])
    return _("The supplier was asked about the product"), names, WAITING


add_sentences(
    {
        "traits.asked": _traits_asked,
        "traits.said": lambda data: (
            _("The supplier says about the product"),
            " · ".join(said_words(data["said"])),
            WAITING,
        ),
        "traits.answered": _traits_answered,
        "product.identified": lambda data: (_("Model numbers and type set"), ", ".join(data["models"]), WAITING),
    }
)
