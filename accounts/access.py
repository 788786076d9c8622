"""What a service and a page ask before they act."""

from django.core.exceptions import PermissionDenied

from accounts.models import User
from activity.errors import NotAllowed


def require(actor: User, permission: str) -> None:
    """Raises NotAllowed unless a role of the actor has the permission."""
    if not actor.has_perm(permission):
        raise NotAllowed


def require_page(user: User, permission: str) -> None:
    """Raises PermissionDenied (403). Find the record first, so that what is not the user's stays a 404 (R5)."""
    if not user.has_perm(permission):
        raise PermissionDenied(NotAllowed.detail)
