"""Bring translations, database and static files up to date with the code; run before the processes start.

Safe to repeat, and quick where nothing changed. In demo mode it also makes the demo data, once.
"""

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from config import messages


def prepare() -> None:
    for locale in settings.LOCALE_PATHS:
        messages.compile_changed(Path(locale))
    django.setup()
    call_command("migrate", interactive=False)
    call_command("place_restored_events")
    call_command("createcachetable")
    call_command("load_markets")
    call_command("load_catalogue")
    collect_changed_static_files()
    if settings.DEMO:
        call_command("demo")


def collect_changed_static_files() -> None:
    """Hashing and compressing some hundred files takes seconds: only where one has changed."""
    record = Path(settings.STATIC_ROOT) / ".collected-from"
    fingerprint = _static_fingerprint()
    if record.exists() and record.read_text() == fingerprint:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    record.write_text(fingerprint)


def _static_fingerprint() -> str:
    """Of our own files by size and time, of everyone else's by the pinned requirements."""
    ours = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*") if path.is_file()]
    facts = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sorted(ours)]
    code = [settings.BASE_DIR / "requirements.txt", settings.BASE_DIR / "config" / "storage.py"]
    return hashlib.sha256("\n".join(facts + [path.read_text() for path in code]).encode()).hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    prepare()
