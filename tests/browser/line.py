"""A line between a phone and the site that can be cut, slow, or lose answers: for pages and the service worker alike.

It forwards TCP, so that the browser sees what a factory's Wi-Fi does: no "offline" event, only requests that fail or wait.
"""

import random
import re
import socket
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit

CHUNK = 2048


class Line:
    """`url` leads to the site through it. `state` is "up", "cut" or "slow"; `loses` the share of answers to writes that is lost."""

    def __init__(self, url: str, *, seed: int = 1, delay: float = 0.4):
        self.target = (urlsplit(url).hostname, urlsplit(url).port)
        self.state, self.loses, self.delay = "up", 0.0, delay
        self.lost = 0
        self.dice = random.Random(seed)
        self.open: set[socket.socket] = set()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self.server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        self.state = "cut"
        for each in list(self.open):
            self._end(each)

    def mend(self):
        self.state, self.loses = "up", 0.0

    def close(self):
        self.cut()
        self.server.close()

    def _end(self, each):
        self.open.discard(each)
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            each.close()

    def _accept(self):
        while True:
            try:
                phone, _address = self.server.accept()
            except OSError:
                return
            if self.state == "cut":
                phone.close()
                continue
            threading.Thread(target=self._connect, args=(phone,), daemon=True).start()

    def _connect(self, phone):
        try:
            site = socket.create_connection(self.target)
        except OSError:
            phone.close()
            return
        self.open |= {phone, site}
        doomed = threading.Event()
        threading.Thread(target=self._forward, args=(site, phone, doomed, False), daemon=True).start()
        self._forward(phone, site, doomed, True)

    def _forward(self, source, target, doomed, is_request):
        """One direction. An answer that is to be lost is waited for, and then the connection is cut."""
        try:
            while data := source.recv(CHUNK if self.state == "slow" else 65536):
                if self.state == "cut":
                    break
                if self.state == "slow":
                    time.sleep(self.delay if is_request else 0.02)
                if is_request and re.match(rb"(PUT|POST) /api/", data) and self.dice.random() < self.loses:
                    doomed.set()
                if not is_request and doomed.is_set():
                    self.lost += 1
                    break
                target.sendall(data)
        except OSError:
            pass
        self._end(source)
        self._end(target)
