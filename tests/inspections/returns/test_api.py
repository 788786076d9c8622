"""Returns over the API: sent once or in bulk, listed, traced, proposed; what a supplier is not told."""

from datetime import timedelta

import pytest

from inspections.batch.services.shipments import ship
from inspections.models import MarketReturn
from inspections.returns.services.catches import set_catches
from inspections.returns.services.proposals import propose
from tests.caller import Caller, fields
from tests.factories import NOON, after, bring_back, inspect, returned

pytestmark = pytest.mark.django_db

ONE = {
    "source": "shop-us", "reference": "R-1", "product": "HL-KT17-W", "reason": "quality", "complaints": ["leaks"],
    "market": "US", "order_reference": "ORDER-1", "delivered_on": "2025-11-18", "happened_on": "2025-11-20",
}  # fmt: skip


@pytest.fixture
def shipped(batch, inspector, manager):
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=100, reference="SO-0", actor=manager, at=NOON - timedelta(days=400))
    ship(batch=batch, quantity=600, reference="SO-1", actor=manager, at=NOON - timedelta(days=10))
    return batch


def test_one_unit_is_recorded_once_however_often_it_is_sent(shipped, merchandiser):
    caller = Caller(merchandiser)

    status, first = caller.send("POST", "returns/", ONE)
    assert (status, first["recorded"], first["repeated"], first["unknown_batch"]) == (201, 1, 0, 0)
    [row] = first["returns"]
    assert (row["batch"], row["batch_found_by"], row["inspection"]) == (
        "B-2611-042", "only_batch", str(shipped.inspections.get().uid),
    )  # fmt: skip
    status, again = caller.send("POST", "returns/", ONE)
    assert (status, again["recorded"], again["repeated"], again["returns"]) == (201, 0, 1, [row])
    assert caller.send("GET", f"returns/{row['id']}/") == (200, row)
    status, refused = caller.send("POST", "returns/", ONE | {"reason": "usage"})
    assert (status, fields(refused)) == (400, [("reference", "reference_reused")])


def test_many_units_are_recorded_all_or_none(shipped, merchandiser):
    caller = Caller(merchandiser)
    unit = {name: value for name, value in ONE.items() if name != "source"}
    units = [unit | {"reference": f"R-{n}"} for n in range(3)]
    wrong = [
        unit | {"happened_on": "2025-11-17"},
        units[1],
        unit | {"reference": "R-9", "product": "NO", "reason": "?"},
    ]

    status, refused = caller.send("POST", "returns/", {"source": "shop-us", "returns": wrong})
    assert (status, fields(refused)) == (
        400, [("returns.0.happened_on", "before_delivery"), ("returns.2.product", "unknown_product"), ("returns.2.reason", "unknown_reason")],
    )  # fmt: skip
    assert not MarketReturn.objects.exists()
    status, answer = caller.send("POST", "returns/", {"source": "shop-us", "returns": units})
    assert (status, answer["recorded"], [row["reference"] for row in answer["returns"]]) == (
        201,
        3,
        ["R-0", "R-1", "R-2"],
    )
    status, refused = caller.send("POST", "returns/", {"source": "shop-us", "returns": [unit | {"colour": "red"}]})
    assert (status, fields(refused)) == (400, [("returns.0.colour", "unknown_field")])


def test_the_list_is_filtered(shipped, merchandiser):
    bring_back(returned("R-1"), returned("R-2", reason="usage", complaints=[], happened_on=NOON.date()))
    caller = Caller(merchandiser)

    def found(query: str) -> list[str]:
        return [row["reference"] for row in caller.send("GET", f"returns/?{query}")[1]["results"]]

    assert found("") == ["R-2", "R-1"]
    for query in ("complaint=leaks", "characteristic=LEAK", "escaped=true", "reason=quality", "date_before=2026-11-21"):
        assert found(query) == ["R-1"], query
    assert found("escaped=false") == ["R-2"]
    assert found("product=HL-KT17-W&batch=B-2611-042&supplier=HAILAN&kind=returned&batch_found_by=only_batch") == [
        "R-2",
        "R-1",
    ]
    assert caller.send("GET", "returns/?colour=red")[0] == 400


def test_codes_lead_back_what_was_unknown(shipped, merchandiser):
    bring_back(returned("R-1", lot_code="L7", delivered_on=(NOON - timedelta(days=500)).date()))
    caller = Caller(merchandiser)

    status, answer = caller.send("POST", "batches/B-2611-042/codes/", {"kind": "lot", "codes": ["L7"]})
    assert (status, answer["returns_found"], answer["codes"]) == (200, 1, [{"kind": "lot", "code": "L7"}])
    [row] = caller.send("GET", "returns/")[1]["results"]
    assert row["batch_found_by"] == "lot_code"
    status, row = caller.send("PUT", f"returns/{row['id']}/batch/", {"batch": "NO"})
    assert (status, fields(row)) == (400, [("batch", "unknown_batch")])


def test_a_week_is_counted(shipped, merchandiser):
    bring_back(returned("R-1"), returned("R-2"), returned("R-3", happened_on=NOON.date() - timedelta(days=9)))
    caller = Caller(merchandiser)

    status, answer = caller.send("GET", "returns/weekly/?day=2026-11-20&by=complaint")
    assert (status, answer["monday"], answer["total"], answer["before"], answer["escaped"]) == (
        200,
        "2026-11-16",
        2,
        1,
        2,
    )
    assert answer["groups"] == [
        {
            "key": "leaks", "now": 2, "before": 1, "units_now": 600, "units_before": 600, "share": 1.0,
            "cumulative": 1.0, "chance": 1.0, "judged": "could_be",
        }
    ]  # fmt: skip
    for query, field in (("by=magic", "by"), ("day=soon", ""), ("week=3", "week")):
        status, refused = caller.send("GET", f"returns/weekly/?{query}")
        assert (status, refused["errors"][0]["field"]) == (400, field)


def test_proposals_are_decided(shipped, product, manager):
    set_catches(product=product, catches={"scratched": "LID"}, actor=manager, at=NOON)
    bring_back(*(returned(f"R-{n}", complaints=["scratched"]) for n in range(4)))
    propose(product=product, at=after(1))
    caller = Caller(manager)

    [row] = caller.send("GET", "proposals/")[1]["results"]
    assert (row["kind"], row["subject"], row["class_to"], row["evidence"]["escapes"], row["state"]) == (
        "raise_class", "LID", "critical", 4, "open",
    )  # fmt: skip
    status, refused = caller.send("POST", f"proposals/{row['id']}/dismiss/", {"reason": ""})
    assert (status, fields(refused)) == (400, [("reason", "blank")])
    status, row = caller.send("POST", f"proposals/{row['id']}/accept/")
    assert (status, row["state"], row["drafted_version"]) == (200, "accepted", 2)
    status, refused = caller.send("POST", f"proposals/{row['id']}/dismiss/", {"reason": "Too late"})
    assert (status, refused["code"]) == (409, "proposal_decided")


def test_catches_are_settled(shipped, product, manager):
    bring_back(returned("R-1"))
    caller = Caller(manager)

    answer = caller.send("GET", "products/HL-KT17-W/returns/")[1]
    assert (answer["returned"], answer["escapes"]) == (1, [{"characteristic": "LEAK", "count": 1}])
    assert answer["catches"] == [{"complaint": "leaks", "characteristic": "LEAK", "suggested": True}]
    status, answer = caller.send("PUT", "products/HL-KT17-W/returns/", {"catches": {"leaks": ""}})
    assert (status, answer["catches"]) == (200, [{"complaint": "leaks", "characteristic": "", "suggested": False}])
    status, refused = caller.send("PUT", "products/HL-KT17-W/returns/", {"catches": {"leaks": "NOPE"}})
    assert (status, fields(refused)) == (400, [("leaks", "unknown_characteristic")])


CALLS = {
    ("POST", "returns/"): [201, 201, 201, 403, 403, 201],
    ("GET", "returns/"): [200, 200, 200, 200, 200, 200],
    ("GET", "returns/{id}/"): [200, 200, 200, 200, 404, 200],
    ("PUT", "returns/{id}/batch/"): [200, 200, 200, 403, 404, 200],
    ("GET", "returns/weekly/"): [200, 200, 200, 403, 403, 200],
    ("GET", "batches/B-2611-042/codes/"): [200, 200, 200, 200, 404, 200],
    ("POST", "batches/B-2611-042/codes/"): [200, 200, 200, 403, 404, 200],
    ("GET", "products/HL-KT17-W/returns/"): [200, 200, 200, 200, 404, 200],
    ("PUT", "products/HL-KT17-W/returns/"): [403, 200, 200, 403, 404, 200],
    ("GET", "proposals/"): [200, 200, 200, 403, 403, 200],
    ("POST", "proposals/{proposal}/accept/"): [403, 200, 409, 403, 404, 409],
    ("POST", "proposals/{proposal}/dismiss/"): [403, 200, 409, 403, 404, 409],
}
BODIES = {
    "returns/": ONE | {"reference": "R-NEW"},
    "returns/{id}/batch/": {"batch": "B-2611-042"},
    "batches/B-2611-042/codes/": {"kind": "lot", "codes": ["L7"]},
    "products/HL-KT17-W/returns/": {"catches": {"leaks": "LEAK"}},
    "proposals/{proposal}/dismiss/": {"reason": "One bad carton"},
}


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_who_may_call_what(request, shipped, product, manager, method, path):
    set_catches(product=product, catches={"scratched": "LID"}, actor=manager, at=NOON)
    found = bring_back(*(returned(f"R-{n}", complaints=["scratched"]) for n in range(4)))
    [proposal] = propose(product=product, at=after(1))
    target = path.format(id=found[0].uid, proposal=proposal.uid)
    people = ["inspector", "manager", "merchandiser", "supplier_user", "rival_supplier", "admin"]

    answers = [
        Caller(request.getfixturevalue(person)).send(method, target, BODIES.get(path) if method != "GET" else None)[0]
        for person in people
    ]

    assert answers == CALLS[method, path]
    assert Caller().send(method, target)[0] == 401


def test_a_supplier_is_told_of_its_own_units_without_orders(shipped, supplier_user, rival_supplier):
    [found] = bring_back(returned("R-1", order_reference="ORDER-1", note="SECRET", carrier="USPS"))

    [row] = Caller(supplier_user).send("GET", "returns/")[1]["results"]
    assert (row["id"], row["reason"], row["complaints"], row["batch"]) == (
        str(found.uid),
        "quality",
        ["leaks"],
        "B-2611-042",
    )
    assert {name: row[name] for name in ("source", "reference", "order_reference", "carrier", "shipment", "note")} == dict.fromkeys(
        ("source", "reference", "order_reference", "carrier", "shipment", "note"), ""
    )  # fmt: skip
    assert Caller(rival_supplier).send("GET", "returns/")[1]["results"] == []
