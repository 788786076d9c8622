"""What a text may hold, and how it leaves in a file: one home for every door."""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# What XML 1.0 cannot hold, PostgreSQL cannot store or no screen shows: controls but tab and line ends, half characters; and
# what turns the direction of what follows, so that a name is read as another.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
# What ends a line.
_LINE_END = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]")
NOT_TEXT = _("Take out the control characters: they are seen by nobody, and break files made of it.")
ONE_LINE = _("Write it on one line, without tabs.")


def has_control(text: str) -> bool:
    return _CONTROL.search(text) is not None


# Seen by nobody: those of activity/looks.py but for what joins letters or picks among their shapes.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u206f\u3164\uffa0\ufff9-\ufffb\U000e0001-\U000e007f]"
)


def has_unseen(text: str) -> bool:
    """Whether it holds what nobody sees, or what turns its direction: a name with it is read as another."""
    return has_control(text) or _UNSEEN.search(text) is not None


def has_line_end(text: str) -> bool:
    return _LINE_END.search(text) is not None


def require_text(value: Any) -> None:
    """A validator of forms. Raises ValidationError for a text with control characters."""
    if isinstance(value, str) and has_control(value):
        raise ValidationError(NOT_TEXT, code="control_character")


def one_line(text: str) -> str:
    """A code or a word as it is compared and kept, where it is made as well as where it is looked up: on one line, in the
    plain forms of its characters (NFKC: Ⅱ is II, Ｌ is L), without what nobody sees, and with one kind of hyphen."""
    if text.isascii():
        return " ".join(text.split())
    plain = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    return " ".join(re.sub("[\u2010\u2011]|(?<=\\w)[\u2012-\u2015\u2212](?=\\w)", "-", plain).split())


def has_changed_digits(text: str) -> bool:
    """Whether it has signs that stand for another number than their plain digits would: 10² is not 102, ½ is not 1/2."""
    return not text.isascii() and any(unicodedata.category(each) in ("No", "Nl") for each in text)


def cleaned(text: str) -> str:
    """A stored text as a file can hold it: what was stored before it was refused is shown as a replacement character."""
    return _CONTROL.sub("\ufffd", text)


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, whatever stands before the sign and however wide it is written."""
    text = cleaned(text)
    bare = text.lstrip(
        "".join({one for one in text if unicodedata.category(one)[0] in "ZC" or one in "\ufffd'\u2018\u2019\""})
    )
    begins = unicodedata.normalize("NFKC", bare[:1])[:1]
    return f"'{text}" if begins in set("=+-@|%\u2212") or text[:1] in set("\t\r\n") else text
