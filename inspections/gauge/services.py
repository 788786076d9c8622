"""Recording a study of a gauge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.models import Characteristic, GaugeStudy, SpecificationStatus
from inspections.rules.gauge import StudyError, agreement, crossed
from inspections.rules.readings import ReadingError, parse_reading
from suppliers.models import Product

MOST_VALUES = 2_000
# What a part is called, in the words of either language; the first of each is how it is kept.
GOOD = ("good", "ok", "pass", "1", "合格", "良品", "好")
BAD = ("bad", "ng", "fail", "0", "不合格", "不良", "坏")
WHY = {
    "parts": gettext_lazy("At least two parts are needed, and ten tell more."),
    "operators": gettext_lazy("At least two people have to measure, and three tell more."),
    "trials": gettext_lazy("Everybody measures each part at least twice."),
    "unequal": gettext_lazy(
        "Everybody has to measure every part equally often. Add what is missing, or leave the part out."
    ),
    "no_spread": gettext_lazy(
        "All readings are the same: the gauge is too coarse to show a difference, or was not read."
    ),
    "reference": gettext_lazy("What a part is known to be is needed of every part, or of none."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What one person read of one part, trial by trial."""

    part: str
    operator: str
    values: Sequence[Any] = field(default_factory=list)


@one_transaction()
def record_study(
    *,
    product: Product,
    code: str,
    gauge: str,
    rows: Sequence[Row],
    reference: Mapping[str, Any],
    done_on: date,
    note: str,
    actor: User,
    at: datetime,
) -> GaugeStudy:
    """Store a study of a characteristic of the active specification, and what it says.

    Readings are numbers of a measured characteristic, good or bad of another; `reference` is what parts are known to be.
    Raises InvalidInput naming the field, NotAllowed.
    """
    require(actor, "inspections.inspect")
    characteristic = Characteristic.objects.filter(
        specification__product=product, specification__status=SpecificationStatus.ACTIVE, code=code
    ).first()
    if characteristic is None:
        detail = _("The specification has no characteristic %(code)s.") % {"code": code}
        raise InvalidInput.one("characteristic", "unknown_characteristic", detail)
    if not gauge.strip():
        raise InvalidInput.one("gauge", "required", _("Name the gauge: which calliper, which scale."))
    if done_on > localtime(at).date():
        raise InvalidInput.one("done_on", "in_the_future", _("A study is entered once it is done."))
    if sum(len(row.values) for row in rows) > MOST_VALUES:
        raise InvalidInput.one("rows", "too_many", _("At most %(most)s readings at once.") % {"most": MOST_VALUES})
    read = _table(rows, is_measured=characteristic.is_measured)
    known = {str(part).strip(): _said(value) for part, value in reference.items()}
    study = GaugeStudy.objects.create(
        product=product,
        code=code,
        is_measured=characteristic.is_measured,
        gauge=gauge.strip(),
        rows=[{"part": row.part, "operator": row.operator, "values": [str(v) for v in row.values]} for row in rows],
        reference={} if characteristic.is_measured else known,
        lower=characteristic.lower,
        upper=characteristic.upper,
        unit=characteristic.unit,
        figures=_figures(read, {} if characteristic.is_measured else known, is_measured=characteristic.is_measured),
        done_on=done_on,
        note=note.strip(),
        recorded_at=at,
        recorded_by=actor,
    )
    facts = {"study": str(study.uid), "characteristic": code, "gauge": study.gauge}
    record_events([happened("gauge.studied", f"product:{product.sku}", at=at, actor=actor, **facts)])
    return study


def _table(rows: Sequence[Row], *, is_measured: bool) -> dict[str, dict[str, list[Any]]]:
    """operator -> part -> what was read, in the order in which they first come."""
    table: dict[str, dict[str, list[Any]]] = {}
    for number, row in enumerate(rows, start=1):
        part, operator = str(row.part).strip(), str(row.operator).strip()
        if not part or not operator or not row.values:
            detail = _("Row %(number)s needs a part, who measured, and what was read.") % {"number": number}
            raise InvalidInput.one("rows", "incomplete", detail)
        read = _number if is_measured else _said
        table.setdefault(operator, {}).setdefault(part, []).extend(read(value, number) for value in row.values)
    return table


def _number(value: object, row: int) -> float:
    try:
        return float(parse_reading(value))
    except ReadingError as error:
        detail = _("Row %(number)s: %(value)s is not a number.") % {"number": row, "value": error.value}
        raise InvalidInput.one("rows", error.code, detail) from None


def _said(value: object, row: int = 0) -> bool:
    """`row` is 0 for what a part is known to be."""
    text = str(value).strip().lower()
    if text in GOOD + BAD:
        return text in GOOD
    detail = _("Row %(number)s: say good or bad, not %(value)s.") % {"number": row, "value": text[:40]}
    if not row:
        detail = _("Say good or bad, not %(value)s.") % {"value": text[:40]}
    raise InvalidInput.one("rows" if row else "reference", "not_said", detail)


def _figures(read: Mapping[str, Mapping[str, list[Any]]], known: Mapping[str, bool], *, is_measured: bool) -> dict:
    parts = list(next(iter(read.values()), {}))
    try:
        if any(set(of_one) != set(parts) for of_one in read.values()):
            raise StudyError("unequal")
        if is_measured:
            return crossed([[of_one[part] for part in parts] for of_one in read.values()]).as_dict()
        if known and set(known) != set(parts):
            raise StudyError("reference")
        said = {operator: [of_one[part] for part in parts] for operator, of_one in read.items()}
        return agreement(said, [known[part] for part in parts] if known else None).as_dict()
    except StudyError as error:
        raise InvalidInput.one("rows", error.code, str(WHY[error.code])) from None
