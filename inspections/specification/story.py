"""What happened to specifications, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.published import COUNT, Member, or_null, publish
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

publish(
    "specification.activated",
    gettext_lazy("A version of a specification comes into force"),
    "product",
    {
        "version": Member(COUNT, 3, "New inspections are planned by it"),
        "before": Member(or_null(COUNT), 2, "The version that it replaces"),
    },
    for_suppliers=True,
)
