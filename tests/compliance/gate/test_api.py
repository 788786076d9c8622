"""Gates, listings and go-live decisions over the API."""

from datetime import date, timedelta

import pytest

from compliance.models import Gate, GoLiveDecision
from compliance.rules import gates
from tests.caller import Caller, fields
from tests.compliance.factories import accept, listing_of, submit
from tests.compliance.ready import gate_of, make_ready
from tests.factories import NOON, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(merchandiser):
    return Caller(merchandiser)


@pytest.fixture
def ready(catalogue, product):
    make_ready(product)
    return product


def codes(row: dict) -> list[str]:
    return [check["code"] for check in row["checks"]]


def test_a_gate_tells_every_check_and_is_filtered(boss, product, supplier):
    make_product("OTHER", supplier=supplier, markets=("US", "UK"))

    status, answer = boss.send("GET", f"gates/?product={product.sku}&market=US&state=closed")

    [row] = answer["results"]
    assert (status, row["product"], row["market"], row["state"], row["live"]) == (
        200,
        product.sku,
        "US",
        "closed",
        "never",
    )
    assert codes(row) == list(gates.CODES)
    assert row["checks"][0] == {
        "code": "golden_sample", "state": "waiting", "detail": "No sample of it was received.", "why": "no_sample",
        "since": None, "acts_next": "merchandiser", "due": None, "valid_until": None,
    }  # fmt: skip
    assert len(boss.send("GET", "gates/")[1]["results"]) == 3
    assert [row["product"] for row in boss.send("GET", "gates/?market=UK")[1]["results"]] == ["OTHER"]
    assert boss.send("GET", "gates/?state=open")[1]["results"] == []
    status, answer = boss.send("GET", "gates/?product=UNKNOWN")
    assert (status, answer["errors"][0]["code"]) == (400, "unknown_product")  # not an empty list: nothing closed
    assert fields(boss.send("GET", "gates/?state=ajar")[1]) == [("state", "invalid_choice")]
    assert fields(boss.send("GET", "gates/?market=MARS")[1]) == [("market", "unknown_market")]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_four_statements(boss, product, supplier, count, django_assert_num_queries):
    for _each in range(count - 1):
        make_product(supplier=supplier)

    with django_assert_num_queries(4):
        assert len(boss.send("GET", "gates/")[1]["results"]) == count


def test_a_gate_whose_time_has_come_is_closed_until_it_is_worked_out_anew(ready):
    Gate.objects.filter(sku=ready.sku).update(next_change_at=NOON)

    def open_at(at):
        return [gate.sku for gate in Gate.objects.in_state("open", at)], gate_of(ready).state_at(at)

    assert open_at(NOON - timedelta(seconds=1)) == ([ready.sku], "open")
    assert open_at(NOON) == ([], "closed")
    assert [gate.sku for gate in Gate.objects.in_state("closed", NOON)] == [ready.sku]


@pytest.mark.parametrize("path", ["gates/?state=open", "listings/HL-KT17-W/US/"])
def test_who_asks_gets_what_is_due_worked_out_though_the_clock_stood_still(boss, ready, path):
    Gate.objects.filter(sku=ready.sku).update(next_change_at=NOON)

    answer = boss.send("GET", path)[1]

    assert answer.get("results", [answer])[0]["state"] == "open"
    assert gate_of(ready).next_change_at != NOON


def test_a_supplier_sees_its_own_listings_and_what_it_can_do(product, supplier_user, rival_supplier):
    [row] = Caller(supplier_user).send("GET", "gates/")[1]["results"]

    assert codes(row) == ["open_holds", "papers", "manual", "declarations", "labels"]
    assert (row["live"], row["standing"], row["planned_on"]) == (None, None, None)
    assert Caller(rival_supplier).send("GET", "gates/")[1]["results"] == []
    assert Caller(rival_supplier).send("GET", f"listings/{product.sku}/US/")[0] == 404


@pytest.mark.parametrize(
    ("persona", "status"),
    [("inspector", 403), ("manager", 409), ("merchandiser", 409), ("supplier_user", 403), ("rival_supplier", 404)],
)
def test_who_may_take_live(request, product, persona, status):
    caller = Caller(request.getfixturevalue(persona))

    for action, body in (("go-live", {"on": "2030-01-01"}), ("take-off", {"reason": "Sold out"})):
        assert caller.send("POST", f"listings/{product.sku}/US/{action}/", body)[0] == status


def test_a_closed_gate_answers_with_the_checks_that_are_not_met(boss, catalogue, product):
    status, answer = boss.send("POST", f"listings/{product.sku}/US/go-live/", {"on": "2030-01-01"})

    assert (status, answer["code"]) == (409, "gate_closed")
    assert [check["code"] for check in answer["checks"]] == Gate.objects.get(sku=product.sku).unmet
    assert "No sample of it was received." in answer["detail"]


def test_a_token_signs_once_and_takes_it_off_again(boss, ready, merchandiser):
    path = f"listings/{ready.sku}/US/"

    first = boss.send("POST", f"{path}go-live/", {"on": "2027-01-05"}, key="k1")
    again = boss.send("POST", f"{path}go-live/", {"on": "2027-01-05"}, key="k1")

    decision = GoLiveDecision.objects.get()
    assert (first[0], first[1]) == (201, again[1])
    assert (first[1]["id"], first[1]["on"], first[1]["signature"]) == (str(decision.uid), "2027-01-05", "token")
    assert (gate_of(ready).live, gate_of(ready).decision) == ("live", decision)
    status, answer = boss.send("GET", path)
    assert (status, answer["live"], [row["id"] for row in answer["decisions"]]) == (200, "live", [str(decision.uid)])
    assert boss.send("POST", f"{path}plan/", {"on": "2027-02-01"})[1]["code"] == "already_live"
    assert boss.send("POST", f"{path}take-off/", {"reason": "Sold out"})[1]["live"] == "withdrawn"
    assert boss.send("POST", f"{path}take-off/", {"reason": "Sold out"})[1]["code"] == "not_live"
    assert boss.send("POST", f"{path}plan/", {"on": "2027-02-01"})[1]["planned_on"] == "2027-02-01"


def test_the_answer_to_a_plan_is_the_gate_of_that_day_with_a_key_too(boss, catalogue, product):
    listing = listing_of(product)
    accept(submit("gl-english-manual", listing, valid_to=date(2027, 6, 30)))
    make_ready(product)
    path = f"listings/{product.sku}/US/plan/"

    answers = [boss.send("POST", path, {"on": day}, key=day)[1] for day in ("2027-06-30", "2027-07-01")]

    assert [(answer["planned_on"], answer["state"]) for answer in answers] == [
        ("2027-06-30", "open"),
        ("2027-07-01", "closed"),
    ]


def test_what_cannot_be_meant_is_named(boss, product):
    path = f"listings/{product.sku}/US/go-live/"

    assert fields(boss.send("POST", path, {"on": "2020-01-01"})[1]) == [("on", "past")]
    assert fields(boss.send("POST", path, {"on": "9999-12-31"})[1]) == [("on", "too_far")]
    assert fields(boss.send("POST", path, {})[1]) == [("on", "required")]
    assert fields(boss.send("POST", path, {"on": "tomorrow"})[1]) == [("on", "invalid")]
    assert fields(boss.send("POST", path, {"on": "2030-01-01", "at": 1})[1]) == [("at", "unknown_field")]
    assert boss.send("POST", "listings/UNKNOWN/US/go-live/", {"on": "2030-01-01"})[0] == 404
    assert boss.send("GET", f"listings/{product.sku}/MARS/")[0] == 404
