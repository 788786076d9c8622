"""What the sampling calculator costs over HTTP for one signed-in reader: python bench/calculator.py [--quick]

Starts its own PostgreSQL, Redis and web server under var/bench, as bench/over_http.py does, and signs in by a session.
"""

import argparse
from http.client import HTTPConnection

from bench.over_http import FOLDER, PORT, Job, fill, http_job, measure, show, web_server
from config import embedded

AIM_MILLISECONDS = 100
# The example, a double plan with its ASN, a multiple plan, four plans on one chart.
PAGES = {
    "calculator page, single plan": "/sampling/?lot_size=1000&aql=2.5&level=II&severity=normal&kind=single",
    "calculator page, double plan": "/sampling/?lot_size=1000&aql=2.5&level=II&severity=normal&kind=double",
    "calculator page, multiple plan": "/sampling/?lot_size=10000&aql=1.0&level=II&severity=normal&kind=multiple",
    "comparison of four plans": "/sampling/compare/?a-n=50&a-ac=1&b-n=80&b-ac=2&c-n=125&c-ac=3&d-n=200&d-ac=5",
}
OC = "/api/v1/sampling/oc?n=80&ac=5&lot_size=1000"


def session_of(username: str) -> str:
    """A session cookie, made as signing in makes it. Runs inside Django after `fill`."""
    from django.db import connection
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=username))
    connection.close()
    return f"sessionid={client.cookies['sessionid'].value}"


def page_job(cookie: str, path: str):
    def make_worker() -> Job:
        connection = HTTPConnection("127.0.0.1", PORT, timeout=60)

        def work(job: int) -> None:
            connection.request("GET", path, headers={"Cookie": cookie})
            response = connection.getresponse()
            body = response.read()
            if response.status != 200 or b"<svg" not in body:
                raise RuntimeError(f"GET {path}: {response.status}")

        return work

    return make_worker


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, to see that it runs")
    total = 20 if parser.parse_args().quick else 200
    with embedded.running(FOLDER) as urls:
        token, _ids = fill(urls)
        cookie = session_of("bench")
        print(f"aim: p95 below {AIM_MILLISECONDS} ms")
        print("\n| what | clients | p50 ms | p95 ms | p99 ms | per second |\n| --- | --- | --- | --- | --- | --- |")
        with web_server(urls):
            for name, path in PAGES.items():
                measure(page_job(cookie, path), 1, 5)
                show(f"GET {name}", 1, [measure(page_job(cookie, path), 1, total)])
            asked = [("GET", OC, None)] * total
            show("GET /api/v1/sampling/oc", 1, [measure(http_job(token, asked, 200), 1, total)])


if __name__ == "__main__":
    main()
