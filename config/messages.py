"""Translations: compiled without GNU gettext, which a fresh machine lacks, and checked for gaps with it.

`python -m config.messages` names every gap in the catalogues, and every language of the settings that has none, and fails
where there is one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import to_locale

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = "*/LC_MESSAGES/*.po"


def compile_changed(locale: Path) -> None:
    """Write the .mo beside every .po that is newer; readers never see half a file."""
    for source in locale.glob(CATALOGUES):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        unfinished = target.with_suffix(".mo.new")
        with unfinished.open("wb") as output:
            write_mo(output, _read(source))
        unfinished.replace(target)


def gaps(catalogue: Catalog, extracted: Catalog) -> Iterator[str]:
    """What a catalogue lacks of the messages extracted from the code, and what it has beyond them."""
    present, wanted = _by_key(catalogue), _by_key(extracted)
    for key in wanted.keys() - present.keys():
        yield f"not in the catalogue: {key}"
    for key, message in present.items():
        if key not in wanted:
            yield f"used nowhere: {key}"
        if message.fuzzy:
            yield f"fuzzy: {key}"
        translations = message.string if isinstance(message.string, tuple | list) else [message.string]
        if not all(translations):
            yield f"not translated: {key}"
        for error in message.check(catalogue):
            yield f"{error}: {key}"


def unmatched(languages: Iterable[str], locale: Path) -> Iterator[str]:
    """The languages (as the settings write them) without a catalogue, and the catalogues without a language."""
    wanted, present = set(map(to_locale, languages)), {path.parent.parent.name for path in locale.glob(CATALOGUES)}
    for name in sorted(wanted - present):
        yield f"{name}: no catalogue for a language of the settings"
    for name in sorted(present - wanted):
        yield f"{name}: a catalogue for no language of the settings"


def extract(locale_name: str) -> Catalog:
    """The messages of the code as it stands, by Django's makemessages in a copy that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "var", "*.po", "*.mo", "tests", "bench"))
        command = [sys.executable, "manage.py", "makemessages", "--locale", locale_name, "--verbosity", "0"]
        subprocess.run(command, cwd=copy, check=True)
        return _read(copy / "locale" / locale_name / "LC_MESSAGES" / "django.po")


def _by_key(catalogue: Catalog) -> dict[str, Message]:
    """Messages by what tells them apart: context and (singular) text."""
    return {
        " | ".join(
            filter(None, [message.context, message.id if isinstance(message.id, str) else message.id[0]])
        ): message
        for message in catalogue
        if message.id
    }


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def main() -> None:
    if not shutil.which("xgettext"):
        sys.exit("Checking translations needs GNU gettext (Debian: apt install gettext).")
    catalogues = sorted((ROOT / "locale").glob(CATALOGUES))
    if not catalogues:
        sys.exit("There is no catalogue under locale/.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    translated = set(dict(settings.LANGUAGES)) - {settings.LANGUAGE_CODE}
    found = list(unmatched(translated, ROOT / "locale")) + [
        f"{path.relative_to(ROOT)}: {gap}"
        for path in catalogues
        for gap in gaps(_read(path), extract(path.parent.parent.name))
    ]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
