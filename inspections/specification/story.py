"""What happened to specifications, in sentences."""

from django.utils.translation import gettext as _

from activity.story import ACCEPTED, WAITING, add_sentences

add_sentences(
    {
        "specification.drafted": lambda data: (
            _("Version %(version)s drafted") % {"version": data["version"]},
            "",
            WAITING,
        ),
        "specification.activated": lambda data: (
            _("Version %(version)s activated") % {"version": data["version"]},
            "",
            ACCEPTED,
        ),
    }
)
