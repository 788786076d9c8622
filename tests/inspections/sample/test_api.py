from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.inspection.services.planning import plan_inspection
from inspections.models import Photo, ReferenceComparison, Sample
from inspections.photo.tasks import process_waiting_photos
from inspections.sample.services.details import SampleDetails
from tests.caller import Caller, fields
from tests.factories import after, inspect, make_batch, make_golden_sample, make_product, make_sample, make_supplier
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db

CHECKS = [
    {"aspect": aspect, "conforms": True}
    for aspect in ("appearance", "function", "packaging", "accessories", "manual", "label", "transport")
] + [
    {"characteristic": "LEAK", "conforms": True},
    {"characteristic": "HEIGHT", "readings": [50.0, 50.10]},
    {"characteristic": "CORD", "readings": [75.2]},
    {"characteristic": "LID", "conforms": True},
    {"characteristic": "PRINT", "conforms": True},
]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_sample_is_recorded_and_approved_by_a_second_person(product, inspector, manager):
    status, sample = Caller(inspector).send(
        "POST",
        "samples/",
        {
            "product": product.sku,
            "checks": CHECKS,
            "weight_g": 886.5,
            "colour": {"l": 92.1, "a": -0.8, "b": 2.4},
            "barcode": "4006381333931",
            "note": "two more are ordered",
            "transport": {"protocol": "ista_1a", "package_weight_kg": 1.6, "drops": drops()},
        },
    )
    assert (status, sample["state"], sample["version"], sample["unanswered"]) == (201, "checked", None, [])
    assert (sample["colour"], sample["weight_g"]) == ({"l": 92.1, "a": -0.8, "b": 2.4}, 886.5)
    assert [check["readings"] for check in sample["checks"] if check["characteristic"] == "HEIGHT"] == [[50.0, 50.10]]
    assert (sample["transport"]["protocol"], sample["transport"]["drops"][0]["height_mm"]) == ("ista_1a", 760)

    status, decided = Caller(manager).send(
        "POST", f"samples/{sample['id']}/decide/", {"decision": "approve", "reason": "As agreed"}
    )

    assert (status, decided["state"], decided["version"], decided["confirmed"], decided["signature"]) == (
        200,
        "approved",
        1,
        False,
        "token",
    )
    inspect(make_batch(product=product), actor=inspector, at=after(60 * 24 * 365))
    _status, listed = Caller(manager).send("GET", "samples/?state=approved")
    assert [(row["code"], row["confirmed"]) for row in listed["results"]] == [(decided["code"], True)]


def drops(**damage):
    return [{"number": n, "package_damaged": False, "product_damaged": False} for n in range(1, 11)]


def test_an_aspect_that_is_none_is_refused_with_those_that_are(product, inspector):
    checks = [{"aspect": "label_compliance", "conforms": True}]
    status, refusal = Caller(inspector).send("POST", "samples/", {"product": product.sku, "checks": checks})

    assert (status, fields(refusal)) == (400, [("checks.0.aspect", "invalid_choice")])
    assert refusal["errors"][0]["detail"] == (
        "A sample is not checked for label_compliance. "
        "Known are: appearance, function, packaging, accessories, manual, label, transport."
    )


def test_step_by_step(product, inspector):
    caller = Caller(inspector)
    _status, sample = caller.send("POST", "samples/", {"product": product.sku, "submit": False})
    assert (sample["state"], len(sample["unanswered"])) == ("received", 12)

    for check in CHECKS[:-1]:
        caller.send("POST", f"samples/{sample['id']}/checks/", check)
    status, refusal = caller.send("POST", f"samples/{sample['id']}/submit/")
    assert (status, refusal["code"], refusal["unanswered"]) == (422, "unanswered_checks", ["PRINT"])
    caller.send("POST", f"samples/{sample['id']}/checks/", CHECKS[-1])

    status, sample = caller.send("POST", f"samples/{sample['id']}/submit/")
    assert (status, sample["state"], sample["unanswered"]) == (200, "checked", [])


@pytest.mark.parametrize(
    ("change", "status", "named"),
    [
        ({"product": "NONE"}, 400, [("product", "unknown_product")]),
        ({"colour": {"l": 50, "a": 200, "b": 200}}, 400, [("colour", "outside_gamut")]),
        ({"colour": {"l": 50, "a": "red", "b": 0}}, 400, [("colour.a", "not_a_number")]),
        ({"weight_g": "heavy"}, 400, [("weight_g", "not_a_number")]),
        ({"weight_g": 0}, 400, [("weight_g", "out_of_range")]),
        ({"barcode": "4006381333930"}, 400, [("barcode", "check_digit")]),
        ({"colours": {}}, 400, [("colours", "unknown_field")]),
        ({"checks": [{"aspect": "taste", "conforms": True}]}, 400, [("checks.0.aspect", "invalid_choice")]),
        ({"checks": [{"characteristic": "HEIGHT", "readings": ["x"]}]}, 400, [("checks.0.readings.0", "not_a_number")]),
        ({"checks": CHECKS[:-1]}, 422, []),
        ({"checks": []}, 422, []),
        (
            {"transport": {"protocol": "ista_1a", "package_weight_kg": 99}},
            400,
            [("transport.package_weight_kg", "out_of_range")],
        ),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_stored(product, inspector, change, status, named):
    answer = Caller(inspector).send("POST", "samples/", {"product": product.sku, "checks": CHECKS} | change)

    assert (answer[0], fields(answer[1])) == (status, named)
    assert Sample.objects.count() == 0


def test_a_decision_is_refused_to_the_checker_and_to_whoever_comes_second(product, inspector, manager, admin):
    sample = make_sample(product, actor=manager)
    address, body = f"samples/{sample.uid}/decide/", {"decision": "approve", "reason": "As agreed"}

    status, refusal = Caller(manager).send("POST", address, body)
    assert (status, refusal["code"]) == (403, "checker_may_not_decide")
    assert Caller(admin).send("POST", address, body)[0] == 200
    status, refusal = Caller(admin).send("POST", address, body | {"decision": "refuse"})
    assert (status, refusal["code"]) == (409, "sample_decided")
    sample.refresh_from_db()
    assert (sample.status, sample.version) == ("approved", 1)


def test_a_repeat_with_its_key_has_one_effect(product, inspector):
    caller = Caller(inspector)
    body = {"product": product.sku, "checks": CHECKS}

    answers = [caller.send("POST", "samples/", body, key="one") for _ in range(2)]

    assert answers[0] == answers[1]
    assert Sample.objects.count() == 1


@pytest.mark.parametrize(
    ("persona", "receive", "decide", "see"),
    [
        ("inspector", 201, 403, 200),
        ("manager", 201, 200, 200),
        ("merchandiser", 403, 403, 200),
        ("supplier_user", 403, 403, 200),
        ("rival_supplier", 403, 404, 404),
        ("admin", 201, 200, 200),
    ],
)
def test_who_may(request, product, persona, receive, decide, see):
    sample = make_sample(product)
    caller = Caller(request.getfixturevalue(persona))
    other = make_product("OTHER", supplier=make_supplier("OTHER"))

    assert caller.send("GET", f"samples/{sample.uid}/")[0] == see
    assert caller.send("GET", f"samples/{sample.uid}/photos/")[0] == see
    assert caller.send("POST", "samples/", {"product": other.sku, "submit": False})[0] == receive
    body = {"decision": "refuse", "reason": "No"}
    assert caller.send("POST", f"samples/{sample.uid}/decide/", body)[0] == decide
    checks = caller.send("POST", f"samples/{sample.uid}/checks/", CHECKS[0])
    assert checks[0] == (409 if receive == 201 else 404 if see == 404 else 403)


def test_an_answer_says_which_one_it_replaces(product, inspector, manager):
    sample = make_sample(product, submit=False, actor=inspector)
    qc, boss, path = Caller(inspector), Caller(manager), f"samples/{sample.uid}"

    def look():
        [found] = [check for check in qc.send("GET", f"{path}/")[1]["checks"] if check["aspect"] == "appearance"]
        return found["conforms"], found["revision"]

    good = {"aspect": "appearance", "conforms": True, "note": "looked again"}
    bad = {"aspect": "appearance", "conforms": False, "note": "deep scratch"}
    assert look() == (True, 1)
    assert boss.send("POST", f"{path}/checks/", bad | {"revision": 1})[0] == 200

    for sent in (good | {"revision": 1}, good):  # a stale one, and one that saw none
        status, refusal = qc.send("POST", f"{path}/checks/", sent)
        assert (status, refusal["code"], refusal["check"], refusal["revision"]) == (
            409,
            "check_changed",
            "appearance",
            2,
        )
        assert "deep scratch" in refusal["detail"]
    assert look() == (False, 2)
    assert qc.send("POST", f"{path}/checks/", good | {"revision": 2})[0] == 200
    assert qc.send("POST", f"{path}/checks/", good | {"revision": 1})[0] == 200  # a repeat changes nothing
    assert look() == (True, 3)


def test_a_drop_says_which_answer_it_replaces(product, inspector, manager):
    sample = make_sample(product, submit=False, actor=inspector)
    qc, boss, path = Caller(inspector), Caller(manager), f"samples/{sample.uid}"
    qc.send("POST", f"{path}/transport/", {"protocol": "ista_1a", "package_weight_kg": 12})
    fine = {"number": 1, "package_damaged": False, "product_damaged": False, "revision": 0}
    cracked = {"number": 1, "package_damaged": False, "product_damaged": True, "note": "Lid cracked", "revision": 1}

    statuses = [
        caller.send("POST", f"{path}/drops/", sent)[0]
        for caller, sent in (
            (qc, fine), (boss, cracked), (qc, fine | {"note": "again"}),
            (qc, {name: value for name, value in fine.items() if name != "revision"}),
        )
    ]  # fmt: skip

    assert statuses == [200, 200, 409, 409]
    drop = qc.send("GET", f"{path}/")[1]["transport"]["drops"][0]
    assert (drop["product_damaged"], drop["revision"]) == (True, 2)


def test_details_are_corrected_one_by_one_while_it_is_checked(product, inspector):
    details = SampleDetails(weight_g="886.5", colour=["92.1", "-0.8", "2.4"], seal_number="S-1", note="first")
    sample = make_sample(product, submit=False, details=details)
    caller, path = Caller(inspector), f"samples/{sample.uid}/"

    status, changed = caller.send("PATCH", path, {"weight_g": 887, "seal_number": "", "kept_until": "2099-01-31"})

    assert (status, changed["weight_g"], changed["seal_number"], changed["kept_until"]) == (200, 887, "", "2099-01-31")
    assert (changed["colour"], changed["note"]) == ({"l": 92.1, "a": -0.8, "b": 2.4}, "first")
    assert caller.send("PATCH", path, {"colour": None})[1]["colour"] is None
    for body, named in [
        ({"colour": {"l": 50, "a": 200, "b": 200}}, [("colour", "outside_gamut")]),
        ({"weight_g": 0}, [("weight_g", "out_of_range")]),
        ({"barcode": "4006381333930"}, [("barcode", "check_digit")]),
        ({"submit": True}, [("submit", "unknown_field")]),
        ({"product": "X"}, [("product", "unknown_field")]),
    ]:
        status, refusal = caller.send("PATCH", path, body)
        assert (status, fields(refusal)) == (400, named)
    caller.send("POST", f"{path}submit/")
    status, refusal = caller.send("PATCH", path, {"note": "late"})
    assert (status, refusal["code"]) == (409, "sample_checked")


def test_where_it_is_kept_is_said_also_once_it_is_decided(product, inspector):
    sample = make_golden_sample(product, details=SampleDetails(kept_at="Room 2", kept_until=date(2099, 1, 31)))
    caller, path = Caller(inspector), f"samples/{sample.uid}/move/"

    status, moved = caller.send("POST", path, {"kept_at": "Room 3"})
    assert (status, moved["kept_at"], moved["kept_until"]) == (200, "Room 3", "2099-01-31")
    assert caller.send("POST", path, {"kept_at": "Room 3", "kept_until": None})[1]["kept_until"] is None
    status, refusal = caller.send("POST", path, {"kept_at": "Room 3", "kept_until": "2020-01-01"})
    assert (status, fields(refusal)) == (400, [("kept_until", "past")])


def test_a_transport_test_is_begun_and_its_drops_recorded_one_by_one(product, inspector):
    sample = make_sample(product, submit=False)
    caller, path = Caller(inspector), f"samples/{sample.uid}/"
    drop = {"number": 1, "package_damaged": False, "product_damaged": False}

    status, refusal = caller.send("POST", f"{path}drops/", drop)
    assert (status, fields(refusal)) == (400, [("protocol", "required")])
    assert caller.send("POST", f"{path}transport/", {"protocol": "ista_1a", "package_weight_kg": 12})[0] == 200
    status, begun = caller.send("POST", f"{path}transport/", {"protocol": "ista_1a", "package_weight_kg": 1.6})
    assert (status, begun["transport"]["package_weight_kg"], begun["transport"]["drops"][0]["height_mm"]) == (
        200,
        1.6,
        760,
    )
    assert begun["unanswered"] == [f"drop-{n}" for n in range(1, 11)]

    status, refusal = caller.send("POST", f"{path}drops/", drop | {"product_damaged": True})
    assert (status, fields(refusal)) == (400, [("drop.note", "required")])
    status, refusal = caller.send("POST", f"{path}drops/", drop | {"number": 11})
    assert (status, fields(refusal)) == (400, [("drop.number", "unknown_drop")])
    caller.send("POST", f"{path}drops/", drop | {"product_damaged": True, "note": "Lid broke"})
    status, recorded = caller.send("POST", f"{path}drops/", drop)
    assert (status, recorded["transport"]["drops"][0]) == (
        200,
        begun["transport"]["drops"][0]
        | {"done": True, "package_damaged": False, "product_damaged": False, "note": "", "revision": 2},
    )
    assert recorded["unanswered"] == [f"drop-{n}" for n in range(2, 11)]
    status, refusal = caller.send("POST", f"{path}transport/", {"protocol": "ista_1a", "package_weight_kg": 2})
    assert (status, refusal["code"]) == (409, "drops_recorded")


@pytest.mark.parametrize(
    ("persona", "status"),
    [("inspector", 200), ("manager", 200), ("merchandiser", 403), ("supplier_user", 403), ("rival_supplier", 404)],
)
def test_who_may_note_something_of_a_sample(request, product, persona, status):
    sample = make_sample(product, submit=False)
    caller, path = Caller(request.getfixturevalue(persona)), f"samples/{sample.uid}/"
    drop = {"number": 1, "package_damaged": False, "product_damaged": False}

    assert [
        caller.send("PATCH", path, {"note": "x"})[0],
        caller.send("POST", f"{path}move/", {"kept_at": "Room 3"})[0],
        caller.send("POST", f"{path}transport/", {"protocol": "ista_1a", "package_weight_kg": 1.6})[0],
        caller.send("POST", f"{path}drops/", drop)[0],
    ] == [status] * 4


def test_a_supplier_sees_its_own_samples_without_what_is_internal(product, supplier_user, rival_supplier):
    details = SampleDetails(note="they overcharge", kept_at="Room 2", seal_number="S-1")
    sample = make_golden_sample(product, details=details)
    make_golden_sample(make_product("RIVAL-1", supplier=rival_supplier.suppliers.get()))

    _status, listed = Caller(supplier_user).send("GET", "samples/")
    _status, one = Caller(supplier_user).send("GET", f"samples/{sample.uid}/")

    assert [row["id"] for row in listed["results"]] == [str(sample.uid)]
    assert (one["note"], one["kept_at"], one["seal_number"]) == ("", "", "S-1")
    assert "overcharge" not in str(listed)


def test_photos_of_a_sample(product, inspector, supplier_user, rival_supplier):
    sample = make_sample(product, actor=inspector, submit=False)
    address = f"/api/v1/samples/{sample.uid}/photos/"

    def send(**more):
        photo = SimpleUploadedFile("a.jpg", encoded(scene(1)).getvalue())
        return Caller(inspector).post(address, {"photo": photo, **more}, format="multipart")

    assert send(check="manual").status_code == 201
    assert send(check="manual").json()["id"] == send(check="manual").json()["id"]
    assert fields(send(check="NONE").json()) == [("check", "unknown_check")]
    assert fields(send(drop=1).json()) == [("drop", "unknown_drop")]
    process_waiting_photos()
    _status, listed = Caller(supplier_user).send("GET", f"samples/{sample.uid}/photos/")
    [photo] = listed["results"]
    assert (photo["aspect"], photo["state"], photo["drop"]) == ("manual", "ready", None)
    copy = Caller(supplier_user).get(photo["small"], headers={"Accept": "*/*"})
    assert b"".join(copy.streaming_content).startswith(b"\xff\xd8")
    assert Caller(rival_supplier).get(photo["small"], headers={"Accept": "*/*"}).status_code == 404
    assert Photo.objects.count() == 1


def test_lists_can_be_narrowed(product, inspector, manager):
    golden = make_golden_sample(product)
    waiting = make_sample(product, at=after(5))
    other = make_golden_sample(make_product())

    def found(query):
        return [row["id"] for row in Caller(manager).send("GET", f"samples/?{query}")[1]["results"]]

    assert found(f"product={product.sku}") == [str(waiting.uid), str(golden.uid)]
    assert found("supplier=HAILAN&state=approved") == [str(golden.uid)]
    assert found(f"product={other.product.sku}") == [str(other.uid)]
    assert Caller(manager).send("GET", "samples/?stat=approved")[0] == 400


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_a_constant_number_of_statements(manager, django_assert_num_queries, count):
    for _number in range(count):
        make_golden_sample(make_product())
    caller = Caller(manager)

    with django_assert_num_queries(4):
        caller.send("GET", "samples/")


# Comparisons


@pytest.fixture
def inspection(product, inspector):
    make_golden_sample(product, details=SampleDetails(colour=["92.1", "-0.8", "2.4"]))
    return plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(10))


def compare(caller, inspection, code="LID", **body):
    return caller.send("PUT", f"inspections/{inspection.uid}/comparisons/{code}/", body)


def test_the_units_are_compared_with_the_golden_sample(inspection, inspector, client):
    caller = Caller(inspector)
    assert compare(caller, inspection, same=True)[0] == 200

    status, found = compare(
        caller, inspection, same=False, difference="Yellower", colour={"l": 91.4, "a": -0.6, "b": 4.9}
    )

    assert (status, found["same"], found["difference"], found["version"]) == (200, False, "Yellower", 1)
    assert round(found["colour_difference"], 2) == 2.23
    assert found["colour_is_beyond_surfaces"] is False
    neon = compare(caller, inspection, same=False, difference="Neon", colour={"l": 102, "a": -30, "b": 110})
    assert (neon[0], neon[1]["colour_is_beyond_surfaces"]) == (200, True)
    client.force_login(inspector)
    page = client.get(f"/inspections/{inspection.uid}/record/").content.decode()
    assert 'data-reference-beyond role="status">' in page
    _status, listed = caller.send("GET", f"inspections/{inspection.uid}/comparisons/")
    assert [row["characteristic"] for row in listed["results"]] == ["LID"]


@pytest.mark.parametrize(
    ("code", "body", "status", "named"),
    [
        ("LID", {"same": False}, 400, [("difference", "required")]),
        ("LID", {}, 400, [("same", "required")]),
        ("NONE", {"same": True}, 400, [("characteristic", "unknown_characteristic")]),
        ("LID", {"same": True, "colour": {"l": 151, "a": 0, "b": 0}}, 400, [("colour", "out_of_range")]),
    ],
)
def test_comparisons_that_cannot_be(inspection, inspector, code, body, status, named):
    answer = compare(Caller(inspector), inspection, code, **body)

    assert (answer[0], fields(answer[1])) == (status, named)
    assert ReferenceComparison.objects.count() == 0


def test_a_comparison_is_not_overwritten_by_one_that_knew_nothing_of_it(inspection, inspector, manager):
    at = "2026-11-22T12:00:00+08:00"
    _status, first = compare(
        Caller(inspector), inspection, same=False, difference="Yellower", recorded_at=at, revision=0
    )
    assert (first["revision"], first["recorded_at"], first["colour"]) == (1, at, None)

    status, refusal = compare(Caller(manager), inspection, same=True, revision=0)
    assert (status, refusal["code"]) == (409, "comparison_changed")
    assert compare(Caller(manager), inspection, same=False, difference="Yellower", revision=0)[1] == first

    _status, second = compare(Caller(manager), inspection, same=True, revision=1)
    assert (second["revision"], second["difference"]) == (2, "")
    path = f"inspections/{inspection.uid}/comparisons/"
    assert Caller(manager).send("GET", f"{path}LID/") == (200, second)
    assert Caller(manager).send("GET", f"{path}CORD/")[0] == 404


def test_without_a_golden_sample_at_planning_nothing_is_compared(product, inspector):
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(1))
    make_golden_sample(product, at=after(5))

    status, refusal = compare(Caller(inspector), inspection, same=True)

    assert (status, refusal["code"]) == (409, "no_golden_sample")


@pytest.mark.parametrize(
    ("persona", "status", "listed"),
    [("manager", 200, 200), ("merchandiser", 403, 200), ("supplier_user", 403, 200), ("rival_supplier", 404, 404)],
)
def test_who_compares(request, inspection, persona, status, listed):
    caller = Caller(request.getfixturevalue(persona))

    assert compare(caller, inspection, same=True)[0] == status
    assert caller.send("GET", f"inspections/{inspection.uid}/comparisons/")[0] == listed
