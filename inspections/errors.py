"""Refusals that more than one service gives."""

from activity.errors import FieldError, InvalidInput, NotAllowed
from inspections.sampling import SamplingError
from inspections.sampling_words import error_sentence


def from_sampling(error: SamplingError, prefix: str = "") -> InvalidInput:
    """A SamplingError in the reader's language, naming the field below `prefix`."""
    field = ".".join(part for part in (prefix, error.field) if part)
    return InvalidInput([FieldError(field, error.code, error_sentence(error))])


def require(actor, permission: str) -> None:
    """Raises NotAllowed unless a role of the actor has the permission."""
    if not actor.has_perm(permission):
        raise NotAllowed
