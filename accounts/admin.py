from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import Token, User
from accounts.services import revoke_token
from activity.admin import ReadOnlyAdmin

# One way in, with its rate limits and second factors.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Holdfast"


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    """People and their roles. Each has one role; permissions come from it alone."""

    list_display = ["username", "display_name", "email", "role_name", "is_active", "is_staff", "last_login"]
    list_filter = ["groups", "is_active", "is_staff"]
    filter_horizontal = []
    fieldsets = (
        (None, {"fields": ("username", "password")}),
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


admin.site.unregister(Authenticator)  # allauth's own shows the secrets


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors and passkeys. One that is lost is deleted here, so that its owner can sign in again."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    fields = ["user", "type", "created_at", "last_used_at"]
    ordering = ["-id"]

    def has_delete_permission(self, request, obj=None):
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


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
