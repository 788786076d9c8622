"""What became of the units of an order: the worst sign wins, what contradicts itself is asked."""

from itertools import product

import pytest

from inspections.rules.orders import (
    CANCELLED,
    COMPLAINED,
    DAMAGED,
    NEUTRAL,
    NOT_SENT,
    OK,
    REFUNDED,
    RETURNED,
    UNDER_WAY,
    Became,
    Signs,
    Unsettled,
    became,
    returned,
)


@pytest.mark.parametrize(
    ("signs", "outcomes", "open_units"),
    [
        (Signs(OK), ["ok"], 0),
        (Signs(OK, quantity=2), ["ok", "ok"], 0),
        (Signs(OK, return_type=RETURNED), ["returned"], 0),
        (Signs(OK, return_type=RETURNED, quantity=2, returned=1), ["ok", "returned"], 0),
        (Signs(OK, quantity=3, returned=2), ["ok", "returned", "returned"], 0),
        (Signs(OK, has_reason=True), ["returned"], 0),
        (Signs(OK, has_return_day=True, quantity=2), ["returned", "returned"], 0),
        (Signs(OK, return_type=OK, has_reason=True), ["ok"], 0),  # as somebody has said of that word
        (Signs(OK, return_type=UNDER_WAY), [], 1),
        (Signs(OK, is_damaged=True), ["damaged"], 0),
        (Signs(OK, is_complained=True), ["complained"], 0),
        (Signs(DAMAGED, has_reason=True), ["damaged"], 0),
        (Signs(COMPLAINED, returned=1), ["returned"], 0),
        (Signs(UNDER_WAY), [], 1),
        (Signs(UNDER_WAY, detail=OK), ["ok"], 0),
        (Signs(UNDER_WAY, returned=1, quantity=2), ["returned"], 1),
        (Signs(""), [], 1),
        (Signs("", has_return_day=True), ["returned"], 0),
        (Signs(CANCELLED), [], 1),
        (Signs(CANCELLED, return_type=CANCELLED, returned=1), [], 1),  # counted as returned, but never sent
        (Signs(CANCELLED, returned=1, was_sent=True), ["returned"], 0),
        (Signs(CANCELLED, has_reason=True), [], 1),  # why it was cancelled
        (Signs(REFUNDED, detail=OK), ["returned"], 0),
        (Signs(REFUNDED, detail=NOT_SENT), [], 1),
        (Signs(REFUNDED, was_cancelled=True), [], 1),
        (Signs(NEUTRAL, detail=OK), ["ok"], 0),
        (Signs(NEUTRAL, detail=NOT_SENT), [], 1),
        (Signs(OK, is_refunded=True, returned=1), ["returned"], 0),
    ],
)
def test_all_signs_of_a_row_decide_together(signs, outcomes, open_units):
    found = became(signs)

    assert (found.outcomes, found.open) == (outcomes, open_units)


@pytest.mark.parametrize(
    ("signs", "sign"),
    [
        (Signs(OK, is_refunded=True), "refund"),
        (Signs(NEUTRAL), "status"),
        (Signs(NEUTRAL, is_refunded=True), "status"),
        (Signs(OK, return_type=CANCELLED), "return_type"),  # a return that was refused or withdrawn
        (Signs(OK, return_type=CANCELLED, has_reason=True), "return_type"),
    ],
)
def test_signs_that_cannot_be_told_apart_are_asked(signs, sign):
    with pytest.raises(Unsettled) as asked:
        became(signs)
    assert asked.value.sign == sign


def test_no_row_with_a_sign_of_a_return_is_fine():
    """Whatever else it says, and none of its units gets lost."""
    words = ["", OK, DAMAGED, COMPLAINED, RETURNED, REFUNDED, UNDER_WAY, CANCELLED, NEUTRAL, NOT_SENT]
    for status, detail, kind in product(words, words, ["", NEUTRAL, RETURNED, UNDER_WAY, CANCELLED]):
        for facts in ({"returned": 2}, {"has_return_day": True}, {"has_reason": True}, {"is_refunded": True}):
            signs = Signs(status, detail, kind, quantity=2, **facts)
            try:
                found = became(signs)
            except Unsettled:
                continue
            assert OK not in found.units, signs
            assert sum(found.units.values()) + found.open == 2, signs


@pytest.mark.parametrize(
    ("status", "detail", "kind"),
    [
        (RETURNED, "", RETURNED),
        (REFUNDED, RETURNED, RETURNED),
        (COMPLAINED, "", COMPLAINED),
        (CANCELLED, "", OK),
        (OK, "", OK),
        (UNDER_WAY, "", UNDER_WAY),
    ],
)
def test_a_return_is_told_by_its_own_status(status, detail, kind):
    assert returned(status=status, detail=detail) == kind


def test_a_return_that_is_complete_and_refused_is_asked():
    with pytest.raises(Unsettled):
        returned(status=RETURNED, detail=CANCELLED)


@pytest.mark.parametrize("status", [OK, CANCELLED, UNDER_WAY])
def test_a_return_that_is_refused_or_open_and_whose_goods_came_back_is_asked(status):
    with pytest.raises(Unsettled):
        returned(status=status, detail=RETURNED)


def test_nothing_is_made_of_nothing():
    assert Became().outcomes == []
