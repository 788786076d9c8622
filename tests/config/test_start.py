"""What no process loads before it needs it."""

import subprocess
import sys

from tests.servers import ROOT

# Half of what each start took once, of web, worker, beat and every command.
HEAVY = ["coloraide", "openpyxl", "py3langid", "pypdf", "pypdfium2", "scipy.optimize", "scipy.special", "scipy.stats"]
START = f"""
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
import config.celery, config.urls, config.wsgi
print([name for name in {HEAVY} if name in sys.modules])
"""


def test_what_few_requests_need_is_loaded_by_them():
    command = [sys.executable, "-W", "ignore", "-c", START]
    started = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True)

    assert started.stdout == "[]\n"
