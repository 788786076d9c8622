"""Saying which traits a product has."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from compliance.checklist.services import refresh_checklists
from compliance.loosening.services import Cause
from compliance.models import LooseningCause, ProductTrait, RequirementKind, Trait
from compliance.paper.services.examinations import owe_examinations
from compliance.paper.services.recheck import touched_by_product
from compliance.rules.questions import parts_of
from suppliers.models import Product


@one_transaction()
def answer_traits(
    *, product: Product, answers: Mapping[str, bool | None], actor: User, at: datetime
) -> dict[str, list[bool | None]]:
    """Set the answers that differ: trait key -> yes, no, or None to take an answer back. What changed: key -> [before,
    after]. The product's checklists are worked out in the same transaction; what that would take from a listing that is
    sold waits for a second signature. Raises InvalidInput for an unknown trait.
    """
    require(actor, "compliance.answer_traits")
    traits = {trait.key: trait for trait in Trait.objects.filter(key__in=answers)}
    if unknown := [key for key in answers if key not in traits]:
        raise InvalidInput(
            [FieldError(key, "unknown_trait", _("There is no trait %(key)s.") % {"key": key}) for key in unknown]
        )
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    stored = {row.trait_id: row for row in ProductTrait.objects.filter(product=product)}
    changes: dict[str, list[bool | None]] = {}
    for key, answer in answers.items():
        row = stored.get(traits[key].pk) or ProductTrait(product=product, trait=traits[key])
        if row.answer == answer:
            continue
        changes[key] = [row.answer, answer]
        row.answer = answer
        row.answered_by, row.answered_at = (None, None) if answer is None else (actor, at)
        row.save()
    if changes:
        said = [
            {"name": traits[key].name, "name_zh": traits[key].name_zh, "before": before, "after": after}
            for key, (before, after) in changes.items()
        ]
        cause = Cause(
            LooseningCause.ANSWERS, product.sku, actor, said=said, traits=frozenset(changes) | parts_of(changes)
        )
        refresh_checklists(list(product.listings.values_list("pk", flat=True)), at=at, causes=[cause])
        stream = f"product:{product.sku}"
        record_event(
            "traits.answered", stream, at=at, actor=actor, answers=changes, said=said, papers=cause.papers
        )  # fmt: skip
        manuals = touched_by_product(product, [RequirementKind.MANUAL])
        owe_examinations(manuals, why={"what": "product", "name": product.sku, "reason": ""}, at=at)
    return changes


class NotAsked(RuleBroken):
    code = "not_asked"
    detail = gettext_lazy("Nobody asks you this any more. Load the page again.")


@one_transaction()
def ask_supplier(*, product: Product, traits: Collection[str], actor: User, at: datetime) -> list[str]:
    """Say of traits that nobody here knows them: the supplier is asked, and until somebody answers they stay unanswered,
    which blocks. The keys of those that were not asked before. Raises InvalidInput for an unknown trait.
    """
    require(actor, "compliance.answer_traits")
    rows = _rows(product, traits)
    fresh = [row for row in rows if row.answer is None and row.asked_at is None]
    for row in fresh:
        row.asked_by, row.asked_at = actor, at
        row.save()
    keys = [row.trait.key for row in fresh]
    if fresh:
        names = [{"key": row.trait.key, "name": row.trait.name, "name_zh": row.trait.name_zh} for row in fresh]
        record_event("traits.asked", f"product:{product.sku}", at=at, actor=actor, traits=names)
    return keys


@one_transaction()
def say_traits(*, product: Product, answers: Mapping[str, bool], actor: User, at: datetime) -> None:
    """What the supplier says to the questions that it was asked. It is no answer before one of the team takes it over:
    papers turn on it, and the supplier is who has to bring them. Raises NotAsked, NotAllowed, InvalidInput.
    """
    require(actor, "compliance.upload_evidence")
    if not Product.objects.visible_to(actor).filter(pk=product.pk).exists():
        raise NotAllowed
    rows = _rows(product, answers)
    if any(row.asked_at is None or row.answer is not None for row in rows):
        raise NotAsked
    for row in rows:
        row.supplier_says, row.said_by, row.said_at = answers[row.trait.key], actor, at
        row.save()
    if rows:
        said = [
            {"name": row.trait.name, "name_zh": row.trait.name_zh, "before": None, "after": row.supplier_says}
            for row in rows
        ]
        record_event("traits.said", f"product:{product.sku}", at=at, actor=actor, said=said)


def _rows(product: Product, keys: Collection[str]) -> list[ProductTrait]:
    """The rows of these traits, new ones where there is none, under the lock of the product."""
    traits = {trait.key: trait for trait in Trait.objects.filter(key__in=keys)}
    if unknown := [key for key in keys if key not in traits]:
        raise InvalidInput(
            [FieldError(key, "unknown_trait", _("There is no trait %(key)s.") % {"key": key}) for key in unknown]
        )
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    stored = {row.trait_id: row for row in ProductTrait.objects.filter(product=product).select_related("trait")}
    return [stored.get(trait.pk) or ProductTrait(product=product, trait=trait) for trait in traits.values()]
