"""What is wrong with one cell."""

from django.utils.translation import gettext as _

from imports.values import Fault, Formula


class CellError(ValueError):
    """What is wrong with one cell, in the reader's language. `value` is a word that somebody could explain."""

    def __init__(self, code: str, detail: str, value: str = ""):
        self.code, self.detail, self.value = code, detail, value
        super().__init__(detail)

    @classmethod
    def of(cls, cell: Formula | Fault) -> "CellError":
        """Of a cell that has nothing in it that could be read."""
        if isinstance(cell, Formula):
            return cls("formula", _("This is a formula whose result is not in the file. Paste it as a value."))
        return cls(
            "error_cell", _("This cell shows the error %(shown)s. Correct it in the file.") % {"shown": str(cell)}
        )
