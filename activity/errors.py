"""Refusals. Each states the fact beside the rule that it keeps; pages show it on the form, the API by its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from activity.languages import Text


class RuleBroken(Exception):
    """A rule says no. `detail` says what, where and what to do next, in the reader's language; nothing was stored."""

    code = "rule_broken"
    status = 409
    retry_after = 0  # seconds, where it passes by itself
    detail: Text = _("This is not allowed now.")

    def __init__(self, detail: Text | None = None, **extra: Any) -> None:
        if detail is not None:
            self.detail = detail
        self.extra = extra
        super().__init__(self.detail)

    def __str__(self) -> str:
        return str(self.detail)


class NotAllowed(RuleBroken):
    """Yours to see, but not for you to do."""

    code = "not_allowed"
    status = 403
    detail = _("Your role does not allow this. Ask a colleague whose role does, or an administrator for another role.")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of the input. `field` is the path in the request: results.H1.readings.3"""

    field: str
    code: str
    detail: Text


class InvalidInput(RuleBroken):
    """One or more fields of the input cannot be used."""

    code = "invalid"
    status = 400
    detail = _("Some of the input cannot be used. Correct what is named and send it again.")

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__()
        self.errors = list(errors)

    @classmethod
    def one(cls, field: str, code: str, detail: Text) -> "InvalidInput":
        return cls([FieldError(field, code, detail)])

    def __str__(self) -> str:
        return " ".join(str(error.detail) for error in self.errors)
