import pytest

from tests.caller import Caller, fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(supplier_user):
    return Caller(supplier_user)


def test_the_plan_of_a_lot(caller):
    status, plan = caller.send("GET", "sampling/plan?lot_size=1000&level=II&aql=2.5")

    assert (status, {name: plan[name] for name in plan if name not in ("aql", "counts", "kind", "standard")}) == (
        200,
        {
            "code_letter": "J", "effective_letter": "J", "sample_size": 80, "acceptance": 5, "rejection": 6,
            "inspect_all": False, "severity": "normal",
        },
    )  # fmt: skip


def test_the_stages_of_a_double_plan(caller):
    status, plan = caller.send("GET", "sampling/plan?lot_size=1000&aql=2.5&kind=double&standard=ansi-z1.4")

    assert (status, plan["stages"]) == (
        200,
        [
            {"sample_size": 50, "acceptance": 2, "rejection": 5},
            {"sample_size": 100, "acceptance": 6, "rejection": 7},
        ],
    )


def test_what_a_plan_is_worth_at_the_points_asked_for(caller):
    status, curve = caller.send("GET", "sampling/oc?n=80&ac=5&p=0.01&p=0.05")

    assert (status, [point["p"] for point in curve["points"]]) == (200, [0.01, 0.05])
    assert curve["points"][1]["pa"] == pytest.approx(0.7892, abs=1e-3)
    assert curve["p95"] < curve["p50"] < curve["p10"]

    path = "sampling/oc?n=80&ac=5&lot_size=1000&cartons=50&opened=8&correlation=0.2&p=0.1"
    (point,) = caller.send("GET", path)[1]["points"]
    assert (round(point["pa_whole_cartons"], 3), round(point["pa_alike"], 3)) == (0.401, 0.324)


def test_what_the_switching_rules_would_have_done(caller):
    lots = [{"lot_size": 1000, "nonconforming": 9}, {"lot_size": 1000, "nonconforming": 9}]

    status, answer = caller.send("POST", "sampling/switching/", {"aql": "2.5", "level": "II", "lots": lots})

    assert (status, [(row["accepted"], row["severity_next"]) for row in answer["lots"]]) == (
        200,
        [(False, "normal"), (False, "tightened")],
    )


def test_bounds_of_a_share(caller):
    status, answer = caller.send("GET", "sampling/interval?nonconforming=0&n=100")

    assert (status, answer["upper"]) == (200, pytest.approx(0.02951, abs=1e-4))


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [
        ("plan?lot_size=0&aql=2.5", "lot_size", "lot_size"),
        ("plan?lot_size=1000", "aql", "required"),
        ("plan?lot_size=1000&aql=2.6", "aql", "aql_not_in_series"),
        ("plan?lot_size=1000&aql=2.5&level=IV", "level", "level"),
        ("plan?lot_size=1000&aql=2.5&levle=II", "levle", "unknown_field"),
        ("plan?lot_size=1000&lot_size=5&aql=2.5", "lot_size", "repeated"),
        ("oc?n=80", "ac", "required"),
        ("oc?n=80&ac=5&p=2", "p", "number"),
        ("interval?nonconforming=5&n=4", "nonconforming", "nonconforming"),
        ("interval?nonconforming=1&n=4&confidence=nan", "confidence", "between"),
    ],
)
def test_nonsense_is_refused_by_field(caller, path, field, code):
    status, answer = caller.send("GET", f"sampling/{path}")

    assert (status, fields(answer)) == (400, [(field, code)])


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"aql": "2.5"}, "lots", "list"),
        ({"aql": "2.5", "lots": [{"lot_size": 1000, "nonconformin": 1}]}, "lots.1.nonconformin", "unknown_field"),
        ({"aql": "2.5", "lots": [{"lot_size": 1000, "nonconforming": -1}]}, "lots.1.nonconforming", "whole_number"),
        ({"aql": "2.5", "lots": [{"event": "party"}]}, "lots.1.event", "event"),
        ({"aql": "2.5", "level": [], "lots": [{"lot_size": 10, "nonconforming": 1}]}, "level", "level"),
    ],
)
def test_a_nonsense_history_is_refused_by_field(caller, body, field, code):
    status, answer = caller.send("POST", "sampling/switching/", body)

    assert (status, fields(answer)) == (400, [(field, code)])


def test_the_plan_of_a_lot_that_stands_alone(caller):
    status, answer = caller.send("GET", "sampling/limiting-quality?lot_size=1000&lq=5&ac=1")

    assert (status, answer) == (
        200,
        {
            "sample_size": 75, "acceptance": 1, "rejection": 2, "inspect_all": False, "kind": "lq",
            "nonconforming_at_lq": 50, "risk": pytest.approx(0.0966298370790876, abs=1e-12),
            "p95": pytest.approx(0.0051044, abs=1e-6),
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("plan?lot_size=0&aql=3&level=IV", {"lot_size", "aql", "level"}),
        ("limiting-quality?lot_size=x&lq=0&ac=-1&consumer_risk=2", {"lot_size", "lq", "ac", "consumer_risk"}),
        (
            "oc?n=0&ac=x&lot_size=-1&counts=boxes&opened=0&cartons=x&correlation=2",
            {"n", "ac", "lot_size", "counts", "opened", "cartons", "correlation"},
        ),
        ("interval?n=0&nonconforming=-1&confidence=1.5", {"n", "nonconforming", "confidence"}),
    ],
)
def test_all_wrong_fields_are_named_at_once(caller, question, named):
    status, problem = caller.send("GET", f"sampling/{question}")

    assert (status, {field for field, _code in fields(problem)}) == (400, named)
