"""What the entry page of an inspection costs on a phone: bytes, seconds on a slow line, taps for a column of readings.

Starts its own PostgreSQL, Redis and web server under var/phone, and a Chromium that is made slow by its own tools: 400 kbit/s,
400 ms a request, a processor four times slower. `python bench/phone.py [--serve]` (`--serve`: leave the site running to look at)
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import embedded  # noqa: E402 after the path

FOLDER = ROOT / "var" / "phone"
PORT = int(os.environ.get("BENCH_PORT", "8124"))
SITE = f"http://127.0.0.1:{PORT}"
PHONE = {"width": 390, "height": 844}
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
ROUNDS = 3
UNITS = 80
# Milliseconds from the address to the moment when what is entered is taken, by the browser's own clock.
WATCH = """new MutationObserver(() => {
  if (document.querySelector(".entry--live")) window.readyAfter ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });"""


def fill(urls: dict[str, str]) -> tuple[str, str]:
    """A product with four measured and four other checks, an inspection of it under way, and who is signed in: its address, a session."""
    os.environ.update(urls, DEMO="1", DATA_DIR=str(FOLDER), DJANGO_SETTINGS_MODULE="config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.urls import reverse
    from django.utils.timezone import now

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from accounts.roles import Role
    from inspections.inspection.services.planning import plan_inspection
    from inspections.specification.services.versions import CharacteristicInput
    from tests.factories import make_batch, make_product, make_specification, make_user

    checks = [
        CharacteristicInput("SAFE", "No exposed wires", "function", "critical", False, name_zh="无裸露电线"),
        CharacteristicInput("FUNC", "Runs at 3 speeds", "function", "major", False, name_zh="三档运转正常"),
        CharacteristicInput("LOOK", "No scratches", "appearance", "minor", False, name_zh="外观无划痕"),
        CharacteristicInput("PACK", "Label and barcode", "packaging", "major", False, name_zh="标签与条码"),
        CharacteristicInput(
            "HEIGHT", "Body height", "dimension", "critical", True, "50.0", "49.5", "50.5", "mm", name_zh="壶身高度"
        ),
        CharacteristicInput(
            "DIAM", "Blade diameter", "dimension", "major", True, "100", "98", "102", "mm", name_zh="扇叶直径"
        ),
        CharacteristicInput("CURR", "Current", "performance", "critical", True, "", "", "0.95", "A", name_zh="电流"),
        CharacteristicInput("NOIS", "Noise", "performance", "minor", True, "", "", "52", "dB", name_zh="噪声"),
    ]
    product = make_product("FAN-1")
    make_specification(product, checks)
    inspector = make_user(Role.QC, "phone")
    inspector.language = "zh-hans"
    inspector.save()
    batch = make_batch("B-2611-048", product=product)
    inspection = plan_inspection(batch=batch, actor=inspector, at=now(), cartons=25)
    session = SessionStore()
    session[SESSION_KEY] = str(inspector.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = inspector.get_session_auth_hash()
    session.save()
    django.db.connections.close_all()
    return reverse("inspection-record", args=[inspection.uid]), session.session_key


@contextmanager
def web_server(urls: dict[str, str]) -> Iterator[None]:
    env = os.environ | urls | {"DEMO": "1", "DATA_DIR": str(FOLDER), "PORT": str(PORT), "LOG_LEVEL": "ERROR"}
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, env=env, check=True)
    command = [sys.executable, "-m", "gunicorn", "--log-level", "error", "-c", "deploy/gunicorn.conf.py"]
    server = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        for _attempt in range(100):
            try:
                HTTPConnection("127.0.0.1", PORT, timeout=2).request("GET", "/healthz")
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(20)


def phone(browser: Any, session: str) -> Any:
    """A page of a phone that has never been here."""
    context = browser.new_context(viewport=PHONE, base_url=SITE, has_touch=True, is_mobile=True, device_scale_factor=2)
    context.add_cookies([{"name": "sessionid", "value": session, "url": SITE}])
    return context.new_page()


def load(browser: Any, path: str, session: str, *, slow: bool) -> dict[str, Any]:
    """Bytes over the line by kind of file, requests, and seconds until it can be used, of a first visit."""
    page = phone(browser, session)
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    if slow:
        tools.send("Network.emulateNetworkConditions", SLOW_3G)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    kinds: dict[str, str] = {}
    sizes: Counter[str] = Counter()
    tools.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: kind_of(event)}))
    tools.on(
        "Network.loadingFinished",
        lambda event: sizes.update({kinds.get(event["requestId"], "other"): int(event["encodedDataLength"])}),
    )
    page.add_init_script(WATCH)
    page.goto(path, timeout=120_000)
    page.wait_for_selector(".entry--live", timeout=60_000)
    ready = page.evaluate("window.readyAfter") / 1000
    page.wait_for_timeout(1500)
    page.context.close()
    return {"bytes": dict(sizes), "requests": len(kinds), "ready": ready}


def kind_of(event: dict[str, Any]) -> str:
    names = {"Document": "HTML", "Script": "JavaScript", "Stylesheet": "CSS"}
    path = event["response"]["url"]
    return names.get(event["type"], "icons" if path.endswith((".svg", ".png")) else "JSON")


def taps(browser: Any, path: str, session: str) -> int:
    """How many taps 80 readings of three digits take, each 50.0 to 50.4, on the number pad."""
    page = phone(browser, session)
    page.goto(f"{path}#check-HEIGHT")
    page.wait_for_selector(".entry--live")
    boxes = {digit: page.locator(f"[data-pad] [data-key='{digit}']").bounding_box() for digit in "012345"}
    keys = {digit: (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for digit, box in boxes.items()}
    count = 0
    for unit in range(1, UNITS + 1):
        for digit in f"50{unit % 5}":
            page.touchscreen.tap(*keys[digit])
            count += 1
    entered = page.locator("#check-HEIGHT .readings input").evaluate_all("inputs => inputs.map((each) => each.value)")
    if entered != [f"50.{unit % 5}" for unit in range(1, UNITS + 1)]:
        raise RuntimeError(f"What was tapped is not what stands there: {entered}")
    page.context.close()
    return count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", action="store_true", help="leave the site running, and say how to sign in")
    serve = parser.parse_args().serve
    shutil.rmtree(FOLDER, ignore_errors=True)
    from playwright.sync_api import sync_playwright

    with embedded.running(FOLDER) as urls:
        path, session = fill(urls)
        with web_server(urls):
            if serve:
                print(json.dumps({"url": SITE + path, "sessionid": session}), flush=True)
                while True:
                    time.sleep(60)
            chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
            with sync_playwright() as playwright:
                flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
                browser = playwright.chromium.launch(executable_path=chromium, args=flags)
                load(browser, path, session, slow=False)  # each process of the server answers its first request slowly
                first = load(browser, path, session, slow=False)
                slow = [load(browser, path, session, slow=True) for _round in range(ROUNDS)]
                total = sum(first["bytes"].values())
                parts = ", ".join(f"{kind} {size:,}" for kind, size in sorted(first["bytes"].items()))
                print(f"first visit: {total:,} bytes in {first['requests']} requests ({parts})")
                seconds = [each["ready"] for each in slow]
                print(
                    f"ready on Slow 3G, processor {SLOWER} times slower: {statistics.median(seconds):.1f} s"
                    f" ({', '.join(f'{each:.1f}' for each in seconds)})"
                )
                print(f"{UNITS} readings of three digits: {taps(browser, path, session)} taps")
                browser.close()


if __name__ == "__main__":
    main()
