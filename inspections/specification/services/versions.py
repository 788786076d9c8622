"""Drafting and activating what a good unit is."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.signature import require_shown
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.looks import reading_of
from activity.models import Event
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.calculator.words.sampling import from_sampling
from inspections.models import (
    Aspect,
    Characteristic,
    NonconformityClass,
    Specification,
    SpecificationStatus,
    VersionCount,
)
from inspections.rules.readings import ReadingError, decimal_places, parse_reading
from inspections.sampling import SamplingError, Scheme
from inspections.sampling.own import OwnRule
from inspections.sampling.schemes import VariablesRule
from inspections.specification.services.characteristics import FIELDS, CharacteristicInput
from inspections.specification.services.comparison import differences_between, digest_of, what_loosens
from suppliers.models import Product, is_code


class Unanswered(RuleBroken):
    code = "unanswered_checks"
    status = 422

    def __init__(self, codes: Sequence[str]):
        super().__init__(
            _("%(count)s checks are not answered yet: %(codes)s. An untouched check never counts as passed.")
            % {"count": len(codes), "codes": ", ".join(codes)},
            unanswered=list(codes),
        )


DEFAULT_SCHEME = {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}}


class NotADraft(RuleBroken):
    code = "not_a_draft"
    detail = gettext_lazy("This version was activated and can no longer be changed. Draft a new version.")


class DraftedMeanwhile(RuleBroken):
    code = "drafted_meanwhile"
    detail = gettext_lazy("Somebody has changed the draft since you opened this page. Nothing of yours was stored.")


class ActivatedMeanwhile(RuleBroken):
    code = "activated_meanwhile"

    def __init__(self, written_from: int, in_force: int):
        self.written_from, self.in_force = written_from, in_force
        super().__init__(
            _(
                "Version %(version)s is in force since you read %(before)s, and what you wrote would drop what it changed. "
                "Nothing of yours was stored: take over what it changed, and save again."
            )
            % {"version": f"v{in_force}", "before": f"v{written_from}" if written_from else "–"},
            written_from=written_from,
            in_force=in_force,
        )


class WaitsForSignature(RuleBroken):
    code = "waits_for_signature"
    detail = gettext_lazy(
        "This version loosens what is in force. It takes effect once a second person, who may decide holds and has not "
        "drafted it, signs it with a reason."
    )


class DrafterMayNotSign(NotAllowed):
    code = "drafter_may_not_sign"
    detail = gettext_lazy(
        "You drafted this version, and it loosens what is in force. Ask another person who may decide holds to sign it."
    )


class NothingToSign(RuleBroken):
    code = "nothing_to_sign"
    detail = gettext_lazy("This version loosens nothing that is in force. Activate it; it needs no second signature.")


def _limit(field: str, value: object, errors: list[FieldError]) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = parse_reading(value)
    except ReadingError as error:
        detail = _("%(value)s is not a number.")
        if error.code == "too_precise":
            detail = _("At most six decimal places are kept, and %(value)s has more.")
        elif error.code == "too_large":
            detail = _("%(value)s is too large: a limit is below 1,000,000,000,000.")
        errors.append(FieldError(field, error.code, detail % {"value": error.value}))
        return None
    if abs(number) >= 10**12 or decimal_places(number) > 6:
        errors.append(FieldError(field, "too_precise", _("At most six decimal places are kept.")))
        return None
    return number


def _variables(
    path: str, item: CharacteristicInput, lower: Decimal | None, upper: Decimal | None, errors: list[FieldError]
) -> dict | None:
    if item.variables is None:
        return None
    if not item.is_measured:
        detail = _("Only a measured characteristic can have a variables plan.")
        errors.append(FieldError(f"{path}.variables", "not_measured", detail))
        return None
    try:
        rule = VariablesRule.from_dict(item.variables)
        rule.check_limits(lower, upper)
    except SamplingError as error:
        errors.extend(from_sampling(error, path).errors)
        return None
    return rule.as_dict()


def _sampling(path: str, item: CharacteristicInput, errors: list[FieldError]) -> dict | None:
    if item.sampling is None:
        return None
    try:
        if item.variables is not None:
            raise SamplingError("own_and_variables", field="sampling")
        return OwnRule.from_dict(item.sampling).as_dict()
    except SamplingError as error:
        errors.extend(from_sampling(error, path).errors)
        return None


def check_characteristics(inputs: Sequence[CharacteristicInput]) -> list[Characteristic]:
    """Unsaved characteristics in the order given. Raises InvalidInput naming every field that is wrong."""
    errors: list[FieldError] = []
    if not inputs:
        raise InvalidInput.one("characteristics", "required", _("Give at least one characteristic to inspect."))
    seen: dict[str, str] = {}
    characteristics = []
    for index, item in enumerate(inputs):
        path = f"characteristics.{index}"
        if not is_code(item.code) or len(item.code) > 40:
            errors.append(
                FieldError(f"{path}.code", "code", _("Use 1 to 40 letters, digits, dots, hyphens and underscores."))
            )
        elif there := seen.get(reading_of(item.code)):
            detail = _("The code %(code)s is used twice.")
            if item.code != there:
                detail = _("%(code)s looks the same as %(there)s, which exists. Use that, or another code.")
            errors.append(FieldError(f"{path}.code", "duplicate", detail % {"code": item.code, "there": there}))
        seen.setdefault(reading_of(item.code), item.code)
        if not (item.name or item.name_zh):
            errors.append(FieldError(f"{path}.name", "required", _("Give the characteristic a name.")))
        if item.aspect not in Aspect.values:
            errors.append(
                FieldError(
                    f"{path}.aspect", "invalid_choice", _("Choose one of %(all)s.") % {"all": ", ".join(Aspect.values)}
                )
            )
        if item.nonconformity_class not in NonconformityClass.values:
            errors.append(FieldError(f"{path}.class", "invalid_choice", _("Choose critical, major or minor.")))
        target, lower, upper = (
            _limit(f"{path}.{name}", getattr(item, name), errors) for name in ("target", "lower", "upper")
        )
        if item.is_measured and item.lower in (None, "") and item.upper in (None, ""):
            errors.append(
                FieldError(f"{path}.lower", "required", _("A measured characteristic needs a lower or an upper limit."))
            )
        if not item.is_measured and (target, lower, upper) != (None, None, None):
            errors.append(
                FieldError(f"{path}.measured", "not_measured", _("Only a measured characteristic has limits."))
            )
        if lower is not None and upper is not None and lower > upper:
            errors.append(FieldError(f"{path}.lower", "order", _("The lower limit is above the upper limit.")))
        if target is not None and ((lower is not None and target < lower) or (upper is not None and target > upper)):
            errors.append(FieldError(f"{path}.target", "order", _("The target lies outside the limits.")))
        variables = _variables(path, item, lower, upper, errors)
        sampling = _sampling(path, item, errors)
        characteristics.append(
            Characteristic(
                position=index + 1,
                **{field.name: getattr(item, field.name) for field in FIELDS}
                | {
                    "target": target,
                    "lower": lower,
                    "upper": upper,
                    "variables": variables,
                    "sampling": sampling,
                    "picture": item.picture or "",
                },
            )
        )
    if errors:
        raise InvalidInput(errors)
    return characteristics


def check_scheme(definition: dict, characteristics: Sequence[Characteristic]) -> Scheme:
    """Raises InvalidInput unless the scheme gives a plan to each class and to each sampling of its own, and its variables plan
    suits every limit."""
    try:
        scheme = Scheme.from_dict(definition)
        scheme.plans(1000, classes=[c.nonconformity_class for c in characteristics if c.own_rule is None])
    except SamplingError as error:
        raise from_sampling(error, "scheme") from None
    errors = []
    for index, characteristic in enumerate(characteristics):
        if own := characteristic.own_rule:
            try:
                own.plan(scheme.rules.get(characteristic.nonconformity_class), 1000)
            except SamplingError as error:
                errors += from_sampling(error, f"characteristics.{index}").errors
        if characteristic.variables is None and (rule := characteristic.variables_rule(scheme)):
            try:
                rule.check_limits(characteristic.lower, characteristic.upper)
            except SamplingError as error:
                errors += from_sampling(error, f"characteristics.{index}").errors
    if errors:
        raise InvalidInput(errors)
    return scheme


def _take_over_pictures(
    product: Product, inputs: Sequence[CharacteristicInput], checked: Sequence[Characteristic]
) -> None:
    """Where nothing is said about a picture, the characteristic keeps the one it had in the latest version."""
    latest = product.specifications.order_by("-version").first()
    pictures = dict(latest.characteristics.values_list("code", "picture")) if latest else {}
    for sent, characteristic in zip(inputs, checked, strict=True):
        if sent.picture is None:
            characteristic.picture = pictures.get(sent.code, "")


def version_in_force(product: Product) -> int:
    """The number of the active version; 0 where there is none."""
    active = product.specifications.filter(status=SpecificationStatus.ACTIVE).values_list("version", flat=True)
    return active.first() or 0


def version_or_successor(versions: QuerySet[Specification], version: int) -> Specification | None:
    """The version of that number; of a draft that was thrown away the version that took its place."""
    return versions.filter(version__gte=max(version, 1)).order_by("version").first()


@one_transaction()
def draft_specification(
    *,
    product: Product,
    characteristics: Sequence[CharacteristicInput],
    scheme: dict,
    actor: User,
    at: datetime,
    opened_at: datetime | None = None,
    written_from: int | None = None,
) -> Specification:
    """Write the product's draft, replacing the draft that there is. Its number was never used before.

    `opened_at` is when the actor opened the draft to edit it, `written_from` the version that was in force then, 0 for none.
    Raises InvalidInput, NotAllowed, DraftedMeanwhile where somebody else has written a draft since, and ActivatedMeanwhile
    where another version was put in force since.
    """
    require(actor, "inspections.specify")
    checked = check_characteristics(characteristics)
    check_scheme(scheme, checked)
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if written_from is not None and written_from != (now_in_force := version_in_force(product)):
        raise ActivatedMeanwhile(written_from, now_in_force)
    draft = product.specifications.filter(status=SpecificationStatus.DRAFT).first()
    if draft and opened_at and draft.drafted_at > opened_at and draft.drafted_by_id != actor.pk:
        raise DraftedMeanwhile
    _take_over_pictures(product, characteristics, checked)
    if draft:
        draft.delete()
    version = (VersionCount.objects.filter(product=product).aggregate(last=Max("last"))["last"] or 0) + 1
    specification = Specification(product=product, version=version, drafted_by=actor, drafted_at=at)
    specification.use_scheme(
        scheme,
        {c.code: c.variables for c in checked if c.variables},
        {c.code: c.sampling for c in checked if c.sampling},
    )
    specification.save()
    for characteristic in checked:
        characteristic.specification = specification
    Characteristic.objects.bulk_create(checked)
    loosens = what_loosens(specification)
    specification.loosens = bool(loosens)
    specification.save(update_fields=["loosens"])
    record_event(
        "specification.drafted", f"product:{product.sku}", at=at, actor=actor, version=version,
        loosens=[each.as_dict() for each in loosens],
    )  # fmt: skip
    return specification


def _draft_as_read(specification: Specification, digest: str | None) -> Specification:
    """The draft as it is now, under the lock of its product, with whether it loosens what is in force now."""
    product = Product.objects.select_for_update(no_key=True).get(pk=specification.product_id)
    current = version_or_successor(product.specifications.select_related("product"), specification.version)
    if current is None or current.status != SpecificationStatus.DRAFT:
        raise NotADraft
    if digest is None and current.pk != specification.pk:
        raise DraftedMeanwhile
    if digest is not None:
        require_shown(digest, digest_of(current))
    current.loosens = bool(what_loosens(current))
    return current


def _put_in_force(specification: Specification, *, actor: User, at: datetime) -> Specification:
    product = specification.product
    told: dict[str, Any] = {"before": None, "changes": [], "signed": specification.signed_by_id is not None}
    active = product.specifications.filter(status=SpecificationStatus.ACTIVE)
    if before := active.first():
        told |= {
            "before": before.version,
            "changes": [each.as_dict() for each in differences_between(before, specification)],
        }
    if specification.signed_by_id:
        told |= {"reason": specification.signed_reason, "signature": specification.signature}
        told |= {"drafted_by": specification.drafted_by.username}
    active.update(status=SpecificationStatus.RETIRED)
    specification.status = SpecificationStatus.ACTIVE
    specification.activated_by, specification.activated_at = actor, at
    specification.save()
    record_event(
        "specification.activated", f"product:{product.sku}", at=at, actor=actor, version=specification.version, **told
    )
    return specification


@one_transaction()
def activate_specification(
    *, specification: Specification, actor: User, at: datetime, digest: str | None = None
) -> Specification:
    """Make a draft the version that new inspections are planned by; the one before is retired.

    `digest` is that of what the actor was shown (`digest_of`), None in the transaction that drafted it. Raises NotADraft,
    NotAllowed, ChangedMeanwhile, DraftedMeanwhile where the draft was written anew, and WaitsForSignature where it loosens what
    is in force (R13).
    """
    require(actor, "inspections.specify")
    draft = _draft_as_read(specification, digest)
    if draft.loosens:
        raise WaitsForSignature
    return _put_in_force(draft, actor=actor, at=at)


def who_drafted(draft: Specification) -> set[int]:
    """The ids of everyone who wrote a draft that loosened since a version was last put in force; a draft names who wrote
    it last alone."""
    told = Event.objects.filter(stream=f"product:{draft.product.sku}")
    last = told.filter(kind="specification.activated").aggregate(last=Max("id"))["last"] or 0
    written = told.filter(kind="specification.drafted", id__gt=last)
    return {draft.drafted_by_id, *written.exclude(data__loosens=[]).values_list("actor", flat=True)}


@one_transaction()
def sign_specification(
    *,
    specification: Specification,
    reason: str,
    signature: str,
    digest: str,
    actor: User,
    at: datetime,
) -> Specification:
    """The second signature under a draft that loosens what is in force; with it the draft takes effect.

    `signature` says how the actor signed ("password" or "token"), `digest` names what was shown (`digest_of`). Raises
    InvalidInput without a reason, NotADraft, ChangedMeanwhile, NothingToSign, DrafterMayNotSign, NotAllowed.
    """
    require(actor, "inspections.decide_hold")
    if not reason.strip():
        raise InvalidInput.one(
            "reason", "required", _("Say why the product may be judged by less; it stays on the record.")
        )
    draft = _draft_as_read(specification, digest)
    if not draft.loosens:
        raise NothingToSign
    if actor.pk in who_drafted(draft):
        raise DrafterMayNotSign
    draft.signed_by, draft.signed_reason, draft.signature = actor, reason.strip(), signature
    return _put_in_force(draft, actor=actor, at=at)
