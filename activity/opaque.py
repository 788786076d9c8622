"""Numbers of rows that leave the house: the same number gives the same text, which says nothing to who has no SECRET_KEY."""

from django.utils.crypto import constant_time_compare, salted_hmac

_ROUNDS = 6
_HALF = 32
_MASK = (1 << _HALF) - 1


def _digest(what: str, text: str) -> int:
    return int.from_bytes(salted_hmac("holdfast.opaque", f"{what}:{text}", algorithm="sha256").digest()[:4])


def hide(number: int) -> str:
    """Of a number from 0 to 2^63 - 1: a Feistel network over its 64 bits, and a check."""
    left, right = number >> _HALF, number & _MASK
    for turn in range(_ROUNDS):
        left, right = right, left ^ _digest(str(turn), str(right))
    hidden = f"{left:08x}{right:08x}"
    return f"{hidden}{_digest('check', hidden):08x}"


def reveal(text: str) -> int | None:
    """The number that was hidden; None for a text that `hide` did not make."""
    hidden, check = text[:16], text[16:]
    if len(text) != 24 or not constant_time_compare(f"{_digest('check', hidden):08x}", check):
        return None
    left, right = int(hidden[:8], 16), int(hidden[8:], 16)
    for turn in reversed(range(_ROUNDS)):
        left, right = right ^ _digest(str(turn), str(left)), left
    return left << _HALF | right
