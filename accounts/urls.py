from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import add_webauthn, edit_webauthn, remove_webauthn
from django.urls import include, path, re_path

from accounts import views
from activity.transactions import one_transaction

# Pages of allauth whose changes are on the record: change and record in one transaction (R6).
recorded = one_transaction()

urlpatterns = [
    # These before allauth's own.
    path("accounts/email/", views.EmailView.as_view(), name="account_email"),
    path("accounts/2fa/totp/activate/", recorded(activate_totp), name="mfa_activate_totp"),
    path("accounts/2fa/totp/deactivate/", recorded(deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "accounts/2fa/recovery-codes/generate/", recorded(generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path("accounts/2fa/webauthn/add/", recorded(add_webauthn), name="mfa_add_webauthn"),
    re_path(r"^accounts/2fa/webauthn/keys/[0-9]+/(remove|edit)/\Z", views.gone, name="passkey-by-number"),
    path("accounts/", include("allauth.urls")),
    # These after allauth's own, since addresses are made by the last of a name.
    path("accounts/2fa/webauthn/keys/<hidden:pk>/remove/", recorded(remove_webauthn), name="mfa_remove_webauthn"),
    path("accounts/2fa/webauthn/keys/<hidden:pk>/edit/", edit_webauthn, name="mfa_edit_webauthn"),
    path("language/", views.language, name="language"),
    path("account/time-zone/", views.time_zone, name="time-zone"),
    path("theme/", views.theme, name="theme"),
    path("session/", views.session, name="session"),
    path("account/", views.account, name="account"),
    path("account/tokens/", views.token_create, name="token-create"),
    path("account/tokens/<uuid:uid>/revoke/", views.token_revoke, name="token-revoke"),
]
