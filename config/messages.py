"""Compile translations without GNU gettext, which a fresh machine lacks."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_changed(locale: Path) -> None:
    """Write the .mo beside every .po that is newer; readers never see half a file."""
    for source in locale.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        unfinished = target.with_suffix(".mo.new")
        with source.open("rb") as catalog, unfinished.open("wb") as output:
            write_mo(output, read_po(catalog))
        unfinished.replace(target)
