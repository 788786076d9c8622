"""A real Chromium against the real site. What the console complains about fails the test."""

import os
import shutil
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from config import settings as as_served

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-quic", "--no-first-run",
]  # fmt: skip
# A busy machine may be slow without being wrong.
expect.set_options(timeout=20_000)
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective} refused ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`));
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def hashed_static_files(settings):
    """Here they are not plain: scripts that import each other must find each other under hashed names."""
    settings.STORAGES, settings.WHITENOISE_AUTOREFRESH = as_served.STORAGES, False


class Site(LiveServer):
    """The site as it is served for real: WhiteNoise answers for static files, under their hashed names."""

    def __init__(self):
        super().__init__("localhost", start=False)
        self.thread.static_handler = lambda application: application
        self.start()


@pytest.fixture(scope="session")
def live_server():
    """Takes the place of pytest-django's, which serves static files by their plain names."""
    site = Site()
    yield site
    site.stop()


def find_chromium():
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def chromium(django_db_setup):
    path = find_chromium()
    if path is None:
        say = pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip
        say("Browser tests need Chromium (chromium, chromium-browser or google-chrome) on the PATH.")
    # Playwright keeps an event loop in this thread. Django would otherwise refuse to query beside one, and
    # open a second connection there that knows nothing of what tests do to the first.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    connection = connections["default"]
    with sync_playwright() as playwright:
        connections["default"] = connection
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Console:
    """What pages complained about. A test that provokes a complaint names it in `expected`."""

    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def listen(self, page):
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def unexpected(self):
        return [each for each in self.complaints if not any(text in each for text in self.expected)]


@pytest.fixture
def console():
    console = Console()
    yield console
    assert console.unexpected() == []


@pytest.fixture
def open_page(chromium, live_server, console):
    """open_page("/batches/", user=manager, viewport=DESK): a page of the running site, signed in as the user.

    Further options are those of a Playwright browser context: color_scheme, offline, locale, ...
    """
    contexts = []

    def open_one(path, *, user=None, viewport=PHONE, **options):
        options.setdefault("service_workers", "block")  # but where a test is about it, nothing is kept
        context = chromium.new_context(base_url=live_server.url, viewport=viewport, **options)
        contexts.append(context)
        context.add_init_script(REPORT_VIOLATIONS)
        if user:
            client = Client()
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        console.listen(page)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
