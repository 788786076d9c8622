"""Things to test with, each made by the service that makes it in the product."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import Role
from inspections.batch.services.batches import register_batch
from inspections.hold.services.holds import respond_to_hold
from inspections.inspection.services.planning import active_characteristics, next_inspection
from inspections.inspection.services.recording import record_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import (
    SAMPLE_ASPECTS,
    Batch,
    Hold,
    HoldResponse,
    Inspection,
    InspectionStatus,
    MarketReturn,
    PilotRun,
    Sample,
    Specification,
)
from inspections.pilot.services.outcomes import OutcomeInput, record_outcomes
from inspections.pilot.services.runs import (
    plan_pilot,
    start_pilot,
)
from inspections.returns.services.returns import ReturnInput, record_returns
from inspections.sample.services.checks import CheckInput
from inspections.sample.services.details import SampleDetails
from inspections.sample.services.samples import decide_sample, record_sample
from inspections.specification.services.comparison import digest_of
from inspections.specification.services.versions import (
    CharacteristicInput,
    activate_specification,
    draft_specification,
    sign_specification,
)
from inspections.specification.words import plain
from suppliers.models import Category, Membership, Product, Supplier
from suppliers.services import create_product, create_supplier

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai
_numbers = count(1)


def after(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def make_user(role: Role | None = None, username: str | None = None, *, supplier: Supplier | None = None) -> User:
    user = User.objects.create_user(username or f"user{next(_numbers)}", password="holdfast-test")
    if role:
        user.groups.add(Group.objects.get(name=role))
    if supplier:
        Membership.objects.create(supplier=supplier, user=user)
    return user


def promoted(user: User, role: Role = Role.MANAGER) -> User:
    """The same person, who has this role too from now on."""
    user.groups.add(Group.objects.get(name=role))
    return User.objects.get(pk=user.pk)


def make_supplier(code: str | None = None, *, name: str = "Hailan Electric") -> Supplier:
    return create_supplier(
        code=code or f"S{next(_numbers)}", name=name, name_zh="海岚电器", contact_email="", actor=None, at=NOON
    )


def make_product(sku: str | None = None, *, supplier: Supplier | None = None, markets=("US",)) -> Product:
    return create_product(
        sku=sku or f"SKU-{next(_numbers)}",
        name="Electric kettle 1.7 L",
        name_zh="电热水壶 1.7 L",
        supplier=supplier or make_supplier(),
        category=Category.objects.get(code="electrical_appliance"),
        markets=markets,
        actor=None,
        at=NOON,
    )


LEAK = CharacteristicInput("LEAK", "No leak", "function", "critical", False, name_zh="不漏水")
HEIGHT = CharacteristicInput(
    "HEIGHT", "Body height", "dimension", "critical", True, "50.0", "49.5", "50.5", "mm", name_zh="壶身高度"
)
CORD = CharacteristicInput("CORD", "Cord length", "dimension", "major", True, "75", "70", "80", "cm", name_zh="线长")
LID = CharacteristicInput("LID", "Lid finish", "appearance", "major", False, name_zh="壶盖外观")
PRINT = CharacteristicInput("PRINT", "Box print", "packaging", "minor", False, name_zh="彩盒印刷")
KETTLE = (LEAK, HEIGHT, CORD, LID, PRINT)
SCHEME = {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}}


def make_specification(product: Product, characteristics=KETTLE, *, scheme: dict = SCHEME) -> Specification:
    author = make_user(Role.MANAGER)
    draft = draft_specification(product=product, characteristics=characteristics, scheme=scheme, actor=author, at=NOON)
    if draft.waits_for_signature:
        second = make_user(Role.MANAGER)
        return sign_specification(
            specification=draft, reason="Agreed", signature="token", digest=digest_of(draft), actor=second, at=NOON
        )
    return activate_specification(specification=draft, actor=author, at=NOON)


def make_batch(
    number: str | None = None, *, product: Product | None = None, quantity: int = 1000, po_number: str = ""
) -> Batch:
    """A batch whose product has a specification; of the kettle's level II plan: n = 80, Ac 0 / 5 / 7."""
    if product is None:
        product = make_product()
        make_specification(product)
    return register_batch(
        number=number or f"B-{next(_numbers):04d}",
        product=product,
        quantity=quantity,
        po_number=po_number,
        actor=make_user(Role.MERCHANDISER),
        at=NOON,
    )


def results_for(batch: Batch, **bad: list[int]) -> list[ResultInput]:
    """A full answer to every check of the batch's open or next inspection; `bad` names nonconforming units by code."""
    characteristics = active_characteristics(batch)
    inspection = batch.inspections.filter(status=InspectionStatus.OPEN).first()
    inspection = inspection or next_inspection(batch, characteristics, actor=batch.created_by, at=NOON)
    sizes = inspection.sample_sizes(characteristics)
    results = []
    for c in characteristics:
        n = sizes[c.code]
        units = [unit for unit in bad.get(c.code, []) if unit <= n]
        if c.is_measured:
            readings = [str(c.upper + 1) if unit in units else str(c.target) for unit in range(1, n + 1)]
            results.append(ResultInput(c.code, readings=readings))
        else:
            results.append(ResultInput(c.code, nonconforming_units=units))
    return results


def inspect(batch: Batch, *, actor: User, at: datetime = NOON, submit: bool = True, **bad: list[int]) -> Inspection:
    """Record one whole inspection of a batch."""
    batch.refresh_from_db()
    return record_inspection(batch=batch.number, results=results_for(batch, **bad), submit=submit, actor=actor, at=at)


def answer_hold(hold: Hold, *, at: datetime = NOON) -> HoldResponse:
    """The supplier says why, so that a re-inspection may end a critical hold."""
    return respond_to_hold(
        hold=hold,
        root_cause="Worn seal",
        corrective_action="Replaced",
        actor=make_user(Role.SUPPLIER, supplier=hold.batch.supplier),
        at=at,
    )


# A pilot run begins so long before that the return window of what it delivered is over at noon.
BEGUN = NOON - timedelta(days=60)
DELIVERED = (NOON - timedelta(days=50)).date()


def make_pilot(
    product: Product,
    *,
    size: int = 60,
    actor: User | None = None,
    start: bool = True,
    begun: datetime | None = None,
    **options,
) -> PilotRun:
    """A pilot run; of the default limits 5 % damaged, 8 % complained about and 10 % returned."""
    actor = actor or make_user(Role.MERCHANDISER)
    if start and not product.samples.approved().exists():
        make_golden_sample(product)
    run = plan_pilot(product=product, size=size, actor=actor, at=begun or BEGUN, **options)
    return start_pilot(run=run, actor=actor, at=begun or BEGUN) if start else run


def pilot_outcomes(run: PilotRun, *, actor: User, at: datetime = NOON, conclude: bool = False, **bad) -> PilotRun:
    """Every unit of a run back: `bad` names units by outcome, the others are fine."""
    outcome_of = {unit: outcome for outcome, units in bad.items() for unit in units}
    outcomes = [
        OutcomeInput(
            unit,
            outcome=outcome_of.get(unit, "ok"),
            return_reason="quality" if outcome_of.get(unit) == "returned" else "",
            delivered_on=DELIVERED,
        )
        for unit in range(1, run.size + 1)
    ]
    return record_outcomes(run=run, outcomes=outcomes, actor=actor, at=at, conclude=conclude)


def checks_for(product: Product, **bad: str) -> list[CheckInput]:
    """A conforming answer to everything a sample of the product is checked for; `bad` says what was seen, by code."""
    active = product.specifications.filter(status="active").first()
    checks = [
        CheckInput(aspect=aspect.value, conforms=aspect not in bad, note=bad.get(aspect, ""))
        for aspect in SAMPLE_ASPECTS
    ]
    for c in active.characteristics.order_by("position") if active else ():
        if c.is_measured:
            readings = [plain(c.upper + 1)] if c.code in bad else [plain(c.target or c.upper), plain(c.upper)]
            checks.append(CheckInput(characteristic=c.code, readings=readings))
        else:
            checks.append(CheckInput(characteristic=c.code, conforms=c.code not in bad, note=bad.get(c.code, "")))
    return checks


def make_sample(
    product: Product,
    *,
    actor: User | None = None,
    at: datetime = NOON,
    submit: bool = True,
    details: SampleDetails = SampleDetails(),  # noqa: B008 it is immutable
    **bad: str,
) -> Sample:
    """A sample that was checked in everything and waits for its decision."""
    return record_sample(
        product=product,
        details=details,
        checks=checks_for(product, **bad),
        submit=submit,
        actor=actor or make_user(Role.QC),
        at=at,
    )


def make_golden_sample(product: Product, *, at: datetime = NOON, details: SampleDetails = SampleDetails()) -> Sample:  # noqa: B008
    """The product's next golden sample."""
    sample = make_sample(product, at=at, details=details)
    return decide_sample(
        sample=sample, decision="approve", reason="As agreed", signature="token", actor=make_user(Role.MANAGER), at=at
    )


def returned(reference: str, **facts) -> ReturnInput:
    """A kettle that was returned because it leaks; `facts` are those of ReturnInput."""
    given = {
        "product": "HL-KT17-W", "reason": "quality", "complaints": ["leaks"], "happened_on": date(2026, 11, 20),
    }  # fmt: skip
    return ReturnInput(reference=reference, **given | facts)


def bring_back(*returns: ReturnInput, at: datetime = NOON, source: str = "shop-us") -> list[MarketReturn]:
    """Record returns from the market."""
    actor = User.objects.filter(username="merchandiser").first() or make_user(Role.MERCHANDISER)
    return record_returns(source=source, returns=returns, actor=actor, at=at).rows
