import pytest

from accounts.roles import Role
from inspections.hold.services.holds import Decision, decide_hold, place_hold
from inspections.models import Batch, Shipment
from tests.caller import Caller, fields
from tests.factories import after, answer_hold, inspect, make_batch, make_product, make_specification, make_user

pytestmark = pytest.mark.django_db

CLASS_J = {
    "severity": "normal",
    "sample_size": 80,
    "inspect_all": False,
    "code_letter": "J",
    "effective_letter": "J",
    "counts": "units",
}


@pytest.fixture
def merchant(merchandiser):
    return Caller(merchandiser)


def test_a_registered_batch_shows_where_its_units_are_and_its_plan(product, merchant):
    status, registered = merchant.send(
        "POST", "batches/",
        {"number": "B-7", "product": "HL-KT17-W", "quantity": 1000, "po_number": "PO 88", "produced_on": "2026-11-20"},
    )  # fmt: skip
    assert (status, registered["number"], registered["state"]) == (201, "B-7", "awaiting")

    status, batch = merchant.send("GET", "batches/B-7/")

    assert status == 200
    assert batch["quantities"] == {
        "total": 1000, "shipped": 0, "available": 0, "on_hold": 0, "set_aside": 0, "awaiting": 1000, "returned": 0, "scrapped": 0,
    }  # fmt: skip
    assert (batch["quantity"], batch["po_number"], batch["produced_on"], batch["open_holds"]) == (
        1000,
        "PO 88",
        "2026-11-20",
        [],
    )
    assert batch["plan"] == {
        "round": 1,
        "lot_size": 1000,
        "severity": "normal",
        "code_letter": "J",
        "classes": {
            "critical": {**CLASS_J, "acceptance": 0, "rejection": 1, "stages": []},
            "major": {**CLASS_J, "acceptance": 5, "rejection": 6, "stages": []},
            "minor": {**CLASS_J, "acceptance": 7, "rejection": 8, "stages": []},
        },
        "characteristics": {},
        "variables": {},
    }


def test_the_plan_shown_is_that_of_the_next_round_and_in_the_end_of_the_last(batch, inspector, merchant):
    inspect(batch, actor=inspector, LEAK=[3])
    _status, held = merchant.send("GET", f"batches/{batch.number}/")
    assert (held["state"], held["plan"]["round"], held["plan"]["severity"]) == ("on_hold", 2, "tightened")
    assert [hold["title"] for hold in held["open_holds"]] == ["B-2611-042 is stopped: no leak not conforming"]

    answer_hold(batch.holds.get())
    inspect(batch, actor=make_user(Role.QC), at=after(60))
    _status, accepted = merchant.send("GET", f"batches/{batch.number}/")
    assert (accepted["state"], accepted["plan"]["round"], accepted["open_holds"]) == ("accepted", 2, [])


def test_a_batch_without_a_specification_has_no_plan(merchant):
    batch = make_batch(product=make_product())

    assert merchant.send("GET", f"batches/{batch.number}/")[1]["plan"] is None


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"number": "B-1"}, "number", "duplicate"),
        ({"number": "B 2"}, "number", "code"),
        ({"number": ""}, "number", "blank"),
        ({"number": "x" * 61}, "number", "max_length"),
        ({"number": None}, "number", "null"),
        ({"product": "NOPE"}, "product", "unknown_product"),
        ({"quantity": 0}, "quantity", "out_of_range"),
        ({"quantity": -5}, "quantity", "out_of_range"),
        ({"quantity": 10**9 + 1}, "quantity", "out_of_range"),
        ({"quantity": 10**30}, "quantity", "out_of_range"),
        ({"quantity": 1.5}, "quantity", "invalid"),
        ({"quantity": "many"}, "quantity", "invalid"),
        ({"quantity": True}, "quantity", "invalid"),
        ({"cartons": 0}, "cartons", "out_of_range"),
        ({"cartons": 101}, "cartons", "out_of_range"),
        ({"produced_on": "yesterday"}, "produced_on", "invalid"),
        ({"qty": 5}, "qty", "unknown_field"),
        ({"po_number": "x" * 61}, "po_number", "max_length"),
    ],
)
def test_a_bad_batch_is_refused_by_field_and_nothing_is_stored(product, merchant, change, field, code):
    make_batch("B-1", product=product)

    status, answer = merchant.send(
        "POST", "batches/", {"number": "B-2", "product": "HL-KT17-W", "quantity": 100} | change
    )

    assert (status, fields(answer)) == (400, [(field, code)])
    assert list(Batch.objects.values_list("number", flat=True)) == ["B-1"]


def test_may_it_ship_is_answered_fail_closed(batch, inspector, merchant, rival_supplier):
    path = f"batches/{batch.number}/shippable/"
    awaiting = {"code": "not_accepted", "detail": "1,000 units are not accepted yet."}
    answer = {"shippable": False, "quantity": 0, "stopped": 1000, "reasons": [awaiting]}
    assert merchant.send("GET", path) == (200, answer)

    inspect(batch, actor=inspector, LEAK=[3])
    held = {"code": "on_hold", "detail": "1,000 units are on hold."}
    assert merchant.send("GET", path) == (200, answer | {"reasons": [held]})
    assert merchant.get(f"/api/v1/{path}")["Cache-Control"] == "no-store"

    for caller, number in ((merchant, "B-404"), (Caller(rival_supplier), batch.number)):
        status, answer = caller.send("GET", f"batches/{number}/shippable/")
        assert (status, answer["shippable"], answer["quantity"], answer["reasons"][0]["code"]) == (
            404,
            False,
            0,
            "unknown_batch",
        )


def test_a_batch_that_is_partly_on_hold_ships_no_more_than_was_asked_for(batch, inspector, manager, merchant):
    inspect(batch, actor=inspector)
    hold = place_hold(batch=batch, note="Wet", actor=inspector, at=after(60))
    decision = Decision("release", 10, "These ten are dry")
    decide_hold(hold=hold, decision=decision, signature="password", actor=manager, at=after(61))

    def may(question=""):
        _status, answer = merchant.send("GET", f"batches/{batch.number}/shippable/{question}")
        return answer["shippable"], answer["quantity"], answer["stopped"], [each["code"] for each in answer["reasons"]]

    assert may() == (False, 10, 990, ["on_hold"])
    assert may("?quantity=10") == (True, 10, 990, ["on_hold"])
    assert may("?quantity=11") == (False, 10, 990, ["on_hold", "not_enough"])


@pytest.mark.parametrize("question", ["quantity=", "quantity=0", "quantity=ten", "quantity=1&quantity=2", "n=1"])
def test_a_question_that_is_none_is_refused(batch, merchant, question):
    status, answer = merchant.send("GET", f"batches/{batch.number}/shippable/?{question}")

    assert (status, [error["field"] for error in answer["errors"]]) == (400, [question.partition("=")[0]])


def test_many_batches_are_answered_at_once(batch, inspector, merchant, rival_supplier, django_assert_num_queries):
    other = make_batch("B-2", product=batch.product, quantity=400, po_number="PO-7")
    inspect(other, actor=inspector, at=after(60))
    inspect(batch, actor=inspector, at=after(60), LEAK=[3])

    def ask(question, caller=merchant):
        status, answer = caller.send("GET", f"shippable/?{question}")
        if status != 200:
            return status, fields(answer)
        rows = [(row["batch"], row["shippable"], row["quantity"]) for row in answer["results"]]
        return answer["shippable"], answer["quantity"], answer["stopped"], rows

    both = [(batch.number, False, 0), ("B-2", True, 400)]
    with django_assert_num_queries(5):  # who asks, the names, how many, the batches, their holds
        assert ask(f"batch={batch.number}&batch=B-2") == (False, 400, 1000, both)
    assert ask(f"product={batch.product.sku}&quantity=400") == (True, 400, 1000, both)
    assert ask(f"product={batch.product.sku}&quantity=401")[0] is False
    assert ask("po_number=PO-7") == (True, 400, 0, both[1:])
    assert ask("batch=B-2&batch=B-404") == (400, [("batch", "unknown_batch")])
    assert ask("batch=B-2", Caller(rival_supplier)) == (400, [("batch", "unknown_batch")])
    assert ask("batch=B-2&po_number=PO-7")[0] == ask("")[0] == 400


def test_units_leave_by_a_shipment(batch, inspector, merchant):
    inspect(batch, actor=inspector)

    status, shipment = merchant.send(
        "POST", "shipments/", {"batch": batch.number, "quantity": 400, "reference": "TT-5521"}
    )

    assert status == 201
    assert {key: shipment[key] for key in ("batch", "product", "supplier", "quantity", "reference")} == {
        "batch": "B-2611-042",
        "product": "HL-KT17-W",
        "supplier": "HAILAN",
        "quantity": 400,
        "reference": "TT-5521",
    }
    assert merchant.send("GET", f"batches/{batch.number}/")[1]["quantities"]["available"] == 600
    assert [row["id"] for row in merchant.send("GET", "shipments/")[1]["results"]] == [shipment["id"]]


def test_what_may_not_ship_is_refused_with_the_reasons(batch, inspector, merchant):
    inspect(batch, actor=inspector, LEAK=[3])

    status, answer = merchant.send("POST", "shipments/", {"batch": batch.number, "quantity": 1})

    assert (status, answer["code"], [reason["code"] for reason in answer["reasons"]]) == (
        409,
        "batch_not_shippable",
        ["on_hold", "not_enough"],
    )
    assert Shipment.objects.count() == 0


def test_more_than_is_available_does_not_ship(batch, inspector, merchant):
    inspect(batch, actor=inspector)

    status, answer = merchant.send("POST", "shipments/", {"batch": batch.number, "quantity": 1001})

    assert (status, answer["code"], answer["reasons"]) == (
        409,
        "batch_not_shippable",
        [{"code": "not_enough", "detail": "1,001 units were asked for, 1,000 may ship."}],
    )


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"batch": "B-404"}, "batch", "unknown_batch"),
        ({"quantity": 0}, "quantity", "out_of_range"),
        ({"quantity": -1}, "quantity", "out_of_range"),
        ({"quantity": 10**9 + 1}, "quantity", "out_of_range"),
        ({"quantity": None}, "quantity", "null"),
        ({"amount": 1}, "amount", "unknown_field"),
    ],
)
def test_a_bad_shipment_is_refused_by_field(batch, inspector, merchant, change, field, code):
    inspect(batch, actor=inspector)

    status, answer = merchant.send("POST", "shipments/", {"batch": batch.number, "quantity": 1} | change)

    assert (status, fields(answer), Shipment.objects.count()) == (400, [(field, code)], 0)


@pytest.mark.parametrize("path", ["batches/", "shipments/"])
def test_a_list_takes_the_same_statements_for_one_and_for_three(
    path, product, inspector, merchant, django_assert_num_queries
):
    def one_more():
        batch = make_batch(product=product)
        inspect(batch, actor=inspector)
        merchant.send("POST", "shipments/", {"batch": batch.number, "quantity": 1})

    one_more()
    with django_assert_num_queries(2):
        assert len(merchant.send("GET", path)[1]["results"]) == 1
    one_more()
    one_more()
    with django_assert_num_queries(2):
        assert len(merchant.send("GET", path)[1]["results"]) == 3


def test_one_batch_takes_few_statements(batch, inspector, merchant, django_assert_num_queries):
    inspect(batch, actor=inspector, LEAK=[3])

    with django_assert_num_queries(8):
        merchant.send("GET", f"batches/{batch.number}/")


def test_batches_are_filtered_and_a_supplier_lists_its_own(batch, inspector, merchant, supplier_user):
    product = make_product("OTHER")
    make_specification(product)
    make_batch("B-2", product=product)
    inspect(batch, actor=inspector)

    def found(caller, query=""):
        return [row["number"] for row in caller.send("GET", f"batches/?{query}")[1]["results"]]

    assert found(merchant) == ["B-2", "B-2611-042"]
    assert found(merchant, "state=accepted") == ["B-2611-042"]
    assert found(merchant, "product=OTHER") == ["B-2"]
    assert found(merchant, "supplier=HAILAN") == ["B-2611-042"]
    assert found(merchant, "date_after=2026-11-23") == []
    assert found(Caller(supplier_user)) == ["B-2611-042"]
    assert Caller(supplier_user).send("GET", "batches/?product=OTHER")[0] == 400  # no product of theirs


def test_suppliers_and_products_are_created_once(merchant):
    assert merchant.send("POST", "suppliers/", {"code": "HAILAN", "name": "Hailan Electric"})[0] == 201
    new = {"sku": "K-1", "name": "Kettle", "supplier": "HAILAN", "category": "electrical_appliance"}
    status, product = merchant.send("POST", "products/", {**new, "markets": ["US", "UK"]})
    assert (status, product["sku"], product["markets"]) == (201, "K-1", ["UK", "US"])

    assert merchant.send("GET", "products/K-1/")[1] == product
    assert merchant.send("GET", "products/?supplier=HAILAN")[1]["results"] == [product]
    assert [row["code"] for row in merchant.send("GET", "suppliers/")[1]["results"]] == ["HAILAN"]
    for path, body, wrong in (
        ("suppliers/", {"code": "HAILAN", "name": "Again"}, [("code", "duplicate")]),
        ("products/", new, [("sku", "duplicate")]),
        ("products/", {**new, "sku": "K-2", "supplier": "NOPE"}, [("supplier", "unknown_supplier")]),
        ("products/", {**new, "sku": "K-2", "category": "NOPE"}, [("category", "unknown_category")]),
        ("products/", {**new, "sku": "K-2", "markets": ["ZZ"]}, [("markets", "unknown_market")]),
        ("products/", {**new, "sku": "K/2"}, [("sku", "code")]),
        ("suppliers/", {"code": "X", "name": ""}, [("name", "blank")]),
        ("suppliers/", {"code": "X", "name": "x" * 121}, [("name", "max_length")]),
    ):
        status, answer = merchant.send("POST", path, body)
        assert (path, status, fields(answer)) == (path, 400, wrong)


HEIGHT = {
    "code": "HEIGHT", "name": "Body height", "aspect": "dimension", "class": "critical", "measured": True,
    "target": 50.0, "lower": "49.5", "upper": 50.5, "unit": "mm",
}  # fmt: skip
LID = {"code": "LID", "name": "Lid finish", "aspect": "appearance", "class": "major", "measured": False}
SCHEME = {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": 2.5, "minor": "4.0"}}


def test_a_specification_is_put_and_an_identical_repeat_makes_no_new_version(merchant, event_kinds):
    product = make_product("K-1")
    body = {"characteristics": [HEIGHT, LID], "scheme": SCHEME}

    answers = [merchant.send("PUT", "products/K-1/specification/", body) for _n in range(2)]

    assert [(status, answer["version"], answer["state"]) for status, answer in answers] == [(200, 1, "active")] * 2
    status, stored = merchant.send("GET", "products/K-1/specification/")
    assert (status, stored["characteristics"][0]["upper"], stored["characteristics"][1]["class"]) == (
        200,
        50.5,
        "major",
    )
    changed = {**body, "characteristics": [HEIGHT | {"upper": 50.4}, LID]}
    assert merchant.send("PUT", "products/K-1/specification/", changed)[1]["version"] == 2
    assert event_kinds(f"product:{product.sku}") == [
        "product.created", *["specification.drafted", "specification.activated"] * 2,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("characteristics", "scheme", "field", "code"),
    [
        ([], SCHEME, "characteristics", "required"),
        ([HEIGHT, HEIGHT], SCHEME, "characteristics.1.code", "duplicate"),
        ([HEIGHT | {"upper": "high"}], SCHEME, "characteristics.0.upper", "not_a_number"),
        ([HEIGHT | {"upper": [1]}], SCHEME, "characteristics.0.upper", "not_a_number"),
        ([HEIGHT | {"lower": 51, "target": None}], SCHEME, "characteristics.0.lower", "order"),
        ([HEIGHT | {"lower": None, "upper": None}], SCHEME, "characteristics.0.lower", "required"),
        ([LID | {"upper": 3}], SCHEME, "characteristics.0.measured", "not_measured"),
        ([LID | {"class": "severe"}], SCHEME, "characteristics.0.class", "invalid_choice"),
        ([LID | {"aspect": "taste"}], SCHEME, "characteristics.0.aspect", "invalid_choice"),
        ([LID | {"klass": "major"}], SCHEME, "characteristics.0.klass", "unknown_field"),
        ([LID], {**SCHEME, "aql": {"major": "2.6"}}, "scheme.aql", "aql_not_in_series"),
        ([LID], {**SCHEME, "levle": "II"}, "scheme.levle", "unknown_key"),
        ([LID], {"kind": "percentage", "percent": "1e99999999"}, "scheme.percent", "above"),
        ([LID], "II", "scheme", "not_a_dict"),
    ],
)
def test_a_bad_specification_is_refused_by_field(merchant, characteristics, scheme, field, code):
    make_product("K-1")

    status, answer = merchant.send(
        "PUT", "products/K-1/specification/", {"characteristics": characteristics, "scheme": scheme}
    )

    assert (status, fields(answer)) == (400, [(field, code)])
