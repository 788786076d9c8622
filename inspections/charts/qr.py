"""QR codes as SVG. Pure."""

import segno


def qr_code(text: str) -> str:
    """The address of an SVG, black on white whatever the theme: cameras need the contrast."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, dark="#000", light="#fff")
