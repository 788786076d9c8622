"""Bring translations, database and static files up to date with the code; run before the processes start.

Safe to repeat, and quick where nothing changed. In demo mode it also makes the demo data, once.
"""

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config import messages

ADDRESS = {"dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey"}
HASHED = re.compile(r"\.[0-9a-f]{12}\.")
SECONDS_KEPT = 30 * 24 * 3600


def prepare() -> None:
    for locale in settings.LOCALE_PATHS:
        try:
            messages.compile_changed(Path(locale))
        except PermissionError as error:
            sys.exit(
                f"{error.filename} cannot be written by this user. Whoever owns the code compiles the translations first: "
                f"pybabel compile --domain django --directory {locale}"
            )
    django.setup()
    collect_changed_static_files()
    with alone():
        call_command("migrate", interactive=False)
        call_command("place_restored_events")
        call_command("createcachetable")
        call_command("load_markets")
        call_command("load_catalogue")
        if settings.DEMO:
            call_command("demo")


@contextmanager
def alone() -> Iterator[None]:
    """Of several machines that are brought up to date at once, one does it and the others wait, and find nothing to do.

    On a connection of its own, which Django does not close meanwhile. A pooler that hands connections on would lose it.
    """
    address = {name: value for name, value in connection.get_connection_params().items() if name in ADDRESS}
    with psycopg.connect(**address, autocommit=True) as waiting:
        waiting.execute("SELECT pg_advisory_lock(hashtext('holdfast: prepare'))")
        yield


def collect_changed_static_files() -> None:
    """Hashing and compressing some hundred files takes seconds: only where one has changed."""
    record = Path(settings.STATIC_ROOT) / ".collected-from"
    fingerprint = _static_fingerprint()
    if record.exists() and record.read_text() == fingerprint:
        return
    if (record.parent / "staticfiles.json").exists() and not os.access(record.parent, os.W_OK):
        return  # they came with the image
    call_command("collectstatic", interactive=False, verbosity=0)
    record.write_text(fingerprint)
    forget_old_static_files()


def forget_old_static_files() -> None:
    """What no page has named for a month. Until then pages that are open, processes that still run and proxies ask for it."""
    root = Path(settings.STATIC_ROOT)
    listed = json.loads((root / "staticfiles.json").read_text())["paths"]
    named = {path for pair in listed.items() for path in pair}
    for path in root.rglob("*"):
        is_named = str(path.relative_to(root)).removesuffix(".gz").removesuffix(".br") in named
        is_old = path.is_file() and time.time() - path.stat().st_mtime > SECONDS_KEPT
        if is_old and not is_named and HASHED.search(path.name):
            path.unlink()


def _static_fingerprint() -> str:
    """Of our own files by size and time, of everyone else's by the pinned requirements."""
    ours = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*") if path.is_file()]
    facts = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sorted(ours)]
    code = [settings.BASE_DIR / "requirements.txt", settings.BASE_DIR / "config" / "storage.py"]
    return hashlib.sha256("\n".join(facts + [path.read_text() for path in code]).encode()).hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    prepare()
