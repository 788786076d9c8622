"""Write the initial migration of every app anew, from its models: `make initial-migrations`.

For as long as nobody has a database to keep. What an initial migration ends with beside the tables (rules, rows and the
apps whose tables these need) stays as it is; what later migrations did beside changing tables has to move there first.
"""

import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

MARK = "\n\n# What makemigrations does not write"
ENDING = f"""{MARK}; docs/how-to/change-the-schema.md says how to renew what is above.
from activity.tables_at_once import TablesAtOnce

Migration.operations = [TablesAtOnce(Migration.operations)]
"""


def renew() -> None:
    folders = {
        config.label: Path(config.path) / "migrations"
        for config in apps.get_app_configs()
        if Path(config.path).parent == Path(settings.BASE_DIR)
    }
    endings = {label: _ending_of(folder / "0001_initial.py") for label, folder in folders.items()}
    for folder in folders.values():
        for path in folder.glob("[0-9]*.py"):
            path.unlink()
    call_command("makemigrations", *folders, include_header=False, verbosity=0)
    for label, folder in folders.items():
        written = sorted(path.name for path in folder.glob("[0-9]*.py"))
        if written not in ([], ["0001_initial.py"]):
            sys.exit(f"{label} needs {' and '.join(written)}: apps refer to each other in a circle.")
        for name in written:
            text = (folder / name).read_text(encoding="utf-8").replace("datetime.timezone.utc", "datetime.UTC")
            (folder / name).write_text(text + endings[label], encoding="utf-8")


def _ending_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return MARK + text.partition(MARK)[2] if MARK in text else ENDING


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    renew()
