from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import Token, User
from accounts.services import revoke_token
from activity.admin import ReadOnlyAdmin
from activity.services import record_event

View = Callable[..., HttpResponse]


def after_the_password(of_the_site: Callable[..., View]) -> Callable[..., View]:
    """Nothing is written in the back office before the password or passkey was asked for again, as on the account's pages."""

    def admin_view(view: View, cacheable: bool = False) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "GET" and getattr(view, "__name__", "") != "logout":
                raise_if_reauthentication_required(request, app="allauth.account")
            return view(request, *args, **kwargs)

        return of_the_site(asked, cacheable)

    return admin_view


def own_password(request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
    return redirect("account_change_password")


# One way in, with its rate limits and second factors; and one page for one's own password.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.password_change = own_password  # type: ignore[method-assign,assignment]
admin.site.admin_view = after_the_password(admin.site.admin_view)  # type: ignore[method-assign,assignment]
admin.site.site_header = admin.site.site_title = "Holdfast"


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    """People and their roles. Each has one role; permissions come from it alone.

    Password and address of an account that exists are its owner's to change: a new password goes by mail.
    """

    list_display = ["username", "display_name", "email", "role_name", "is_active", "is_staff", "last_login"]
    list_filter = ["groups", "is_active", "is_staff"]
    filter_horizontal = []
    fieldsets = (
        (None, {"fields": ("username",)}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "language")}),
        (_("Role"), {"fields": ("groups", "is_active", "is_staff", "is_superuser")}),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("role"))
    def role_name(self, user):
        return user.role.label if user.role else "–"

    def has_delete_permission(self, request, obj=None):
        """What a person did stays on the record: make the account inactive instead."""
        return False

    def get_readonly_fields(self, request, obj=None):
        """What happened is filed under the user name."""
        return [*super().get_readonly_fields(request, obj), *(["username", "email"] if obj else [])]

    def save_model(self, request, obj, form, change):
        """Its role, which save_related writes, is part of the event there."""
        form.before = _facts(User.objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        user = User.objects.get(pk=form.instance.pk)
        after = _facts(user)
        changes = {
            name: [form.before.get(name, ""), after[name]] for name in after if form.before.get(name, "") != after[name]
        }
        if changes:
            kind = "user.changed" if change else "user.created"
            record_event(kind, user.stream, at=now(), actor=request.user, changes=changes)

    def user_change_password(self, request, id, form_url=""):
        raise PermissionDenied


def _facts(user: User) -> dict[str, str]:
    """What of an account is on the record, as text."""
    fields = ("first_name", "last_name", "email", "language", "is_active", "is_staff", "is_superuser")
    facts = {name: str(getattr(user, name)) for name in fields}
    return facts | {"role": ", ".join(sorted(user.groups.values_list("name", flat=True)))}


for model in (Authenticator, EmailAddress, Group):  # allauth's own shows secrets, and all of them write
    admin.site.unregister(model)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors and passkeys. Who has lost all of them asks whoever runs the server: `remove_second_factors`."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    fields = ["user", "type", "created_at", "last_used_at"]
    ordering = ["-id"]


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    """Addresses are their owner's to change, on the account's page."""

    list_display = ["email", "user", "primary", "verified"]
    list_select_related = ["user"]
    search_fields = ["email", "user__username"]


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """What a role may do stands in `accounts.roles`."""


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):
    """Who has which tokens. A key is never shown here, and a token is made by its owner alone."""

    list_display = ["user", "name", "created_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["user__username", "name"]
    fields = readonly_fields = ("user", "name", "created_at", "revoked_at")
    actions = ["revoke"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Revoke the selected tokens"), permissions=["change"])
    def revoke(self, request, tokens):
        for token in tokens.select_related("user"):
            revoke_token(token=token, actor=request.user, at=now())
