"""The race of handing an inspection in and marking something critical, at random moments, in a real browser on a slow line.

`python bench/handing_in.py [ROUNDS]` (200 unless said). After each round R1 is asked by SQL; see tests/browser/test_race.py.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    rounds = sys.argv[1] if len(sys.argv) > 1 else "200"
    command = [sys.executable, "-m", "pytest", "tests/browser/test_race.py", "-q", "--durations=1", "--timeout=0"]
    sys.exit(subprocess.run(command, cwd=ROOT, env=os.environ | {"RACES": rounds}, check=False).returncode)
