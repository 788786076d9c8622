"""Reads for the page on which a product's traits are answered."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from compliance.checklist.services import Catalogue, Chains
from compliance.models import ProductTrait, Requirement, Trait
from compliance.rules.requirements import concerns, day_in
from suppliers.models import Product


@dataclass(frozen=True, slots=True)
class Question:
    """A trait to answer: what is answered, by whom, and which requirements turn on it."""

    trait: Trait
    row: ProductTrait | None
    requirements: tuple[Requirement, ...]

    @property
    def answer(self) -> bool | None:
        return self.row.answer if self.row else None


def questions_of(product: Product, *, at: datetime) -> list[Question]:
    """Every trait that a requirement of the product's category and markets mentions; the unanswered ones first."""
    catalogue, chains = Catalogue(), Chains()
    mentioned: dict[str, dict[str, Requirement]] = defaultdict(dict)
    for listing in product.listings.select_related("product"):
        subject = chains.subject(listing, {})
        today = day_in(chains.zones[listing.market_id], at)
        for rule in catalogue.rules:
            if concerns(rule, subject) and (rule.applies_until is None or today <= rule.applies_until):
                for key in rule.traits:
                    mentioned[key][rule.key] = catalogue.requirements[rule.key]
    rows = {row.trait_id: row for row in product.traits.select_related("answered_by")}
    traits = Trait.objects.filter(key__in=mentioned).order_by("key")
    questions = [Question(trait, rows.get(trait.pk), tuple(mentioned[trait.key].values())) for trait in traits]
    return sorted(questions, key=lambda question: question.answer is not None)
