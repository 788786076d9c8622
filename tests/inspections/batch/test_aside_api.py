"""Units set aside over the API: seen in the batch's quantities, settled by steps."""

import pytest
from django.test import Client

from inspections.models import AsideStep
from tests.caller import Caller, fields
from tests.factories import inspect, make_user

pytestmark = pytest.mark.django_db
PATH = "batches/B-2611-042/set-aside/"


@pytest.fixture
def aside(batch, inspector):
    inspect(batch, actor=inspector, LID=[1, 2, 3])
    return batch


def quantities(caller: Caller) -> dict:
    _status, batch = caller.send("GET", "batches/B-2611-042/")
    return {place: n for place, n in batch["quantities"].items() if n}


def test_replacements_make_good_units_available(aside, inspector):
    qc = Caller(inspector)
    assert quantities(qc) == {"total": 1000, "available": 997, "set_aside": 3}
    _status, before = qc.send("GET", "batches/B-2611-042/shippable/")
    assert before == {
        "shippable": True,
        "quantity": 997,
        "stopped": 3,
        "reasons": [{"code": "set_aside", "detail": "3 units are set aside: they were found nonconforming."}],
    }

    status, step = qc.send(
        "POST", "batches/B-2611-042/replacements/", {"quantity": 2, "note": "New lids, from the next batch"}
    )

    assert status == 201
    assert {name: step[name] for name in ("batch", "kind", "quantity", "note", "place", "is_signed", "done_by")} == {
        "batch": "B-2611-042",
        "kind": "replacement",
        "quantity": 2,
        "note": "New lids, from the next batch",
        "place": "available",
        "is_signed": False,
        "done_by": "inspector",
    }
    assert quantities(qc) == {"total": 1000, "available": 999, "set_aside": 1}


def test_a_repeat_of_the_same_request_replaces_once(aside, inspector):
    qc = Caller(inspector)
    answers = [
        qc.send("POST", "batches/B-2611-042/replacements/", {"quantity": 1, "note": "New"}, key="once")
        for _try in range(2)
    ]

    assert answers[0] == answers[1]
    assert quantities(qc)["set_aside"] == 2


def test_what_does_not_fit_is_named(aside, inspector, manager):
    status, answer = Caller(inspector).send("POST", "batches/B-2611-042/replacements/", {"quantity": 4, "note": ""})
    assert (status, fields(answer)) == (400, [("note", "blank")])
    status, answer = Caller(inspector).send("POST", "batches/B-2611-042/replacements/", {"quantity": 4, "note": "x"})
    assert (status, fields(answer)) == (400, [("quantity", "out_of_range")])
    status, answer = Caller(manager).send("POST", PATH, {"kind": "eat", "quantity": 1, "note": "x"})
    assert (status, fields(answer)) == (400, [("kind", "invalid_choice")])


def test_a_release_is_signed_by_a_second_person(aside, inspector, manager):
    release = {"kind": "release", "quantity": 3, "note": "Scratches that nobody sees"}
    assert Caller(inspector).send("POST", PATH, release)[0] == 403

    status, step = Caller(manager).send("POST", PATH, release)

    assert (status, step["is_signed"], step["place"]) == (201, True, "available")


def test_who_inspected_is_refused_and_so_is_a_step_with_nothing_left(batch, manager):
    inspect(batch, actor=manager, LID=[1])
    caller = Caller(manager)

    status, answer = caller.send("POST", PATH, {"kind": "release", "quantity": 1, "note": "x"})
    assert (status, answer["code"]) == (403, "inspector_may_not_sign")
    assert caller.send("POST", PATH, {"kind": "scrap", "quantity": 1, "note": "Broken"})[0] == 201
    status, answer = caller.send("POST", PATH, {"kind": "scrap", "quantity": 1, "note": "Broken"})
    assert (status, answer["code"]) == (409, "nothing_set_aside")


def test_a_session_signs_with_its_password(aside, manager):
    client = Client()
    client.force_login(manager)
    release = {"kind": "release", "quantity": 1, "note": "x"}

    answers = [
        client.post(f"/api/v1/{PATH}", release | password, content_type="application/json").status_code
        for password in ({}, {"password": "wrong"}, {"password": "holdfast-test"})
    ]

    assert answers == [400, 400, 201]


@pytest.mark.parametrize(
    ("persona", "seen", "replaced"),
    [
        ("inspector", 200, 201),
        ("manager", 200, 201),
        ("merchandiser", 200, 403),
        ("supplier_user", 200, 403),
        ("rival_supplier", 404, 404),
        ("admin", 200, 201),
        (None, 401, 401),
    ],
)
def test_who_sees_and_who_replaces(request, aside, persona, seen, replaced):
    caller = Caller(request.getfixturevalue(persona) if persona else None)
    body = {"quantity": 1, "note": "x"}

    assert [
        caller.send("GET", PATH)[0],
        caller.send("POST", "batches/B-2611-042/replacements/", body)[0],
        caller.send("POST", PATH, body | {"kind": "replacement"})[0],
    ] == [seen, replaced, replaced]
    assert AsideStep.objects.count() == (2 if replaced == 201 else 0)


def test_a_supplier_reads_the_steps_and_no_names(aside, inspector, supplier_user):
    Caller(inspector).send("POST", "batches/B-2611-042/replacements/", {"quantity": 1, "note": "New"})

    _status, steps = Caller(supplier_user).send("GET", PATH)

    assert [(step["quantity"], step["done_by"]) for step in steps["results"]] == [(1, "Quality manager")]
    assert quantities(Caller(supplier_user))["set_aside"] == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements_for_one_and_for_three(aside, inspector, django_assert_num_queries, count):
    qc = Caller(inspector)
    for _step in range(count):
        qc.send("POST", "batches/B-2611-042/replacements/", {"quantity": 1, "note": "New"})
    with django_assert_num_queries(3):
        assert len(qc.send("GET", PATH)[1]["results"]) == count


def test_batches_with_units_set_aside_are_found(aside, product, inspector):
    other = Caller(inspector)
    other.send("POST", "batches/", {"number": "B-8", "product": product.sku, "quantity": 10})

    found = {
        wanted: [row["number"] for row in other.send("GET", f"batches/?set_aside={wanted}")[1]["results"]]
        for wanted in ("true", "false")
    }

    assert found == {"true": ["B-2611-042"], "false": ["B-8"]}
    assert other.send("GET", "batches/?set_aside=some")[0] == 400


def test_nobody_without_a_role_does_anything(aside):
    assert Caller(make_user()).send("GET", PATH)[0] == 404
