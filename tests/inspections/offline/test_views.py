"""What a phone needs to open pages without a network: a worker, a manifest, and answers that say whose they are."""

import json
from re import search
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts import middleware, views
from inspections.offline.page import KEPT_PAGES
from tests.caller import Caller
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def known_to(client):
    """What the worker is started with."""
    text = client.get("/service-worker.js").content.decode()
    return json.loads(text.partition("work(")[2].rpartition(");")[0])


def test_the_worker_is_everybodys_and_another_one_in_each_release(client, monkeypatch):
    response = client.get("/service-worker.js")
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "text/javascript; charset=utf-8",
        "no-cache",
    )
    before = known_to(client)
    monkeypatch.setattr("inspections.offline.views.release", lambda: "later")
    assert (before["release"], known_to(client)["release"]) == ("unbuilt", "later")
    assert {"/static/js/entry/page.js", "/static/css/shell.css", "/static/js/outbox/site.js"} <= set(before["files"])
    assert "没有带上" in before["missing"]["zh-hans"]
    assert "was not taken along" in before["missing"]["en"]


def test_the_worker_and_the_manifest_are_allowed_by_the_policy_and_nothing_inline_is(client):
    policy = client.get("/service-worker.js")["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_pages_that_are_kept_are_those_of_an_inspectors_day(inspector, batch, client):
    names = [("home", []), ("unsent", []), ("inspection-list", []), ("batch-list", []), ("hold-list", [])]
    of_an_inspection = ("inspection-detail", "inspection-record", "inspection-picks", "inspection-abandon")
    names += [(name, [uuid4()]) for name in (*of_an_inspection, "hold-detail")]
    names += [("batch-detail", [batch.number]), ("finding-record", [batch.number])]
    names += [("sample-list", []), ("sample-detail", [uuid4()]), ("sample-check", [uuid4()])]
    others = [("batch-create", []), ("account", []), ("hold-respond", [uuid4()]), ("sample-edit", [uuid4()])]

    def is_kept(name, args):
        return any(search(pattern, reverse(name, args=args)) for pattern in KEPT_PAGES)

    assert [each for each in names if not is_kept(*each)] == []
    assert [each for each in others if is_kept(*each)] == []


def test_the_manifest_makes_an_application_of_the_site(client):
    manifest = json.loads(client.get("/manifest.webmanifest", headers={"Accept-Language": "zh-hans"}).content)
    assert (manifest["start_url"], manifest["scope"], manifest["display"], manifest["lang"]) == (
        "/",
        "/",
        "standalone",
        "zh-hans",
    )
    assert [(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]


def test_an_answer_names_the_person_and_a_page_asks_who_is_signed_in(client, inspector):
    assert client.get("/session/").json()["person"] is None
    client.force_login(inspector)
    told = client.get("/session/").json()
    assert (told["person"], told["username"], bool(told["csrf"])) == (str(inspector.uid), "inspector", True)
    assert client.get("/")["Person"] == str(inspector.uid)
    assert f'data-person="{inspector.uid}"' in client.get("/").content.decode()


def test_what_one_person_entered_is_not_taken_from_another(client, inspector, batch):
    client.force_login(make_user(inspector.role, "second"))
    address = reverse("api-finding-list", args=[batch.number])
    body = {"id": str(uuid4()), "class": "critical", "note": "Mould"}

    response = client.post(address, body, content_type="application/json", headers={"Sent-By": str(inspector.uid)})

    assert (response.status_code, response.json()["code"], batch.findings.count()) == (401, "other_person", 0)
    client.force_login(inspector)
    response = client.post(address, body, content_type="application/json", headers={"Sent-By": str(inspector.uid)})
    assert (response.status_code, batch.findings.count()) == (201, 1)


@pytest.mark.parametrize(("pages", "status"), [("1", 409), ("2", 201), ("x", 409)])
def test_pages_that_are_no_longer_understood_are_told(client, inspector, batch, monkeypatch, pages, status):
    monkeypatch.setattr(middleware, "OLDEST_PAGES", 2)
    monkeypatch.setattr(views, "OLDEST_PAGES", 2)
    client.force_login(inspector)
    body = {"id": str(uuid4()), "class": "minor", "note": "A scratch"}

    response = client.post(
        reverse("api-finding-list", args=[batch.number]),
        body,
        content_type="application/json",
        headers={"Pages": pages},
    )

    assert response.status_code == status
    assert client.get("/session/").json()["oldest_pages"] == 2


def test_a_program_with_a_token_is_asked_for_nothing_of_this(inspector, batch):
    status, _answer = Caller(inspector).send(
        "POST", f"batches/{batch.number}/findings/", {"id": str(uuid4()), "class": "minor", "note": "A scratch"}
    )
    assert status == 201
