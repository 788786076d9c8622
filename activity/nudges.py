"""Nudges to workers, given to the broker by a thread of their own: no request ever waits for Redis."""

import atexit
import logging
import os
import threading
from collections import OrderedDict
from typing import Any

from celery import current_app

from activity.tracing import request_id

logger = logging.getLogger(__name__)

MOST_WAITING = 1000  # while a broker is down; what is owed stands in the database, so what is dropped is found by beat
SECONDS_AT_THE_END = 1.0


class Nudges:
    """Gives each nudge to the broker once, however often it was asked for meanwhile."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: OrderedDict[tuple[str, tuple[Any, ...]], str] = OrderedDict()
        self._is_sending = False
        self._process = 0

    def add(self, name: str, args: tuple[Any, ...]) -> None:
        with self._changed:
            if len(self._waiting) < MOST_WAITING:
                self._waiting[name, args] = request_id()
            if self._process != os.getpid():  # a thread does not survive a fork
                self._process = os.getpid()
                threading.Thread(target=self._send, name="nudges", daemon=True).start()
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Whether all has been given to the broker, after so long at most."""
        with self._changed:
            if self._process != os.getpid():
                return True
            return self._changed.wait_for(lambda: not self._waiting and not self._is_sending, seconds)

    def _send(self) -> None:
        while True:
            with self._changed:
                self._is_sending = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: bool(self._waiting))
                (name, args), request = self._waiting.popitem(last=False)
                self._is_sending = True
            try:
                current_app.send_task(name, args, retry=False, ignore_result=True, headers={"request": request})
            except Exception as error:  # any broker trouble: what is owed is in the database
                logger.warning("The broker does not answer (%s); beat will pick this up.", error)
                with self._changed:
                    self._waiting.clear()


nudges = Nudges()
atexit.register(nudges.wait, SECONDS_AT_THE_END)
