"""What happened to accounts and tokens, in sentences."""

from django.utils.translation import gettext as _

from activity.story import WAITING, WARNING, add_sentences


def _ended(data: dict) -> str:
    names = ", ".join(data["tokens"])
    return _("API tokens that open nothing any more: %(names)s") % {"names": names} if names else ""


def _account_changes(data: dict) -> str:
    return " · ".join(f"{name}: {before or '–'} → {after or '–'}" for name, (before, after) in data["changes"].items())


def _factor(data: dict) -> str:
    names = {"totp": _("authenticator app"), "webauthn": _("passkey"), "recovery_codes": _("recovery codes")}
    return names.get(data["type"], data["type"])


add_sentences(
    {
        "user.created": lambda data: (_("Account created"), _account_changes(data), WAITING),
        "user.changed": lambda data: (_("Account changed"), _account_changes(data), WARNING),
        "user.email_added": lambda data: (_("E-mail address added, not confirmed yet"), data["email"], WAITING),
        "user.email_confirmed": lambda data: (_("E-mail address confirmed"), data["email"], WAITING),
        "user.email_removed": lambda data: (_("E-mail address removed"), data["email"], WARNING),
        "user.email_changed": lambda data: (
            _("E-mail address changed"),
            " → ".join(one or "–" for one in data["changes"]["email"]),
            WARNING,
        ),
        "user.password_changed": lambda data: (_("Password changed"), _ended(data), WARNING),
        "user.password_reset": lambda data: (_("Password reset"), _ended(data), WARNING),
        "user.factor_added": lambda data: (_("Second factor added"), _factor(data), WAITING),
        "user.factor_removed": lambda data: (_("Second factor removed"), _factor(data), WARNING),
        "user.factor_renewed": lambda data: (_("Second factor made anew"), _factor(data), WARNING),
        "token.created": lambda data: (_("API token created"), data["name"], WAITING),
        "token.revoked": lambda data: (_("API token revoked"), data["name"], WARNING),
    }
)
