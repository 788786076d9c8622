"""What happened, in sentences of the reader's language.

Each feature's `story` module registers the sentences of its kinds of event; pages, mails and the API ask for them here.
"""

from collections.abc import Callable, Iterable, Mapping

from activity.models import Event

# The tones of the look: what a colour and a shape say beside the words.
ACCEPTED, STOPPED, WARNING, WAITING, WAIVED = "accepted", "stopped", "warning", "waiting", "waived"
# Title, detail, tone.
Sentence = tuple[str, str, str]
Sentences = Mapping[str, Callable[[dict], Sentence]]

_sentences: dict[str, Callable[[dict], Sentence]] = {}
_told_elsewhere: set[str] = set()
_for_suppliers: set[str] = set()


def add_sentences(
    sentences: Sentences, *, told_elsewhere: Iterable[str] = (), for_suppliers: Iterable[str] = ()
) -> None:
    """Kind of event -> its sentence from its data.

    `told_elsewhere` are kinds that only their own page tells, `for_suppliers` those that concern the supplier of a batch.
    """
    _sentences.update(sentences)
    _told_elsewhere.update(told_elsewhere)
    _for_suppliers.update(for_suppliers)


def event_sentence(event: Event) -> Sentence:
    """(title, detail, tone) of an event for a timeline; a kind without words of its own shows its name."""
    sentence = _sentences.get(event.kind)
    return sentence(event.data) if sentence else (event.kind, "", WAITING)


def kinds_told_elsewhere() -> list[str]:
    """Steps within something that has a page of its own."""
    return sorted(_told_elsewhere)


def kinds_for_suppliers() -> list[str]:
    """What of the story of a batch its supplier may read (R5)."""
    return sorted(_for_suppliers)
