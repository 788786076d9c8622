"""Labels: what a person looks for on the photo. Nothing here judges a picture."""

from collections.abc import Iterable

# Fields of the catalogue that are about the paper, not about something printed on the label.
NOT_PRINTED = frozenset({"label_photo", "reviewer", "claims_found", "title", "bullets", "video_script"})


def elements_of(fields: Iterable[str]) -> list[str]:
    """The elements that have to be seen, of a requirement's fields, in their order."""
    return [name for name in fields if name not in NOT_PRINTED]
