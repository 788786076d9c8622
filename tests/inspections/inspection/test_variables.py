"""Measured characteristics judged by variables: planned, frozen, estimated, and what their verdict does."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import Error, transaction
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.errors import InvalidInput
from inspections.batch.services.shipments import BatchNotShippable, ship
from inspections.calculator.page import worth_words
from inspections.hold.words import hold_title
from inspections.inspection.page.picks import picks_of
from inspections.inspection.page.sheets import sheet_of
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import ClassDecided, record_inspection, record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.inspection.words import verdict_reasons
from inspections.models import Characteristic, HoldReason, Inspection, SwitchingStep
from inspections.sampling.variables import find_variables_plan
from inspections.specification.services.versions import CharacteristicInput, Unanswered, draft_specification
from inspections.switching.services import where_it_stands
from tests.factories import (
    CORD,
    HEIGHT,
    LID,
    NOON,
    PRINT,
    SCHEME,
    after,
    inspect,
    make_batch,
    make_product,
    make_specification,
)
from tests.imports.test_imports import errors_of, send, store

pytestmark = pytest.mark.django_db
BY_VARIABLES = {"aql": "1.0", "level": "II", "form": 2}
# The example of MIL-STD-414 and Z1.9: a device that may get at most 209 °F warm, five of a lot of 40.
WARMTH = CharacteristicInput(
    "WARMTH", "Operating temperature", "performance", "major", True, upper="209", unit="°F", variables=BY_VARIABLES,
    name_zh="工作温度",
)  # fmt: skip
TEMPERATURES = ["197", "188", "184", "205", "201"]
CORD_BY_VARIABLES = replace(CORD, variables=BY_VARIABLES)


def batch_of(*characteristics, quantity=40, scheme=SCHEME, **names):
    product = make_product()
    make_specification(product, characteristics, scheme=scheme)
    return make_batch(product=product, quantity=quantity, **names)


def record(batch, actor, *, at=NOON, submit=True, **readings):
    results = [ResultInput(code, readings=values) for code, values in readings.items()]
    return record_inspection(batch=batch.number, results=results, submit=submit, actor=actor, at=at)


class TestPublishedExample:
    def test_one_limit_accepts_by_m(self, inspector):
        inspection = record(batch_of(WARMTH), inspector, WARMTH=TEMPERATURES)
        told = inspection.variables_tally["WARMTH"]

        assert inspection.variables_plans["WARMTH"]["sample_size"] == 5
        assert (told["mean"], told["sd"]) == pytest.approx((195, 8.81), abs=0.01)
        assert told["q_upper"] == pytest.approx(1.59, abs=5e-3)
        assert told["percent_outside"] == pytest.approx(2.19, abs=0.03)
        assert (inspection.verdict, inspection.hold) == ("accepted", None)
        assert verdict_reasons(inspection) == [
            "Operating temperature: an estimated 2.18 % is outside the limits, at most M = 3.33 % is allowed"
        ]

    def test_and_by_k(self, inspector):
        by_k = replace(WARMTH, variables={"aql": "1.0", "form": 1})
        inspection = record(batch_of(by_k), inspector, WARMTH=TEMPERATURES)

        assert inspection.verdict == "accepted"
        assert verdict_reasons(inspection) == [
            "Operating temperature: the mean is Q = 1.59 standard deviations from the limit, at least k = 1.53 is needed"
        ]

    def test_a_tighter_limit_rejects_though_every_reading_is_within_it(self, inspector):
        inspection = record(batch_of(replace(WARMTH, upper="206")), inspector, WARMTH=TEMPERATURES)
        hold = inspection.hold

        assert (inspection.verdict, inspection.variables_tally["WARMTH"]["nonconforming"]) == ("rejected", 0)
        assert (hold.reason, hold.remaining) == (HoldReason.REJECTED, 40)
        assert hold_title(hold).endswith("is stopped: round 1 rejected (Operating temperature)")
        with override("zh-hans"):
            assert "工作温度" in hold_title(hold)


class TestPlanning:
    def test_each_has_its_own_units_and_its_class_counts_the_others(self, inspector):
        batch = batch_of(CORD_BY_VARIABLES, LID, PRINT, quantity=1000)
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        plan = find_variables_plan(lot_size=1000, aql="1.0")

        assert inspection.sample_sizes(inspection.specification.characteristics.all()) == {
            "CORD": plan.sample_size,
            "LID": 80,
            "PRINT": 80,
        }
        assert inspection.sample_size == 80
        assert sorted(inspection.plan) == ["major", "minor"]
        assert picks_of(inspection).stage_sizes == [plan.sample_size, 80]

    def test_a_class_of_nothing_else_is_not_sampled(self, inspector):
        inspection = plan_inspection(batch=batch_of(WARMTH, PRINT, quantity=1000), actor=inspector, at=NOON)

        assert list(inspection.plan) == ["minor"]

    def test_the_scheme_may_give_it_to_all_but_what_is_critical(self, inspector):
        scheme = SCHEME | {"variables": {"aql": "2.5"}}
        batch = batch_of(HEIGHT, CORD, LID, scheme=scheme, quantity=1000)
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)

        assert list(inspection.variables_plans) == ["CORD"]
        assert sorted(inspection.plan) == ["critical", "major"]

    def test_a_lot_of_two_is_counted(self, inspector):
        batch = batch_of(WARMTH, quantity=2)
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)

        assert (inspection.variables_plans, inspection.plan["major"]["sample_size"]) == ({}, 2)

    def test_the_first_batches_in_full_are_counted(self, inspector):
        batch = batch_of(WARMTH, scheme=SCHEME | {"first_batches_in_full": 1})
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)

        assert (inspection.variables_plans, inspection.plan["major"]["sample_size"]) == ({}, 40)

    def test_a_reinspection_is_tightened(self, inspector):
        batch = batch_of(replace(WARMTH, upper="206"))
        first = record(batch, inspector, WARMTH=TEMPERATURES)
        again = plan_inspection(batch=batch, actor=inspector, at=after(1))

        assert (again.round, again.variables_plans["WARMTH"]["severity"]) == (2, "tightened")
        assert again.variables_plans["WARMTH"]["m_percent"] < first.variables_plans["WARMTH"]["m_percent"]

    def test_a_lot_measured_whole_is_counted_up_to_the_aql(self, inspector):
        batch = batch_of(replace(WARMTH, variables=BY_VARIABLES | {"aql": "0.10"}), quantity=4)
        inspection = record(batch, inspector, WARMTH=["190", "191", "192", "210"])

        assert (inspection.variables_plans["WARMTH"]["inspect_all"], inspection.verdict) == (True, "rejected")
        assert verdict_reasons(inspection) == [
            "Operating temperature: 25.00 % of all units are outside the limits, at most 0.10 % is allowed"
        ]


class TestRecording:
    def test_missing_readings_are_named_and_nothing_ships(self, inspector, manager):
        batch = batch_of(WARMTH)
        with pytest.raises(InvalidInput) as refusal, override("en"):
            record(batch, inspector, WARMTH=TEMPERATURES[:3])

        assert [(e.field, e.code, str(e.detail)) for e in refusal.value.errors] == [
            (
                "results.0.readings",
                "too_few",
                (
                    "WARMTH: 3 of 5 units have a reading. Its variables plan estimates from all of them: "
                    "enter the missing ones."
                ),
            )
        ]
        opened = record(batch, inspector, submit=False, WARMTH=TEMPERATURES[:3])
        with pytest.raises(Unanswered, match="WARMTH"):
            submit_inspection(inspection=opened, actor=inspector, at=after(1))
        with pytest.raises(BatchNotShippable):
            ship(batch=batch, quantity=1, actor=manager, at=after(2))

    def test_a_critical_reading_beyond_a_limit_holds_at_once_and_rejects(self, inspector):
        critical = replace(WARMTH, nonconformity_class="critical")
        batch = batch_of(critical, quantity=1000)
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        n = inspection.sample_size
        one = ResultInput("WARMTH", readings=["190", "230"] + [None] * (n - 2))
        inspection, _result = record_result(inspection=inspection, sent=one, actor=inspector, at=after(1))

        assert inspection.hold.reason == HoldReason.CRITICAL
        assert sheet_of(inspection).outcome == "rejected"
        everything = ResultInput(
            "WARMTH", readings=["190", "230"] + ["190", "191"] * ((n - 2) // 2) + ["190"] * (n % 2)
        )
        record_result(inspection=inspection, sent=everything, actor=inspector, at=after(2))
        inspection = submit_inspection(inspection=inspection, actor=inspector, at=after(3))
        assert inspection.verdict == "rejected"

    def test_what_was_read_so_far_is_told(self, inspector):
        batch = batch_of(WARMTH)
        inspection = record(batch, inspector, submit=False, WARMTH=TEMPERATURES[:2])
        [estimate] = sheet_of(inspection).estimates
        assert (estimate.words, estimate.tone) == ("2 of 5 units read; an estimate needs 3", "waiting")

        sent = ResultInput("WARMTH", readings=TEMPERATURES[:4])
        inspection, _result = record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
        [estimate] = sheet_of(inspection).estimates
        assert estimate.words.startswith("so far after 4 of 5 units: an estimated ")
        assert (estimate.tally.settled, sheet_of(inspection).outcome) == (None, None)

    def test_readings_that_are_not_normal_are_warned_of(self, inspector):
        batch = batch_of(replace(WARMTH, upper="2000"), quantity=1000)
        n = find_variables_plan(lot_size=1000, aql="1.0").sample_size
        skewed = [str(round(1.3**unit, 3)) for unit in range(1, n + 1)]
        inspection = record(batch, inspector, WARMTH=skewed)
        [estimate] = sheet_of(inspection).estimates

        assert inspection.variables_tally["WARMTH"]["warnings"] == ["not_normal"]
        assert estimate.warnings[0].startswith("The readings do not look normally distributed")

    def test_equal_readings_are_stored_though_their_distance_is_infinite(self, inspector):
        by_k = replace(WARMTH, variables={"aql": "1.0", "form": 1})
        inspection = record(batch_of(by_k), inspector, WARMTH=["190"] * 5)

        assert (inspection.verdict, inspection.variables_tally["WARMTH"]["q_upper"]) == ("accepted", None)
        assert verdict_reasons(inspection) == ["Operating temperature: all readings are the same, and within the limit"]

    def test_a_further_sample_does_not_open_it_again(self, inspector):
        double = {"standard": "ansi-z1.4", "level": "II", "kind": "double", "aql": {"major": "2.5"}}
        batch = batch_of(CORD_BY_VARIABLES, LID, scheme=double, quantity=1000)
        inspection = inspect(batch, actor=inspector, LID=[1, 2, 3])
        cord, lid = inspection.specification.characteristics.all()
        readings = list(inspection.results.get(characteristic=cord).readings)

        assert (inspection.status, inspection.stage) == ("open", 2)
        assert (inspection.is_closed(cord), inspection.is_closed(lid)) == (True, False)
        assert picks_of(inspection).taken_before == 50
        sent = ResultInput("CORD", readings=[Decimal("76"), *readings[1:]])
        with pytest.raises(ClassDecided):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
        sent = ResultInput("LID", nonconforming_units=[1, 2, 3])
        record_result(inspection=inspection, sent=sent, actor=inspector, at=after(2))
        assert submit_inspection(inspection=inspection, actor=inspector, at=after(3)).verdict == "accepted"


class TestSwitching:
    def test_a_rejection_by_variables_counts_and_an_acceptance_earns_three_points(self, inspector):
        product = make_product()
        specification = make_specification(product, [WARMTH])

        def lot(*readings):
            return record(make_batch(product=product, quantity=40), inspector, WARMTH=readings)

        assert lot("190", "191", "192", "193", "194").variables_tally["WARMTH"]["convincing"] is True
        assert where_it_stands(specification).states["major"].score == 3
        assert lot(*TEMPERATURES).variables_tally["WARMTH"]["convincing"] is False  # 2.17 % against 1.34 %
        assert where_it_stands(specification).states["major"].score == 0
        lot("200", "208", "208", "208", "190")
        lot("200", "208", "208", "208", "190")
        assert where_it_stands(specification).severities["major"] == "tightened"
        planned = plan_inspection(batch=make_batch(product=product, quantity=40), actor=inspector, at=after(9))
        assert planned.variables_plans["WARMTH"]["m_percent"] == pytest.approx(1.34)
        assert SwitchingStep.objects.count() == 4

    def test_another_variables_plan_begins_another_history(self):
        product = make_product()
        first = make_specification(product, [WARMTH])
        second = make_specification(product, [replace(WARMTH, variables=BY_VARIABLES | {"aql": "2.5"})])
        third = make_specification(product, [WARMTH])

        assert first.scheme_key == third.scheme_key != second.scheme_key


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"variables": {"aql": "1.0", "form": 1}, "lower": "150"}, "variables.form", "form_one_sided"),
        ({"lower": "209"}, "variables.aql", "no_tolerance"),
        ({"variables": {"aql": "15"}}, "variables.aql", "variables_aql"),
        ({"variables": {"aql": "1.1"}}, "variables.aql", "aql_not_in_series"),
        ({"variables": {}}, "variables.aql", "missing"),
        ({"variables": {"aql": "1.0", "level": "S-1"}}, "variables.level", "level"),
        ({"variables": {"aql": "1.0", "form": True}}, "variables.form", "form"),
        ({"variables": {"aql": "1.0", "n": 3}}, "variables.n", "unknown_key"),
        ({"is_measured": False, "upper": None, "unit": ""}, "variables", "not_measured"),
    ],
)
def test_an_impossible_plan_is_refused_by_field(manager, change, field, code):
    with pytest.raises(InvalidInput) as refusal:
        draft_specification(
            product=make_product(),
            characteristics=[LID, replace(WARMTH, **change)],
            scheme=SCHEME,
            actor=manager,
            at=NOON,
        )

    assert [(e.field, e.code) for e in refusal.value.errors] == [(f"characteristics.1.{field}", code)]


def test_a_scheme_by_k_names_what_has_two_limits(manager):
    scheme = SCHEME | {"variables": {"aql": "1.0", "form": 1}}
    with pytest.raises(InvalidInput) as refusal:
        draft_specification(product=make_product(), characteristics=[LID, CORD], scheme=scheme, actor=manager, at=NOON)

    assert [(e.field, e.code) for e in refusal.value.errors] == [("characteristics.1.variables.form", "form_one_sided")]


class TestRoundTheCode:
    def refused(self, act) -> str:
        with pytest.raises(Error) as refusal, transaction.atomic():
            act()
        return refusal.value.__cause__.diag.constraint_name

    def test_a_variables_plan_is_frozen(self, inspector):
        inspection = plan_inspection(batch=batch_of(WARMTH), actor=inspector, at=NOON)
        found = Inspection.objects.filter(pk=inspection.pk)

        assert self.refused(lambda: found.update(variables_plans={})) == "inspection_is_frozen"

    @pytest.mark.parametrize("tally", [{}, {"WARMTH": {}}, {"WARMTH": {"settled": "rejected"}}])
    def test_nothing_is_accepted_without_its_estimate(self, inspector, tally):
        inspection = plan_inspection(batch=batch_of(WARMTH), actor=inspector, at=NOON)
        found = Inspection.objects.filter(pk=inspection.pk)

        def accept():
            found.update(status="submitted", verdict="accepted", submitted_at=NOON, tally={}, variables_tally=tally)

        assert self.refused(accept) == "inspection_is_accepted_only_by_all_its_variables_plans"

    def test_only_what_is_measured_has_one(self, manager):
        draft = draft_specification(
            product=make_product(), characteristics=[LID], scheme=SCHEME, actor=manager, at=NOON
        )
        found = Characteristic.objects.filter(specification=draft)

        rule = self.refused(lambda: found.update(variables=BY_VARIABLES))
        assert rule == "characteristic_is_judged_by_variables_only_if_measured"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.decimals("150", "240", places=1), min_size=5, max_size=5))
def test_a_verdict_is_what_the_estimate_says(inspector, readings):
    inspection = record(batch_of(WARMTH), inspector, WARMTH=[str(reading) for reading in readings])
    told = inspection.variables_tally["WARMTH"]

    assert (inspection.verdict == "accepted") == (told["percent_outside"] <= 3.33)
    assert (inspection.verdict == "rejected") == (inspection.hold is not None)
    assert told["nonconforming"] == sum(reading > 209 for reading in readings)


def test_a_batch_that_is_measured_alone_is_not_called_inspected_whole(client, inspector):
    client.force_login(inspector)

    page = client.get(reverse("batch-detail", args=[batch_of(WARMTH, quantity=1000).number])).content.decode()

    assert "35 units: accept up to M = 2.66 % estimated outside the limits." in page
    assert "nothing is left to chance" not in page


def test_what_a_variables_plan_is_worth_is_said():
    assert worth_words(find_variables_plan(lot_size=40, aql="1.0")) == (
        "A batch with 20 % bad units still passes about 1 time in 5."
    )


def test_a_file_is_imported_by_the_units_of_each_plan(inspector, manager, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    batch = batch_of(WARMTH, LID)
    readings = [str(reading) for reading in TEMPERATURES]
    rows = f"batch,characteristic,readings,nonconforming_units\n{batch.number},WARMTH,%s,\n{batch.number},LID,,-\n"

    refused = send(rows % " ".join(readings[:4]), manager)
    assert errors_of(refused) == [(2, "readings", "too_few")]

    store(send(rows % " ".join(readings), manager, "whole.csv"), manager)
    assert batch.inspections.get().verdict == "accepted"
