"""How long each kind of work may wait for the database. The process says its kind in WORK; a command at a desk has none.

The numbers are PostgreSQL's own settings, in milliseconds. They go along with the connection, which costs no statement;
a pooler that shares connections cannot carry them, and then they stand there (deploy/README.md).
"""

from typing import Final

LIMITS: Final[dict[str, dict[str, int]]] = {
    # A person or a program waits for the answer: who is not served in two seconds is told to come again.
    "web": {"lock_timeout": 2_000, "statement_timeout": 15_000, "idle_in_transaction_session_timeout": 30_000},
    # Mails and messages, tried again by themselves.
    "urgent": {"lock_timeout": 5_000, "statement_timeout": 30_000, "idle_in_transaction_session_timeout": 120_000},
    "ordinary": {"lock_timeout": 10_000, "statement_timeout": 300_000, "idle_in_transaction_session_timeout": 300_000},
    # Files of 20,000 rows. It gives way: what it has locked, nobody else gets meanwhile.
    "heavy": {"lock_timeout": 10_000, "statement_timeout": 600_000, "idle_in_transaction_session_timeout": 600_000},
}


def options_of(work: str) -> str:
    """What libpq sends when it connects, for a kind of work; empty for none."""
    return " ".join(f"-c {name}={value}" for name, value in LIMITS.get(work, {}).items())
