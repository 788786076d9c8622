"""Pytest plugin: the PostgreSQL and Redis that the tests run on, and what is built before them.

Loaded with -p, so that it acts before Django reads its settings. The process that the user starts owns
the servers; the workers of pytest-xdist inherit its environment and so find everything named. Two runs in
one checkout take a folder each.
"""

import gc
import os
import subprocess
import sys
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path

import pytest

from config import embedded, messages, prepare, processes

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    if "PYTEST_XDIST_WORKER" in os.environ:
        return (yield)
    servers = ExitStack()
    early_config.add_cleanup(servers.close)
    folder, urls = _start(servers)
    os.environ.update(urls, DEMO="1", DATA_DIR=str(folder), API_WRITES="")
    # Beside what else is prepared; who needs it before it is there waits, and sees what goes wrong.
    template = subprocess.Popen([sys.executable, "-m", "tests.template"], cwd=ROOT, stderr=subprocess.DEVNULL)
    servers.callback(template.wait)
    messages.compile_changed(ROOT / "locale")
    result = yield  # Django is set up in here
    prepare.collect_changed_static_files()
    return result


def _start(servers: ExitStack) -> tuple[Path, dict[str, str]]:
    for number in count(1):
        folder = ROOT / "var" / f"test-{number}"
        with suppress(processes.FolderInUse):
            return folder, servers.enter_context(embedded.running(folder, durable=False))
    raise AssertionError  # count() does not end


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The one test of minutes first: at the end a single process would be left with it."""
    items.sort(key=lambda item: "tests/crash/" not in item.nodeid)


def pytest_collection_finish():
    """What was imported and collected stays: looking through it for garbage again and again is a quarter of the time."""
    gc.collect()
    gc.freeze()
