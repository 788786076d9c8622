"""Saying which traits a product has."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction
from compliance.checklist.services import refresh_checklists
from compliance.loosening.services import Cause
from compliance.models import LooseningCause, ProductTrait, RequirementKind, Trait
from compliance.paper.services.examinations import owe_examinations
from compliance.paper.services.recheck import touched_by_product
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
        cause = Cause(LooseningCause.ANSWERS, product.sku, actor, said=said, traits=frozenset(changes))
        refresh_checklists(list(product.listings.values_list("pk", flat=True)), at=at, causes=[cause])
        stream = f"product:{product.sku}"
        record_event(
            "traits.answered", stream, at=at, actor=actor, answers=changes, said=said, papers=cause.papers
        )  # fmt: skip
        manuals = touched_by_product(product, [RequirementKind.MANUAL])
        owe_examinations(manuals, why={"what": "product", "name": product.sku, "reason": ""}, at=at)
    return changes
