"""One check on the sheet of an inspection: what is asked, what was found or typed, how it is shown."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from activity.story import ACCEPTED, STOPPED, WAITING, WARNING
from inspections.calculator.words.variables import estimate_words, plan_words, so_far, source, warnings
from inspections.charts.run import run_chart
from inspections.models import Characteristic, Photo, Result
from inspections.rules.notation import split_column
from inspections.rules.readings import ReadingError, decimals, mark, parse_reading
from inspections.rules.units import factors_to
from inspections.rules.verdicts import VariablesTally


@dataclass(frozen=True)
class Cell:
    """One unit of a measured check: its number, the reading as typed, and how it is marked."""

    unit: int
    value: str
    mark: str


@dataclass(frozen=True)
class Typed:
    """What was typed into a check and could not be saved, and why."""

    readings: list[str]
    units: list[str]
    answer: str
    others: bool
    nonconformities: str
    errors: list[str]

    @classmethod
    def of(cls, posted: QueryDict, errors: list[str]) -> "Typed":
        return cls(
            readings=split_column(posted.get("column", "")) or posted.getlist("reading"),
            units=posted.getlist("unit"),
            answer=posted.get("answer", ""),
            others=posted.get("others") == "1",
            nonconformities=posted.get("nonconformities", ""),
            errors=errors,
        )


@dataclass(frozen=True)
class Check:
    """One characteristic on the sheet of an inspection, with what was found on it, or what was typed in vain."""

    number: int
    characteristic: Characteristic
    n: int  # units of the sample to look at
    result: Result | None
    typed: Typed | None = None
    photos: tuple[Photo, ...] = ()
    seen_before: int = 0  # units that earlier samples of a double or multiple plan looked at
    shown: tuple[int, ...] = ()  # units that those samples found bad, which stays
    is_closed: bool = False  # an earlier sample decided it
    variables: VariablesTally | None = None  # it is estimated, not counted in its class
    is_by_itself: bool = False  # judged by a plan of its own
    carried: Mapping[str, Any] | None = None  # an earlier round found it nonconforming, and it is asked as it was there

    @property
    def first_to_see(self) -> int:
        return self.seen_before + 1

    @property
    def code(self) -> str:
        return self.characteristic.code

    @property
    def is_answered(self) -> bool:
        return self.result is not None and self.result.is_complete

    @property
    def state(self) -> str:
        """unanswered, partial, conforming or nonconforming."""
        if self.result is None:
            return "unanswered"
        if self.result.nonconforming:
            return "nonconforming"
        return "conforming" if self.result.is_complete else "partial"

    @property
    def tone(self) -> str:
        if self.state == "nonconforming" or (self.variables and self.variables.settled == "rejected"):
            return STOPPED
        return ACCEPTED if self.state == "conforming" else WAITING

    @property
    def revision(self) -> int:
        return self.result.revision if self.result else 0

    @property
    def bad_units(self) -> list[int]:
        return (self.result.nonconforming_units if self.result else None) or []

    @property
    def has_unnamed_units(self) -> bool:
        """Only the count of nonconforming units is known."""
        return self.result is not None and self.result.nonconforming_units is None and self.result.nonconforming > 0

    @property
    def readings(self) -> Sequence[Decimal | None]:
        """What is stored of a measured check, in unit order."""
        stored: Any = self.result.readings if self.result else None
        return stored or []

    @cached_property
    def values(self) -> list[str]:
        """The readings as text in unit order, "" where there is none; at least as long as the sample."""
        if self.typed:
            texts = self.typed.readings
        else:
            texts = ["" if reading is None else str(reading) for reading in self.readings]
        return texts + [""] * (self.n - len(texts))

    @property
    def read_count(self) -> int:
        return sum(1 for value in self.values if value)

    def cells(self) -> Iterator[Cell]:
        for unit, value in enumerate(self.values, start=1):
            yield Cell(unit, value, self._mark(value))

    def _mark(self, value: str) -> str:
        if not value:
            return "empty"
        c = self.characteristic
        try:
            return mark(parse_reading(value, takes_beyond=True), lower=c.lower, upper=c.upper, target=c.target)
        except ReadingError:
            return "wrong"

    def units(self) -> Iterator[tuple[int, bool, bool]]:
        """Unit number, whether it is nonconforming, and whether that stays since a finished sample showed it."""
        bad = set(self.typed.units if self.typed else map(str, self.bad_units))
        return ((unit, str(unit) in bad, unit in self.shown) for unit in range(1, self.n + 1))

    @property
    def answer(self) -> str:
        """good, bad or "" where nobody has said yet."""
        if self.typed:
            return self.typed.answer
        if self.result is None:
            return ""
        if self.result.nonconforming:
            return "bad"
        return "good" if self.result.is_complete else ""

    @property
    def others_conform(self) -> bool:
        if self.typed:
            return self.typed.others
        return self.answer == "bad" and self.is_answered

    @property
    def nonconformities(self) -> str:
        """The count that was typed; "" where each bad unit has one."""
        if self.typed:
            return self.typed.nonconformities
        if self.result and self.result.nonconformities > self.result.nonconforming:
            return str(self.result.nonconformities)
        return ""

    @property
    def limits(self) -> dict[str, str]:
        """Lower limit, target and upper limit with equally many decimals, "" where there is none."""
        c = self.characteristic
        known = [value.normalize() for value in (c.lower, c.target, c.upper) if value is not None]
        places = max((decimals(value) for value in known), default=0)
        return {
            name: "" if value is None else f"{value:.{places}f}"
            for name, value in (("lower", c.lower), ("target", c.target), ("upper", c.upper))
        }

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Minimum, mean, maximum and standard deviation, labelled; what is computed has more digits than was read."""
        read = [reading for reading in self.readings if reading is not None]
        if self.result is None or not read:
            return []
        places = max(decimals(reading) for reading in read)
        return [
            (label, f"{value:.{digits}f}")
            for label, value, digits in [
                (_("Minimum"), self.result.minimum, places),
                (_("Mean"), self.result.mean, places + 1),
                (_("Maximum"), self.result.maximum, places),
                (_("Standard deviation"), self.result.sd, places + 2),
            ]
            if value is not None
        ]

    @property
    def estimate(self) -> "Estimate | None":
        return Estimate(self.characteristic, self.variables) if self.variables else None

    @property
    def figure(self) -> dict[str, Any]:
        """The readings as a chart, with its words."""
        c, limits = self.characteristic, self.limits
        names = {"lower": _("lower limit"), "target": "", "upper": _("upper limit")}
        places = max(decimals(Decimal(text)) for text in limits.values() if text)
        drawn = [(names[name], getattr(c, name)) for name, text in limits.items() if text]
        return {
            "title": _("%(name)s, unit by unit") % {"name": c.local_name},
            "desc": "; ".join(f"{label} {value} {c.unit}".strip() for label, value in self.summary),
            "chart": run_chart(
                self.readings,
                limits=drawn,
                lower=c.lower,
                target=c.target,
                upper=c.upper,
                text=lambda value: f"{value:.{places}f}",
                label=lambda unit: (
                    _("unit %(unit)s: %(reading)s")
                    % {"unit": int(unit), "reading": f"{self.readings[int(unit) - 1]} {c.unit}".strip()}
                ),
            ),
        }

    @property
    def factors(self) -> str:
        """What a number in another unit of the same kind is multiplied by, by that unit: JSON."""
        return json.dumps({unit: f"{factor:f}" for unit, factor in factors_to(self.characteristic.unit).items()})

    @property
    def takes_negative(self) -> bool:
        """Whether a reading below zero can be expected."""
        return self.characteristic.lower is None or self.characteristic.lower < 0


@dataclass(frozen=True)
class Estimate:
    """One characteristic with a variables plan: what is asked, what its readings say so far."""

    characteristic: Characteristic
    tally: VariablesTally

    @property
    def plan_words(self) -> str:
        return plan_words(self.tally.plan)

    @property
    def source(self) -> str:
        return source(self.tally.plan)

    @property
    def words(self) -> str:
        """What the readings say by now, as a sentence."""
        return so_far(self.tally.plan, self.tally.as_dict())

    @property
    def reason(self) -> str:
        """ "Cord length: an estimated 1.20 % is outside the limits, at most M = 3.32 % is allowed"."""
        words = estimate_words(self.tally.plan, self.tally.as_dict()) if self.tally.settled else self.words
        return f"{self.characteristic.local_name}: {words}"

    @property
    def warnings(self) -> list[str]:
        return warnings(self.tally.as_dict())

    @property
    def tone(self) -> str:
        if self.tally.settled:
            return STOPPED if self.tally.settled == "rejected" else ACCEPTED
        return WARNING if self.tally.verdict and not self.tally.verdict.accepted else WAITING

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was estimated, labelled."""
        v = self.tally.verdict
        if v is None:
            return []
        is_counted = self.tally.plan.inspect_all
        rows = [
            (_("Distance Q from the lower limit"), v.q_lower, 3),
            (_("Distance Q from the upper limit"), v.q_upper, 3),
            (_("Share below, %") if is_counted else _("Estimated share below, %"), v.percent_below, 2),
            (_("Share above, %") if is_counted else _("Estimated share above, %"), v.percent_above, 2),
            (_("Normality, p of Shapiro-Wilk"), v.normality_p, 3),
        ]
        return [
            (label, number_format(f"{value:.{places}f}"))
            for label, value, places in rows
            if value is not None and isfinite(value)
        ]
