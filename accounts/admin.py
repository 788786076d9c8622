from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import Token, User
from accounts.services import note_new_password, revoke_token
from activity.admin import ReadOnlyAdmin
from activity.services import record_event
from activity.transactions import one_transaction

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

    def get_readonly_fields(self, request, obj=None):
        """What happened is filed under the user name."""
        return [*super().get_readonly_fields(request, obj), *(["username"] if obj else [])]

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
        if "email" in changes:  # what an administrator writes counts, and no address of before
            EmailAddress.objects.filter(user=user).delete()
        if changes:
            kind = "user.changed" if change else "user.created"
            record_event(kind, user.stream, at=now(), actor=request.user, changes=changes)

    def user_change_password(self, request, id, form_url=""):
        """A password that is set here ends tokens and sessions, as a reset does."""
        with one_transaction():
            response = super().user_change_password(request, id, form_url)
            user = self.get_object(request, unquote(id))
            if user and request.method == "POST" and response.status_code == 302:
                note_new_password(user=user, is_reset=True, ends_tokens=True, actor=request.user, at=now())
        return response


def _facts(user: User) -> dict[str, str]:
    """What of an account is on the record, as text."""
    fields = ("first_name", "last_name", "email", "language", "is_active", "is_staff", "is_superuser")
    facts = {name: str(getattr(user, name)) for name in fields}
    return facts | {"role": ", ".join(sorted(user.groups.values_list("name", flat=True)))}


admin.site.unregister(Authenticator)  # allauth's own shows the secrets


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors and passkeys. One that is lost is deleted here, so that its owner can sign in again."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    fields = ["user", "type", "created_at", "last_used_at"]
    ordering = ["-id"]

    def delete_model(self, request, obj):
        record_event("user.factor_removed", obj.user.stream, at=now(), actor=request.user, type=obj.type)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for authenticator in queryset.select_related("user"):
            self.delete_model(request, authenticator)

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
