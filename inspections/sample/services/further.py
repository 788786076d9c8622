"""Checking a golden sample for what was not required when it was approved; a second person signs."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.signature import digest as digest_of
from accounts.signature import require_shown
from activity.errors import RuleBroken
from activity.services import happened, record_event, record_events
from activity.transactions import one_transaction
from inspections.models import FurtherCheck, Sample, SampleRecorder
from inspections.sample.services.checks import CheckInput, build_check, require_seen
from inspections.sample.services.samples import CheckerMayNotDecide
from inspections.sample.services.standing import hold_against_required
from suppliers.models import Product


class NotTheGoldenSample(RuleBroken):
    code = "not_the_golden_sample"
    detail = gettext_lazy("This is not the golden sample in force. Check the one that is, or receive a new sample.")


class FurtherCheckSigned(RuleBroken):
    code = "further_check_signed"
    detail = gettext_lazy("This further check is signed and never changes. If it is wrong, withdraw the sample.")


class NothingToSign(RuleBroken):
    code = "nothing_to_sign"
    detail = gettext_lazy("No further check waits for a signature.")


def _lock_golden(sample: Sample) -> Sample:
    product = Product.objects.select_for_update(no_key=True, of=("self",)).get(pk=sample.product_id)
    golden = product.samples.golden().select_for_update(of=("self",)).first()
    if golden is None or golden.pk != sample.pk:
        raise NotTheGoldenSample
    golden.product = product
    return golden


@one_transaction()
def record_further_check(
    *, sample: Sample, sent: CheckInput, actor: User, at: datetime, field: str = "check"
) -> FurtherCheck:
    """Store what was found on the golden sample for a characteristic of the active version; a repeat changes nothing.

    Raises NotTheGoldenSample, FurtherCheckSigned, CheckChanged, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    golden = _lock_golden(sample)
    active = golden.product.specifications.active().first()
    characteristics = list(active.characteristics.order_by("position")) if active else []
    sent = CheckInput(**{name: getattr(sent, name) for name in CheckInput.__slots__} | {"aspect": ""})
    found = build_check(golden, characteristics, sent, field=field, actor=actor, at=at)
    further = golden.further_checks.filter(characteristic=found.characteristic).first()
    if further and (further.conforms, further.readings, further.note) == (found.conforms, found.readings, found.note):
        return further
    if further and further.signed_at:
        raise FurtherCheckSigned
    takes_back = bool(further and not further.conforms and found.conforms and further.recorded_by_id != actor.pk)
    require_seen(found.code, sent.revision, further, takes_back=takes_back)
    revision = further.revision + 1 if further else 1
    further = further or FurtherCheck(sample=golden, characteristic=found.characteristic)
    for name in ("conforms", "readings", "note", "recorded_at", "recorded_by"):
        setattr(further, name, getattr(found, name))
    further.revision = revision
    further.save()
    event = happened(
        "sample.checked_further", golden.stream, at=at, actor=actor, sample=str(golden.uid), code=golden.code,
        check=found.code, conforms=found.conforms, readings=[str(reading) for reading in found.readings or ()],
        note=found.note, revision=revision,
    )  # fmt: skip
    record_events([event, *hold_against_required(golden.product, actor=actor, at=at)])
    return further


def unsigned_checks(sample: Sample) -> list[FurtherCheck]:
    return list(
        sample.further_checks.filter(signed_at=None).select_related("characteristic", "recorded_by").order_by("id")
    )


def digest_of_further(sample: Sample) -> str:
    """What somebody is shown who signs the further checks."""
    return digest_of(
        sample.code,
        [
            (each.characteristic_id, each.conforms, each.readings, each.note, each.revision)
            for each in unsigned_checks(sample)
        ],
    )


@one_transaction()
def sign_further_checks(*, sample: Sample, signature: str, digest: str, actor: User, at: datetime) -> Sample:
    """A second person signs all further checks that wait for it; from then on they count.

    `signature` says how the actor signed ("password" or "token"), `digest` names what was shown (`digest_of_further`). Raises
    NotTheGoldenSample, NothingToSign, ChangedMeanwhile, CheckerMayNotDecide, NotAllowed.
    """
    require(actor, "inspections.decide_sample")
    golden = _lock_golden(sample)
    waiting = unsigned_checks(golden)
    if not waiting:
        raise NothingToSign
    require_shown(digest, digest_of_further(golden))
    if SampleRecorder.objects.filter(sample=golden, user=actor).exists():
        raise CheckerMayNotDecide
    for each in waiting:
        each.signed_at, each.signed_by, each.signature = at, actor, signature
        each.save(update_fields=["signed_at", "signed_by", "signature"])
    facts: dict[str, Any] = {"sample": str(golden.uid), "code": golden.code, "version": golden.version}
    record_event(
        "sample.further_signed",
        golden.stream,
        at=at,
        actor=actor,
        checks=[each.characteristic.code for each in waiting],
        **facts,
    )
    record_events(hold_against_required(golden.product, actor=actor, at=at))
    return golden
