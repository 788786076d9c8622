"""Variables plans over the API: asked for in a specification, named in plans and answers, told at each save."""

import pytest

from tests.caller import Caller
from tests.factories import make_batch, make_product

pytestmark = pytest.mark.django_db
SCHEME = {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": 2.5, "minor": 4.0}}
WARMTH = {
    "code": "WARMTH", "name": "Operating temperature", "aspect": "performance", "class": "major", "measured": True,
    "upper": 209, "unit": "°F", "variables": {"aql": 1.0},
}  # fmt: skip
LID = {"code": "LID", "name": "Lid finish", "aspect": "appearance", "class": "major", "measured": False}
TEMPERATURES = [197, 188, 184, 205, 201]


@pytest.fixture
def quality(manager):
    return Caller(manager)


@pytest.fixture
def batch(quality):
    product = make_product("HOT-1")
    body = {"characteristics": [WARMTH, LID], "scheme": SCHEME}
    status, stored = quality.send("PUT", "products/HOT-1/specification/", body)
    assert status == 200, stored
    return make_batch("B-HOT", product=product, quantity=40)


def test_a_specification_says_what_is_estimated(quality, batch):
    _status, stored = quality.send("GET", "products/HOT-1/specification/")
    assert [c["variables"] for c in stored["characteristics"]] == [{"aql": "1.0", "level": "II", "form": 2}, None]

    body = {"characteristics": [WARMTH, LID], "scheme": SCHEME}
    _status, again = quality.send("PUT", "products/HOT-1/specification/", body)
    assert again["version"] == stored["version"]
    changed = WARMTH | {"variables": {"aql": 1.0, "form": 1}}
    _status, third = quality.send("PUT", "products/HOT-1/specification/", body | {"characteristics": [changed, LID]})
    assert third["version"] == stored["version"] + 1


def test_what_cannot_be_estimated_is_refused_by_field(quality):
    make_product("HOT-2")
    wrong = LID | {"variables": {"aql": "1.0"}}
    status, answer = quality.send(
        "PUT",
        "products/HOT-2/specification/",
        {"characteristics": [wrong], "scheme": SCHEME | {"variables": {"aql": 3}}},
    )
    assert (status, [(e["field"], e["code"]) for e in answer["errors"]]) == (
        400,
        [("characteristics.0.variables", "not_measured")],
    )
    status, answer = quality.send(
        "PUT", "products/HOT-2/specification/", {"characteristics": [LID], "scheme": SCHEME | {"variables": {"aql": 3}}}
    )
    assert (status, [(e["field"], e["code"]) for e in answer["errors"]]) == (
        400,
        [("scheme.variables.aql", "aql_not_in_series")],
    )


def test_the_plan_of_a_batch_names_it(quality, batch):
    _status, shown = quality.send("GET", "batches/B-HOT/")

    assert shown["plan"]["variables"] == {
        "WARMTH": {
            "sample_size": 5, "k": 1.53, "m_percent": 3.33, "inspect_all": False, "code_letter": "D",
            "severity": "normal", "aql": "1.0", "standard": "ansi-z1.9", "form": 2,
        }
    }  # fmt: skip
    assert list(shown["plan"]["classes"]) == ["major"]


def test_an_inspection_tells_its_estimates(quality, batch):
    results = [
        {"characteristic": "WARMTH", "readings": TEMPERATURES},
        {"characteristic": "LID", "nonconforming_units": []},
    ]
    status, answer = quality.send("POST", "inspections/", {"batch": "B-HOT", "results": results, "submit": True})
    told = answer["variables"]["WARMTH"]

    assert (status, answer["verdict"], told["settled"]) == (201, "accepted", "accepted")
    assert (told["mean"], told["sd"], told["q_upper"]) == pytest.approx((195, 8.8034, 1.5903), abs=1e-3)
    assert told["percent_outside"] == told["percent_above"] == pytest.approx(2.18, abs=0.01)
    assert told["warnings"] == ["too_few_to_judge_normality"]
    assert told["detail"] == "an estimated 2.18 % is outside the limits, at most M = 3.33 % is allowed"
    assert answer["reasons"][-1] == f"Operating temperature: {told['detail']}"


def test_autosave_tells_where_it_stands(quality, batch):
    _status, opened = quality.send("POST", "inspections/", {"batch": "B-HOT"})
    url = f"inspections/{opened['id']}/results/WARMTH/"
    _status, saved = quality.send("PUT", url, {"readings": [197, 188, None, None, None]})
    assert (saved["variables"]["WARMTH"]["accepts"], saved["variables"]["WARMTH"]["detail"]) == (
        None,
        "2 of 5 units read; an estimate needs 3",
    )
    _status, saved = quality.send("PUT", url, {"readings": [*TEMPERATURES[:4], None]})
    told = saved["variables"]["WARMTH"]
    assert (told["settled"], told["accepts"], saved["outcome"]) == (None, True, None)
    assert told["detail"].startswith("so far after 4 of 5 units")
    _status, saved = quality.send("PUT", url, {"readings": [208, 200, 208, 208, 190]})
    assert (saved["variables"]["WARMTH"]["settled"], saved["outcome"]) == ("rejected", "rejected")


def test_missing_readings_are_named(quality, batch):
    results = [
        {"characteristic": "WARMTH", "readings": TEMPERATURES[:3]},
        {"characteristic": "LID", "nonconforming_units": []},
    ]
    status, answer = quality.send("POST", "inspections/", {"batch": "B-HOT", "results": results, "submit": True})
    assert (status, answer["errors"][0]["field"], answer["errors"][0]["code"]) == (400, "results.0.readings", "too_few")

    status, answer = quality.send("POST", "inspections/", {"batch": "B-HOT", "results": results[1:], "submit": True})
    assert (status, answer["code"], answer["unanswered"]) == (422, "unanswered_checks", ["WARMTH"])
    _status, answer = quality.send("GET", "batches/B-HOT/shippable/")
    assert answer["shippable"] is False
