"""What an inspector sees when the golden sample lies beside the units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.inspection.services.recording import NotOpen
from inspections.models import Inspection, InspectionStatus, ReferenceComparison
from inspections.rules.colours import difference
from inspections.sample.reads import golden_sample
from inspections.sample.services.details import LONGEST_TEXT, parse_colour


class NoGoldenSample(RuleBroken):
    code = "no_golden_sample"
    detail = gettext_lazy("No golden sample of this product was approved when this inspection was planned.")


class ComparisonChanged(RuleBroken):
    code = "comparison_changed"
    detail = gettext_lazy(
        "Someone else changed this comparison in the meantime. Load it again before you overwrite it."
    )


@dataclass(frozen=True, slots=True)
class ComparisonInput:
    """`colour` is what was measured on the units, L*, a*, b* under D65 for the 2° observer; None where it was not.

    `revision` is the one that the sender saw last (0: there was none), None where it does not matter.
    """

    is_same: bool | None
    difference: str = ""
    colour: Sequence[object] | None = None
    recorded_at: datetime | None = None
    revision: int | None = None


@one_transaction()
def compare_with_reference(
    *, inspection: Inspection, characteristic: str, sent: ComparisonInput, actor: User, at: datetime
) -> ReferenceComparison:
    """Record "same", or "differs" and how, of one characteristic against the version that was approved at planning.

    It says what was seen and judges nothing; a repeat changes nothing. Raises NotOpen, NoGoldenSample, ComparisonChanged
    when `sent.revision` is not the stored one, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.inspect")
    inspection = (
        Inspection.objects.select_for_update(of=("self",), no_key=True)
        .select_related("batch__product", "specification")
        .get(pk=inspection.pk)
    )
    if inspection.status != InspectionStatus.OPEN:
        raise NotOpen
    found = inspection.characteristic(characteristic)
    if found is None:
        detail = _("The specification of this batch has no characteristic %(code)s.") % {"code": characteristic}
        raise InvalidInput.one("characteristic", "unknown_characteristic", detail)
    sample = golden_sample(inspection.batch.product, at=inspection.planned_at)
    if sample is None:
        raise NoGoldenSample
    errors: list[FieldError] = []
    lab = parse_colour(sent.colour, errors, is_confirmed=True)  # it judges nothing, and a phone cannot be asked later
    how = "" if sent.is_same else sent.difference.strip()
    if sent.is_same is None:
        errors.append(FieldError("same", "required", _("Say whether it is the same as the golden sample or differs.")))
    elif not sent.is_same and not how:
        errors.append(FieldError("difference", "required", _("Say how it differs from the golden sample.")))
    if len(how) > LONGEST_TEXT:
        detail = _("At most %(most)s characters are kept.") % {"most": LONGEST_TEXT}
        errors.append(FieldError("difference", "too_long", detail))
    if errors or sent.is_same is None:
        raise InvalidInput(errors)
    distance = difference(sample.lab, lab) if lab and sample.lab else None
    l, a, b = lab or (None, None, None)  # noqa: E741 the field's own names
    seen = {"sample": sample, "is_same": sent.is_same, "difference": how, "lab_l": l, "lab_a": a, "lab_b": b}
    stored = ReferenceComparison.objects.filter(inspection=inspection, characteristic=found).first()
    if stored and all(getattr(stored, name) == value for name, value in seen.items()):
        return stored
    if sent.revision is not None and sent.revision != (stored.revision if stored else 0):
        raise ComparisonChanged
    comparison = stored or ReferenceComparison(inspection=inspection, characteristic=found, revision=0)
    for name, value in seen.items():
        setattr(comparison, name, value)
    comparison.colour_difference, comparison.revision = distance, comparison.revision + 1
    comparison.recorded_at, comparison.received_at, comparison.recorded_by = sent.recorded_at or at, at, actor
    comparison.save()
    record_event(
        "reference.compared",
        inspection.batch.stream,
        at=at,
        actor=actor,
        inspection=str(inspection.uid),
        characteristic=characteristic,
        version=sample.version,
        same=sent.is_same,
        difference=how,
        colour_difference=distance,
    )
    return comparison
