"""Refusals that more than one service gives."""

from activity.errors import FieldError, InvalidInput
from inspections.sampling import SamplingError
from inspections.sampling_words import error_sentence, scheme_label


def from_sampling(error: SamplingError, prefix: str = "") -> InvalidInput:
    """A SamplingError of a scheme in the reader's language, at the field below `prefix` and naming it by its label."""
    field = ".".join(part for part in (prefix, error.field) if part)
    return InvalidInput(
        [FieldError(field, error.code, error_sentence(error, {error.field: scheme_label(error.field)}))]
    )
