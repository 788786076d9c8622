"""Waiting for what a page does by itself."""

import time

SECONDS = 60


def until(page, expected, found):
    """Wait until `found()` gives what is expected; say what it gave last."""
    end = time.monotonic() + SECONDS
    while (last := found()) != expected and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert last == expected
