"""What happened to specifications, in sentences."""

from django.utils.translation import gettext as _

from activity.story import ACCEPTED, WAITING, add_sentences

add_sentences(
    {
        "specification.drafted": lambda data: (
            _("Version %(version)s drafted") % {"version": data["version"]},
            _("It loosens what is in force and waits for a second signature.") if data.get("loosens") else "",
            WAITING,
        ),
        "specification.activated": lambda data: (
            _("Version %(version)s activated") % {"version": data["version"]},
            _("It loosens what was in force; drafted by %(drafter)s, signed for this reason: %(reason)s")
            % {"drafter": data["drafted_by"], "reason": data["reason"]}
            if data.get("signed")
            else "",
            ACCEPTED,
        ),
    }
)
