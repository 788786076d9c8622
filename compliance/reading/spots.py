"""Where on a page something is printed: boxes to mark it by and to cut its picture out.

A word is (text, left, top, right, bottom), a box the last four of these: fractions of the page as it is seen, from its left
upper corner.
"""

import unicodedata
from collections.abc import Sequence

Box = tuple[float, float, float, float]
Word = tuple[str, float, float, float, float]
LONGEST_GAP = 0.05  # of the width of a page, between two words of one mark


def boxes_of(printed: str, quote: str, words: Sequence[Word]) -> list[Box]:
    """One box a line around `printed` where it stands in the line `quote`, else around the line; empty where neither does.

    Only letters and digits are compared: spaces, hyphens and full-width forms differ between a file and its text.
    """
    letters: list[str] = []
    owners: list[int] = []
    for place, word in enumerate(words):
        for letter in _plain(word[0]):
            letters.append(letter)
            owners.append(place)
    text, wanted, line = "".join(letters), _plain(printed), _plain(quote)
    start = text.find(line) if line else -1
    if wanted:
        within = line.find(wanted) if start >= 0 else -1
        begins = start + within if within >= 0 else text.find(wanted) if start < 0 else -1
        if begins >= 0:
            return _lines([words[place] for place in dict.fromkeys(owners[begins : begins + len(wanted)])])
    return _lines([words[place] for place in dict.fromkeys(owners[start : start + len(line)])]) if start >= 0 else []


def around(boxes: Sequence[Box], *, margin: float = 0.02) -> Box | None:
    """The part of a page that shows these boxes with something around them; None without any."""
    if not boxes:
        return None
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return max(0.0, left - 4 * margin), max(0.0, top - margin), min(1.0, right + 4 * margin), min(1.0, bottom + margin)


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def _lines(words: Sequence[Word]) -> list[Box]:
    """Words that follow each other on a line, as one box."""
    boxes: list[Box] = []
    for _text, left, top, right, bottom in words:
        if boxes:
            one = boxes[-1]
            is_level = min(bottom, one[3]) - max(top, one[1]) > (bottom - top) / 2
            if is_level and -LONGEST_GAP <= left - one[2] <= LONGEST_GAP:
                boxes[-1] = min(left, one[0]), min(top, one[1]), max(right, one[2]), max(bottom, one[3])
                continue
        boxes.append((left, top, right, bottom))
    return boxes
