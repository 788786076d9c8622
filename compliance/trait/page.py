"""Reads for the page on which a product's traits are answered."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from activity.languages import pick
from compliance.checklist.services import Catalogue, Chains
from compliance.models import ProductTrait, Requirement, RequirementKind, Trait
from compliance.paper.reads import Tables
from compliance.rules.questions import QUESTIONS, settled_by, with_settled
from compliance.rules.requirements import Subject, concerns, day_in, still_open
from suppliers.models import Product


@dataclass(frozen=True, slots=True)
class Question:
    """A trait to answer: what is answered, by whom, which requirements turn on it, and who was asked about it."""

    trait: Trait
    row: ProductTrait | None
    requirements: tuple[Requirement, ...]

    @property
    def answer(self) -> bool | None:
        return self.row.answer if self.row else None

    @property
    def help(self) -> str:
        """What is meant by it, in the reader's language."""
        about = QUESTIONS.get(self.trait.key)
        return pick(en=about["help_en"], zh=about["help_zh"]) if about else ""

    @property
    def is_asked(self) -> bool:
        """Whether the supplier was asked, and nobody has answered yet."""
        return self.row is not None and self.row.asked_at is not None and self.row.answer is None


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
    the unanswered ones first. What another answer settles is not asked: nothing about lithium after "no battery"."""
    catalogue, chains, tables = Catalogue(), Chains(), Tables()
    rows = {row.trait_id: row for row in product.traits.select_related("answered_by", "trait", "said_by")}
    answers = {row.trait.key: row.answer for row in rows.values()}
    known = with_settled(answers)
    answered = {key for key, answer in answers.items() if answer is not None}
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
                for key in still_open(rule, known) | (rule.traits & answered) | of_sections:
                    mentioned[key][rule.key] = requirement
    matter = [key for key in mentioned if not settled_by(key, answers)]
    traits = Trait.objects.filter(key__in=matter).order_by("key")
    questions = [Question(trait, rows.get(trait.pk), tuple(mentioned[trait.key].values())) for trait in traits]
    return sorted(questions, key=lambda question: question.answer is not None)
