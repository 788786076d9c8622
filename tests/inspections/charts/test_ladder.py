"""The picture of one characteristic: one batch or one sample far off changes the scale of none. Pure."""

import re

import numpy as np
import pytest

from inspections.charts.ladder import SMALL, WIDE, picture
from inspections.rules.ladder import MEASURED, UNITS, Series, read
from inspections.templatetags.ladder import ladder_marks


def series(levels, *, limits=(70, 80)) -> Series:
    values, every = np.array(levels, float), np.arange(len(levels))
    lower, upper = (np.full(len(values), np.nan if limit is None else float(limit)) for limit in limits)
    return Series(
        kind=MEASURED, sizes=np.full(len(values), 5.0), values=values, base=every, watched=every,
        sds=np.full(len(values), 0.5), lows=values - 1, highs=values + 1, lower=lower, upper=upper,
        target=np.full(len(values), np.nan),
    )  # fmt: skip


def drawn(found: Series, *, frame=WIDE, **options):
    return picture(
        found, read(found), frame=frame, numbers=[f"B-{n}" for n in range(len(found))], label=str, url=lambda n: f"/{n}/",
        text=str, **options,
    )  # fmt: skip


def spread(picture) -> float:
    """How much of the height the first ten batches take, as a fraction."""
    at = [mark.y for mark in picture.marks[:10]]
    return (max(at) - min(at)) / (picture.frame.y_end - picture.frame.top)


STEADY = [74.0, 75, 76, 75, 74, 76, 75, 74, 76, 75]


@pytest.mark.parametrize("limits", [(70, 80), (None, 80), (None, None)])
@pytest.mark.parametrize("frame", [WIDE, SMALL])
def test_one_batch_far_off_stands_at_the_edge_and_leaves_the_others_their_room(limits, frame):
    usual = drawn(series(STEADY, limits=limits), frame=frame)

    found = drawn(series([*STEADY, 750], limits=limits), frame=frame)

    assert [mark.beyond for mark in found.marks] == [""] * 10 + ["above"]
    assert (found.beyond, found.marks[-1].y) == (1, found.frame.top)
    assert spread(found) == pytest.approx(spread(usual), rel=0.15)


@pytest.mark.parametrize(("golden", "beyond"), [(75, ""), (78, ""), (750, "above"), (0.75, "below")])
def test_nor_does_one_sample(golden, beyond):
    found = drawn(series(STEADY), golden=golden)

    assert found.golden.beyond == beyond
    assert spread(found) > 0.1


def test_nor_one_unit_of_a_pilot_run():
    assert spread(drawn(series(STEADY), pilot=[75.0, 74.0, 7500.0])) > 0.1


def test_batches_beyond_a_limit_stay_in_the_picture():
    found = drawn(series([*STEADY, 82, 84]))

    assert found.beyond == 0


def test_of_few_batches_none_is_far_off():
    assert drawn(series([75, 76, 750])).beyond == 0


def test_one_batch_of_counts_far_off_too():
    counts, every = np.array([1.0, 2, 1, 0, 2, 1, 1, 2, 0, 1, 80]), np.arange(11)
    found = Series(kind=UNITS, sizes=np.full(11, 80.0), values=counts, base=every[:10], watched=every)

    assert [mark.beyond for mark in drawn(found).marks][-2:] == ["", "above"]


def test_a_chart_is_one_stop_of_the_tab_key():
    marks = str(ladder_marks(drawn(series(STEADY * 25))))

    links = re.findall(r"<a [^>]*>", marks)
    assert len(links) == 250
    assert [link for link in links if "tabindex" not in link] == ['<a href="/249/">']
