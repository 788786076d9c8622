"""Two people on one check: units merge, and only one that both changed is asked."""

import pytest

from inspections.hold.services.holds import who_inspected
from inspections.inspection.services.late import keep_late_result
from inspections.inspection.services.merging import ResultChanged, UnitsDiffer
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result, submit_inspection
from inspections.inspection.services.results import ResultInput, UnitChange
from inspections.models import Hold, Recorder
from tests.caller import Caller
from tests.factories import NOON, after, results_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


@pytest.fixture
def send(inspection):
    """send(person, "CORD", {41: "75"}, revision=0): the units that one person changed, none of which had a value before."""

    def send(actor, code, changes, *, before=None, **fields):
        units = [UnitChange(unit, value, (before or {}).get(unit)) for unit, value in changes.items()]
        sent = ResultInput(code, units=units, **({"is_complete": None} | fields))
        return record_result(inspection=inspection, sent=sent, actor=actor, at=after(1))[1]

    return send


def read(result):
    return {unit: str(reading) for unit, reading in enumerate(result.readings, 1) if reading is not None}


def test_units_of_two_people_merge(send, inspection, inspector, manager):
    send(inspector, "CORD", {1: "75", 2: "76"}, revision=0)

    result = send(manager, "CORD", {41: "74", 42: "73"}, revision=0)

    assert read(result) == {1: "75", 2: "76", 41: "74", 42: "73"}
    assert (len(result.readings), result.is_complete, result.revision) == (80, False, 2)
    assert list(Recorder.objects.values_list("user", flat=True)) == [manager.pk]


def test_only_the_unit_that_differs_is_asked_and_the_others_are_stored(send, inspection, inspector, manager):
    send(inspector, "CORD", {1: "75", 2: "76"}, revision=0)

    with pytest.raises(UnitsDiffer) as refused:
        send(manager, "CORD", {2: "71", 41: "74"}, revision=0)

    assert refused.value.extra == {"units": [{"unit": 2, "mine": "71", "theirs": "76"}], "revision": 2}
    assert read(inspection.results.get()) == {1: "75", 2: "76", 41: "74"}


def test_what_is_equal_or_was_seen_is_not_asked(send, inspector, manager):
    send(inspector, "CORD", {1: "75"}, revision=0)

    assert read(send(manager, "CORD", {1: "75.0"}, revision=0)) == {1: "75"}
    assert read(send(manager, "CORD", {1: "71"}, before={1: "75"}, revision=0)) == {1: "71"}
    assert read(send(inspector, "CORD", {1: "72"}, revision=2)) == {1: "72"}


def test_a_reading_is_taken_back_only_where_nobody_else_changed_it(send, inspector, manager):
    send(inspector, "CORD", {1: "75", 2: "76"}, revision=0)
    send(manager, "CORD", {1: "71"}, before={1: "75"}, revision=1)

    with pytest.raises(UnitsDiffer) as refused:
        send(inspector, "CORD", {1: None, 2: None}, before={1: "75", 2: "76"}, revision=1)

    assert refused.value.extra["units"] == [{"unit": 1, "mine": None, "theirs": "71"}]


def test_a_disputed_critical_reading_holds_the_batch_and_names_who_said_so(
    send, batch, inspection, inspector, manager, event_kinds
):
    send(inspector, "HEIGHT", {3: "50.0"}, revision=0)

    with pytest.raises(UnitsDiffer):
        send(manager, "HEIGHT", {3: "50.9"}, revision=0)

    hold = Hold.objects.get()
    batch.refresh_from_db()
    assert (batch.state, hold.is_critical, who_inspected(hold)) == ("on_hold", True, {inspector.pk, manager.pk})
    assert read(inspection.results.get()) == {3: "50.0"}
    assert event_kinds(batch.stream)[-1] == "hold.placed"


def test_marks_of_two_people_merge(send, inspector, manager):
    send(inspector, "LID", {3: True}, revision=0)

    result = send(manager, "LID", {7: True}, revision=0)

    assert (result.nonconforming_units, result.nonconformities, result.is_complete) == ([3, 7], 2, False)


def test_who_says_that_all_others_conform_is_asked_about_those_marked_meanwhile(send, inspection, inspector, manager):
    send(inspector, "LID", {3: True}, revision=0)

    with pytest.raises(UnitsDiffer) as refused:
        send(manager, "LID", {7: True}, revision=0, nonconforming_units=[7], is_complete=True)

    assert refused.value.extra["units"] == [{"unit": 3, "mine": False, "theirs": True}]
    result = inspection.results.get()
    assert (result.nonconforming_units, result.is_complete) == ([3, 7], False)
    seen = send(manager, "LID", {}, revision=2, nonconforming_units=[7], is_complete=True)
    assert (seen.nonconforming_units, seen.is_complete) == ([7], True)


def test_a_unit_marked_after_all_others_were_confirmed_is_marked(send, inspector, manager):
    send(inspector, "LID", {}, revision=0, nonconforming_units=[], is_complete=True)

    result = send(manager, "LID", {3: True}, revision=0)

    assert (result.nonconforming_units, result.is_complete) == ([3], True)


def test_several_nonconformities_on_a_unit_stay(send, inspector, manager):
    send(inspector, "LID", {3: True}, revision=0, nonconforming_units=[3], nonconformities=4)

    result = send(manager, "LID", {7: True}, revision=0)

    assert (result.nonconforming, result.nonconformities) == (2, 5)


def test_a_count_without_numbers_is_not_merged_unseen(inspection, send, inspector, manager):
    sent = ResultInput("LID", nonconforming=2)
    record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))

    with pytest.raises(ResultChanged):
        send(manager, "LID", {7: True}, revision=0)


def test_what_was_overwritten_stays_in_the_event(send, batch, inspector):
    from activity.models import Event

    send(inspector, "CORD", {1: "75", 2: "76"}, revision=0)
    send(inspector, "CORD", {1: "71", 3: "77"}, before={1: "75"}, revision=1)

    told = [each.data.get("overwritten") for each in Event.objects.filter(kind="result.recorded").order_by("id")]
    assert told == [None, {"1": "75"}]


def test_units_that_come_late_are_a_late_finding(send, batch, inspection, inspector, manager):
    for sent in results_for(batch):
        record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
    submit_inspection(inspection=inspection, actor=inspector, at=after(2))

    sent = ResultInput("HEIGHT", units=[UnitChange(3, "50.9", None)], revision=0)
    finding = keep_late_result(inspection=inspection, sent=sent, actor=manager, at=after(3))

    assert (finding.units, [str(each) for each in finding.readings], finding.late) == ([3], ["50.9"], True)
    assert finding.hold.is_critical


# Over the API


def test_over_the_api_units_merge_and_the_answer_names_what_differs(batch, inspector, manager):
    qc, colleague = Caller(inspector), Caller(manager)
    _status, opened = qc.send("POST", "inspections/", {"batch": batch.number})
    path = f"inspections/{opened['id']}/results/CORD/"
    qc.send("PUT", path, {"units": [{"unit": 1, "reading": 75}, {"unit": 2, "reading": "76"}], "revision": 0})

    status, problem = colleague.send(
        "PUT", path, {"units": [{"unit": 2, "reading": "71.50"}, {"unit": 41, "reading": 74}], "revision": 0}
    )
    assert (status, problem["code"], problem["units"], problem["revision"]) == (
        409,
        "result_changed",
        [{"unit": 2, "mine": "71.50", "theirs": "76"}],
        2,
    )

    status, saved = colleague.send("PUT", path, {"units": [{"unit": 2, "reading": "71.50"}], "revision": 2})
    assert (status, saved["revision"], saved["readings"][:2]) == (200, 3, [75, 71.5])
    status, problem = qc.send("PUT", path.replace("CORD", "LID"), {"units": [{"unit": 1, "reading": "0"}]})
    assert (status, [error["code"] for error in problem["errors"]]) == (400, ["not_a_flag"])


@pytest.mark.parametrize(
    ("units", "field"),
    [
        ([{"unit": 1}], "units.0"),
        ([{"unit": 1, "reading": 1, "nonconforming": True}], "units.0"),
        ([{"reading": 75}], "units.0.unit"),
        ([{"unit": 81, "reading": 75}], "results.0.units"),
        ([{"unit": 1, "reading": 75}, {"unit": 1, "reading": 76}], "results.0.units"),
        ([{"unit": 1, "reading": "7x"}], "results.0.readings.1"),
        ([{"unit": 1, "reading": 75, "colour": "red"}], "units.0.colour"),
    ],
)
def test_units_that_make_no_sense_are_named(batch, inspector, units, field):
    qc = Caller(inspector)
    _status, opened = qc.send("POST", "inspections/", {"batch": batch.number})

    status, problem = qc.send("PUT", f"inspections/{opened['id']}/results/CORD/", {"units": units})

    assert (status, [error["field"] for error in problem["errors"]]) == (400, [field])
