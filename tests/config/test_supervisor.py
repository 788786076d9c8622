"""The supervisor with small programs in place of web, worker and beat, as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from config import processes, supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
CHILD = """
import os, signal, sys, time
def end(*_):
    print("bye", flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("up", os.getpid(), flush=True)
time.sleep(600)
"""
# Signals do as in a terminal, whatever runs the tests: under nohup an ignored SIGHUP is inherited, and stays ignored.
SUPERVISOR = """
import os, signal, sys
from pathlib import Path
from config import processes
from config.supervisor import Command, Supervisor
record, child, *options = sys.argv[1:]
signal.signal(signal.SIGHUP, signal.SIG_DFL)
if "end-with-parent" in options:
    processes.end_with_parent()
with Supervisor(Path(record)) as supervisor:
    for name in ("first", "second"):
        supervisor.start(Command(name, [sys.executable, "-c", child], env=dict(os.environ)))
    supervisor.keep_running(meanwhile=lambda: None)
"""


@pytest.fixture
def start(tmp_path):
    """Starts a supervisor of two children; ended with the test."""
    started = []

    def start_one(child=CHILD):
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, tmp_path / "record", child], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def _pids(process, *names):
    """Reads the children's greetings; their numbers in the order of the names."""
    pids = {}
    while not pids.keys() >= set(names):
        name, _, text = process.stdout.readline().partition("|")
        if text.startswith(" up "):
            pids[name.strip()] = int(text.split()[1])
    return [pids[name] for name in names]


def _has_ended(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _all_end(pids):
    return processes.wait_until(lambda: all(map(_has_ended, pids)), seconds=10)


@pytest.mark.parametrize("number", supervisor.STOP_SIGNALS)
def test_a_signal_stops_the_children_in_reverse_order(start, tmp_path, number):
    process = start()
    pids = _pids(process, "first", "second")

    process.send_signal(number)

    assert process.stdout.read().splitlines() == [
        "holdfast | stopping second",
        "second   | bye",
        "holdfast | stopping first",
        "first    | bye",
    ]
    assert process.wait(10) == 0
    assert _all_end(pids)
    assert not (tmp_path / "record").exists()


def test_a_child_that_dies_is_started_again_and_the_others_stay(start):
    process = start()
    first, second = _pids(process, "first", "second")

    os.kill(first, signal.SIGKILL)

    assert process.stdout.readline() == "holdfast | first ended with signal 9; starting it again in 1 s\n"
    assert _pids(process, "first") != [first]
    assert not _has_ended(second)


def test_a_child_that_keeps_dying_is_started_less_and_less_often(start):
    process = start(child="import sys; sys.exit(3)")

    lines = [process.stdout.readline() for _ in range(4)]

    assert sorted(lines) == [
        f"holdfast | {name} ended with code 3; starting it again in {pause} s\n"
        for name in ("first", "second")
        for pause in (1, 2)
    ]


def test_a_child_with_much_to_say_at_the_end_is_heard_out(start):
    process = start(child=CHILD.replace('"bye"', '"bye " * 100_000'))
    _pids(process, "first", "second")

    process.terminate()

    said = process.stdout.read()
    assert said.count("bye ") == 200_000
    assert process.wait(10) == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the next start ends them")
def test_the_children_of_a_supervisor_killed_with_9_end(start):
    process = start()
    pids = _pids(process, "first", "second")

    process.kill()

    assert _all_end(pids)


def test_what_a_killed_supervisor_left_running_is_ended_by_the_next(tmp_path):
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True) as leftover:
        leftover.stdout.readline()
        record = tmp_path / "record"
        record.write_text(json.dumps({leftover.pid: psutil.Process(leftover.pid).create_time()}))

        supervisor.end_leftovers(record)

        assert leftover.stdout.read() == "bye\n"


def test_a_process_that_merely_has_the_number_of_an_earlier_child_is_spared(tmp_path):
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True) as stranger:
        stranger.stdout.readline()
        record = tmp_path / "record"
        record.write_text(json.dumps({stranger.pid: psutil.Process(stranger.pid).create_time() - 1}))

        supervisor.end_leftovers(record)

        assert stranger.poll() is None
        stranger.terminate()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a process that its parent ended")
def test_the_supervisor_stops_when_make_is_killed_with_9(tmp_path):
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "record"), CHILD, "end-with-parent"]
    parent = f"import subprocess; subprocess.run({command})"
    with subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True) as make:
        pids = _pids(make, "first", "second")
        make.kill()

        assert "holdfast | stopping first\n" in make.stdout.readlines()
    assert _all_end(pids)


def test_a_failed_step_stops_the_start_and_what_was_started(tmp_path):
    script = SUPERVISOR.replace(
        "keep_running(meanwhile=lambda: None)", "run_to_end(Command('step', ['false'], env={}))"
    )
    process = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "record", CHILD],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == 1
    assert process.stderr.splitlines()[-1] == "config.supervisor.StepFailed: step failed; the reason is above."
    assert "holdfast | stopping first" in process.stdout.splitlines()


def _run_holdfast(tmp_path, **env):
    return subprocess.run(
        [sys.executable, "-m", "config"],
        cwd=ROOT, env=os.environ | {"DATA_DIR": str(tmp_path)} | env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_port_already_taken_is_said_plainly_and_nothing_is_started(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = _run_holdfast(tmp_path, PORT=str(port))

    assert process.returncode == 1
    assert process.stderr == (
        f"Port {port} is taken by another program, or not yours to take. "
        f"Stop that program, or choose another port: make run PORT={port + 1}\n"
    )
    assert process.stdout == ""


@pytest.mark.parametrize("port", ["", "eighty", "0", "65536", "８０００"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    process = _run_holdfast(tmp_path, PORT=port)

    assert (process.returncode, process.stderr) == (1, f"PORT must be a number from 1 to 65535, not {port!r}.\n")
