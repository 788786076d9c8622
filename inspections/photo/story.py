"""What happened to photos, in sentences."""

from django.utils.translation import gettext as _

from activity.story import WAITING, WARNING, Sentence, add_sentences


def _photo_added(data: dict) -> Sentence:
    detail = data["characteristic"] or ""
    if data["unit_number"]:
        detail = _("%(code)s, unit %(unit)s") % {"code": detail, "unit": data["unit_number"]}
    return _("Photo taken"), detail, WAITING


add_sentences(
    {
        "photo.added": _photo_added,
        "photo.refused": lambda data: (_("Photo refused"), data["refusal"], WARNING),
        "photo.reused": lambda data: (_("This picture was used before"), "", WARNING),
    },
    told_elsewhere=["photo.added"],
)
