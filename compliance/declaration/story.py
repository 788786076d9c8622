"""What happened to declarations, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.story import WAITING, Sentence, add_sentences
from compliance.checklist.story import joined
from compliance.models import DeclarationKind


def _declared(data: dict) -> Sentence:
    kind = DeclarationKind(data["what"]).label
    lines = ngettext("%(count)s line", "%(count)s lines", data["lines"]) % {"count": data["lines"]}
    return _("Declaration %(number)s handed in") % {"number": data["number"]}, joined(str(kind), lines), WAITING


add_sentences({"declaration.made": _declared})
