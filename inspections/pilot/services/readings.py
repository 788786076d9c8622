"""What was measured on the units of a pilot run."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.models import (
    Characteristic,
    PilotReading,
    PilotRun,
    PilotStatus,
    SpecificationStatus,
)
from inspections.pilot.reads import facts_of, judgement_of, lock_run
from inspections.pilot.services.runs import (
    PilotNotRunning,
    close_with_verdict,
)
from inspections.rules.pilots import FAIL
from inspections.rules.readings import parse_readings, summary
from inspections.specification.words import READING_WORDS


def find_characteristic(run: PilotRun, code: str) -> Characteristic:
    """The measured characteristic of the product's active specification. Raises InvalidInput."""
    found = Characteristic.objects.filter(
        specification__product=run.product, specification__status=SpecificationStatus.ACTIVE, is_measured=True
    )
    characteristics: Mapping[str, Characteristic] = {c.code: c for c in found}
    if code not in characteristics:
        raise InvalidInput.one(
            "characteristic",
            "unknown_characteristic",
            _("The product has no measured characteristic %(code)s. Known are: %(known)s.")
            % {"code": code, "known": ", ".join(characteristics) or "–"},
        )
    return characteristics[code]


@one_transaction()
def record_pilot_readings(
    *, run: PilotRun, characteristic: str, readings: Sequence[object], actor: User, at: datetime
) -> PilotReading:
    """Readings of units 1, 2, .. in the characteristic's unit, None or "" for one that was not measured; sent again
    they take the place of those before, also of those that were taken under an earlier version: a code has one row. One of
    a critical characteristic beyond its limit fails the run, which is closed
    with it. Raises InvalidInput naming each wrong one, PilotNotRunning, NotAllowed.
    """
    require(actor, "inspections.run_pilot")
    run = lock_run(run)
    if run.status != PilotStatus.RUNNING:
        raise PilotNotRunning
    measured = find_characteristic(run, characteristic)
    if len(readings) > run.size:
        detail = _("There are %(n)s readings for %(size)s units.") % {"n": len(readings), "size": run.size}
        raise InvalidInput.one("readings", "too_many", detail)
    values, errors = parse_readings(readings, takes_beyond=False)
    if errors:
        raise InvalidInput(
            [
                FieldError(
                    f"readings.{unit - 1}",
                    error.code,
                    READING_WORDS[error.code] % {"unit": unit, "value": error.value},
                )
                for unit, error in errors
            ]
        )
    read = [value for value in values if value is not None]
    if not read:
        raise InvalidInput.one("readings", "required", _("Give at least one reading."))
    reading, _created = PilotReading.objects.update_or_create(
        run=run,
        code=measured.code,
        defaults={
            "characteristic": measured,
            "readings": values,
            "count": len(read),
            "nonconforming": sum(not measured.conforms(value) for value in read),
            **summary(values),
            "recorded_at": at,
            "recorded_by": actor,
        },
    )
    record_events(
        [
            happened(
                "pilot.measured",
                run.stream,
                at=at,
                actor=actor,
                **facts_of(run),
                characteristic=measured.code,
                count=reading.count,
                nonconforming=reading.nonconforming,
            )
        ]
    )
    judgement = judgement_of(run, at=at)
    if judgement.verdict == FAIL:
        close_with_verdict(run, judgement, actor=actor, at=at)
    return reading
