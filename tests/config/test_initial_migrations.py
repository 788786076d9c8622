"""The initial migrations can be written anew at any time; tried on a copy of the code."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config.initial_migrations import ENDING, MARK

ROOT = Path(settings.BASE_DIR)
APPS = sorted(path.parent.name for path in ROOT.glob("*/migrations"))


@pytest.fixture
def copy(tmp_path):
    for name in ["config", "templates", "static", *APPS]:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess:
    environment = os.environ | {
        "SECRET_KEY": "offline",
        "DEMO": "1",
        "DATABASE_URL": "postgresql:///none?host=/nonexistent",
        "PYTHONWARNINGS": "ignore::RuntimeWarning",
    }
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def initials(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.glob("*/migrations/[0-9]*.py")}


def end(text: str) -> str:
    return text.partition(MARK)[2]


def test_they_are_written_anew_from_the_models_and_keep_their_ends(copy):
    (copy / "suppliers/migrations/0099_later.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        "    dependencies = [('suppliers', '0001_initial')]\n"
    )
    imports = copy / "imports/migrations/0001_initial.py"
    imports.write_text(imports.read_text().partition(MARK)[0])

    renewing = run(copy, "-m", "config.initial_migrations")

    assert (renewing.returncode, renewing.stderr) == (0, "")
    assert set(initials(copy)) == {f"{app}/migrations/0001_initial.py" for app in APPS}
    assert {name: end(text) for name, text in initials(copy).items()} == {
        f"{app}/migrations/0001_initial.py": end((ROOT / app / "migrations/0001_initial.py").read_text())
        for app in APPS
    }
    assert imports.read_text().endswith(ENDING)
    checking = run(copy, "manage.py", "makemigrations", "--check", "--dry-run")
    assert (checking.returncode, checking.stdout) == (0, "No changes detected\n")
