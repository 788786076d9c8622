"""Photos for the demo, drawn: nobody's phone took them, and no file of them is kept here."""

from datetime import UTC, datetime
from io import BytesIO

from PIL import ExifTags, Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 1600, 1200
INK, STEEL, WATER, RED = "#16211c", "#b9c2c6", "#5f9bd1", "#b3261e"


def photo(kind: str, label: str, at: datetime) -> bytes:
    """A JPEG as a phone would send it. `kind` is one of DRAWINGS, `label` what the paper beside the kettle says."""
    image = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    image = Image.merge("RGB", [image.point(lambda level, top=top: top - level // 4) for top in (226, 219, 205)])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 900, WIDTH, HEIGHT), fill="#8a6f52")
    DRAWINGS[kind](draw)
    draw.rectangle((50, 1010, 400, 1150), fill="#fdfcf6", outline=INK, width=4)
    draw.text((80, 1040), label, fill=INK, font=ImageFont.load_default(70))
    exif = Image.Exif()
    taken_at: dict[int, str] = {
        ExifTags.Base.DateTimeOriginal: f"{at.astimezone(UTC):%Y:%m:%d %H:%M:%S}",
        ExifTags.Base.OffsetTimeOriginal: "+00:00",
    }
    exif.get_ifd(ExifTags.IFD.Exif).update(taken_at)
    file = BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.5)).save(file, "JPEG", quality=88, exif=exif)
    return file.getvalue()


def _kettle(draw: ImageDraw.ImageDraw, left: int = 560) -> None:
    draw.polygon(
        [(left, 930), (left + 90, 300), (left + 430, 300), (left + 520, 930)], fill="#f4f3ef", outline=INK, width=5
    )
    draw.polygon([(left + 60, 420), (left - 90, 330), (left + 75, 340)], fill="#e4e2db", outline=INK, width=5)
    draw.arc((left + 380, 330, left + 680, 820), -80, 85, fill=INK, width=46)
    draw.rectangle((left + 180, 255, left + 340, 305), fill=INK)
    draw.rectangle((left - 20, 930, left + 540, 985), fill="#3c4441")


def _gauge(draw: ImageDraw.ImageDraw) -> None:
    """A height gauge against the body: the pointer stands above the mark."""
    _kettle(draw)
    draw.rectangle((1250, 180, 1330, 985), fill=STEEL, outline=INK, width=4)
    for mark in range(22):
        draw.line((1250, 220 + 34 * mark, 1290 if mark % 5 else 1315, 220 + 34 * mark), fill=INK, width=4)
    draw.line((900, 262, 1330, 262), fill=RED, width=10)


def _leak(draw: ImageDraw.ImageDraw) -> None:
    """Water below the base."""
    _kettle(draw, left=420)
    draw.ellipse((480, 985, 1250, 1075), fill=WATER)
    for x, y in ((980, 900), (1010, 940), (955, 960)):
        draw.ellipse((x, y, x + 26, y + 44), fill=WATER)


def _scratch(draw: ImageDraw.ImageDraw) -> None:
    """The lid from above, scratched."""
    draw.ellipse((520, 120, 1300, 900), fill="#f4f3ef", outline=INK, width=6)
    draw.ellipse((820, 420, 1000, 600), fill=INK)
    for offset in (0, 38, 70):
        draw.line((610 + offset, 620, 790 + offset, 330), fill=RED, width=6)


def _box(draw: ImageDraw.ImageDraw) -> None:
    """An open box without a manual in it."""
    draw.polygon([(380, 420), (1180, 420), (1300, 880), (300, 880)], fill="#c69c6d", outline=INK, width=6)
    draw.polygon([(380, 420), (1180, 420), (1100, 260), (470, 260)], fill="#a98256", outline=INK, width=6)
    draw.rectangle((640, 520, 960, 780), outline="#7c5c38", width=8)


def _lid(draw: ImageDraw.ImageDraw) -> None:
    """A lid from above, without a mark."""
    draw.ellipse((180, 90, 900, 810), fill="#f4f3ef", outline=INK, width=6)
    draw.ellipse((460, 370, 620, 530), fill=INK)


def _two_kettles(draw: ImageDraw.ImageDraw) -> None:
    """A kettle beside another."""
    _kettle(draw, left=150)
    _kettle(draw, left=850)


def _scratched_lid(draw: ImageDraw.ImageDraw) -> None:
    """Another lid, nearer, with three scratches."""
    draw.ellipse((700, 60, 1560, 920), fill="#f4f3ef", outline=INK, width=6)
    for offset in (0, 60, 120):
        draw.line((900 + offset, 700, 1060 + offset, 480), fill=RED, width=8)


DRAWINGS = {
    "kettles": _two_kettles,
    "lid": _lid,
    "scratched_lid": _scratched_lid,
    "gauge": _gauge,
    "leak": _leak,
    "scratch": _scratch,
    "box": _box,
}
