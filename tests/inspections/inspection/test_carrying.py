"""A re-inspection asks at least what failed, in the class and by the limits that it failed with (R13)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from inspections.inspection.services.carrying import LimitsExcludeEachOther
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import abandon_inspection, record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import Inspection
from inspections.specification.services.characteristics import CharacteristicInput
from inspections.specification.services.versions import Unanswered
from tests.caller import Caller
from tests.factories import (
    CORD,
    HEIGHT,
    KETTLE,
    LEAK,
    LID,
    NOON,
    PRINT,
    SCHEME,
    after,
    answer_hold,
    inspect,
    make_batch,
    make_specification,
    make_user,
)
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db
BAD = list(range(1, 9))
WITHOUT_LEAK = [c for c in KETTLE if c is not LEAK]
WITHOUT_CORD = [c for c in KETTLE if c is not CORD]


def with_cord(**changes) -> list[CharacteristicInput]:
    return [replace(c, **changes) if c is CORD else c for c in KETTLE]


def answer(inspection, actor, *, skip=(), at=None, **bad):
    """Every check of an open inspection, as it asks it; `bad` are readings or unit numbers by code."""
    characteristics = inspection.characteristics()
    sizes = inspection.sample_sizes(characteristics)
    for c in characteristics:
        if c.code in skip:
            continue
        sent = ResultInput(c.code, nonconforming_units=bad.get(c.code, []))
        if c.is_measured:
            good = c.target or c.lower
            readings = [str(good)] * (sizes[c.code] - len(bad.get(c.code, []))) + bad.get(c.code, [])
            sent = ResultInput(c.code, readings=readings)
        record_result(inspection=inspection, sent=sent, actor=actor, at=at or after(2))


def asked(inspection):
    """Code -> class and limits."""
    return {c.code: (c.nonconformity_class, c.lower, c.upper) for c in inspection.characteristics()}


def test_a_check_that_failed_is_asked_again_though_the_specification_dropped_it(batch, product, inspector):
    first = inspect(batch, actor=inspector, LEAK=[1])
    version = make_specification(product, WITHOUT_LEAK)

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    leak = first.specification.characteristics.get(code="LEAK")
    assert (second.round, second.specification) == (2, version)
    assert list(asked(second)) == ["HEIGHT", "LEAK", "CORD", "LID", "PRINT"]
    assert second.carried == {
        "LEAK": {
            "characteristic": leak.pk, "lower": None, "upper": None, "variables": None, "sampling": None, "round": 1, "added": True,
        }
    }  # fmt: skip

    answer(second, inspector, skip=["LEAK"])
    with pytest.raises(Unanswered) as refusal:
        submit_inspection(inspection=second, actor=inspector, at=after(3))
    assert "LEAK" in str(refusal.value) + str(getattr(refusal.value, "extra", ""))
    batch.refresh_from_db()
    assert batch.holds.get().status == "open"

    record_result(inspection=second, sent=ResultInput("LEAK", nonconforming_units=[2]), actor=inspector, at=after(4))
    assert submit_inspection(inspection=second, actor=inspector, at=after(5)).verdict == "rejected"


def test_answered_well_it_is_accepted_and_ends_the_hold(batch, product, inspector):
    inspect(batch, actor=inspector, LEAK=[1])
    make_specification(product, WITHOUT_LEAK)
    answer_hold(batch.holds.get())
    colleague = make_user(Role.QC, "colleague")

    second = plan_inspection(batch=batch, actor=colleague, at=after(1))
    answer(second, colleague)

    assert submit_inspection(inspection=second, actor=colleague, at=after(3)).verdict == "accepted"
    assert batch.holds.get().status == "ended"


def test_a_file_or_a_program_sends_it_whole(batch, product, inspector):
    inspect(batch, actor=inspector, LEAK=[1])
    make_specification(product, WITHOUT_LEAK)

    assert inspect(batch, actor=inspector, at=after(1), LEAK=[3]).verdict == "rejected"
    third = inspect(batch, actor=inspector, at=after(2))
    assert (third.round, third.verdict, third.carried["LEAK"]["round"]) == (3, "accepted", 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lower": "60", "upper": "90"}, ("major", Decimal(70), Decimal(80))),
        ({"lower": "72", "upper": "90"}, ("major", Decimal(72), Decimal(80))),
        ({"lower": None, "target": None}, ("major", Decimal(70), Decimal(80))),
        ({"nonconformity_class": "minor"}, ("major", Decimal(70), Decimal(80))),
        ({"nonconformity_class": "critical", "upper": "90"}, ("critical", Decimal(70), Decimal(80))),
        ({"lower": "74", "upper": "76"}, ("major", Decimal(74), Decimal(76))),
    ],
)
def test_of_class_and_limits_the_stricter_counts(batch, product, inspector, changes, expected):
    inspect(batch, actor=inspector, CORD=BAD)
    make_specification(product, with_cord(**changes))

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    assert asked(second)["CORD"] == expected
    assert len(asked(second)) == len(KETTLE)
    second = Inspection.objects.get(pk=second.pk)
    readings = ["85.0"] + ["75"] * (second.sample_size - 1)
    _same, result = record_result(
        inspection=second, sent=ResultInput("CORD", readings=readings), actor=inspector, at=after(2)
    )
    assert result.nonconforming_units == [1]
    assert (second.batch.holds.latest("id").status, result.characteristic.nonconformity_class) == ("open", expected[0])


def test_what_did_not_fail_is_asked_as_the_specification_says(batch, product, inspector):
    inspect(batch, actor=inspector, LID=BAD)
    make_specification(product, [LID, PRINT])

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    assert (list(asked(second)), second.carried) == (["LID", "PRINT"], {})


def test_what_an_abandoned_inspection_found_is_asked_too(batch, product, inspector):
    tried = plan_inspection(batch=batch, actor=inspector, at=NOON)
    record_result(inspection=tried, sent=ResultInput("PRINT", nonconforming_units=[1]), actor=inspector, at=NOON)
    Caller(inspector).send("POST", f"inspections/{tried.uid}/abandon/", {"reason": "rain"})
    inspect(batch, actor=inspector, at=after(1), LID=BAD)
    make_specification(product, [LID])

    second = plan_inspection(batch=batch, actor=inspector, at=after(2))

    assert list(asked(second)) == ["LID", "PRINT"]


def test_a_class_that_the_scheme_no_longer_plans_is_planned_as_it_was(batch, product, inspector):
    first = inspect(batch, actor=inspector, LID=BAD)
    make_specification(product, [PRINT], scheme=SCHEME | {"aql": {"minor": "4.0"}})
    other = plan_inspection(batch=make_batch(product=product), actor=inspector, at=NOON)
    answer(other, inspector)
    submit_inspection(inspection=other, actor=inspector, at=after(30))

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    assert list(second.plan) == ["minor", "major"]
    assert second.plans["major"].acceptance <= first.plans["major"].acceptance
    assert second.plans["major"].sample_size >= first.plans["major"].sample_size
    answer(second, inspector, LID=BAD)
    assert submit_inspection(inspection=second, actor=inspector, at=after(30)).verdict == "rejected"


def test_what_was_found_in_two_ways_is_asked_as_it_was_found_last(batch, product, inspector):
    tried = plan_inspection(batch=batch, actor=inspector, at=NOON)
    record_result(inspection=tried, sent=ResultInput("CORD", readings=["99"]), actor=inspector, at=NOON)
    abandon_inspection(inspection=tried, reason="rain", actor=inspector, at=NOON)
    make_specification(product, with_cord(unit="mm", lower="700", upper="800", target="750"))
    inspect(batch, actor=inspector, at=after(1), CORD=BAD)

    second = plan_inspection(batch=batch, actor=inspector, at=after(2))

    assert (asked(second)["CORD"], second.carried) == (("major", Decimal(700), Decimal(800)), {})


def test_a_variables_plan_goes_along(batch, product, inspector):
    by_variables = {"aql": "2.5", "level": "II", "form": 2}
    make_specification(product, with_cord(variables=by_variables))
    first = inspect(batch, actor=inspector, CORD=BAD)
    assert list(first.variables_plans) == ["CORD"]
    make_specification(product, with_cord(lower="60", upper="90"))

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    plan, before = second.by_variables["CORD"], first.by_variables["CORD"]
    assert (plan.m_percent <= before.m_percent, plan.sample_size >= before.sample_size) == (True, True)
    assert asked(second)["CORD"] == ("major", Decimal(70), Decimal(80))


def test_what_was_counted_is_not_estimated_instead(batch, product, inspector):
    inspect(batch, actor=inspector, CORD=BAD)
    make_specification(product, with_cord(variables={"aql": "4.0", "level": "II", "form": 2}))

    assert plan_inspection(batch=batch, actor=inspector, at=after(1)).variables_plans == {}


@pytest.mark.parametrize("unit", ["mm", "m", "kg", ""])
def test_another_unit_under_the_same_code_asks_as_it_was_found(batch, product, inspector, unit):
    inspect(batch, actor=inspector, CORD=BAD)
    make_specification(product, with_cord(unit=unit))

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    cord = second.characteristic("CORD")
    assert (cord.unit, cord.lower, cord.upper, second.added_checks) == ("cm", Decimal(70), Decimal(80), 0)


ANOTHER = [
    {"name": "Colour is nice"},
    {"name_zh": "颜色好看"},
    {"aspect": "appearance"},
    {"method": "Look at the box"},
    {"picture": "references/other.jpg"},
    {"is_measured": True, "lower": "-9", "upper": "9", "unit": "mm"},
]


def with_leak(**changes) -> list[CharacteristicInput]:
    return [replace(LEAK, **changes), *WITHOUT_LEAK]


@pytest.mark.parametrize("changes", ANOTHER)
def test_another_meaning_under_the_same_code_asks_in_the_words_that_it_was_found_by(batch, product, inspector, changes):
    make_specification(product, with_leak(picture="references/leak.jpg"))
    first = inspect(batch, actor=inspector, LEAK=[1])
    make_specification(product, with_leak(**{"picture": "references/leak.jpg", **changes}))

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    assert second.characteristic("LEAK") == first.characteristic("LEAK")
    assert len(second.characteristics()) == len(KETTLE)
    copied = insert_round_two(second)
    Inspection.objects.filter(pk=second.pk).update(status="abandoned", abandoned_at=after(2), abandoned_reason="x")
    assert refused(copied) == "reinspection_asks_what_failed"


def test_a_meaning_that_changed_with_a_stricter_class_or_limit_adds_nothing_to_it(batch, product, inspector):
    inspect(batch, actor=inspector, CORD=BAD)
    make_specification(product, with_cord(name="Colour", nonconformity_class="critical", lower="78", target="79"))

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    assert (second.characteristic("CORD").name, asked(second)["CORD"]) == (
        CORD.name,
        ("major", Decimal(70), Decimal(80)),
    )


def test_a_translation_that_was_missing_is_no_other_meaning(batch, product, inspector):
    make_specification(product, with_leak(name_zh=""))
    inspect(batch, actor=inspector, LEAK=[1])
    make_specification(product, with_leak(picture="references/leak.jpg"))

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    assert (second.characteristic("LEAK").name_zh, second.carried) == (LEAK.name_zh, {})


def test_limits_that_no_unit_can_meet_are_refused_in_words(batch, product, inspector, client):
    inspect(batch, actor=inspector, CORD=BAD)
    make_specification(product, with_cord(lower="85", upper="95", target="90"))

    with pytest.raises(LimitsExcludeEachOther):
        plan_inspection(batch=batch, actor=inspector, at=after(1))
    client.force_login(inspector)
    page = client.get(reverse("batch-detail", args=[batch.number])).content.decode()
    assert "no unit can be within the limits that it was found with" in page


def test_page_and_answer_show_it(batch, product, inspector, client):
    inspect(batch, actor=inspector, LEAK=[1])
    make_specification(product, WITHOUT_LEAK)
    status, opened = Caller(inspector).send("POST", "inspections/", {"batch": batch.number})
    assert status == 201
    _status, answer = Caller(inspector).send("GET", f"inspections/{opened['id']}/")
    assert (answer["carried"], answer["unanswered"]) == (["LEAK"], ["HEIGHT", "LEAK", "CORD", "LID", "PRINT"])

    client.force_login(inspector)
    page = client.get(reverse("inspection-record", args=[opened["id"]])).content.decode()
    assert "Asked again as round 1 found it nonconforming, whatever the specification says by now." in page
    client.post(
        reverse("inspection-record", args=[opened["id"]]), {"characteristic": "LEAK", "answer": "good", "revision": "0"}
    )
    assert "1 of 5" in client.get("/").content.decode()
    story = client.get(reverse("batch-detail", args=[batch.number])).content.decode()
    assert "asked again as an earlier round found it: LEAK" in story


def test_an_unchanged_specification_carries_nothing(batch, inspector):
    inspect(batch, actor=inspector, LEAK=[1], CORD=BAD)

    assert plan_inspection(batch=batch, actor=inspector, at=after(1)).carried == {}


def test_a_photo_and_a_comparison_may_be_of_it(batch, product, inspector):
    inspect(batch, actor=inspector, HEIGHT=[1])
    make_specification(product, [c for c in KETTLE if c is not HEIGHT])

    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    assert second.characteristic("HEIGHT").specification != second.specification
    assert second.characteristic("NOTHING") is None


# Round the code


def insert_round_two(inspection, carried="{}"):
    columns = [f.column for f in Inspection._meta.concrete_fields if f.column != "id"]
    own = {"uid": "gen_random_uuid()", "carried": f"'{carried}'::jsonb", "status": "'open'"}
    values = ", ".join(own.get(c, c) for c in columns)
    return (
        f"INSERT INTO inspections_inspection ({', '.join(columns)})"
        f" SELECT {values} FROM inspections_inspection WHERE id = {inspection.pk}"
    )


@pytest.mark.parametrize(
    "specification",
    [WITHOUT_CORD, with_cord(upper="90"), with_cord(lower=None), with_cord(nonconformity_class="minor")],
)
def test_by_sql_no_round_asks_less(batch, product, inspector, specification):
    inspect(batch, actor=inspector, CORD=BAD)
    make_specification(product, specification)
    second = plan_inspection(batch=batch, actor=inspector, at=after(1))
    copied = insert_round_two(second)
    Inspection.objects.filter(pk=second.pk).update(status="abandoned", abandoned_at=after(2), abandoned_reason="x")

    assert refused(copied) == "reinspection_asks_what_failed"
    assert (
        refused("UPDATE inspections_inspection SET carried = '{}' WHERE id = %s", second.pk) == "inspection_is_frozen"
    )


def test_by_sql_what_is_asked_stays(batch, product, inspector):
    inspect(batch, actor=inspector, CORD=BAD)
    make_specification(product, WITHOUT_CORD)
    second = plan_inspection(batch=batch, actor=inspector, at=after(1))

    assert (
        refused("UPDATE inspections_inspection SET carried = '{}' WHERE id = %s", second.pk) == "inspection_is_frozen"
    )


def test_by_sql_it_is_accepted_only_with_an_answer(batch, product, inspector):
    inspect(batch, actor=inspector, LEAK=[1])
    make_specification(product, WITHOUT_LEAK)
    second = plan_inspection(batch=batch, actor=inspector, at=after(1))
    answer(second, inspector, skip=["LEAK"])

    rule = refused(
        "UPDATE inspections_inspection SET status = 'submitted', verdict = 'accepted', tally = '{}', submitted_at = now()"
        " WHERE id = %s",
        second.pk,
    )

    assert rule == "reinspection_answers_what_failed"
