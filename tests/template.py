"""A database with every migration, made once for all test processes: each starts with a copy of it.

`python -m tests.template` makes it ahead of time. It stays beside the server that it is on, and is made anew when a
migration, a rule of the database, a row that all begin with or a requirement has changed.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "migrated_"


def ready() -> str:
    """The name of the database, once it is there; whoever comes first makes it, all others wait."""
    made_from = [ROOT / "requirements.txt"]
    for pattern in (
        "*/migrations/*.py",
        "*/rules_sql/*.sql",
        "*/starting_rows.py",
        "*/*/starting_rows.py",
        "suppliers/data/*",
    ):
        made_from += sorted(ROOT.glob(pattern))
    name = PREFIX + hashlib.sha256(b"".join(path.read_bytes() for path in made_from)).hexdigest()[:12]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        there = {row[0] for row in connection.execute(query, [PREFIX])}
        if name not in there:
            for outdated in there:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(outdated)))
            unfinished = PREFIX + "unfinished"
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
            environment = os.environ | {"DATABASE_URL": url_of(unfinished)}
            command = [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            renaming = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(renaming.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def url_of(database: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


if __name__ == "__main__":
    ready()
