"""What happened to tokens, in sentences."""

from django.utils.translation import gettext as _

from activity.story import WAITING, WARNING, add_sentences

add_sentences(
    {
        "token.created": lambda data: (_("API token created"), data["name"], WAITING),
        "token.revoked": lambda data: (_("API token revoked"), data["name"], WARNING),
    }
)
