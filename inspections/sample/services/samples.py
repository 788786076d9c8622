"""Receiving samples, finishing their checks, and approving or refusing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.signature import require_shown
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.models import Event
from activity.services import happened, record_event, record_events
from activity.transactions import one_transaction
from inspections.models import Sample, SampleStatus, SpecificationStatus
from inspections.sample.reads import digest_of
from inspections.sample.services.checks import (
    CheckInput,
    DropInput,
    begin_transport_test,
    build_check,
    characteristics_of,
    lock_sample_being_checked,
    record_drop,
    require_transport_agrees,
    store_check,
    unanswered_checks,
)
from inspections.sample.services.details import LONGEST_TEXT, SampleDetails, check_details
from inspections.specification.services.versions import Unanswered
from suppliers.models import Product

DECISIONS = {"approve": SampleStatus.APPROVED, "refuse": SampleStatus.REFUSED}


class SampleUndecided(RuleBroken):
    code = "sample_undecided"

    def __init__(self, sample: Sample):
        super().__init__(
            _("Sample %(code)s of this product is not decided yet. Decide it first; then the next one can be received.")
            % {"code": sample.code},
            sample=str(sample.uid),
        )


class SampleNotChecked(RuleBroken):
    code = "sample_not_checked"
    detail = gettext_lazy("This sample is still being checked. It can be decided once every check is answered.")


class SampleDecided(RuleBroken):
    code = "sample_decided"
    detail = gettext_lazy("This sample is decided already, and the decision stands. A new sample is a new decision.")


class CheckerMayNotDecide(NotAllowed):
    code = "checker_may_not_decide"
    detail = gettext_lazy("Who checked the sample may not decide on it. Ask a second person to sign.")


class SampleDoesNotConform(RuleBroken):
    code = "sample_does_not_conform"

    def __init__(self, codes: Sequence[str]):
        super().__init__(
            _(
                "The sample does not conform in %(codes)s, so it cannot be the reference. Refuse it and ask for the next "
                "round; where the limit is wrong, change the specification first."
            )
            % {"codes": ", ".join(codes)},
            failing=list(codes),
        )


def _receive(product: Product, details: SampleDetails, *, actor: User, at: datetime) -> tuple[Sample, Event]:
    values = check_details(details, today=localdate(at))
    product = Product.objects.select_for_update(no_key=True, of=("self",)).select_related("supplier").get(pk=product.pk)
    last = product.samples.select_related("product").order_by("-series", "-round").first()
    if last and not last.is_decided:
        raise SampleUndecided(last)
    series, number = (1, 1) if last is None else (last.series, last.round + 1)
    if last and last.status == SampleStatus.APPROVED:
        series, number = last.series + 1, 1
    sample = Sample.objects.create(
        product=product,
        supplier=product.supplier,
        specification=product.specifications.filter(status=SpecificationStatus.ACTIVE).first(),
        series=series,
        round=number,
        received_at=at,
        received_by=actor,
        **values,
    )
    event = happened(
        "sample.received",
        sample.stream,
        at=at,
        actor=actor,
        sample=str(sample.uid),
        code=sample.code,
        series=series,
        round=number,
    )
    return sample, event


@one_transaction()
def receive_sample(*, product: Product, details: SampleDetails, actor: User, at: datetime) -> Sample:
    """Register a sample that has arrived: the next round after a refusal, else the first of a new series.

    Raises SampleUndecided while an earlier one of the product is undecided, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    sample, event = _receive(product, details, actor=actor, at=at)
    record_events([event])
    return sample


@one_transaction()
def change_sample(*, sample: Sample, details: SampleDetails, actor: User, at: datetime) -> Sample:
    """Correct what is noted of a sample while it is being checked. Raises SampleIsChecked, InvalidInput, NotAllowed."""
    require(actor, "inspections.check_sample")
    values = check_details(details, today=localdate(at))
    sample = lock_sample_being_checked(sample)
    changed = [name for name, value in values.items() if getattr(sample, name) != value]
    if not changed:
        return sample
    for name in changed:
        setattr(sample, name, values[name])
    sample.save(update_fields=changed)
    record_event("sample.changed", sample.stream, at=at, actor=actor, sample=str(sample.uid), fields=changed)
    return sample


def _finish_checks(sample: Sample, *, actor: User, at: datetime) -> Event:
    """Mark as checked what the caller has locked; the caller records the event."""
    if missing := unanswered_checks(sample):
        raise Unanswered(missing)
    require_transport_agrees(sample)
    sample.status, sample.checked_at, sample.checked_by = SampleStatus.CHECKED, at, actor
    sample.save(update_fields=["status", "checked_at", "checked_by"])
    failing = _failing(sample)
    return happened(
        "sample.checked", sample.stream, at=at, actor=actor, sample=str(sample.uid), code=sample.code, failing=failing
    )


def _failing(sample: Sample) -> list[str]:
    checks = sample.checks.filter(conforms=False).select_related("characteristic").order_by("id")
    return [check.code for check in checks]


@one_transaction()
def submit_sample(*, sample: Sample, actor: User, at: datetime) -> Sample:
    """Finish the checks; the sample then waits for a second person's decision.

    Raises Unanswered naming the checks, InvalidInput where the drops contradict a check, SampleIsChecked, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    sample = lock_sample_being_checked(sample)
    record_events([_finish_checks(sample, actor=actor, at=at)])
    return sample


@dataclass(frozen=True, slots=True)
class TransportInput:
    """A transport test with what its drops did."""

    protocol: str
    package_weight_kg: object
    drops: Sequence[DropInput] = ()


@one_transaction()
def record_sample(
    *,
    product: Product,
    details: SampleDetails,
    checks: Sequence[CheckInput],
    transport: TransportInput | None = None,
    submit: bool,
    actor: User,
    at: datetime,
) -> Sample:
    """Receive a sample with all that was found on it; with `submit` it then waits for its decision.

    Raises InvalidInput naming everything wrong with any of the checks, Unanswered, SampleUndecided, NotAllowed; then
    nothing is stored.
    """
    require(actor, "inspections.check_sample")
    sample, received = _receive(product, details, actor=actor, at=at)
    events = [received]
    errors: list[FieldError] = []
    seen: set[tuple[str, str]] = set()
    characteristics = characteristics_of(sample)
    for index, sent in enumerate(checks):
        place = (sent.aspect, sent.characteristic)
        if place in seen:
            detail = _("%(code)s is answered twice.") % {"code": sent.code}
            errors.append(FieldError(f"checks.{index}", "duplicate", detail))
            continue
        seen.add(place)
        try:
            check = build_check(sample, characteristics, sent, field=f"checks.{index}", actor=actor, at=at)
        except InvalidInput as wrong:
            errors.extend(wrong.errors)
        else:
            events += store_check(check)
    if errors:
        raise InvalidInput(errors)
    record_events(events)
    if transport:
        _record_transport(sample, transport, actor=actor, at=at)
    if submit:
        record_events([_finish_checks(sample, actor=actor, at=at)])
    return sample


def _record_transport(sample: Sample, transport: TransportInput, *, actor: User, at: datetime) -> None:
    try:
        begin_transport_test(
            sample=sample,
            protocol=transport.protocol,
            package_weight_kg=transport.package_weight_kg,
            actor=actor,
            at=at,
        )
    except InvalidInput as wrong:
        raise InvalidInput(
            [FieldError(f"transport.{error.field}", error.code, error.detail) for error in wrong.errors]
        ) from None
    for index, sent in enumerate(transport.drops):
        record_drop(sample=sample, sent=sent, field=f"transport.drops.{index}", actor=actor, at=at)


def is_checked_by(sample: Sample, user: User) -> bool:
    """Whether the user finished the checks, or ever recorded or corrected one or a drop, and so may not decide on it (R3)."""
    return sample.checked_by_id == user.pk or sample.recorders.filter(user=user).exists()


@one_transaction()
def decide_sample(
    *,
    sample: Sample,
    decision: str,
    reason: str,
    signature: str,
    actor: User,
    at: datetime,
    digest: str | None = None,
) -> Sample:
    """Sign to "approve" or to "refuse". Approved, it is the product's next version of the golden sample.

    `signature` says how the actor signed ("password" or "token"), `digest` names what was shown (`digest_of`). Raises
    SampleNotChecked, SampleDecided, ChangedMeanwhile,
    CheckerMayNotDecide, SampleDoesNotConform, InvalidInput without a reason, NotAllowed.
    """
    require(actor, "inspections.decide_sample")
    product = Product.objects.select_for_update(no_key=True, of=("self",)).get(pk=sample.product_id)
    sample = Sample.objects.select_for_update(of=("self",)).get(pk=sample.pk)
    sample.product = product
    if sample.is_decided:
        raise SampleDecided
    if sample.status != SampleStatus.CHECKED:
        raise SampleNotChecked
    if digest is not None:
        require_shown(digest, digest_of(sample))
    if is_checked_by(sample, actor):
        raise CheckerMayNotDecide
    if decision not in DECISIONS:
        detail = _("Choose one of %(all)s.") % {"all": ", ".join(DECISIONS)}
        raise InvalidInput.one("decision", "invalid_choice", detail)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_TEXT:
        raise InvalidInput.one("reason", "required", _("Give the reason; it is signed with the decision."))
    status = DECISIONS[decision]
    if status == SampleStatus.APPROVED and (failing := _failing(sample)):
        raise SampleDoesNotConform(failing)
    facts: dict[str, Any] = {"sample": str(sample.uid), "code": sample.code, "reason": reason}
    sample.status, sample.reason, sample.signature = status, reason, signature
    sample.decided_at, sample.decided_by = at, actor
    if status == SampleStatus.APPROVED:
        sample.version = facts["version"] = (product.samples.aggregate(last=Max("version"))["last"] or 0) + 1
    sample.save(update_fields=["status", "reason", "signature", "decided_at", "decided_by", "version"])
    record_event(f"sample.{status.value}", sample.stream, at=at, actor=actor, **facts)
    return sample


@one_transaction()
def move_sample(*, sample: Sample, kept_at: str, kept_until: Any, actor: User, at: datetime) -> Sample:
    """Say where the physical sample is kept now, and until when; also once it is decided.

    Raises InvalidInput for a day that is over, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    values = check_details(SampleDetails(kept_at=kept_at, kept_until=kept_until), today=localdate(at))
    sample = Sample.objects.select_for_update(of=("self",)).select_related("product").get(pk=sample.pk)
    sample.kept_at, sample.kept_until = values["kept_at"], values["kept_until"]
    sample.save(update_fields=["kept_at", "kept_until"])
    record_event("sample.moved", sample.stream, at=at, actor=actor, sample=str(sample.uid), code=sample.code)
    return sample
