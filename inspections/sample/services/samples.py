"""Receiving samples, finishing their checks, and approving or refusing them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.signature import digest as digest_of
from accounts.signature import require_shown
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.models import Event
from activity.services import happened, record_event, record_events
from activity.transactions import one_transaction
from inspections.models import DropResult, Sample, SampleDoubt, SampleStatus, SpecificationStatus, TransportTest
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
from inspections.sample.services.details import LONGEST_TEXT, MEASURES, SampleDetails, check_details
from inspections.sample.services.standing import hold_against_required
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
    detail = gettext_lazy(
        "This sample is still being checked. It can be approved once every check is answered; refused or cancelled before."
    )


class SampleNotApproved(RuleBroken):
    code = "sample_not_approved"
    detail = gettext_lazy("Only an approved sample is withdrawn. One that is not decided yet is refused or cancelled.")


class FailingIsRefused(RuleBroken):
    code = "failing_is_refused"

    def __init__(self, codes: Sequence[str]):
        super().__init__(
            _(
                "The sample was found not to conform in %(codes)s, so it is not cancelled as if it had never come. A second "
                "person refuses it, with the reason."
            )
            % {"codes": ", ".join(codes)},
            failing=list(codes),
        )


class ApprovalAsks(RuleBroken):
    code = "approval_asks"

    def __init__(self, doubts: Sequence[str]):
        said = "; ".join(str(SampleDoubt(doubt).label) for doubt in doubts)
        super().__init__(
            _("Approve it although %(doubts)s? Say so, or have it done first.") % {"doubts": said}, doubts=list(doubts)
        )


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
    if last and last.version:
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
    package_mm: Sequence[object] = ()


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
            package_mm=transport.package_mm,
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


def doubts_of(sample: Sample) -> list[SampleDoubt]:
    """What an approval of the sample would lack, and asks about."""
    lacks = {
        SampleDoubt.PHOTO: not sample.photos.exists(),
        SampleDoubt.SIZE: None in (sample.length_mm, sample.width_mm, sample.height_mm, sample.weight_g),
        SampleDoubt.DROP_TEST: not TransportTest.objects.filter(sample=sample).exists(),
    }
    return [doubt for doubt, is_lacking in lacks.items() if is_lacking]


def damaging_drops(sample: Sample) -> list[DropResult]:
    """The drops that damaged the package or the product, in their order."""
    results = DropResult.objects.filter(test__sample=sample)
    return list(results.filter(Q(package_damaged=True) | Q(product_damaged=True)).order_by("number"))


def digest_of_decision(sample: Sample) -> str:
    """What somebody is shown who decides on the sample: where it stands, and all that was found on it."""
    checks = sample.checks.order_by("id").values_list("aspect", "characteristic", "conforms", "note", "revision")
    drops = DropResult.objects.filter(test__sample=sample).order_by("number").values_list("number", "revision")
    noted = [getattr(sample, name) for name in (*MEASURES, "lab", "barcode", "label_text", "seal_number")]
    return digest_of(
        sample.code, sample.status, sample.specification_id, noted, list(checks), list(drops), sample.photos.count()
    )


def _lock_with_product(sample: Sample) -> Sample:
    product = Product.objects.select_for_update(no_key=True, of=("self",)).get(pk=sample.product_id)
    sample = Sample.objects.select_for_update(of=("self",)).get(pk=sample.pk)
    sample.product = product
    return sample


def _reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise InvalidInput.one("reason", "required", _("Give the reason; it is signed with the decision."))
    return text


@dataclass(frozen=True, slots=True)
class ApprovalInput:
    """What whoever approves was asked: the doubts that they confirmed, None where nothing was asked, and who ships the product
    in a package that the drops damaged."""

    confirmed: Collection[str] | None = None
    damage_note: str = ""


@one_transaction()
def decide_sample(
    *,
    sample: Sample,
    decision: str,
    reason: str,
    signature: str,
    asked: ApprovalInput = ApprovalInput(),
    digest: str | None = None,
    actor: User,
    at: datetime,
) -> Sample:
    """Sign to "approve" or, at any time before that, to "refuse". Approved, it is the product's next golden sample.

    `signature` says how the actor signed ("password" or "token"), `digest` names what was shown (`digest_of_decision`), None
    where nothing was. Raises SampleNotChecked, SampleDecided, CheckerMayNotDecide, SampleDoesNotConform, ApprovalAsks,
    ChangedMeanwhile, InvalidInput without a reason or a word on damaged packages, NotAllowed.
    """
    require(actor, "inspections.decide_sample")
    sample = _lock_with_product(sample)
    if sample.is_decided:
        raise SampleDecided
    if decision not in DECISIONS:
        detail = _("Choose one of %(all)s.") % {"all": ", ".join(DECISIONS)}
        raise InvalidInput.one("decision", "invalid_choice", detail)
    status = DECISIONS[decision]
    if status == SampleStatus.APPROVED and sample.status != SampleStatus.CHECKED:
        raise SampleNotChecked
    if is_checked_by(sample, actor):
        raise CheckerMayNotDecide
    if digest is not None:
        require_shown(digest, digest_of_decision(sample))
    sample.reason = _reason(reason)
    facts: dict[str, Any] = {"sample": str(sample.uid), "code": sample.code, "reason": sample.reason}
    if status == SampleStatus.APPROVED:
        facts |= _approve(sample, asked)
    sample.status, sample.signature = status, signature
    sample.decided_at, sample.decided_by = at, actor
    names = ["status", "reason", "signature", "decided_at", "decided_by", "version", "doubts", "damage_note"]
    sample.save(update_fields=names)
    record_event(f"sample.{status.value}", sample.stream, at=at, actor=actor, **facts)
    if status == SampleStatus.APPROVED:
        record_events(hold_against_required(sample.product, actor=actor, at=at))
    return sample


def _approve(sample: Sample, asked: ApprovalInput) -> dict[str, Any]:
    """Make it the next version, unsaved; what the event says of it."""
    if failing := _failing(sample):
        raise SampleDoesNotConform(failing)
    doubts = doubts_of(sample)
    if asked.confirmed is not None and (open_doubts := [doubt for doubt in doubts if doubt not in asked.confirmed]):
        raise ApprovalAsks(open_doubts)
    note = asked.damage_note.strip()[:LONGEST_TEXT]
    if damaging_drops(sample) and not note:
        detail = _("Drops damaged the package. Say who ships the product in it so, and why that will do.")
        raise InvalidInput.one("damage_note", "required", detail)
    sample.doubts, sample.damage_note = [doubt.value for doubt in doubts], note
    sample.version = (sample.product.samples.aggregate(last=Max("version"))["last"] or 0) + 1
    return {"version": sample.version, "doubts": sample.doubts, "damage_note": note}


@one_transaction()
def cancel_sample(*, sample: Sample, reason: str, actor: User, at: datetime) -> Sample:
    """Take a sample out that came by mistake or broken, at any time before its decision; the next can be received.

    Raises SampleDecided, FailingIsRefused where something was found not to conform, InvalidInput without a reason, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    sample = _lock_with_product(sample)
    if sample.is_decided:
        raise SampleDecided
    if failing := _failing(sample):
        raise FailingIsRefused(failing)
    sample.reason, sample.status = _reason(reason), SampleStatus.CANCELLED
    sample.decided_at, sample.decided_by = at, actor
    sample.save(update_fields=["reason", "status", "decided_at", "decided_by"])
    facts: dict[str, Any] = {"sample": str(sample.uid), "code": sample.code, "reason": sample.reason}
    record_event("sample.cancelled", sample.stream, at=at, actor=actor, **facts)
    return sample


def digest_of_withdrawal(sample: Sample) -> str:
    """What somebody is shown who withdraws the sample."""
    return digest_of(sample.code, sample.status, sample.version)


@one_transaction()
def withdraw_sample(*, sample: Sample, reason: str, signature: str, digest: str, actor: User, at: datetime) -> Sample:
    """Sign that an approved sample is no reference any more: lost, faded, or approved by mistake. No earlier one takes its place.

    `signature` and `digest` (`digest_of_withdrawal`) as for a decision. Raises SampleNotApproved, ChangedMeanwhile, InvalidInput
    without a reason, NotAllowed.
    """
    require(actor, "inspections.decide_sample")
    sample = _lock_with_product(sample)
    if sample.status != SampleStatus.APPROVED:
        raise SampleNotApproved
    require_shown(digest, digest_of_withdrawal(sample))
    sample.withdrawn_reason, sample.status = _reason(reason), SampleStatus.WITHDRAWN
    sample.withdrawn_at, sample.withdrawn_by, sample.withdrawn_signature = at, actor, signature
    sample.save(update_fields=["status", "withdrawn_at", "withdrawn_by", "withdrawn_reason", "withdrawn_signature"])
    facts: dict[str, Any] = {"sample": str(sample.uid), "code": sample.code, "version": sample.version}
    record_event("sample.withdrawn", sample.stream, at=at, actor=actor, reason=sample.withdrawn_reason, **facts)
    return sample


@one_transaction()
def move_sample(*, sample: Sample, kept_at: str, kept_until: Any, actor: User, at: datetime) -> Sample:
    """Say where the physical sample is kept now, and until when; also once it is decided, and once that day is over.

    Raises InvalidInput for a day that is over, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    sample = Sample.objects.select_for_update(of=("self",)).select_related("product").get(pk=sample.pk)
    # One that has run out may be moved without being prolonged.
    today = localdate(at) if kept_until != sample.kept_until else date.min
    values = check_details(SampleDetails(kept_at=kept_at, kept_until=kept_until), today=today)
    before = {"kept_at": sample.kept_at, "kept_until": sample.kept_until}
    after = {name: values[name] for name in before}
    if before == after:
        return sample
    sample.kept_at, sample.kept_until = after["kept_at"], after["kept_until"]
    sample.save(update_fields=["kept_at", "kept_until"])
    facts: dict[str, Any] = {"sample": str(sample.uid), "code": sample.code}
    record_event("sample.moved", sample.stream, at=at, actor=actor, before=before, after=after, **facts)
    return sample
