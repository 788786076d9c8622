"""Correcting and withdrawing what was recorded as come back: on the record, never over it."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.services import record_event
from activity.transactions import at_the_end, one_transaction
from inspections.models import FoundBy, MarketReturn
from inspections.returns.services.catches import suggest_catches
from inspections.returns.services.returns import CORRECTED, Changes, Checker, ReturnInput, write_over
from inspections.returns.services.tracing import ReturnWithdrawn, Tracer
from suppliers.models import Product

# What a person may correct; another product is another return: withdraw this one and record that.
CORRECTABLE = (*CORRECTED, "batch")


class CorrectedMeanwhile(RuleBroken):
    code = "corrected_meanwhile"
    detail = gettext_lazy(
        "This return was corrected since you opened it. Nothing of yours was stored; look at it again."
    )


def as_sent(found: MarketReturn) -> ReturnInput:
    """What was said of it, as it stands. `product`, `market` and `batch` of the row are looked at."""
    facts = {each.name: getattr(found, each.name) for each in fields(ReturnInput) if each.name != "batch"}
    facts |= {"product": found.product.sku, "market": found.market.code if found.market else ""}
    is_stated = found.found_by == FoundBy.STATED and found.batch is not None
    return ReturnInput(**facts, batch=found.batch.number if found.batch and is_stated else "")


def _lock(found: MarketReturn) -> MarketReturn:
    Product.objects.select_for_update(no_key=True).get(pk=found.product_id)
    rows = MarketReturn.objects.select_for_update(of=("self",)).select_related("product", "market", "batch")
    return rows.get(pk=found.pk)


@one_transaction()
def correct_return(
    *, found: MarketReturn, facts: Mapping[str, Any], actor: User, at: datetime, revision: int | None = None
) -> Changes:
    """Say what was recorded wrongly, by names of `CORRECTABLE`; what changed, field: before and after.

    `revision` is the one that the actor has seen. Its batch is looked for anew, unless somebody named it by hand. The
    source that repeats what it said first changes nothing back. Raises InvalidInput naming each field, ReturnWithdrawn,
    CorrectedMeanwhile, NotAllowed.
    """
    require(actor, "inspections.report_returns")
    found = _lock(found)
    if found.withdrawn_at:
        raise ReturnWithdrawn
    if revision is not None and revision != found.revision:
        raise CorrectedMeanwhile
    before = as_sent(found)
    sent = replace(before, **{name: value for name, value in facts.items() if name in CORRECTABLE})
    if replace(sent, complaints=sorted(set(sent.complaints))) == replace(before, complaints=list(before.complaints)):
        return {}
    checker, tracer = Checker([sent], actor, at), Tracer([found.product_id])
    checker.kept = frozenset(before.complaints)
    if errors := checker.errors(sent, tracer):
        raise InvalidInput(errors)
    changed = write_over(
        [(0, sent, bytes(found.fingerprint))], {sent.key: found}, checker, tracer, actor=actor, at=at, by_hand=True
    )
    at_the_end(suggest_catches, {(found.product_id, code, at) for code in sent.complaints})
    return changed[0]


@one_transaction()
def withdraw_return(*, found: MarketReturn, reason: str, actor: User, at: datetime) -> MarketReturn:
    """Say that it should not be here: doubled, of another product, taken back by the customer. It stays on the record, and
    counts nowhere any more. Raises InvalidInput without a reason, ReturnWithdrawn, NotAllowed."""
    require(actor, "inspections.report_returns")
    reason = reason.strip()
    if not reason or len(reason) > 300:
        detail = _("Say why it is withdrawn, in 1 to 300 characters; it stays on the record.")
        raise InvalidInput([FieldError("reason", "required" if not reason else "too_long", detail)])
    found = _lock(found)
    if found.withdrawn_at:
        raise ReturnWithdrawn
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_because = at, actor, reason
    found.revision += 1
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because", "revision"])
    record_event(
        "return.withdrawn", f"product:{found.product.sku}", at=at, actor=actor,
        market_return=str(found.uid), reference=found.reference, reason=reason,
    )  # fmt: skip
    return found
