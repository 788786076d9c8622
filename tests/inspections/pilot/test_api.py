import pytest
from scipy.stats import beta

from activity.models import Event
from inspections.models import PilotLate, PilotRun, PilotUnit
from tests.caller import Caller, fields
from tests.factories import DELIVERED, make_golden_sample, make_pilot, make_product, pilot_outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def golden(product):
    """What the units are compared with: no run starts without one."""
    return make_golden_sample(product)


@pytest.fixture
def caller(merchandiser):
    return Caller(merchandiser)


def outcomes(first: int, last: int, outcome: str = "ok", **more) -> list[dict]:
    """Delivered so long ago that none can be sent back any more."""
    more = {"delivered_on": DELIVERED.isoformat()} | more
    return [{"unit": unit, "outcome": outcome, **more} for unit in range(first, last + 1)]


def test_a_run_from_its_plan_to_its_verdict(product, caller):
    status, run = caller.send("POST", "pilot-runs/", {"product": product.sku, "units": 60})
    assert (status, run["state"], run["units"], run["back"], run["verdict"]) == (201, "running", 60, 0, "undecided")
    caller.send("POST", f"pilot-runs/{run['id']}/stop/", {"reason": "One that began earlier"})

    status, run = caller.send("POST", f"pilot-runs/{make_pilot(product).uid}/outcomes/", {"outcomes": outcomes(1, 60)})

    assert (status, run["state"], run["verdict"], run["back"]) == (200, "concluded", "pass", 60)
    damage = run["rates"]["damage"]
    assert (damage["bad"], damage["n"], damage["rate"], damage["limit"], damage["decision"]) == (0, 60, 0, 0.05, "pass")
    assert damage["upper"] == pytest.approx(1 - 0.05 ** (1 / 60), abs=1e-9)
    assert damage["clopper_pearson"] == pytest.approx([0, 1 - 0.025 ** (1 / 60)], abs=1e-9)
    assert caller.send("GET", f"pilot-runs/{run['id']}/") == (200, run)


def test_rates_have_exact_bounds_and_undecided_says_how_many_more(product, caller):
    run = {"id": str(make_pilot(product, size=80).uid)}
    sent = (
        outcomes(1, 40)
        + outcomes(41, 41, "damaged", reason="carton")
        + outcomes(42, 43, "complained", reason="noisy")
        + outcomes(44, 46, "returned", reason="changed_mind", handling_days=1, transit_days=6)
    )

    status, run = caller.send("POST", f"pilot-runs/{run['id']}/outcomes/", {"outcomes": sent})

    assert (status, run["state"], run["verdict"], run["back"]) == (200, "running", "undecided", 46)
    for name, bad in (("damage", 1), ("complaint", 2), ("return", 3)):
        rate = run["rates"][name]
        assert (rate["bad"], rate["n"], rate["decision"]) == (bad, 46, "undecided")
        low, high = beta.ppf(0.025, bad, 46 - bad + 1), beta.ppf(0.975, bad + 1, 46 - bad)
        assert rate["clopper_pearson"] == pytest.approx([low, high], abs=1e-6)
        assert rate["upper"] == pytest.approx(beta.ppf(0.95, bad + 1, 46 - bad), abs=1e-6)
        assert rate["lower"] == pytest.approx(beta.ppf(0.05, bad, 46 - bad + 1), abs=1e-6)
    # Of 80 units none with a bad one proves 5 %, whatever a run of its own would take.
    assert run["rates"]["damage"]["more_units"] == {"if_good": None, "if_bad": 7, "as_so_far": None}
    assert run["rates"]["damage"]["detail"] == (
        "Within this run it can no longer pass. At the rate seen so far this run would end undecided. "
        "7 more bad units in a row would fail it. A run of its own would need 93 units to pass with 1 bad one."
    )
    assert (run["more_units"], run["follow_up_size"]) == (None, 93)
    units = caller.send("GET", f"pilot-runs/{run['id']}/outcomes/")[1]["outcomes"]
    assert units[43] == {
        "unit": 44, "order": "", "outcome": "returned", "damage": "", "complaints": [],
        "return_reason": "changed_mind", "handling_days": 1, "transit_days": 6, "delivered_on": DELIVERED.isoformat(),
        "returned_on": None, "note": "", "market": "", "window_days": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"units": 19}, [("units", "out_of_range")]),
        ({"units": 201}, [("units", "out_of_range")]),
        ({"units": "many"}, [("units", "invalid")]),
        ({"product": "NONE"}, [("product", "unknown_product")]),
        ({"rule": "guess"}, [("rule", "invalid_choice")]),
        ({"orders": ["A", "B", "A"]}, [("orders.2", "duplicate")]),
        ({"unit": 60}, [("unit", "unknown_field")]),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(product, caller, change, expected):
    status, answer = caller.send("POST", "pilot-runs/", {"product": product.sku, "units": 60} | change)

    assert (status, fields(answer)) == (400, expected)
    assert (PilotRun.objects.count(), Event.objects.filter(kind__startswith="pilot").count()) == (0, 0)


def test_wrong_outcomes_are_all_named_and_none_is_stored(product, caller):
    run = make_pilot(product)
    sent = [
        {"unit": 1, "outcome": "ok"},
        {"unit": 61, "outcome": "ok"},
        {"unit": 2, "outcome": "returned", "reason": "weather"},
        {"unit": 3, "outcome": "returned", "delivered_on": "2026-11-10", "returned_on": "2026-11-09"},
    ]

    status, answer = caller.send("POST", f"pilot-runs/{run.uid}/outcomes/", {"outcomes": sent})

    assert (status, fields(answer)) == (
        400,
        [
            ("outcomes.1.unit", "unknown_unit"),
            ("outcomes.2.reason", "invalid_choice"),
            ("outcomes.3.return_reason", "required"),
            ("outcomes.3.returned_on", "before_delivery"),
        ],
    )
    assert PilotUnit.objects.back().count() == 0


def test_a_run_that_is_decided_waits_for_its_last_unit_unless_told_otherwise(caller):
    for conclude, state in ((None, "running"), (False, "running"), (True, "concluded")):
        run = make_pilot(make_product(), size=100)
        path, sent = f"pilot-runs/{run.uid}/outcomes/", {"outcomes": outcomes(1, 99)}

        _status, answer = caller.send("POST", path, sent if conclude is None else sent | {"conclude": conclude})

        assert (answer["verdict"], answer["state"]) == ("pass", state)
        last = {"outcomes": outcomes(100, 100)}
        if conclude is None:
            _status, answer = caller.send("POST", path, last)
            assert (answer["verdict"], answer["state"], answer["back"]) == ("pass", "concluded", 100)


def test_put_again_is_a_correction(product, caller):
    run = make_pilot(product)
    path = f"pilot-runs/{run.uid}/outcomes/"
    caller.send("POST", path, {"outcomes": outcomes(1, 3)})
    correction = {"outcomes": outcomes(3, 3, "damaged", reason="inner_box")}

    assert fields(caller.send("POST", path, correction)[1]) == [("outcomes.0.outcome", "already_recorded")]
    status, answer = caller.send("PUT", path, correction)

    assert (status, answer["rates"]["damage"]["bad"]) == (200, 1)
    assert Event.objects.latest("id").kind == "pilot.outcomes_corrected"


def test_the_same_key_has_one_effect(product, caller):
    body = {"product": product.sku, "units": 60}

    first = caller.send("POST", "pilot-runs/", body, key="k")
    again = caller.send("POST", "pilot-runs/", body, key="k")

    assert (first, PilotRun.objects.count()) == (again, 1)


def test_steps_by_hand(product, caller):
    run = caller.send("POST", "pilot-runs/", {"product": product.sku, "units": 60, "start": False})[1]
    path = f"pilot-runs/{run['id']}/"
    assert (run["state"], run["verdict"]) == ("planned", None)
    assert caller.send("POST", f"{path}outcomes/", {"outcomes": outcomes(1, 1)})[0] == 409
    assert caller.send("POST", f"{path}start/")[1]["state"] == "running"
    assert caller.send("POST", f"{path}conclude/")[1]["code"] == "pilot_not_decided"
    today = {"outcomes": outcomes(1, 60, delivered_on=None), "conclude": True}
    status, open_run = caller.send("POST", f"{path}outcomes/", today)
    assert (status, open_run["state"], open_run["verdict"]) == (200, "running", "undecided")
    assert caller.send("POST", f"{path}conclude/")[1]["code"] == "pilot_not_decided"
    assert caller.send("POST", f"{path}stop/", {"reason": "One that began earlier"})[1]["state"] == "stopped"
    run = {"id": str(make_pilot(product).uid)}
    path = f"pilot-runs/{run['id']}/"
    status, open_run = caller.send("POST", f"{path}outcomes/", {"outcomes": outcomes(1, 60), "conclude": False})
    assert (status, open_run["state"], open_run["verdict"]) == (200, "running", "pass")
    assert caller.send("PUT", f"{path}readings/CORD/", {"readings": [75.1, None, "74.9"]})[1]["count"] == 2
    assert caller.send("POST", f"{path}conclude/")[1]["verdict"] == "pass"
    assert caller.send("PUT", f"{path}outcomes/", {"outcomes": outcomes(1, 1, "damaged")})[1]["verdict"] == "pass"
    assert PilotLate.objects.get().outcome == "damaged"
    assert caller.send("POST", f"{path}stop/", {"reason": "x"})[1]["code"] == "pilot_over"
    listed = caller.send("GET", "pilot-runs/?verdict=pass&product=HL-KT17-W")[1]["results"]
    assert [row["id"] for row in listed] == [run["id"]]


def test_nothing_is_promised_while_parcels_are_under_way_and_rates_say_of_what_age_units_are(product, caller, client):
    run = make_pilot(product, size=80)
    sent = [
        {
            "unit": unit,
            "outcome": "ok",
            "handling_days": 1,
            "transit_days": 2 + unit % 5,
            "delivered_on": str(DELIVERED),
        }
        for unit in range(1, 61)
    ]
    path = f"pilot-runs/{run.uid}/"
    shown = caller.send("POST", f"{path}outcomes/", {"outcomes": sent, "conclude": False})[1]

    promise = shown["promise"]
    assert (promise["low"], promise["high"], promise["handling"], promise["transit"]) == (None, None, None, None)
    assert (promise["arrived"], promise["under_way"], promise["arrivals_needed"]) == (60, 20, 79)
    said = "20 of 80 parcels are still under way, so nothing can be promised yet."
    assert promise["detail"].startswith(said)
    assert "95 %" in promise["detail"]
    assert (shown["ages"]["n"], shown["ages"]["open"]) == (60, 0)
    client.force_login(run.planned_by)
    page = client.get(f"/pilots/{run.uid}/").content.decode()
    assert said in page
    assert "60 units have arrived." in page

    late = [row | {"unit": row["unit"] + 60, "transit_days": 9} for row in sent[:19]]
    promise = caller.send("POST", f"{path}outcomes/", {"outcomes": late, "conclude": False})[1]["promise"]
    assert (promise["low"], promise["high"], promise["handling"], promise["transit"]) == (3, 10, [1, 1], [2, 9])
    assert "1 parcel is still under way and counts as later" in promise["detail"]


def test_limits_of_a_product(product, caller, inspector):
    path = f"products/{product.sku}/pilot-limits/"
    assert caller.send("GET", path)[1]["level"] == "default"

    status, answer = caller.send("PUT", path, {"damage": 0.03, "complaint": "0.06", "return": 0.09})

    assert (status, answer["level"]) == (200, "product")
    assert answer["frozen"] == {"damage": 0.03, "complaint": 0.06, "return": 0.09}
    assert [answer[name] for name in answer["frozen"]] == [0.03, 0.06, 0.09]
    status, answer = caller.send("PUT", path, {"damage": 0.03, "complaint": 0.06, "return": -1})
    assert (status, fields(answer)) == (400, [("return", "out_of_range")])
    assert Caller(inspector).send("PUT", path, {"damage": 1, "complaint": 1, "return": 1})[0] == 403


def test_a_supplier_sees_what_was_concluded_on_its_own_and_neither_limits_nor_orders(
    product, merchandiser, supplier_user, rival_supplier
):
    run = pilot_outcomes(make_pilot(product, orders=["TT-1"]), actor=merchandiser, conclude=True)
    make_pilot(product, reason="Secret plan")
    own, rival = Caller(supplier_user), Caller(rival_supplier)

    status, seen = own.send("GET", f"pilot-runs/{run.uid}/")

    assert (status, seen["verdict"], seen["rates"]["damage"]["limit"]) == (200, "pass", None)
    assert [row["id"] for row in own.send("GET", "pilot-runs/")[1]["results"]] == [str(run.uid)]
    assert own.send("GET", f"pilot-runs/{run.uid}/outcomes/")[0] == 403
    assert own.send("GET", f"products/{product.sku}/pilot-limits/")[0] == 403
    assert own.send("POST", "pilot-runs/", {"product": product.sku, "units": 60})[0] == 403
    assert rival.send("GET", f"pilot-runs/{run.uid}/")[0] == 404
    assert rival.send("GET", "pilot-runs/")[1]["results"] == []
    for path in ("outcomes/", "start/", "conclude/", "stop/"):
        assert own.send("POST", f"pilot-runs/{run.uid}/{path}", {})[0] == 403
        assert rival.send("POST", f"pilot-runs/{run.uid}/{path}", {})[0] == 404


def test_lists_take_as_many_statements_for_three_as_for_one(merchandiser, caller, django_assert_num_queries):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            pilot_outcomes(make_pilot(make_product()), actor=merchandiser, conclude=True)
        with django_assert_num_queries(2):
            counts.append(len(caller.send("GET", "pilot-runs/")[1]["results"]))

    assert counts == [1, 3]


def test_the_taxonomy_is_there_in_both_languages(caller):
    points = caller.send("GET", "complaint-points/")[1]

    noisy = {"code": "noisy", "group": "function", "name": "Too loud", "name_zh": "噪音过大", "is_closed": False}
    assert noisy in points
