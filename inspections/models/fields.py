"""How readings are stored."""

import json
import struct
import zlib
from collections.abc import Sequence
from decimal import Decimal

from django.db import models

from inspections.rules.readings import Beyond, stored_reading

# Bytes that how far a reading is above the least one takes, and the letter that `struct` has for so many.
_WIDTHS = {1: "B", 2: "H", 4: "I"}
_NOT_READ = 255
_RAW = -15  # deflate without the frame of zlib
_BEGINS_JSON = zlib.compress(b"")[:1]  # no digit and no minus, with which the other form begins


def pack(readings: Sequence[Decimal | None]) -> bytes:
    """Decimals exactly as they were read: 80 readings take about 100 bytes.

    As text the finest exponent, the least reading in that unit, and a width; then, deflated, how far each reading is above
    the least in bytes of that width, and of each how many decimal places it was written short of the finest. What does
    not fit into that is compressed JSON.
    """
    return _pack_steps(readings) or zlib.compress(
        json.dumps([None if r is None else str(r) for r in readings], separators=(",", ":")).encode()
    )


def _pack_steps(readings: Sequence[Decimal | None]) -> bytes | None:
    exponents = [None if r is None else r.as_tuple().exponent for r in readings]
    known = {exponent for exponent in exponents if isinstance(exponent, int)}
    if (
        not known
        or max(known) - min(known) >= _NOT_READ
        or any(r is not None and (isinstance(r, Beyond) or (not r and r.is_signed())) for r in readings)
    ):
        return None
    finest = min(known)
    steps = [0 if r is None else int(r.scaleb(-finest)) for r in readings]
    least, most = min(steps), max(steps)
    for width, letter in _WIDTHS.items():
        if most - least < 256**width:
            above = struct.pack(f"<{len(steps)}{letter}", *(step - least for step in steps))
            short = bytes(e - finest if isinstance(e, int) else _NOT_READ for e in exponents)
            return f"{finest},{least},{width};".encode() + zlib.compress(above + short, 9, _RAW)
    return None


def unpack(packed: bytes) -> list[Decimal | None]:
    if packed.startswith(_BEGINS_JSON):
        return [None if r is None else stored_reading(r) for r in json.loads(zlib.decompress(packed))]
    head, _semicolon, body = packed.partition(b";")
    finest, least, width = map(int, head.split(b","))
    body = zlib.decompress(body, _RAW)
    count = len(body) // (width + 1)
    steps = struct.unpack(f"<{count}{_WIDTHS[width]}", body[: count * width])
    return [
        None if short == _NOT_READ else Decimal((least + step) // 10**short).scaleb(finest + short)
        for step, short in zip(steps, body[count * width :], strict=True)
    ]


class ReadingsField(models.BinaryField):
    """A list of decimals (None: not read yet) in one column.

    A row per reading cost 113 KB an inspection, this a few KB; what SQL needs (count of nonconforming, minimum, maximum,
    mean, standard deviation) stands beside it in columns of its own.
    """

    def from_db_value(self, value, expression, connection):
        return None if value is None else unpack(bytes(value))

    def get_prep_value(self, value):
        return None if value is None else pack(value)

    def to_python(self, value):
        return value
