"""Submissions and criticals sent 0 to 20 ms apart, and kill -9 of everything while late findings arrive, as often as it takes to
believe it: the tests of the suite with more rounds. `python bench/kills.py [--races 500] [--kills 100]`
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=500)
    parser.add_argument("--kills", type=int, default=100)
    asked = parser.parse_args()
    tests = ["tests/inspections/finding/test_races.py", "tests/crash"]
    environment = os.environ | {"RACE_ROUNDS": str(asked.races), "KILLS": str(asked.kills)}
    environment["PROCESS_KILLS"] = str(2 * asked.kills)
    command = [sys.executable, "-m", "pytest", *tests, "-q", "-s", "--timeout=7200"]
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)
