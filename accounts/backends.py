from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission


class RoleBackend(AuthenticationBackend):
    """Sign-in by name or e-mail; permissions come from roles alone, none are given to a single user."""

    def _get_user_permissions(self, user_obj):
        return Permission.objects.none()
