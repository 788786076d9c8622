from decimal import Decimal

from inspections.charts.run import FRAME, run_chart


def chart_of(*readings):
    return run_chart(
        [None if reading is None else Decimal(reading) for reading in readings],
        limits=[("low", Decimal("49.5")), ("high", Decimal("50.5"))],
        lower=Decimal("49.5"),
        target=None,
        upper=Decimal("50.5"),
        text="{:.1f}".format,
        label="unit {:.0f}".format,
    )


def test_readings_beyond_and_near_a_limit_are_marked():
    chart = chart_of("50.0", "50.9", None, "50.45")

    assert [(point.label, point.tone) for point in chart.points] == [("unit 2", "stopped"), ("unit 4", "warning")]
    assert chart.lines[0].count("L") == 2


def test_everything_stands_within_the_frame_higher_values_higher_up():
    chart = chart_of("40", "60")

    (low, high), (below, above) = [tick.at for tick in chart.y_ticks], [point.y for point in chart.points]
    assert FRAME.top < above < high < low < below < FRAME.y_end


def test_one_reading_on_one_unit_can_be_drawn():
    assert chart_of("50.0").lines[0].startswith(f"M{FRAME.left}.0 ")
