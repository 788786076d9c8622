"""Pictures to test with, made by Pillow: no file of anybody's is kept with the tests."""

import random
import struct
import zlib
from io import BytesIO

from PIL import Image


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Patches of colour that run into each other; another seed is another picture."""
    dice = random.Random(seed)
    image = Image.new("RGB", (16, 12))
    image.putdata([tuple(dice.randrange(256) for _ in "rgb") for _ in range(16 * 12)])
    return image.resize(size, Image.Resampling.BICUBIC)


def encoded(image: Image.Image, format: str = "JPEG", **options) -> BytesIO:
    file = BytesIO()
    image.save(file, format, **options)
    file.seek(0)
    return file


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kB that claims to be that large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
