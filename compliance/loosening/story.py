"""What happened to changes that ask less, in sentences."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from activity.story import ACCEPTED, WAITING, WARNING, Sentence, add_sentences
from compliance.loosening.words import papers_in_short, said_words


def _loosening(title: Callable[[], str], tone: str) -> Callable[[dict], Sentence]:
    def sentence(data: dict) -> Sentence:
        parts = [*said_words(data["said"]), data.get("reason", ""), papers_in_short(data["papers"])]
        return title(), " · ".join(filter(None, parts)), tone

    return sentence


add_sentences(
    {
        "loosening.asked": _loosening(lambda: _("Waits for a second signature"), WARNING),
        "loosening.signed": _loosening(
            lambda: _("Signed by a second person: these papers are needed no more"), WARNING
        ),
        "loosening.refused": _loosening(lambda: _("Refused: these papers stay needed"), ACCEPTED),
        "loosening.withdrawn": _loosening(lambda: _("Taken back: these papers stay needed"), WAITING),
    }
)
