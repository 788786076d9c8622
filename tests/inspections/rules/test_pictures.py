import random
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageEnhance

from inspections.rules.pictures import SAME_WITHIN, PictureError, difference_hash, open_picture, process
from tests.pictures import bomb, encoded, scene


def distance(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()


def metadata(orientation: int = 1, taken: str = "2026:11:20 10:11:12", offset: str = "+08:00") -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "A phone"
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.DateTimeOriginal: taken, ExifTags.Base.OffsetTimeOriginal: offset}
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (29.0, 52.0, 6.0), 3: "E", 4: (121.0, 32.0, 38.0)})
    return exif


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_format_becomes_two_jpegs_of_the_right_size(format):
    picture = process(encoded(scene(1, (1760, 1320)), format))

    large, small = Image.open(BytesIO(picture.large)), Image.open(BytesIO(picture.small))
    assert (large.format, large.size, small.format, small.size) == ("JPEG", (1600, 1200), "JPEG", (320, 240))
    assert (picture.width, picture.height) == (1600, 1200)


def test_a_small_picture_is_not_made_larger():
    picture = process(encoded(scene(1, (640, 480))))

    assert (picture.width, picture.height) == (640, 480)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright(orientation):
    """The upper left quarter is red as one sees it, however the camera was held."""
    seen = Image.new("RGB", (400, 300), "blue")
    seen.paste("red", (0, 0, 200, 150))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that the camera would have applied
    stored = seen.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else seen

    picture = process(encoded(stored, exif=metadata(orientation)))

    shown = Image.open(BytesIO(picture.large))
    reds = [shown.getpixel(at)[0] > 200 for at in ((100, 75), (300, 75), (100, 225), (300, 225))]
    assert (shown.size, reds) == ((400, 300), [True, False, False, False])


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_capture_time_is_kept_and_all_other_metadata_dropped(format):
    upload = encoded(scene(1), format, exif=metadata())
    assert 1 in Image.open(upload).getexif().get_ifd(ExifTags.IFD.GPSInfo)

    picture = process(upload)

    assert picture.taken_at == datetime(2026, 11, 20, 10, 11, 12, tzinfo=timezone(timedelta(hours=8)))
    for copy in (picture.large, picture.small):
        assert dict(Image.open(BytesIO(copy)).getexif()) == {}
        assert b"Exif" not in copy
        assert b"A phone" not in copy


@pytest.mark.parametrize(
    ("taken", "offset", "expected"),
    [
        ("2026:11:20 10:11:12", "", datetime(2026, 11, 20, 10, 11, 12)),  # noqa: DTZ001 the camera told no offset
        ("2026:11:20 10:11:12", "-03:30", datetime(2026, 11, 20, 13, 41, 12, tzinfo=UTC)),
        ("2026:11:20 10:11:12", "nonsense", datetime(2026, 11, 20, 10, 11, 12)),  # noqa: DTZ001
        ("0000:00:00 00:00:00", "", None),
        ("yesterday", "", None),
        ("0001:01:01 00:00:00", "+08:00", None),
        ("9999:12:31 23:59:59", "-08:00", None),
    ],
)
def test_capture_times_as_cameras_write_them(taken, offset, expected):
    assert process(encoded(scene(1), exif=metadata(taken=taken, offset=offset))).taken_at == expected


def test_a_picture_without_metadata_has_no_capture_time():
    assert process(encoded(scene(1))).taken_at is None


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_file_that_was_cut_off_is_refused(format):
    whole = encoded(scene(1, (1760, 1320)), format).getvalue()

    with pytest.raises(PictureError) as refusal:
        process(BytesIO(whole[: len(whole) // 2]))

    assert refusal.value.code in {"damaged", "unreadable"}


def test_a_jpeg_that_was_cut_off_passes_the_look_at_its_header():
    whole = encoded(scene(1, (1760, 1320))).getvalue()

    assert open_picture(BytesIO(whole[: len(whole) // 2])).size == (1760, 1320)
    with pytest.raises(PictureError, match="damaged"):
        process(BytesIO(whole[: len(whole) // 2]))


def test_a_decompression_bomb_is_refused_by_its_header():
    content = bomb(30_000, 30_000)
    assert len(content) < 20_000

    with pytest.raises(PictureError, match="too_many_pixels"):
        open_picture(BytesIO(content))


@pytest.mark.parametrize("size", [(8001, 8001), (20_001, 10), (13_000, 13_000)])
def test_more_pixels_than_we_take_are_refused(size):
    with pytest.raises(PictureError, match="too_many_pixels"):
        open_picture(BytesIO(bomb(*size)))


def test_a_phone_photo_of_50_megapixels_is_fine():
    assert open_picture(BytesIO(bomb(8160, 6120))).size == (8160, 6120)


@pytest.mark.parametrize(
    "content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"GIF89a" + bytes(50)]
)
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(PictureError, match="unreadable"):
        open_picture(BytesIO(content))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_can_be_processed(mode):
    image = (
        scene(1, (400, 300)).convert("L").point(lambda level: level * 256, "I").convert("I;16")
        if mode == "I;16"
        else scene(1, (400, 300)).convert(mode)
    )

    shown = Image.open(BytesIO(process(encoded(image, "PNG")).large)).convert("L")

    expected = scene(1, (400, 300)).convert("L").resize((4, 3), Image.Resampling.BOX).tobytes()
    got = shown.resize((4, 3), Image.Resampling.BOX).tobytes()
    assert max(abs(a - b) for a, b in zip(got, expected, strict=True)) <= 12


def test_what_is_transparent_becomes_white():
    image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))

    assert Image.open(BytesIO(process(encoded(image, "PNG")).large)).getpixel((200, 150)) == (255, 255, 255)


def test_a_cmyk_jpeg_can_be_processed():
    shown = Image.open(BytesIO(process(encoded(Image.new("RGB", (400, 300), "red").convert("CMYK"))).large))

    assert shown.mode == "RGB"
    assert shown.getpixel((200, 150))[0] > 200


SAVED_AGAIN = {
    "worse": lambda image: encoded(image, quality=30),
    "smaller": lambda image: encoded(image.resize((1080, 810)), quality=60),
    "as png": lambda image: encoded(image.resize((800, 600)), "PNG"),
    "as webp": lambda image: encoded(image, "WEBP", quality=50),
    "brighter": lambda image: encoded(ImageEnhance.Brightness(image).enhance(1.2)),
}


@pytest.mark.parametrize("how", SAVED_AGAIN)
def test_a_picture_saved_again_is_recognised(how):
    image = scene(1, (1760, 1320))

    assert distance(process(encoded(image)).hash, process(SAVED_AGAIN[how](image)).hash) <= SAME_WITHIN


def test_other_pictures_are_not_taken_for_the_same():
    hashes = [process(encoded(scene(seed))).hash for seed in range(40)]

    nearest = min(distance(one, other) for i, one in enumerate(hashes) for other in hashes[:i])
    assert nearest > 2 * SAME_WITHIN


def test_a_flat_picture_has_no_hash():
    wall = Image.new("L", (640, 480), 120)
    wall.paste(126, (0, 0, 320, 480))

    assert process(encoded(wall)).hash is None


def test_the_hash_fits_a_signed_64_bit_column():
    falling = Image.linear_gradient("L").rotate(-90)
    assert difference_hash(falling) == -1
    assert difference_hash(falling.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) == 0


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, about metadata
def test_noise_of_bytes_never_breaks_out():
    """Whatever comes, it is a picture or a PictureError."""
    dice = random.Random(7)
    whole = {
        format: encoded(scene(1), format, exif=metadata()).getvalue() for format in ("JPEG", "PNG", "WEBP", "HEIF")
    }
    outcomes = set()
    for _ in range(200):
        content = bytearray(whole[dice.choice(list(whole))])
        for _ in range(dice.choice([1, 3, 30])):
            content[dice.randrange(len(content))] = dice.randrange(256)
        try:
            process(BytesIO(bytes(content)))
            outcomes.add("picture")
        except PictureError as error:
            outcomes.add(error.code)
    assert outcomes >= {"picture", "damaged"}
