"""Draws the icons of the application on a phone: `python -m config.icons` writes them to static/img/.

The same padlock with a tick as favicon.svg, on its grid of 32 units.
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "static/img"
BRAND, WHITE = "#0f5c4a", "#ffffff"
OVERSAMPLED = 4


def draw(size: int, *, inset: float = 0, rounded: bool = True) -> Image.Image:
    """`inset` is what stays free at each side, as a share: a mask may cut off the outer fifth."""
    side = size * OVERSAMPLED
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=side / 4 if rounded else 0, fill=BRAND)
    unit = side * (1 - 2 * inset) / 32
    edge = side * inset

    def at(*places: float) -> list[float]:
        return [edge + unit * place for place in places]

    width = round(2.4 * unit)
    half = 1.2
    pen.arc(at(10 - half, 5 - half, 22 + half, 17 + half), 180, 360, fill=WHITE, width=width)
    for x in (10, 22):
        pen.rectangle(at(x - half, 11, x + half, 14), fill=WHITE)
    pen.rounded_rectangle(at(7.5 - half, 14 - half, 24.5 + half, 25 + half), half * unit, outline=WHITE, width=width)
    tick = [tuple(at(12.5, 19.5)), tuple(at(15, 22)), tuple(at(19.5, 17.5))]
    pen.line([each for point in tick for each in point], fill=WHITE, width=width, joint="curve")
    for left, top in tick:
        pen.ellipse((left - width / 2, top - width / 2, left + width / 2, top + width / 2), fill=WHITE)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    for name, size in (("icon-192", 192), ("icon-512", 512)):
        draw(size).save(FOLDER / f"{name}.png", optimize=True)
    draw(512, inset=0.1, rounded=False).save(FOLDER / "icon-mask.png", optimize=True)
    draw(180, inset=0.05, rounded=False).convert("RGB").save(FOLDER / "icon-touch.png", optimize=True)


if __name__ == "__main__":
    main()
