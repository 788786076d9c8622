"""Sampling in sentences: short, never more certain than the numbers, and there for every plan."""

import re

import pytest

from inspections.calculator.page import bad_quality, cartons_worth, curve_for, sentences, whole_worth
from inspections.calculator.words import sampling as words
from inspections.sampling import MESSAGES, find_plan
from inspections.sampling.curves import odds, single_curve
from inspections.sampling.schemes import Scheme
from inspections.sampling.standard import AQLS, KINDS, SEVERITIES, STANDARDS
from inspections.sampling.switching import Event, Lot, replay, what_ends


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_plan_can_be_put_in_words(severity, kind):
    for aql in AQLS:
        for lot_size in (1, 2, 8, 90, 1_000, 200_000, 1_000_000):
            plan = find_plan(lot_size=lot_size, aql=aql, kind=kind, severity=severity)
            told = [words.take(plan, lot_size), words.accept(plan), *words.remarks(plan, lot_size, kind)]
            told += [words.source(plan), *sentences(plan, curve_for(plan, lot_size))]
            assert [sentence for sentence in told if "None" in sentence or "%(" in sentence] == []


def test_every_table_names_its_source():
    kinds_of = {standard: KINDS if standard == "ansi-z1.4" else ("single",) for standard in STANDARDS}

    assert set(words.TABLES) == {
        (s, kind, severity) for s, kinds in kinds_of.items() for kind in kinds for severity in SEVERITIES
    }


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.025, "2.5 %"), (0.1, "10 %"), (0.070612, "7.06 %"), (0.9849, "98.5 %"), (0.99934, "99.934 %"),
        (0.9999, "99.99 %"), (0.9999999, "> 99.999 %"), (1, "100 %"), (0, "0 %"), (0.000675, "0.0675 %"),
        (0.0000001, "< 0.0001 %"),
    ],
)  # fmt: skip
def test_percentages_are_short_and_never_round_to_a_certainty(share, text):
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("pa", "sentence"),
    [
        (0.177, "A batch with 10 % bad units still passes about 1 time in 6."),
        (0.667, "A batch with 10 % bad units still passes about 2 times in 3."),
        (0.98, "A batch with 10 % bad units is rejected about 1 time in 50."),
        (0.00001, "A batch with 10 % bad units almost never passes."),
        (0.99999, "A batch with 10 % bad units almost always passes."),
    ],
)
def test_a_chance_in_words(pa, sentence):
    assert words.chance(odds(pa), words.batch_with(0.1), still=True) == sentence


@pytest.mark.parametrize(("n", "ac"), [(80, 5), (20, 0), (3, 0), (800, 14), (1250, 21), (2, 1)])
def test_the_bad_quality_that_is_told_is_round_and_passes_now_and_then(n, ac):
    curve = single_curve(n, ac)
    bad = bad_quality(curve)

    assert 0.02 < float(curve.pa(bad)) < 0.5
    assert float(f"{bad:.1g}") == pytest.approx(bad)


@pytest.mark.parametrize("code", MESSAGES)
def test_every_error_can_be_said(code):
    params = dict.fromkeys(re.findall(r"%\((\w+)\)", MESSAGES[code]), 1)

    assert "%" not in (MESSAGES[code] % params)


PLAN, REDUCED_PLAN, TIGHTENED_PLAN = (
    find_plan(lot_size=1000, aql="2.5", standard="ansi-z1.4", severity=severity)
    for severity in ("normal", "reduced", "tightened")
)


def lots(found, plan=PLAN, **more):
    more = {"reduced_approved": True} | more
    return [
        Lot({"major": plan}, {"major": (count,)}, str(number), **more) for number, count in enumerate(found, start=1)
    ]


TO_TIGHTENED, TO_REDUCED = lots([9, 9]), lots([0] * 10)
DISCONTINUED = TO_TIGHTENED + lots([9] * 5, TIGHTENED_PLAN)


@pytest.mark.parametrize(
    ("code", "history", "sentence"),
    [
        ("start", [], "Inspection starts here."),
        ("two_in_five", TO_TIGHTENED, "2 of the last 2 batches were not accepted (1, 2): inspection is tightened."),
        (
            "accepted_in_a_row",
            TO_TIGHTENED + lots([0] * 5, TIGHTENED_PLAN),
            "5 batches in a row were accepted: back to normal inspection.",
        ),
        ("not_accepted_discontinues", DISCONTINUED, "5 batches were not accepted while tightened"),
        ("resumed", [*DISCONTINUED, Event("resumed")], "The supplier was re-qualified"),
        ("score", TO_REDUCED, "The switching score reached 30"),
        ("not_accepted", TO_REDUCED + lots([9], REDUCED_PLAN), "A batch was not accepted"),
        ("critical", TO_REDUCED + lots([0], REDUCED_PLAN, critical=True), "A critical nonconformity was found"),
        (
            "between_ac_and_re",
            TO_REDUCED + lots([3], REDUCED_PLAN),
            "3 is above the acceptance number 2 and below the rejection number 5",
        ),
        (
            "production_irregular",
            TO_REDUCED + lots([0], REDUCED_PLAN, production_steady=False),
            "Production became irregular",
        ),
        ("reduced_withdrawn", [*TO_REDUCED, Event("reduced_withdrawn")], "The quality manager no longer approves"),
    ],
)
def test_why_inspection_is_as_it_is(code, history, sentence):
    reason = replay(history).reason

    assert reason.code == code
    assert words.why_severity(reason).startswith(sentence)


@pytest.mark.parametrize(
    ("history", "told"),
    [
        (
            [],
            [
                "2 batches not accepted among 5 or fewer in a row lead to tightened inspection.",
                "The switching score is 0; from 30 on inspection may be reduced. The quality manager has to approve it.",
            ],
        ),
        (
            lots([0, 9, 0], production_steady=False),
            [
                "One more batch not accepted within 5 leads to tightened inspection (2 was not accepted).",
                "The switching score is 3; from 30 on inspection may be reduced. Production has to be steady again.",
            ],
        ),
        (
            TO_TIGHTENED + lots([0, 9, 0, 0, 0, 0], TIGHTENED_PLAN),
            [
                "1 more batch accepted leads back to normal inspection.",
                "4 more batches not accepted and inspection is discontinued.",
            ],
        ),
        (
            TO_REDUCED,
            [
                "A batch that is not accepted ends reduced inspection.",
                "A critical nonconformity ends it, whatever the counts say.",
                "Irregular production ends it.",
                "The quality manager may end it at any time.",
            ],
        ),
        (DISCONTINUED, ["Nothing is inspected until the quality manager re-qualifies the supplier."]),
    ],
)
def test_what_would_change_the_severity(history, told):
    assert words.what_ends(what_ends(replay(history))) == told


AQLS_OF_TWO = {"major": "2.5", "minor": "4.0"}


def test_the_whole_inspection_passes_less_often_than_its_parts():
    plans = list(Scheme.from_dict({"kind": "single", "aql": AQLS_OF_TWO}).plans(1000, classes=AQLS_OF_TWO).items())

    assert whole_worth(plans, 1000) == [
        "A batch that is just at the AQL in each of them is rejected about 1 time in 34.",
        "A batch that is bad in several at once (10 % major, 10 % minor) still passes about 1 time in 13.",
        "The sentence of a class supposes that all else is good: no batch passes the whole more often than one of its parts.",
    ]
    assert whole_worth(plans[:1], 1000) == []


def test_opening_fewer_cartons_is_told_with_what_it_costs():
    plan = find_plan(lot_size=1000, aql="2.5")

    assert cartons_worth(plan, 1000, cartons=50, rule="square_root") == (
        "These odds are of units drawn from all 50 cartons, and 8 are opened. Where bad units lie together in whole cartons, a "
        "batch with 10 % of them passes with a chance of 40 %; with every carton opened it is 0.73 %. Open all of them to be "
        "safe. Where units of one carton are merely more alike (correlation 0.2), it is 32 %."
    )
    assert cartons_worth(plan, 1000, cartons=50, rule="all") == ""
