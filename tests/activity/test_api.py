"""What holds for every call: problems, keys, permissions, health."""

import json
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import URLPattern, get_resolver
from django.utils.timezone import now
from rest_framework.request import Request

from accounts.api import Permitted
from accounts.roles import PERMISSIONS, Role
from activity.api import fingerprint
from activity.models import Answer, Delivery, Event
from activity.services import forget_answers, record_event
from inspections.models import Batch, Inspection
from tests.caller import Caller, fields
from tests.factories import NOON, inspect, make_batch, make_product, make_specification, make_user

pytestmark = pytest.mark.django_db


def api_routes(patterns=None, prefix=""):
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from api_routes(pattern.url_patterns, route)
        elif route.startswith("api/v1/"):
            yield route.removeprefix("api/v1/"), pattern.callback


PUBLIC = {"schema/", "docs/", "^.*$"}
NOBODYS = "00000000-0000-0000-0000-000000000000"


def calls():
    """(method, path of no record, view) of every call that is not public."""
    for route, callback in api_routes():
        if route in PUBLIC:
            continue
        view = callback.view_class
        for name, value in (
            ("<uuid:id>", NOBODYS),
            ("<text:", "NOBODY"),
            ("characteristic>", ""),
            ("number>", ""),
            ("<int:", "1"),
        ):
            route = route.replace(name, value)
        path = route.replace("code>", "").replace("sku>", "")
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if hasattr(view, method.lower()):
                yield method, path, view


CALLS = list(calls())


def test_every_call_says_what_permission_it_takes():
    known = set().union(*PERMISSIONS.values())
    assert len(CALLS) >= 20
    for method, path, view in CALLS:
        assert view.permission_classes == [Permitted], path
        assert view.permissions[method] is None or view.permissions[method] in known, path


# What they answer is nobody's.
OPEN_TO_ALL = {"sampling/switching/"}


@pytest.mark.parametrize(
    ("path", "view"), [(path, view) for method, path, view in CALLS if method == "POST" and path not in OPEN_TO_ALL]
)
def test_an_answer_is_repeated_to_nobody_who_may_not_see_it_any_more(rival_supplier, rf, path, view):
    """As if it had been given before the right to it was taken away."""
    caller = Caller(rival_supplier)
    asked = fingerprint(Request(rf.post(f"/api/v1/{path}", "{}", content_type="application/json")))
    Answer.objects.create(
        user=rival_supplier, key="k1", fingerprint=asked, status=200, body={"id": NOBODYS, "secret": 1}, at=NOON
    )

    status, answer = caller.send("POST", path, {}, key="k1")

    assert status in {403, 404}
    assert "secret" not in answer


def test_who_lost_a_supplier_is_told_nothing_by_a_repeat(batch, inspector, supplier, supplier_user):
    inspect(batch, actor=inspector, LEAK=[3])
    path, caller = f"holds/{batch.holds.get().uid}/respond/", Caller(supplier_user)
    body = {"root_cause": "Worn die", "corrective_action": "Replaced"}
    first = caller.send("POST", path, body, key="k1")
    assert caller.send("POST", path, body, key="k1") == first

    supplier.memberships.all().delete()

    assert caller.send("POST", path, body, key="k1")[0] == 404


def test_who_lost_the_role_is_told_nothing_by_a_repeat(batch, inspector, manager):
    inspect(batch, actor=inspector, LEAK=[3])
    path, caller = f"holds/{batch.holds.get().uid}/decide/", Caller(manager)
    body = {"disposition": "scrap", "reason": "Leaks"}
    assert caller.send("POST", path, body, key="k1")[0] == 200

    manager.groups.set([Group.objects.get(name=Role.MERCHANDISER)])

    assert caller.send("POST", path, body, key="k1")[0] == 403


def test_an_answer_is_kept_without_the_secret_that_it_shows(manager):
    caller = Caller(manager)
    body = {"name": "oms", "url": "https://oms.example.com/in", "kinds": ["gate.opened"]}
    status, made = caller.send("POST", "webhooks/", body, key="k1")
    renew = f"webhooks/{made['id']}/renew-secret/"
    renewed = caller.send("POST", renew, {}, key="k2")

    assert (status, made["secret"] != renewed[1]["secret"]) == (201, True)
    assert not any("whsec_" in json.dumps(answer.body) for answer in Answer.objects.all())
    assert caller.send("POST", "webhooks/", body, key="k1") == (201, made | {"secret": None})
    assert caller.send("POST", renew, {}, key="k2") == (200, renewed[1] | {"secret": None})


def test_answers_are_forgotten_after_a_week(manager):
    for day in (0, 6, 8):
        Answer.objects.create(user=manager, key=f"k{day}", fingerprint=b"", at=NOON - timedelta(days=day))

    assert forget_answers(now=NOON) == 1
    assert set(Answer.objects.values_list("key", flat=True)) == {"k0", "k6"}


def test_every_post_honours_the_idempotency_key():
    posts = [view.post for method, _path, view in CALLS if method == "POST"]
    assert len(posts) >= 9
    assert [post for post in posts if not getattr(post, "is_idempotent", False)] == []


@pytest.mark.parametrize(("method", "path"), [call[:2] for call in CALLS])
def test_without_a_token_nothing_is_answered(method, path):
    status, answer = Caller().send(method, path, {} if method != "GET" else None)

    assert (status, answer["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(("method", "path", "view"), CALLS)
def test_a_user_without_a_role_changes_nothing(method, path, view):
    status, _answer = Caller(make_user()).send(method, path, {} if method != "GET" else None)

    is_list = "NOBODY" not in path and NOBODYS not in path
    open_to_all = view.permissions[method] is None
    assert status in ({200, 400} if open_to_all and is_list else {403} if is_list else {404})


def test_options_and_head_are_answered_everywhere(admin):
    caller = Caller(admin)
    for method, path, _view in CALLS:
        is_list = "NOBODY" not in path and NOBODYS not in path
        options = caller.generic("OPTIONS", f"/api/v1/{path}")
        assert (path, options.status_code, method in options["Allow"]) == (path, 200, True)
        if method == "GET":
            head = caller.generic("HEAD", f"/api/v1/{path}")
            assert (path, head.status_code) == (
                path,
                (400 if path.startswith(("sampling/", "shippable/")) else 200) if is_list else 404,
            )


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "nothing/here/", None, 404, "not_found"),
        ("POST", "nothing/here", "{}", 404, "not_found"),
        ("POST", "nothing/%0Ahere/", "{}", 404, "not_found"),
        ("GET", "batches", None, 404, "not_found"),
        ("GET", "batches/B-404/", None, 404, "not_found"),
        ("GET", "batches/%00/", None, 404, "not_found"),
        ("GET", "inspections/no-uuid/", None, 404, "not_found"),
        ("GET", f"holds/{NOBODYS}/", None, 404, "not_found"),
        ("DELETE", "batches/", None, 405, "method_not_allowed"),
        ("POST", "batches/", "{", 400, "parse_error"),
        ("POST", "batches/", "[" * 100_000, 400, "parse_error"),
        ("POST", "batches/", b"\xff\xfe", 400, "parse_error"),
        ("POST", "batches/", '{"quantity": ' + "9" * 5000 + "}", 400, "parse_error"),
        ("POST", "batches/", '{"quantity": 1e99999999999999999999}', 400, "parse_error"),
        ("POST", "batches/", '"text"', 400, "invalid"),
        ("POST", "batches/", "null", 400, "invalid"),
        ("POST", "batches/", '{"x": "' + "y" * (5 * 2**20) + '"}', 413, "too_large"),
    ],
)
def test_every_refusal_is_a_problem(manager, method, path, body, status, code):
    headers = {"data": body, "content_type": "application/json"} if body else {}
    response = Caller(manager).generic(method, f"/api/v1/{path}", **headers)

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    problem = response.json()
    assert (problem["code"], problem["status"], problem["type"]) == (code, status, f"urn:holdfast:{code}")


def test_other_languages_than_json_are_refused(manager):
    caller = Caller(manager)

    assert caller.generic("POST", "/api/v1/batches/", "<b/>", content_type="text/xml").status_code == 415
    response = caller.get("/api/v1/batches/", headers={"Accept": "text/html"})
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")
    assert Caller().send("GET", "batches/", Authorization="Token nonsense")[1]["code"] == "authentication_failed"


def test_the_same_key_has_one_effect_and_the_same_answer(product, merchandiser):
    caller = Caller(merchandiser)
    body = {"number": "B-1", "product": product.sku, "quantity": 10}

    first = caller.send("POST", "batches/", body, key="k1")
    again = caller.send("POST", "batches/", body, key="k1")

    assert first[0] == 201
    assert again == first
    assert (Batch.objects.count(), Answer.objects.count()) == (1, 1)


def test_a_key_with_another_body_is_refused(product, merchandiser, manager):
    caller = Caller(merchandiser)
    body = {"number": "B-1", "product": product.sku, "quantity": 10}
    caller.send("POST", "batches/", body, key="k1")

    status, answer = caller.send("POST", "batches/", body | {"quantity": 11}, key="k1")
    assert (status, answer["code"]) == (422, "idempotency_key_reused")
    status, _answer = Caller(manager).send("POST", "batches/", body | {"number": "B-2"}, key="k1")
    assert status == 201  # keys are each user's own


def test_a_refused_request_may_be_corrected_under_its_key(product, merchandiser):
    caller = Caller(merchandiser)
    body = {"number": "B-1", "product": product.sku, "quantity": 0}

    assert caller.send("POST", "batches/", body, key="k1")[0] == 400
    assert caller.send("POST", "batches/", body | {"quantity": 5}, key="k1")[0] == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
def test_a_key_that_is_none_is_refused(product, merchandiser, key):
    status, answer = Caller(merchandiser).send("POST", "batches/", {}, key=key)

    assert (status, answer["code"]) == (400, "idempotency_key_invalid")


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_with_one_key_record_one_inspection():
    product = make_product()
    make_specification(product)
    batch = make_batch(product=product)
    caller = Caller(make_user("qc"))
    body = {"batch": batch.number, "results": [{"characteristic": "LEAK", "nonconforming_units": [3]}]}
    start, answers = threading.Barrier(4), []

    def post():
        start.wait()
        answers.append(caller.send("POST", "inspections/", body, key="k1"))
        connection.close()

    threads = [threading.Thread(target=post) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(status for status, _answer in answers) == {201: 4}
    assert [answer for _status, answer in answers] == [answers[0][1]] * 4
    assert Inspection.objects.count() == 1


WELL = {"database": "ok", "redis": "ok", "files": "ok", "static_files": "ok", "background": "ok"}


@pytest.fixture
def whole(settings, tmp_path):
    """A site whose files are where they should be."""
    settings.STATIC_ROOT = settings.MEDIA_ROOT = tmp_path
    (tmp_path / "staticfiles.json").touch()


def test_health_names_its_parts(client, whole):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok", "checks": WELL})


def test_health_is_503_where_a_part_is_down_and_the_api_still_answers(client, settings, manager, whole, tmp_path):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    (tmp_path / "staticfiles.json").unlink()
    settings.MEDIA_ROOT = tmp_path / "file" / "folder"
    (tmp_path / "file").touch()
    record_event("hold.placed", "batch:1", at=now() - timedelta(minutes=5), actor=None)
    Delivery.objects.create(event=Event.objects.get(), receiver="nobody", due_at=now() - timedelta(minutes=5))

    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (
        503,
        {
            "status": "degraded",
            "checks": {
                "database": "ok",
                "redis": "down",
                "files": "down",
                "static_files": "not collected: run python -m config.prepare",
                "background": "late: no worker delivers what is owed",
            },
        },
    )
    assert client.get("/livez").json() == {"status": "ok", "checks": {}}
    assert Caller(manager).send("GET", "batches/")[0] == 200


def test_fields_of_a_problem_can_be_told_apart(merchandiser):
    status, answer = Caller(merchandiser).send("POST", "suppliers/", {})

    assert (status, fields(answer)) == (400, [("code", "required"), ("name", "required")])


def test_what_nobody_foresaw_is_a_problem_for_programs_and_a_page_for_people(rf):
    handler = get_resolver().resolve_error_handler(500)
    program, person = handler(rf.post("/api/v1/batches/")), handler(rf.get("/batches/"))

    assert (program.status_code, program["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(program.content)["code"] == "server_error"
    assert (person.status_code, person["Content-Type"]) == (500, "text/html; charset=utf-8")
