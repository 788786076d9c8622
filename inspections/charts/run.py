"""The readings of one check in the order of the units, against their limits. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from inspections.charts.geometry import Chart, Frame, Guide, Point, Scale, Text, Tick
from inspections.rules.readings import mark

FRAME = Frame(width=520, height=190, left=60, right=12, top=22, bottom=30)
TONES = {"out": "stopped", "near": "warning"}


def run_chart(
    readings: Sequence[Decimal | None],
    *,
    limits: Sequence[tuple[str, Decimal]],
    lower: Decimal | None,
    target: Decimal | None,
    upper: Decimal | None,
    text: Text,
    label: Text,
) -> Chart:
    """A line through what was read; readings at or beyond a limit are marked by shape and tone.

    `limits` are (name, value) of the lines drawn across, `text` writes a value at the axis, `label` names a unit.
    """
    read = [(unit, value) for unit, value in enumerate(readings, start=1) if value is not None]
    values = [float(value) for _unit, value in read] + [float(value) for _name, value in limits]
    margin = (max(values) - min(values) or 1) * 0.08
    x = Scale(1, max(len(readings), 2), FRAME.left, FRAME.x_end)
    y = Scale(min(values) - margin, max(values) + margin, FRAME.y_end, FRAME.top)
    path = "".join(f"{'L' if index else 'M'}{x(unit)} {y(float(value))}" for index, (unit, value) in enumerate(read))
    marks = [(unit, value, mark(value, lower=lower, upper=upper, target=target)) for unit, value in read]
    units = sorted(
        {1, *range(10 if len(readings) <= 100 else 50, len(readings) + 1, 10 if len(readings) <= 100 else 50)}
    )
    return Chart(
        FRAME,
        tuple(Tick(x(unit), str(unit)) for unit in units),
        tuple(Tick(y(float(value)), text(float(value))) for _name, value in limits),
        (path,),
        tuple(Point(x(unit), y(float(value)), label(unit), TONES[said]) for unit, value, said in marks if said),
        horizontals=tuple(
            Guide(FRAME.left, y(float(value)), FRAME.x_end, y(float(value)), y(float(value)) - 5, name)
            for name, value in limits
        ),
    )
