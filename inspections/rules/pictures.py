"""Pictures as they come from phones: checked, turned upright, made smaller, freed of what they say about people. Pure."""

import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import BinaryIO

from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError
from pillow_heif import register_heif_opener

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# A 50-megapixel phone photo has 8160 x 6120; decoded whole, 64 million pixels take 192 MB.
MOST_PIXELS = 64_000_000
MOST_ON_A_SIDE = 20_000
LARGE, SMALL = 1600, 320
QUALITY = 82
# Two hashes at most so many bits apart show the same picture, saved again, made smaller or turned brighter.
SAME_WITHIN = 3
# A picture whose hash would rest on fewer grey levels than this (a wall, a lens cap) resembles every other such picture.
FLAT_BELOW = 16
# A camera's clock says nonsense before and after these.
YEARS = range(1900, 2200)
# Exif orientation -> what turns the picture upright
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

register_heif_opener()
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class PictureError(ValueError):
    """A file that is no usable picture. `code` says why: unreadable, too_many_pixels, damaged."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept of an upload: two upright JPEGs in sRGB without metadata, at most LARGE and SMALL pixels a side.

    `width` and `height` are those of the large one. `taken_at` is the camera's clock, naive where it told no offset.
    `hash` is the 64-bit difference hash as a signed number, None for a picture too flat to be told from others.
    """

    large: bytes
    small: bytes
    width: int
    height: int
    taken_at: datetime | None
    hash: int | None


def open_picture(file: BinaryIO) -> Image.Image:
    """The picture with only its header read. Raises PictureError before any pixel takes memory."""
    try:
        image = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError("too_many_pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError):
        raise PictureError("unreadable") from None
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_ON_A_SIDE:
        raise PictureError("too_many_pixels")
    if not width or not height:
        raise PictureError("unreadable")
    return image


def process(file: BinaryIO) -> Picture:
    """Decode the whole picture and make what is kept of it. Raises PictureError, also for a file that was cut off."""
    image = open_picture(file)
    orientation, taken_at = _exif_of(image)
    profile = image.info.get("icc_profile")
    try:
        large = _shrunk(image)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, Image.DecompressionBombError):
        raise PictureError("damaged") from None
    large = _in_srgb(large.transpose(TURNS[orientation]) if orientation in TURNS else large, profile)
    small = large.copy()
    small.thumbnail((SMALL, SMALL))
    return Picture(_jpeg(large), _jpeg(small), *large.size, taken_at, difference_hash(small))


def _shrunk(image: Image.Image) -> Image.Image:
    """The decoded picture within LARGE x LARGE; the draft mode of JPEG never decodes more than about twice of that."""
    ratio = min(1, LARGE / max(image.size))
    target = max(1, round(image.width * ratio)), max(1, round(image.height * ratio))
    image.draft("RGB", target)
    image.load()
    if image.has_transparency_data:
        image = _on_white(image, target)
    elif image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    elif image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    return image if image.size == target else image.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _on_white(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    """Reduced channel by channel where it is far too large, so that it is never in memory twice."""
    if image.mode != "RGBA":
        image = image.convert("RGBA")
    factor = min(image.width // target[0], image.height // target[1]) // 2
    if factor > 1:
        image = Image.merge("RGBA", [image.getchannel(band).reduce(factor) for band in "RGBA"])
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as a browser shows them once the profile is gone; a broken profile is passed over."""
    if profile and image.mode in ("RGB", "CMYK", "L"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted or image.convert("RGB")
    return image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    output = BytesIO()
    image.info.clear()
    image.save(output, "JPEG", quality=QUALITY, optimize=True, exif=b"")
    return output.getvalue()


def _exif_of(image: Image.Image) -> tuple[int, datetime | None]:
    """Orientation (1 is upright) and capture time."""
    try:
        exif = image.getexif()
        return exif.get(ExifTags.Base.Orientation, 1), capture_time(exif)
    except Exception:  # the parser has many ways to fail; a good picture is not refused for a broken note beside it
        return 1, None


def capture_time(exif: Image.Exif) -> datetime | None:
    """DateTimeOriginal with its offset (Exif 2.31); naive without one, None where it is missing or nonsense."""
    tags = exif.get_ifd(ExifTags.IFD.Exif)
    try:
        taken_at = datetime.strptime(str(tags[ExifTags.Base.DateTimeOriginal]).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except (KeyError, ValueError):
        return None
    if taken_at.year not in YEARS:
        return None
    offset = str(tags.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    with suppress(ValueError):
        sign = -1 if offset.startswith("-") else 1
        hours, minutes = offset.lstrip("+-").split(":")
        taken_at = taken_at.replace(tzinfo=timezone(sign * timedelta(hours=int(hours), minutes=int(minutes))))
    return taken_at


def difference_hash(image: Image.Image) -> int | None:
    """dHash: in a grey picture of 9 x 8, one bit per pixel that is brighter than its right neighbour.

    As a signed 64-bit number, first bit highest; None for a flat picture.
    """
    grey = image.convert("L").resize((9, 8), Image.Resampling.BOX)
    levels = grey.tobytes()
    if max(levels) - min(levels) < FLAT_BELOW:
        return None
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (levels[row * 9 + column] > levels[row * 9 + column + 1])
    return bits - (1 << 64) if bits >> 63 else bits
