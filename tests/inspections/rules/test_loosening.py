"""Which differences between two specifications loosen, which tighten, which do neither."""

from decimal import Decimal

import pytest

from inspections.rules.loosening import COMPARED, LOOSENS, NEUTRAL, TIGHTENS, differences, means_another
from inspections.specification.services.characteristics import WRITTEN

SCHEME = {"standard": "ansi-z1.4", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}}
CORD = {
    "code": "CORD", "name": "Cord", "name_zh": "", "aspect": "dimension", "nonconformity_class": "major",
    "is_measured": True, "target": Decimal(75), "lower": Decimal(70), "upper": Decimal(80), "unit": "cm",
    "variables": None, "sampling": None, "method": "", "method_zh": "", "picture": "",
}  # fmt: skip
LID = CORD | {"code": "LID", "is_measured": False, "target": None, "lower": None, "upper": None, "unit": ""}


def found(after, before=(CORD,), scheme=SCHEME, scheme_before=SCHEME):
    return [(each.code, each.what, each.effect) for each in differences(list(before), scheme_before, after, scheme)]


def test_nothing_differs_from_itself():
    assert found([CORD]) == []


@pytest.mark.parametrize(
    ("change", "effects"),
    [
        ({"lower": Decimal(69)}, [("lower", LOOSENS)]),
        ({"lower": Decimal(71)}, [("lower", TIGHTENS)]),
        ({"lower": None}, [("lower", LOOSENS)]),
        ({"upper": Decimal("80.000001")}, [("upper", LOOSENS)]),
        ({"upper": Decimal(79)}, [("upper", TIGHTENS)]),
        ({"upper": None}, [("upper", LOOSENS)]),
        ({"nonconformity_class": "minor"}, [("nonconformity_class", LOOSENS)]),
        ({"nonconformity_class": "critical"}, [("nonconformity_class", TIGHTENS)]),
        ({"target": Decimal(76)}, [("target", LOOSENS)]),
        ({"name": "Lead", "aspect": "tolerance", "method": "A ruler"}, [("name", LOOSENS), ("aspect", LOOSENS), ("method", LOOSENS)]),
        ({"name_zh": "线长"}, [("name_zh", NEUTRAL)]),
        ({"name": "Lead", "name_zh": "线长"}, [("name", LOOSENS), ("name_zh", LOOSENS)]),
        ({"method_zh": "看盒子"}, [("method_zh", LOOSENS)]),
        ({"picture": "references/a.jpg"}, [("picture", NEUTRAL)]),
        ({"target": Decimal(750), "lower": Decimal(700), "upper": Decimal(800), "unit": "mm"},
         [("target", NEUTRAL), ("lower", NEUTRAL), ("upper", NEUTRAL), ("unit", NEUTRAL)]),
        ({"unit": "厘米"}, [("unit", NEUTRAL)]),
        ({"target": Decimal(750), "lower": Decimal(699), "upper": Decimal(799), "unit": "mm"},
         [("target", NEUTRAL), ("lower", LOOSENS), ("upper", TIGHTENS), ("unit", LOOSENS)]),
        ({"unit": "inch"}, [("unit", LOOSENS)]),
        ({"unit": "mm"}, [("unit", LOOSENS)]),
        ({"unit": "m"}, [("unit", LOOSENS)]),
        ({"unit": ""}, [("unit", LOOSENS)]),
        ({"unit": "kg"}, [("unit", LOOSENS)]),
        ({"is_measured": False, "target": None, "lower": None, "upper": None, "unit": ""},
         [("is_measured", LOOSENS), ("target", NEUTRAL), ("lower", NEUTRAL), ("upper", NEUTRAL), ("unit", NEUTRAL)]),
        ({"variables": {"aql": "1.0", "level": "II", "form": 2}}, [("variables", TIGHTENS)]),
        ({"variables": {"aql": "4.0", "level": "II", "form": 2}}, [("variables", LOOSENS)]),
        ({"sampling": {"level": "S-1"}}, [("sampling", LOOSENS)]),
    ],
)  # fmt: skip
def test_a_change_of_a_characteristic(change, effects):
    assert found([CORD | change]) == [("CORD", *effect) for effect in effects]


@pytest.mark.parametrize(
    ("field", "value"), [("name", "Lead"), ("picture", "references/b.jpg"), ("method", ""), ("aspect", "label")]
)
def test_another_meaning_under_the_same_code_loosens(field, value):
    before = LID | {"name_zh": "壶盖", "method": "By eye", "method_zh": "目视", "picture": "references/a.jpg"}

    assert found([before | {field: value}], [before]) == [("LID", field, LOOSENS)]
    assert means_another(before, before | {field: value})


def test_a_check_that_is_measured_by_now_is_another():
    measured = LID | {"is_measured": True, "lower": Decimal(-9), "upper": Decimal(9)}

    assert ("LID", "is_measured", LOOSENS) in found([measured], [LID])


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ({"aql": "1.0", "level": "II", "form": 2}, None, LOOSENS),
        ({"aql": "1.0", "level": "II", "form": 2}, {"aql": "1.5", "level": "II", "form": 2}, LOOSENS),
        ({"aql": "1.0", "level": "II", "form": 2}, {"aql": "1.0", "level": "I", "form": 2}, LOOSENS),
        ({"aql": "1.0", "level": "II", "form": 2}, {"aql": "0.65", "level": "III", "form": 2}, TIGHTENS),
        ({"aql": "1.0", "level": "II", "form": 2}, {"aql": "1.0", "level": "II", "form": 1}, NEUTRAL),
    ],
)
def test_a_variables_plan_of_its_own(before, after, effect):
    assert found([CORD | {"variables": after}], [CORD | {"variables": before}]) == [("CORD", "variables", effect)]


def test_a_check_that_is_gone_loosens_and_one_that_is_added_does_not():
    assert found([LID]) == [("LID", "added", TIGHTENS), ("CORD", "gone", LOOSENS)]


@pytest.mark.parametrize(
    ("after", "effects"),
    [
        (SCHEME | {"aql": {"major": "4.0", "minor": "4.0"}}, {"major": LOOSENS}),
        (SCHEME | {"aql": {"major": "1.5", "minor": "6.5"}}, {"major": TIGHTENS, "minor": LOOSENS}),
        (SCHEME | {"level": "I"}, {"major": LOOSENS, "minor": LOOSENS}),
        (SCHEME | {"level": "S-4"}, {"major": LOOSENS, "minor": LOOSENS}),
        (SCHEME | {"level": "III"}, {"major": TIGHTENS, "minor": TIGHTENS}),
        (SCHEME | {"kind": "double"}, {}),
        (SCHEME | {"standard": "iso2859-1"}, {}),
        ({"kind": "all"}, {"major": TIGHTENS, "minor": TIGHTENS}),
        ({"kind": "all", "acceptance": {"major": 1000}}, {"major": LOOSENS, "minor": TIGHTENS}),
        ({"kind": "fixed", "n": 5}, {"major": LOOSENS, "minor": LOOSENS}),
        (SCHEME | {"critical": {"aql": "0.65"}}, {"critical": LOOSENS}),
        (SCHEME | {"critical": {"kind": "all"}}, {"critical": TIGHTENS}),
        (SCHEME | {"aql": SCHEME["aql"] | {"critical": "0.65"}}, {"critical": LOOSENS}),
        (SCHEME | {"variables": {"aql": "1.0"}}, {"variables": TIGHTENS}),
        (SCHEME | {"variables": {"aql": "4.0"}}, {"variables": LOOSENS}),
        (SCHEME | {"first_batches_in_full": 3}, {"first_batches_in_full": TIGHTENS}),
        (SCHEME | {"drift": "tighten"}, {"drift": TIGHTENS}),
        (SCHEME | {"drift": "warn"}, {}),
        (SCHEME | {"counts": "nonconformities"}, {"counts": TIGHTENS}),
    ],
)
def test_a_change_of_the_scheme(after, effects):
    told = {what: effect for _code, what, effect in found([], (), after)}
    back = {what: effect for _code, what, effect in found([], (), SCHEME, after)}

    assert told == effects
    # The way back is never silent, and what tightened loosens.
    assert {what for what, effect in told.items() if effect == TIGHTENS} <= {
        what for what, effect in back.items() if effect == LOOSENS
    }


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ({"kind": "c0", "ltpd": "5"}, {"kind": "c0", "ltpd": "10"}, LOOSENS),
        ({"kind": "c0", "ltpd": "5"}, {"kind": "c0", "ltpd": "2"}, TIGHTENS),
        ({"kind": "percentage", "percent": "10"}, {"kind": "percentage", "percent": "5"}, LOOSENS),
        ({"kind": "percentage", "percent": "10"}, {"kind": "percentage", "percent": "10", "max": 50}, LOOSENS),
        ({"kind": "percentage", "percent": "10"}, {"kind": "percentage", "percent": "20"}, TIGHTENS),
        ({"kind": "fixed", "n": 50}, {"kind": "fixed", "n": 49}, LOOSENS),
        ({"kind": "fixed", "n": 50}, {"kind": "fixed", "n": 50, "acceptance": 1}, LOOSENS),
        ({"kind": "fixed", "n": 50}, SCHEME, LOOSENS),
        ({"kind": "fixed", "n": 50}, {"kind": "percentage", "percent": "10"}, LOOSENS),
    ],
)
def test_computed_plans_are_compared_lot_by_lot(before, after, effect):
    assert {each[2] for each in found([], (), after, before) if each[1] == "major"} == {effect}


def test_every_field_of_a_characteristic_is_compared_by_what_it_means():
    assert {field.name for field in WRITTEN} == COMPARED - {"picture"}


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (
            None,
            {"n": 5},
            LOOSENS,
        ),  # 80 units of its class, of which 5 may be bad, against 5 of which none may: no order
        ({"n": 5}, None, LOOSENS),
        ({"n": 5}, {"n": 8}, TIGHTENS),
        ({"n": 8}, {"n": 5}, LOOSENS),
        ({"level": "S-2"}, {"level": "S-1"}, LOOSENS),
        ({"level": "S-2", "aql": "2.5"}, {"level": "S-2"}, NEUTRAL),
        (None, {"level": "II"}, NEUTRAL),
    ],
)
def test_a_sampling_of_its_own(before, after, effect):
    assert found([LID | {"sampling": after}], [LID | {"sampling": before}]) == [("LID", "sampling", effect)]
