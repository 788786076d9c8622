from functools import cache
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User, digest_of

_PERMISSION = "groups__permissions__"


@cache
def _users() -> QuerySet[User]:
    """Who may sign in, each with `permission_names`. Put together once; it is only ever run filtered."""
    return User.objects.filter(is_active=True).annotate(
        permission_names=ArrayAgg(
            Concat(
                f"{_PERMISSION}content_type__app_label",
                Value("."),
                f"{_PERMISSION}codename",
                output_field=CharField(),
            ),
            filter=Q(groups__permissions__isnull=False),
            default=Value([]),
        )
    )


def _know_permissions(user: Any) -> None:
    """What Django's own backend would ask the database for and keep with the user under these names."""
    user._perm_cache = user._group_perm_cache = set(user.permission_names)
    user._user_perm_cache = set()


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY` (RFC 6750), or `Token KEY`. One query gives the user and its permissions."""

    def authenticate(self, request: Request) -> tuple[User, bytes] | None:
        scheme, _space, key = get_authorization_header(request).partition(b" ")
        if scheme.lower() not in (b"bearer", b"token"):
            return None
        digest = digest_of(key.strip().decode("latin-1"))
        user = _users().filter(tokens__digest=digest, tokens__revoked_at=None).first()
        if user is None:
            raise AuthenticationFailed(_("This token is unknown or revoked."))
        if not user.is_superuser:
            _know_permissions(user)
        if user.language and "Accept-Language" not in request.headers:
            translation.activate(user.language)
            request._request.LANGUAGE_CODE = user.language
        return user, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A personal API token."}
