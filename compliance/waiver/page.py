"""Waivers as pages and the API show them."""

from django.db.models import QuerySet

from accounts.models import User
from compliance.models import Waiver, WaiverState


def waivers(user: User) -> QuerySet[Waiver]:
    return (
        Waiver.objects.visible_to(user)
        .select_related("listing__product", "listing__market", "requirement", "requested_by", "signed_by", "ended_by")
        .order_by("-id")
    )


def waivers_to_sign(user: User) -> QuerySet[Waiver]:
    if not user.has_perm("compliance.sign_waiver"):
        return Waiver.objects.none()
    return waivers(user).filter(state=WaiverState.REQUESTED).exclude(requested_by=user)
