"""Reads for the page on which a product's traits are answered."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from compliance.checklist.services import Catalogue, Chains
from compliance.models import ProductTrait, Requirement, RequirementKind, Trait
from compliance.paper.reads import Tables
from compliance.rules.requirements import Subject, concerns, day_in
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


def traits_of_sections(tables: Tables, subject: Subject) -> set[str]:
    """What sections of manuals turn on for such a product in such a market."""
    return {
        trait
        for section in tables.sections
        if {"*", *subject.categories}.intersection(section.categories)
        and {"*", *subject.markets}.intersection(section.markets)
        for trait in section.traits_any
    }


def questions_of(product: Product, *, at: datetime) -> list[Question]:
    """Every trait that a requirement of the product's category and markets mentions, or a section of the manual that it wants;
    the unanswered ones first."""
    catalogue, chains, tables = Catalogue(), Chains(), Tables()
    mentioned: dict[str, dict[str, Requirement]] = defaultdict(dict)
    for listing in product.listings.select_related("product"):
        subject = chains.subject(listing, {})
        today = day_in(chains.zones[listing.market_id], at)
        for rule in catalogue.rules:
            if concerns(rule, subject) and (rule.applies_until is None or today <= rule.applies_until):
                requirement = catalogue.requirements[rule.key]
                of_sections = (
                    traits_of_sections(tables, subject) if requirement.kind == RequirementKind.MANUAL else set()
                )
                for key in rule.traits | of_sections:
                    mentioned[key][rule.key] = requirement
    rows = {row.trait_id: row for row in product.traits.select_related("answered_by")}
    traits = Trait.objects.filter(key__in=mentioned).order_by("key")
    questions = [Question(trait, rows.get(trait.pk), tuple(mentioned[trait.key].values())) for trait in traits]
    return sorted(questions, key=lambda question: question.answer is not None)
