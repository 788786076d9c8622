"""Specifications as their pages show them: versions, the one before, the inspections that still run by one."""

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from inspections.models import Characteristic, Inspection, InspectionStatus, Specification, SpecificationStatus
from suppliers.models import Product


def specifications_of(product: Product, user: User) -> QuerySet[Specification]:
    """The versions that the user may see, newest first, with who drafted and activated them."""
    return (
        Specification.objects.visible_to(user)
        .filter(product=product)
        .select_related("product", "drafted_by", "activated_by", "signed_by")
        .order_by("-version")
    )


def with_characteristics(specifications: QuerySet[Specification]) -> QuerySet[Specification]:
    return specifications.prefetch_related(Prefetch("characteristics", Characteristic.objects.order_by("position")))


def version_before(specification: Specification, user: User) -> Specification | None:
    """The version that this one replaced, or, for a draft, will replace."""
    versions = specifications_of(specification.product, user).exclude(status=SpecificationStatus.DRAFT)
    return with_characteristics(versions).filter(version__lt=specification.version).first()


def waiting_for_signature(user: User) -> QuerySet[Specification]:
    """Drafts that loosen what is in force, the longest waiting first."""
    waiting = Specification.objects.visible_to(user).waiting_for_signature()
    return waiting.select_related("product__supplier", "drafted_by").order_by("drafted_at")


def open_inspections(product: Product) -> QuerySet[Inspection]:
    """Inspections under way: they keep the version that they were planned by."""
    return Inspection.objects.filter(batch__product=product, status=InspectionStatus.OPEN)
