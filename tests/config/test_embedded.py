"""The embedded servers, started for real in folders of their own."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config import embedded, processes

ROOT = Path(__file__).resolve().parent.parent.parent
OWNER = """
import sys, time
from pathlib import Path
from config import embedded
with embedded.running(Path(sys.argv[1])) as urls:
    print(urls["DATABASE_URL"], urls["REDIS_URL"], flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def no_servers_named(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def folder():
    """Not pytest's tmp_path: every run of pytest closes that again to the user that PostgreSQL runs as under root."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture
def owner(folder):
    """A process of its own that runs the servers from the folder; ended with the test."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield process
    process.terminate()
    process.wait(30)
    process.stdout.close()


def _query(url, statement):
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def _push(url, value):
    with redis.Redis.from_url(url, decode_responses=True) as client:
        client.rpush("kept", value)
        return client.lrange("kept", 0, -1)


def _processes_on(folder):
    return [
        process.pid
        for process in psutil.process_iter(["cwd", "status"])
        if (process.info["cwd"] or "").startswith(str(folder)) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def _kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def test_a_database_of_our_own_in_utf8_that_needs_no_locale(folder):
    with embedded.running(folder) as urls:
        facts = _query(
            urls["DATABASE_URL"],
            "SELECT current_user, current_database(), current_setting('server_encoding'), upper('é'),"
            " current_setting('fsync'), current_setting('server_version_num')::int / 10000,"
            " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)",
        )

    assert facts == ("holdfast", "holdfast", "UTF8", "É", "on", 18, False)


def test_what_was_stored_is_there_after_an_orderly_stop_and_nothing_runs_in_between(folder):
    with embedded.running(folder) as urls:
        _query(urls["DATABASE_URL"], "CREATE TABLE kept AS SELECT 7 AS number")
        _push(urls["REDIS_URL"], "first")
    assert _processes_on(folder) == []

    with embedded.running(folder) as urls:
        assert _query(urls["DATABASE_URL"], "SELECT number FROM kept") == (7,)
        assert _push(urls["REDIS_URL"], "second") == ["first", "second"]


def test_an_owner_killed_with_9_loses_nothing_and_the_next_starts(folder, owner):
    database_url, _ = owner.stdout.readline().split()
    _query(database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    _kill(owner)

    with embedded.running(folder) as urls:
        assert urls["DATABASE_URL"] == database_url
        assert _query(urls["DATABASE_URL"], "SELECT number FROM kept") == (7,)
        assert _push(urls["REDIS_URL"], "first") == ["first"]


def test_everything_killed_with_9_at_once_loses_nothing_and_the_next_starts(folder, owner):
    database_url, _ = owner.stdout.readline().split()
    _query(database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    for pid in [owner.pid, *_processes_on(folder)]:
        with suppress(ProcessLookupError):  # gone with one that was killed before it
            os.kill(pid, signal.SIGKILL)
    owner.wait(10)

    with embedded.running(folder) as urls:
        assert _query(urls["DATABASE_URL"], "SELECT number FROM kept") == (7,)


def test_servers_that_outlived_their_owner_are_stopped_first(folder):
    """What kill -9 leaves where the kernel does not tell children that their parent has ended."""
    outlived = embedded.missing_servers(folder)
    for server in outlived.values():
        server.start()
    embedded.record(folder, {variable: server.url for variable, server in outlived.items()})

    with embedded.running(folder) as urls:
        assert [server.process.wait(10) for server in outlived.values()] == [0, 0]
        assert _query(urls["DATABASE_URL"], "SELECT 1") == (1,)


def test_a_pid_file_that_names_a_stranger_neither_stops_us_nor_harms_the_stranger(folder):
    with embedded.running(folder):
        pid_file = folder / "postgres-18" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        lines[0] = str(os.getpid())
        stale = "\n".join(lines) + "\n"
    pid_file.write_text(stale)

    with embedded.running(folder) as urls:
        assert _query(urls["DATABASE_URL"], "SELECT 1") == (1,)


def test_the_recorded_port_taken_by_another_program_is_left_to_it(folder):
    with embedded.running(folder / "other", durable=False) as other:
        embedded.record(folder, {"REDIS_URL": other["REDIS_URL"].replace("redis://:", "redis://:not-")})
        with embedded.running(folder, durable=False) as urls:
            assert _push(urls["REDIS_URL"], "ours") == ["ours"]
        assert _push(other["REDIS_URL"], "theirs") == ["theirs"]


def test_an_interrupted_first_start_leaves_no_half_made_data(folder):
    (folder / "postgres-18.new" / "base").mkdir(parents=True)

    with embedded.running(folder) as urls:
        assert _query(urls["DATABASE_URL"], "SELECT 1") == (1,)


def test_a_folder_has_one_owner(folder, owner):
    owner.stdout.readline()

    with pytest.raises(processes.FolderInUse, match=f"in use by process {owner.pid}"), embedded.running(folder):
        pass


@pytest.mark.parametrize("name", ["很深" * 20, "with, a comma", "with 'quotes' and spaces"])
def test_a_folder_that_postgresql_cannot_name_a_socket_in_is_no_hindrance(folder, name):
    """A socket's path has at most 107 bytes, and a comma separates hosts."""
    with embedded.running(folder / name, durable=False) as urls:
        assert _query(urls["DATABASE_URL"], "SELECT 1") == (1,)


def test_servers_named_in_the_environment_are_used_instead(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/holdfast")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")

    with embedded.running(folder) as urls:
        assert urls == {}
        assert _processes_on(folder) == []


def test_a_server_that_fails_says_why(folder):
    (folder / "postgres-18").mkdir()

    with (
        pytest.raises(embedded.ServerDidNotStart, match="could not access the server configuration file"),
        embedded.running(folder),
    ):
        pass
