"""What was said about products, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.story import WAITING, Sentence, add_sentences
from compliance.loosening.words import papers_words, said_words


def _traits_answered(data: dict) -> Sentence:
    count = len(data["answers"])
    text = ngettext("%(count)s trait answered", "%(count)s traits answered", count) % {"count": count}
    return text, " · ".join(filter(None, [*said_words(data["said"]), papers_words(data["papers"])])), WAITING


add_sentences(
    {
        "traits.answered": _traits_answered,
        "product.identified": lambda data: (_("Model numbers and type set"), ", ".join(data["models"]), WAITING),
    }
)
