"""Classes as the standard counts them: a unit in its most serious class, and each class switched by itself."""

import random
from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.translation import override

from activity.errors import InvalidInput
from activity.models import Event
from inspections.hold.words import hold_title
from inspections.inspection.page.picks import picks_of
from inspections.inspection.page.sheets import sheet_of
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import (
    abandon_inspection,
    record_inspection,
    record_result,
    submit_inspection,
)
from inspections.inspection.services.results import ResultInput, current_tallies
from inspections.inspection.words import verdict_reasons
from inspections.models import Inspection, SwitchingStep
from inspections.specification.services.versions import CharacteristicInput
from inspections.switching.services import where_it_stands
from tests.caller import Caller, fields
from tests.factories import NOON, SCHEME, after, answer_hold, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db
CRIT = CharacteristicInput("CRIT", "No sharp edge", "function", "critical", False)
MA1 = CharacteristicInput("MA1", "Lid closes", "function", "major", False)
MA2 = CharacteristicInput("MA2", "Cord whole", "function", "major", False)
MI1 = CharacteristicInput("MI1", "Print", "appearance", "minor", False)
MI2 = CharacteristicInput("MI2", "Gloss", "appearance", "minor", False)
FIVE = (CRIT, MA1, MA2, MI1, MI2)


@pytest.fixture
def product():
    product = make_product()
    make_specification(product, FIVE)
    return product


def sent(**bad) -> list[ResultInput]:
    return [ResultInput(each.code, nonconforming_units=sorted(bad.get(each.code, ()))) for each in FIVE]


def record(product, inspector, at=NOON, **bad) -> Inspection:
    batch = make_batch(product=product)
    return record_inspection(batch=batch.number, results=sent(**bad), submit=True, actor=inspector, at=at)


@pytest.mark.parametrize(
    ("bad", "counts", "verdict"),
    [
        ({"MA1": range(1, 4), "MI1": range(1, 9)}, (3, 5), "accepted"),
        ({"MI1": range(1, 5), "MI2": range(5, 9)}, (0, 8), "rejected"),
        ({"MA1": range(1, 6), "MA2": range(1, 6)}, (5, 0), "accepted"),
        ({"MA1": range(1, 7), "MI1": range(1, 8)}, (6, 1), "rejected"),
    ],
)
def test_a_unit_counts_once(product, inspector, bad, counts, verdict):
    inspection = record(product, inspector, **bad)

    assert (inspection.tally["major"]["nonconforming"], inspection.tally["minor"]["nonconforming"]) == counts
    assert inspection.verdict == verdict


def test_page_and_answer_say_in_which_class_a_unit_counted(client, product, inspector):
    inspection = record(product, inspector, MA1=[1, 2, 3], MI1=range(1, 9))
    client.force_login(inspector)

    _status, answer = Caller(inspector).send("GET", f"inspections/{inspection.uid}/")
    page = client.get(reverse("inspection-detail", args=[inspection.uid])).content.decode()

    assert (answer["classes"]["minor"]["nonconforming"], answer["classes"]["minor"]["counted_higher"]) == (5, [1, 2, 3])
    assert "Units 1, 2, 3 have a minor nonconformity too, and count in a more serious class." in page


def test_what_was_judged_stays_as_it_was_judged(product, inspector):
    inspection = record(product, inspector, MA1=[1, 2, 3], MI1=range(1, 9))
    inspection.tally["minor"] = {"nonconforming": 8, "nonconformities": 8, "settled": "rejected", "counted": [8]}

    lines = {line.code: (line.tally.counted, line.tally.settled) for line in sheet_of(inspection).classes}

    assert (lines["minor"], lines["major"]) == ((8, "rejected"), (3, "accepted"))


def test_nobody_walks_away_from_what_rejects_as_it_is_known(product, inspector):
    """Eight minor units may be fewer once major is looked at; walked away from, they are eight."""
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=NOON)
    found = ResultInput("MI1", nonconforming_units=list(range(1, 9)))
    inspection, _result = record_result(inspection=inspection, sent=found, actor=inspector, at=NOON)
    assert sheet_of(inspection).outcome is None

    done = abandon_inspection(inspection=inspection, reason="Rain", actor=inspector, at=after(1))

    assert (done.counts_as_rejected, done.rejected_in) == (True, ["minor"])
    assert where_it_stands(product.specifications.get()).states["minor"].window == ((False, done.batch.number),)
    assert where_it_stands(product.specifications.get()).states["major"].window == ()


@pytest.mark.parametrize("round_of", range(3))
def test_the_database_sees_the_same_rejections(product, inspector, round_of):
    """Random records of an open inspection, judged by both."""
    chance = random.Random(round_of)
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=NOON)
    results = {}
    for each in inspection.characteristics():
        units = [] if each.code == "CRIT" else sorted(chance.sample(range(1, 15), chance.randint(0, 8)))
        one = ResultInput(each.code, nonconforming_units=units)
        _inspection, results[each.pk] = record_result(inspection=inspection, sent=one, actor=inspector, at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rejecting_classes(i) FROM inspections_inspection i WHERE id = %s", [inspection.pk])
        by_sql = {name for (name,) in cursor.fetchall()}

    tallies = current_tallies(inspection, results, inspection.characteristics())

    assert by_sql == {name for name, tally in tallies.classes.items() if tally.rejects}


def acceptance(inspection: Inspection) -> tuple[int, int]:
    return inspection.frozen_plans["major"].acceptance, inspection.frozen_plans["minor"].acceptance


@pytest.mark.parametrize(
    ("history", "plans"),
    [
        (("minor", "minor", ""), [(5, 7), (5, 7), (5, 5)]),
        (("minor", "major", ""), [(5, 7), (5, 7), (5, 7)]),
        (("major minor", "major minor", ""), [(5, 7), (5, 7), (3, 5)]),
    ],
)
def test_each_class_is_switched_by_its_own_history(product, inspector, history, plans):
    bad = {"major": ("MA1", range(1, 7)), "minor": ("MI1", range(11, 19))}
    done = [record(product, inspector, **dict(bad[name] for name in each.split())) for each in history]

    assert [acceptance(inspection) for inspection in done] == plans


def test_page_batch_and_answers_say_it_per_class(client, product, inspector, manager):
    for _ in range(2):
        record(product, inspector, MI1=range(1, 9))
    batch = make_batch(product=product)
    client.force_login(manager)

    _status, answer = Caller(manager).send("GET", f"products/{product.sku}/switching/")
    _status, shown = Caller(manager).send("GET", f"batches/{batch.number}/")
    page = client.get(reverse("product-switching", args=[product.sku])).content.decode()
    of_batch = client.get(reverse("batch-detail", args=[batch.number])).content.decode()

    assert {name: told["severity"] for name, told in answer["classes"].items()} == {
        "critical": "normal", "major": "normal", "minor": "tightened",
    }  # fmt: skip
    assert (answer["severity"], answer["reason"], answer["classes"]["major"]["score"]) == (
        "tightened",
        "two_in_five",
        6,
    )
    assert answer["history"][0]["severities"] == {"critical": "normal", "major": "normal", "minor": "tightened"}
    assert "Minor is now tightened" in answer["history"][0]["detail"]
    assert shown["plan"]["severity"] == "tightened"
    assert {name: told["severity"] for name, told in shown["plan"]["classes"].items()} == {
        "critical": "normal", "major": "normal", "minor": "tightened",
    }  # fmt: skip
    assert "critical normal, major normal, minor tightened" in page
    assert page.count("for minor") == 2
    assert "Each class is switched by its own history." in of_batch
    switched = Event.objects.get(kind="severity.switched")
    assert (switched.data["class"], switched.data["before"], switched.data["severity"]) == (
        "minor",
        "normal",
        "tightened",
    )


class TestDouble:
    """Lot 1,000, Z1.4: major 50 units, 2/5, then 100, 6/7; minor 50, 3/7, then 100, 8/9."""

    @pytest.fixture
    def product(self):
        product = make_product()
        make_specification(product, FIVE, scheme=SCHEME | {"kind": "double", "standard": "ansi-z1.4"})
        return product

    def test_a_unit_that_turns_out_to_be_major_keeps_what_the_first_sample_counted(self, product, inspector):
        first = record(product, inspector, MA1=[1, 2, 3], MI1=[4, 5, 6, 7])
        assert (first.status, first.stage_counts["major"], first.stage_counts["minor"]) == ("open", [3], [4])

        for code, units in (("CRIT", []), ("MA1", [1, 2, 3, 7]), ("MA2", []), ("MI1", [4, 5, 6, 7]), ("MI2", [])):
            one = ResultInput(code, nonconforming_units=units)
            record_result(inspection=first, sent=one, actor=inspector, at=after(1))
        done = submit_inspection(inspection=first, actor=inspector, at=after(2))

        assert done.verdict == "accepted"
        assert (done.tally["major"]["counted"], done.tally["minor"]["counted"]) == ([3, 4], [4, 4])

    def test_a_class_that_was_not_decided_counts_nothing(self, product, inspector):
        """Major rejects by the first sample, when minor asked for a second one."""
        record(product, inspector, MA1=[1, 2, 3, 4, 5], MI1=[10, 11, 12, 13])
        states = where_it_stands(product.specifications.get()).states

        assert ([len(states[name].window) for name in ("critical", "major", "minor")]) == [1, 1, 0]
        assert SwitchingStep.objects.get().severity == "normal"


# A sampling of its own


DROP = CharacteristicInput(
    "DROP", "Drop test", "transport", "major", False, name_zh="跌落试验", sampling={"level": "S-2"}
)
BEND = CharacteristicInput(
    "BEND", "Bend", "dimension", "major", True, "1.5", "1.0", "2.0", "mm", name_zh="弯曲", sampling={"n": 5}
)


@pytest.fixture
def dropped():
    product = make_product()
    make_specification(product, (CRIT, MA1, MI1, DROP, BEND))
    return product


def record_own(product, inspector, *, drop=(), bend=5, **bad) -> Inspection:
    batch = make_batch(product=product)
    results = [ResultInput(code, nonconforming_units=sorted(bad.get(code, ()))) for code in ("CRIT", "MA1", "MI1")]
    results += [
        ResultInput("DROP", nonconforming_units=sorted(drop)),
        ResultInput("BEND", readings=["1.5"] * min(bend, 5) + ["2.5"] * (bend - 5)),
    ]
    return record_inspection(batch=batch.number, results=results, submit=True, actor=inspector, at=NOON)


def test_a_check_of_its_own_is_planned_and_told_beside_the_classes(client, dropped, inspector):
    batch = make_batch(product=dropped)
    _status, answer = Caller(inspector).send("GET", f"batches/{batch.number}/")
    client.force_login(inspector)
    page = client.get(reverse("batch-detail", args=[batch.number])).content.decode()

    numbers = ("sample_size", "acceptance", "rejection")
    told = {code: tuple(plan[name] for name in numbers) for code, plan in answer["plan"]["characteristics"].items()}
    assert told == {"DROP": (5, 0, 1), "BEND": (5, 0, 1)}
    assert tuple(answer["plan"]["classes"]["major"][name] for name in numbers) == (80, 5, 6)
    assert "Checks with a sampling of their own" in page
    assert "5 units: accept up to 0, reject from 1" in page


def test_it_is_judged_by_its_own_plan_and_counts_in_no_class(dropped, inspector):
    inspection = record_own(dropped, inspector, drop=[2], MA1=[7, 8], MI1=[2, 7, 9])

    assert inspection.verdict == "rejected"
    assert (inspection.own_tally["DROP"]["counted"], inspection.own_tally["BEND"]["settled"]) == ([1], "accepted")
    assert {name: told["nonconforming"] for name, told in inspection.tally.items()} == {
        "critical": 0,
        "major": 2,
        "minor": 1,
    }
    with override("en"):
        assert verdict_reasons(inspection)[0] == "Drop test: 1 nonconforming unit of 5, at most 0 allowed"
        assert hold_title(inspection.hold) == f"{inspection.batch.number} is stopped: round 1 rejected (Drop test)"
    states = where_it_stands(dropped.specifications.get()).states
    assert [states[name].window[0][0] for name in ("critical", "major", "minor")] == [True, False, True]


def test_its_score_is_that_of_its_small_plan(dropped, inspector):
    record_own(dropped, inspector)
    states = where_it_stands(dropped.specifications.get()).states

    assert (states["major"].score, states["minor"].score) == (2, 3)


def test_readings_of_another_number_are_refused(dropped, inspector):
    with pytest.raises(InvalidInput) as more:
        record_own(dropped, inspector, bend=6)
    with pytest.raises(InvalidInput) as fewer:
        record_own(dropped, inspector, bend=4)
    with pytest.raises(InvalidInput) as beyond:
        record_own(dropped, inspector, drop=[6])

    assert [each.value.errors[0].field for each in (more, fewer, beyond)] == [
        "results.4.readings", "results.4.readings", "results.3.nonconforming_units",
    ]  # fmt: skip


def test_it_is_frozen_entered_and_picked(client, dropped, inspector):
    inspection = plan_inspection(batch=make_batch(product=dropped), actor=inspector, at=NOON)
    make_specification(dropped, (CRIT, MA1, MI1, replace(DROP, sampling={"n": 8}), BEND))
    inspection = Inspection.objects.get(pk=inspection.pk)
    client.force_login(inspector)

    assert {check.code: check.n for check in sheet_of(inspection).checks} == {
        "CRIT": 80, "MA1": 80, "MI1": 80, "DROP": 5, "BEND": 5,
    }  # fmt: skip
    entry = client.get(reverse("inspection-record", args=[inspection.uid])).content.decode()
    assert 'data-own="DROP"' in entry
    assert "Drop test: the first 5" in " ".join(entry.split())
    marked = [each.number for carton in picks_of(inspection).cartons for each in carton.picks if "DROP" in each.checks]
    assert sorted(marked) == [1, 2, 3, 4, 5]

    one = {"characteristic": "DROP", "nonconforming_units": [5]}
    status, answer = Caller(inspector).send("PUT", f"inspections/{inspection.uid}/results/DROP/", one)
    assert (status, answer["characteristics"]["DROP"]["settled"], answer["outcome"]) == (200, "rejected", "rejected")
    with pytest.raises(DatabaseError, match="its plan never changes"), transaction.atomic():
        Inspection.objects.filter(pk=inspection.pk).update(own_plans={})


def test_by_sql_nothing_is_accepted_that_a_plan_of_its_own_rejects(dropped, inspector):
    inspection = plan_inspection(batch=make_batch(product=dropped), actor=inspector, at=NOON)
    accepted = {"verdict": "accepted", "status": "submitted", "submitted_at": NOON, "tally": {}}

    with (
        pytest.raises(IntegrityError, match="inspection_is_accepted_only_by_all_plans_of_single_checks"),
        transaction.atomic(),
    ):
        Inspection.objects.filter(pk=inspection.pk).update(**accepted)


def test_a_reinspection_asks_it_again_by_what_it_failed_with(dropped, inspector, manager):
    failed = record_own(dropped, inspector, drop=[2])
    answer_hold(failed.hold)
    make_specification(dropped, (CRIT, MA1, MI1, replace(DROP, sampling=None), BEND))

    again = plan_inspection(batch=failed.batch, actor=inspector, at=after(1))

    assert {code: plan["sample_size"] for code, plan in again.own_plans.items()} == {
        "DROP": 8,
        "BEND": 5,
    }  # tightened: letter C leads to D
    assert again.carried["DROP"]["sampling"] == {"level": "S-2"}


@pytest.mark.parametrize(
    ("sampling", "variables", "code"),
    [
        ({"level": "S-2", "n": 5}, None, "own_sampling"),
        ({"level": "S-9"}, None, "level"),
        ({"n": 0}, None, "whole_number"),
        ({"n": 5}, {"aql": "1.0"}, "own_and_variables"),
    ],
)
def test_what_it_cannot_be_is_refused_by_name(manager, sampling, variables, code):
    product = make_product()
    bend = {
        "code": "BEND", "name": "Bend", "aspect": "dimension", "class": "major", "measured": True, "upper": 2,
        "sampling": sampling, "variables": variables,
    }  # fmt: skip
    body = {"characteristics": [bend], "scheme": SCHEME}
    status, answer = Caller(manager).send("PUT", f"products/{product.sku}/specification/", body)

    assert (status, fields(answer)) == (400, [("characteristics.0.sampling", code)])


def test_it_is_given_back_as_it_was_sent(manager):
    product = make_product()
    own = [{"level": "S-2"}, {"level": "S-3", "aql": "1.0"}, {"n": 5}, None]
    checks = [
        {"code": f"C{i}", "name": "x", "aspect": "function", "class": "major", "measured": False, "sampling": each}
        for i, each in enumerate(own)
    ]
    body = {"characteristics": checks, "scheme": SCHEME | {"aql": {"critical": "0", "major": "2.5"}}}
    path = f"products/{product.sku}/specification/"

    statuses = [Caller(manager).send("PUT", path, body)[0] for _ in range(2)]
    _status, answer = Caller(manager).send("GET", path)

    assert statuses == [200, 200]
    assert ([each["sampling"] for each in answer["characteristics"]], answer["version"]) == (own, 1)
