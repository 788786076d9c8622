"""What happened to imported files, in sentences."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.story import ACCEPTED, WAITING, Sentence, add_sentences


def _applied(data: dict) -> Sentence:
    rows = ngettext("%(count)s row", "%(count)s rows", data["rows"])
    count = number_format(data["rows"], use_l10n=True, force_grouping=True)
    return _("Import of “%(name)s” applied") % {"name": data["name"]}, rows % {"count": count}, ACCEPTED


def _left_out(data: dict) -> Sentence:
    rows = ngettext("%(count)s row left out", "%(count)s rows left out", len(data["lines"]))
    return _("Import of “%(name)s”") % {"name": data["name"]}, rows % {"count": len(data["lines"])}, WAITING


add_sentences({"import.applied": _applied, "import.rows_left_out": _left_out})
