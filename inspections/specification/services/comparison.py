"""A version held against the one in force: what of it loosens (R13)."""

from accounts.signature import digest
from inspections.models import Specification, SpecificationStatus
from inspections.rules.loosening import Difference, differences, loosening
from inspections.specification.services.characteristics import compared_facts_of


def in_force(specification: Specification) -> Specification | None:
    """The active version of its product, if that is another one."""
    versions = Specification.objects.filter(product=specification.product_id, status=SpecificationStatus.ACTIVE)
    return versions.exclude(pk=specification.pk).first()


def differences_between(before: Specification, after: Specification) -> list[Difference]:
    return differences(
        [compared_facts_of(each) for each in before.characteristics.all()],
        before.scheme,
        [compared_facts_of(each) for each in after.characteristics.all()],
        after.scheme,
    )


def what_loosens(specification: Specification) -> list[Difference]:
    """Of a draft, against what is in force; nothing for a first version, which is free."""
    before = in_force(specification)
    return loosening(differences_between(before, specification)) if before else []


def digest_of(specification: Specification) -> str:
    """What a page of a version shows before it is put in force: all that it asks, and what is in force until then."""
    before = in_force(specification)
    asks = [compared_facts_of(each) for each in specification.characteristics.all()]
    return digest(specification.version, before and before.version, specification.scheme, asks)
