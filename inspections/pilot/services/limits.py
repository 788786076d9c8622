"""The highest rates that a run of a product may show: who set them, and who signed looser ones."""

from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.signature import digest, require_shown
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.models import Event
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.models import PilotLimit
from inspections.pilot.reads import affordable_return_rate
from inspections.rules.pilots import HIGHEST
from suppliers.models import Product


class NoLimitsWait(RuleBroken):
    code = "no_limits_wait"
    detail = gettext_lazy("No limits of this product wait for a signature.")


class AskerMayNotSign(NotAllowed):
    code = "asker_may_not_sign"
    detail = gettext_lazy("You asked for these limits. Ask another person who may decide holds to sign them.")


def limits_for(product: Product) -> PilotLimit:
    """The product's own limits, else its category's or that category's parent's, else those of every product."""
    category = product.category
    found = PilotLimit.objects.filter(
        Q(product=product)
        | Q(category=category)
        | Q(category=category.parent_id, category__isnull=False)
        | Q(product=None, category=None),
        is_waiting=False,
    ).select_related("signed_by")
    return max(
        found,
        key=lambda limit: (limit.product_id is not None, limit.category_id == category.pk, bool(limit.category_id)),
    )


def limits_level(limit: PilotLimit) -> str:
    """Whose they are: product, category or default."""
    return "product" if limit.product_id else "category" if limit.category_id else "default"


def frozen_limits(product: Product) -> tuple[dict[str, Decimal], str]:
    """Rate -> limit of a run planned now, and whose they are: "category", or "category,margin" where the product can
    afford fewer returns than that (one that affords none gets a limit that no run can prove). What a product could
    survive raises no limit.
    """
    limit = limits_for(product)
    limits = {"damage": limit.damage, "complaint": limit.complaint, "return": limit.return_rate}
    affordable = affordable_return_rate(product)
    if affordable is None:
        return limits, limits_level(limit)
    least = Decimal("0.00001")
    affordable = max(affordable.quantize(least, ROUND_FLOOR), least)
    if affordable >= limits["return"]:
        return limits, limits_level(limit)
    limits["return"] = affordable
    return limits, f"{limits_level(limit)},margin"


def waiting_limits(product: Product) -> PilotLimit | None:
    """Looser ones that somebody has asked for and nobody has signed."""
    return PilotLimit.objects.filter(product=product, is_waiting=True).select_related("asked_by").first()


def looser_rates(limit: PilotLimit, than: PilotLimit) -> list[str]:
    """Which limits are higher."""
    return [name for name in LIMITED if getattr(limit, name) > getattr(than, name)]


LIMITED = ("damage", "complaint", "return_rate")


@one_transaction()
def set_limits(
    *,
    product: Product,
    damage: Decimal,
    complaint: Decimal,
    return_rate: Decimal,
    source: str,
    actor: User,
    at: datetime,
) -> PilotLimit:
    """Give a product limits of its own, as fractions. Runs that are planned already keep theirs.

    Where any is higher than the one in force all of them wait for the signature of a second person, see `sign_limits`
    (R13). Raises InvalidInput naming each limit that is not above 0, or above what any product may have, and NotAllowed.
    """
    require(actor, "inspections.specify")
    limits = {"damage": damage, "complaint": complaint, "return_rate": return_rate}
    errors = [
        FieldError(name, "out_of_range", _("Give a rate above 0 and below 100 %."))
        for name, limit in limits.items()
        if not 0 < limit < 1
    ]
    errors += [
        FieldError(
            name,
            "above_ceiling",
            _("No product may have more than %(most)s %% here, whoever signs it.")
            % {"most": f"{most * 100:f}".rstrip("0").rstrip(".")},
        )
        for (name, limit), most in zip(limits.items(), HIGHEST.values(), strict=True)
        if most < limit < 1
    ]
    if errors:
        raise InvalidInput(errors)
    product = Product.objects.select_for_update(of=("self",)).select_related("category").get(pk=product.pk)
    now_in_force = limits_for(product)
    facts = limits | {"source": source.strip(), "asked_by": actor, "asked_at": at}
    limit = PilotLimit(product=product, **facts)
    is_waiting = bool(looser_rates(limit, now_in_force))
    PilotLimit.objects.filter(product=product, is_waiting=True).delete()
    if is_waiting:
        limit.is_waiting = True
        limit.save()
    elif now_in_force.product_id:
        limit = now_in_force  # who signed that it may be above its category has signed more than this
        for name in (*LIMITED, "source"):
            setattr(limit, name, facts[name])
        limit.save()
    else:
        limit.save()
    _tell_limits(product, limit, before=now_in_force, actor=actor, at=at)
    return limit


def _tell_limits(product: Product, limit: PilotLimit, *, before: PilotLimit, actor: User, at: datetime) -> None:
    signed = {"reason": limit.signed_reason, "signature": limit.signature} if limit.signed_at == at else {}
    record_event(
        "pilot.limits_asked" if limit.is_waiting else "pilot.limits_set",
        f"product:{product.sku}",
        at=at,
        actor=actor,
        source=limit.source,
        before={name: str(getattr(before, name)) for name in LIMITED},
        limits={name: str(getattr(limit, name)) for name in LIMITED},
        **signed,
    )


def who_asked(product: Product, asked: PilotLimit) -> set[int | None]:
    """The ids of everyone who asked for looser limits since limits were last set; those that wait name the last alone."""
    told = Event.objects.filter(stream=f"product:{product.sku}")
    was_set = told.filter(kind="pilot.limits_set").aggregate(last=Max("id"))["last"] or 0
    actors = told.filter(kind="pilot.limits_asked", id__gt=was_set).values_list("actor", flat=True)
    return {asked.asked_by_id, *actors}


def digest_of_limits(asked: PilotLimit) -> str:
    """What is shown before limits are signed: those that wait, whose they are, and those in force until then."""
    if asked.product is None:
        raise AssertionError("the database keeps that limits wait only for a product")
    rates = [[f"{getattr(each, name):f}" for name in LIMITED] for each in (limits_for(asked.product), asked)]
    return digest(asked.product.sku, rates, asked.source)


@one_transaction()
def sign_limits(*, product: Product, reason: str, signature: str, digest: str, actor: User, at: datetime) -> PilotLimit:
    """The second signature under limits that are looser than those in force; runs planned from now on are judged by them.

    `signature` says how the actor signed ("password" or "token"), `digest` names what was shown (`digest_of_limits`).
    Raises InvalidInput without a reason, NoLimitsWait, ChangedMeanwhile, AskerMayNotSign, NotAllowed.
    """
    require(actor, "inspections.decide_hold")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why a run may show more; it stays on the record."))
    product = Product.objects.select_for_update(of=("self",)).select_related("category").get(pk=product.pk)
    asked = waiting_limits(product)
    if asked is None:
        raise NoLimitsWait
    require_shown(digest, digest_of_limits(asked))
    if actor.pk in who_asked(product, asked):
        raise AskerMayNotSign
    before = limits_for(product)
    PilotLimit.objects.filter(product=product, is_waiting=False).delete()
    asked.is_waiting = False
    asked.signed_by, asked.signed_at, asked.signed_reason, asked.signature = actor, at, reason.strip(), signature
    asked.save()
    _tell_limits(product, asked, before=before, actor=actor, at=at)
    return asked
