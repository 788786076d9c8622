from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from activity.models import Answer
from inspections.models import Batch, Hold, Inspection
from inspections.specification.services.versions import CharacteristicInput
from tests.caller import Caller, fields
from tests.factories import answer_hold, inspect, make_batch, make_product, make_specification, make_user

pytestmark = pytest.mark.django_db

GOOD = [50] * 80


def all_results(height=GOOD, leak=(), lid=(), printed=()):
    return [
        {"characteristic": "LEAK", "nonconforming_units": list(leak)},
        {"characteristic": "HEIGHT", "readings": list(height)},
        {"characteristic": "CORD", "readings": [75.5] * 80},
        {"characteristic": "LID", "nonconforming_units": list(lid)},
        {"characteristic": "PRINT", "nonconforming": len(printed)},
    ]


@pytest.fixture
def qc(inspector):
    return Caller(inspector)


def test_a_critical_failure_is_answered_with_the_hold_that_it_placed(batch, qc):
    status, answer = qc.send(
        "POST", "inspections/",
        {"batch": batch.number, "results": all_results(height=[50, 50, 50.9] + [50] * 77), "submit": True},
    )  # fmt: skip

    hold, inspection = Hold.objects.get(), Inspection.objects.get()
    assert status == 201
    plan = {
        "inspect_all": False,
        "code_letter": "J",
        "effective_letter": "J",
        "counts": "units",
        "stages": [],
        "severity": "normal",
        "counted_higher": [],
        "stage": None,
    }
    assert answer | {"hold": {}, "planned_at": "", "submitted_at": ""} == {
        "id": str(inspection.uid),
        "batch": "B-2611-042",
        "product": "HL-KT17-W",
        "supplier": "HAILAN",
        "round": 1,
        "state": "submitted",
        "severity": "normal",
        "verdict": "rejected",
        "reasons": [
            "critical: 1 nonconforming unit of 80, at most 0 allowed",
            "major: 0 nonconforming units of 80, at most 5 allowed",
            "minor: 0 nonconforming units of 80, at most 7 allowed",
        ],
        "classes": {
            "critical": {
                "sample_size": 80, "acceptance": 0, "rejection": 1, **plan, "nonconforming": 1, "nonconformities": 1,
                "settled": "rejected",
            },
            "major": {
                "sample_size": 80, "acceptance": 5, "rejection": 6, **plan, "nonconforming": 0, "nonconformities": 0,
                "settled": "accepted",
            },
            "minor": {
                "sample_size": 80, "acceptance": 7, "rejection": 8, **plan, "nonconforming": 0, "nonconformities": 0,
                "settled": "accepted",
            },
        },
        "characteristics": {},
        "variables": {},
        "hold": {},
        "lot_size": 1000,
        "inspector": "inspector",
        "planned_at": "",
        "submitted_at": "",
        "abandoned_at": None,
        "counts_as_rejected": False,
        "sample_invalid": False,
        "warnings": [],
    }  # fmt: skip
    assert {key: answer["hold"][key] for key in ("id", "code", "state", "reason", "title", "detail", "remaining")} == {
        "id": str(hold.uid),
        "code": "B-2611-042-H1",
        "state": "open",
        "reason": "critical",
        "title": "B-2611-042 is stopped: body height over the limit",
        "detail": "Body height of unit 3 is 50.9 mm, upper limit 50.5 mm.",
        "remaining": 1000,
    }
    assert answer["hold"]["finding"]["reading"] == 50.9


def test_a_conforming_batch_is_accepted_and_may_ship(batch, qc):
    status, answer = qc.send("POST", "inspections/", {"batch": batch.number, "results": all_results(), "submit": True})

    assert (status, answer["verdict"], answer["hold"]) == (201, "accepted", None)
    assert qc.send("GET", f"batches/{batch.number}/shippable/") == (
        200,
        {"shippable": True, "quantity": 1000, "stopped": 0, "reasons": []},
    )


def test_a_rejected_batch_is_inspected_again_in_a_tightened_round(batch, qc):
    qc.send("POST", "inspections/", {"batch": batch.number, "results": all_results(lid=range(1, 7)), "submit": True})

    status, answer = qc.send("POST", "inspections/", {"batch": batch.number, "results": all_results(), "submit": True})

    assert (status, answer["round"], answer["severity"], answer["verdict"]) == (201, 2, "tightened", "accepted")
    assert answer["classes"]["major"]["acceptance"] == 3


def test_without_submit_the_inspection_stays_open_and_is_filled_check_by_check(batch, qc):
    status, opened = qc.send("POST", "inspections/", {"batch": batch.number})
    assert (status, opened["state"], opened["verdict"], opened["reasons"]) == (201, "open", None, [])
    assert opened["classes"]["major"] | {} == opened["classes"]["major"] | {"nonconforming": 0, "settled": None}
    path = f"inspections/{opened['id']}"

    status, refused = qc.send("POST", f"{path}/submit/")
    assert (status, refused["code"], refused["unanswered"]) == (
        422,
        "unanswered_checks",
        ["LEAK", "HEIGHT", "CORD", "LID", "PRINT"],
    )
    for result in all_results():
        code = result.pop("characteristic")
        status, saved = qc.send("PUT", f"{path}/results/{code}/", result)
        assert (status, saved["characteristic"], saved["revision"], saved["hold"]) == (200, code, 1, None)
    assert saved["outcome"] == "accepted"
    status, answer = qc.send("POST", f"{path}/submit/")
    assert (status, answer["verdict"], answer["unanswered"]) == (200, "accepted", [])
    status, refused = qc.send("PUT", f"{path}/results/LEAK/", {"nonconforming_units": []})
    assert (status, refused["code"]) == (409, "inspection_not_open")


def test_autosave_holds_the_batch_at_the_third_unit_and_a_repeat_changes_nothing(batch, qc):
    _status, opened = qc.send("POST", "inspections/", {"batch": batch.number})
    path = f"inspections/{opened['id']}/results/HEIGHT/"

    first = qc.send("PUT", path, '{"readings": [50.10, 49.9, 50.9]}')
    again = qc.send("PUT", path, '{"readings": [50.10, 49.9, 50.9]}')

    assert first == again
    status, saved = first
    assert (status, saved["complete"], saved["nonconforming_units"], saved["revision"]) == (200, False, [3], 1)
    assert (saved["outcome"], saved["hold"]["batch"], saved["hold"]["remaining"]) == ("rejected", batch.number, 1000)
    assert Hold.objects.count() == 1


def test_a_stale_revision_is_refused(batch, qc):
    _status, opened = qc.send("POST", "inspections/", {"batch": batch.number})
    path = f"inspections/{opened['id']}/results/LID/"
    qc.send("PUT", path, {"nonconforming_units": [1]})

    status, refused = qc.send("PUT", path, {"nonconforming_units": [2], "revision": 0})

    assert (status, refused["code"]) == (409, "result_changed")


def test_readings_come_back_digit_by_digit(batch, qc):
    _status, opened = qc.send("POST", "inspections/", {"batch": batch.number})
    qc.send(
        "PUT", f"inspections/{opened['id']}/results/HEIGHT/", '{"readings": [50.10, "５０．２", null, 49.999999999]}'
    )

    body = qc.get(f"/api/v1/inspections/{opened['id']}/").content

    assert b'"readings":[50.10,50.2,null,49.999999999]' in body


def test_an_abandoned_inspection_keeps_its_hold(batch, qc):
    _status, opened = qc.send("POST", "inspections/", {"batch": batch.number, "results": all_results(leak=[3])})
    assert (opened["state"], opened["hold"]["state"]) == ("open", "open")

    status, refused = qc.send("POST", f"inspections/{opened['id']}/abandon/", {})
    assert (status, fields(refused)) == (400, [("reason", "required")])
    status, answer = qc.send("POST", f"inspections/{opened['id']}/abandon/", {"reason": "Wrong carton"})

    assert (status, answer["state"], answer["abandoned_reason"], answer["hold"]["state"]) == (
        200,
        "abandoned",
        "Wrong carton",
        "open",
    )


BAD_RESULTS = [
    ("unknown characteristic", {"characteristic": "NOPE", "readings": [1]}, "characteristic", "unknown_characteristic"),
    ("no characteristic", {"readings": [1]}, "characteristic", "required"),
    ("a number for a code", {"characteristic": 7, "readings": [1]}, "characteristic", "required"),
    ("no object", 7, "", "not_an_object"),
    ("misspelled field", {"characteristic": "LID", "nonconforming_unit": []}, "nonconforming_unit", "unknown_field"),
    ("too few", {"characteristic": "HEIGHT", "readings": [50] * 79}, "readings", "too_few"),
    ("one skipped", {"characteristic": "HEIGHT", "readings": [50] * 79 + [None]}, "readings", "too_few"),
    ("too many", {"characteristic": "HEIGHT", "readings": [50] * 81}, "readings", "too_many"),
    ("no list", {"characteristic": "HEIGHT", "readings": "50"}, "readings", "not_a_list"),
    ("text", {"characteristic": "HEIGHT", "readings": [50, "abc"] + [50] * 78}, "readings.2", "not_a_number"),
    ("a flag", {"characteristic": "HEIGHT", "readings": [True] + [50] * 79}, "readings.1", "not_a_number"),
    ("an object", {"characteristic": "HEIGHT", "readings": [{}] + [50] * 79}, "readings.1", "not_a_number"),
    ("nan", {"characteristic": "HEIGHT", "readings": ["NaN"] + [50] * 79}, "readings.1", "not_finite"),
    ("infinity", {"characteristic": "HEIGHT", "readings": ["-Infinity"] + [50] * 79}, "readings.1", "not_finite"),
    ("unit 0", {"characteristic": "LID", "nonconforming_units": [0]}, "nonconforming_units", "unknown_unit"),
    ("unit n+1", {"characteristic": "LID", "nonconforming_units": [81]}, "nonconforming_units", "unknown_unit"),
    ("half a unit", {"characteristic": "LID", "nonconforming_units": [1.5]}, "nonconforming_units", "unknown_unit"),
    ("a unit in words", {"characteristic": "LID", "nonconforming_units": ["3"]}, "nonconforming_units", "unknown_unit"),
    ("a list for a unit", {"characteristic": "LID", "nonconforming_units": [[1]]}, "nonconforming_units", "unknown_unit"),
    ("a unit twice", {"characteristic": "LID", "nonconforming_units": [3, 3]}, "nonconforming_units", "duplicate"),
    ("more than n", {"characteristic": "LID", "nonconforming": 81}, "nonconforming", "out_of_range"),
    ("less than none", {"characteristic": "LID", "nonconforming": -1}, "nonconforming", "out_of_range"),
    ("10^40", {"characteristic": "LID", "nonconforming": 10**40}, "nonconforming", "out_of_range"),
    ("nothing given", {"characteristic": "LID"}, "nonconforming_units", "required"),
    ("readings of what is not measured", {"characteristic": "LID", "readings": [1]}, "nonconforming_units", "required"),
    ("units of what is measured", {"characteristic": "HEIGHT", "nonconforming_units": [1]}, "readings", "required"),
    ("a time without its zone",
     {"characteristic": "LID", "nonconforming": 0, "recorded_at": "2026-11-22T12:00:00"}, "recorded_at", "not_a_time"),
    ("a time that no calendar shows",
     {"characteristic": "LID", "nonconforming": 0, "recorded_at": "0001-01-01T00:00:00+14:00"}, "recorded_at", "nonsense"),
    ("no time", {"characteristic": "LID", "nonconforming": 0, "recorded_at": "2026-99-22"}, "recorded_at", "not_a_time"),
    ("no flag", {"characteristic": "LID", "nonconforming": 0, "complete": "yes"}, "complete", "not_a_flag"),
    ("fewer nonconformities than units",
     {"characteristic": "LID", "nonconforming": 2, "nonconformities": 1}, "nonconformities", "too_few"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "field", "code"), [row[1:] for row in BAD_RESULTS], ids=[row[0] for row in BAD_RESULTS]
)
def test_a_bad_result_is_refused_by_field_and_nothing_is_stored(batch, qc, sent, field, code):
    status, answer = qc.send("POST", "inspections/", {"batch": batch.number, "results": [sent], "submit": True})

    path = ".".join(part for part in ("results.0", field) if part)
    assert (status, fields(answer)) == (400, [(path, code)])
    assert Inspection.objects.count() == 0


@pytest.mark.parametrize(
    ("written", "code"),
    [("NaN", "not_finite"), ("Infinity", "not_finite"), ("1e400", "too_large"), ("1.0000000001", "too_precise")],
)
def test_numbers_that_json_can_write_and_nobody_can_measure(batch, qc, written, code):
    readings = ", ".join([written] + ["50"] * 79)
    body = f'{{"batch": "{batch.number}", "results": [{{"characteristic": "HEIGHT", "readings": [{readings}]}}]}}'

    status, answer = qc.send("POST", "inspections/", body)

    assert (status, fields(answer)) == (400, [("results.0.readings.1", code)])


def test_full_width_digits_are_read(batch, qc):
    status, answer = qc.send(
        "POST", "inspections/",
        {"batch": batch.number, "results": all_results(height=["５０．２", " 50,"[:3]] + [50] * 78), "submit": True},
    )  # fmt: skip

    assert (status, answer["verdict"]) == (201, "accepted")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "batch", "required"),
        ({"batch": "B-404"}, "batch", "unknown_batch"),
        ({"batch": 7}, "batch", "required"),
        ({"batch": "B-2611-042", "results": {}}, "results", "not_a_list"),
        ({"batch": "B-2611-042", "submit": "true"}, "submit", "not_a_flag"),
        ({"batch": "B-2611-042", "sumbit": True}, "sumbit", "unknown_field"),
        ([], "", "not_an_object"),
    ],
)
def test_a_bad_body_is_refused_by_field(batch, qc, body, field, code):
    status, answer = qc.send("POST", "inspections/", body)

    assert (status, fields(answer)) == (400, [(field, code)])


def test_unanswered_checks_are_named(batch, qc):
    status, answer = qc.send(
        "POST", "inspections/", {"batch": batch.number, "results": all_results()[:3], "submit": True}
    )

    assert (status, answer["code"], answer["unanswered"]) == (422, "unanswered_checks", ["LID", "PRINT"])
    assert Inspection.objects.count() == 0


def test_refusals_come_in_the_readers_language(batch, qc, inspector):
    inspector.language = "zh-hans"
    inspector.save()

    _status, in_chinese = qc.send("POST", "batches/", {"number": "B-9", "product": "HL-KT17-W", "quantity": "x"})
    _status, in_english = qc.send(
        "POST", "batches/", {"number": "B-9", "product": "HL-KT17-W", "quantity": "x"}, **{"Accept-Language": "en"}
    )

    assert [answer["errors"][0]["detail"] for answer in (in_chinese, in_english)] == [
        "请填写合法的整数值。",
        "A valid integer is required.",
    ]


TWELVE = [
    CharacteristicInput(
        f"C{n}", f"Dimension {n}", "dimension", "critical" if n == 1 else "major", True, "50", "49", "51"
    )
    for n in range(1, 13)
]


def test_the_statements_of_the_whole_work_of_80_units_and_12_checks(qc):
    """Held at the first critical failure, confirmed by the next round, released by the third, which a colleague does after
    the supplier has answered: two of its statements ask whether it was called for, and who inspected before.

    In the same transaction the gates of the product are locked, worked out, stored, told of, and owed to webhooks; one more asks
    which webhooks want to hear of the inspection and its hold.
    """
    product = make_product()
    make_specification(product, TWELVE)
    batch = make_batch(product=product)
    chance = Random(1)  # like real ones: equal readings would raise doubts

    def drawn():
        return [round(chance.gauss(50, 0.2), 2) for _unit in range(80)]

    def results(first):
        good = [{"characteristic": c.code, "readings": drawn()} for c in TWELVE]
        return [{"characteristic": "C1", "readings": [first, *drawn()[1:]]}, *good[1:]]

    colleague = Caller(make_user(Role.QC))
    rounds = []
    for caller, key, first in ((qc, "k1", 52.5), (qc, "k2", 52.5), (colleague, "k3", 50.1)):
        if caller is colleague:
            answer_hold(batch.holds.get())
        with CaptureQueriesContext(connection) as queries:
            body = {"batch": batch.number, "results": results(first), "submit": True}
            status, answer = caller.send("POST", "inspections/", body, key=key)
        work = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
        [gates] = [index for index, sql in enumerate(work) if 'FROM "compliance_gate"' in sql]  # locked, at the end
        rounds.append((status, answer["verdict"], gates, len(work) - gates))

    assert rounds == [(201, "rejected", 12, 5), (201, "rejected", 13, 3), (201, "accepted", 19, 5)]


def test_a_list_takes_the_same_statements_for_one_and_for_three(qc, inspector, django_assert_num_queries):
    product = make_product()
    make_specification(product)
    inspect(make_batch(product=product), actor=inspector, LEAK=[3])
    with django_assert_num_queries(2):
        assert len(qc.send("GET", "inspections/")[1]["results"]) == 1

    for _n in range(2):
        inspect(make_batch(product=product), actor=inspector, LEAK=[3])
    with django_assert_num_queries(2):
        assert len(qc.send("GET", "inspections/")[1]["results"]) == 3


def test_the_list_is_newest_first_and_filtered(qc, inspector, batch):
    inspect(batch, actor=inspector, LEAK=[3])
    inspect(batch, actor=inspector)
    other = make_batch("B-2")
    inspect(other, actor=inspector)

    def found(query):
        return [(row["batch"], row["round"]) for row in qc.send("GET", f"inspections/?{query}")[1]["results"]]

    everything = [("B-2", 1), ("B-2611-042", 2), ("B-2611-042", 1)]
    assert found("") == everything
    assert found("verdict=rejected") == [("B-2611-042", 1)]
    assert found("product=HL-KT17-W") == everything[1:]
    assert found(f"supplier={other.supplier.code}") == everything[:1]
    assert found("batch=B-2") == everything[:1]
    assert found("state=open") == []
    assert found("date_after=2026-11-22&date_before=2026-11-22") == everything
    assert found("date_after=2026-11-23") == []
    assert found("date_before=2026-11-21") == []


def test_pages_follow_each_other(qc, inspector, batch):
    inspect(batch, actor=inspector, LEAK=[3])
    inspect(batch, actor=inspector)

    _status, first = qc.send("GET", "inspections/?page_size=1")
    second = qc.get(first["next"]).json()

    assert [row["round"] for page in (first, second) for row in page["results"]] == [2, 1]
    assert (first["previous"], second["next"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("verdict=maybe", "verdict", "invalid_choice"),
        ("sate=open", "sate", "unknown_field"),
        ("date_after=yesterday", "date_after", "invalid"),
        ("page_size=0", "page_size", "out_of_range"),
        ("page_size=x", "page_size", "out_of_range"),
        ("page_size=9999", "page_size", "out_of_range"),
        ("cursor=nonsense", "cursor", "invalid"),
        ("cursor=cD1hYmM=", "cursor", "invalid"),
    ],
)
def test_a_nonsense_query_is_refused_by_name(qc, query, field, code):
    status, answer = qc.send("GET", f"inspections/?{query}")

    assert (status, fields(answer)) == (400, [(field, code)])


def test_a_character_that_no_text_holds_is_refused_by_name(qc):
    status, answer = qc.send("GET", "inspections/?product=%00")

    assert (status, set(fields(answer))) == (
        400, {("product", "control_character"), ("product", "null_characters_not_allowed")},
    )  # fmt: skip


def test_a_supplier_reads_its_own_and_nothing_of_others(batch, inspector, supplier_user, rival_supplier):
    inspection = inspect(batch, actor=inspector, LEAK=[3])
    own, rival = Caller(supplier_user), Caller(rival_supplier)

    assert [row["id"] for row in own.send("GET", "inspections/")[1]["results"]] == [str(inspection.uid)]
    assert rival.send("GET", "inspections/")[1]["results"] == []
    assert own.send("GET", f"inspections/{inspection.uid}/")[0] == 200
    assert rival.send("GET", f"inspections/{inspection.uid}/")[0] == 404
    assert own.send("POST", f"inspections/{inspection.uid}/submit/")[0] == 403
    assert rival.send("POST", f"inspections/{inspection.uid}/submit/")[0] == 404
    assert own.send("POST", "inspections/", {"batch": batch.number})[0] == 403
    assert (Batch.objects.count(), Answer.objects.count()) == (1, 0)
