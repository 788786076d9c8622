"""Who may call what, and whom an answer names."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import User
from accounts.roles import Role


class Permitted(BasePermission):
    """Default deny: a view says in `permissions` what each of its methods takes, {"POST": "inspections.ship"}.

    None lets every signed-in user in; what it sees is then narrowed by `visible_to`. On a view of one record the
    permission is asked for after the record was found, so that what is not yours is 404 and never 403.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not (request.user and request.user.is_authenticated):
            return False
        if request.method == "OPTIONS" or not hasattr(view, str(request.method).lower()):
            return True  # answered by DRF itself: what the view is, or 405
        return view.kwargs != {} or self._may(request, view)

    def has_object_permission(self, request: Request, view: Any, obj: object) -> bool:
        return self._may(request, view)

    def _may(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        if method not in view.permissions:
            return False
        permission = view.permissions[method]
        return permission is None or request.user.has_perm(permission)


def staff_name(person: User, role: Role, context: Mapping[str, Any]) -> str:
    """Who of the team did something. The team reads the name, anybody else (and an answer to nobody) the role."""
    request = context.get("request")
    return person.display_name if request and request.user.has_perm("suppliers.see_all") else str(role.label)


class StaffName(serializers.CharField):
    """See `staff_name`; `role` is that of whoever may do it."""

    def __init__(self, role: Role, **kwargs: Any) -> None:
        self.role = role
        super().__init__(read_only=True, help_text="To suppliers the role instead of the name.", **kwargs)

    def to_representation(self, value: User) -> str:  # type: ignore[override] # a person in, its name out
        return staff_name(value, self.role, self.context)
