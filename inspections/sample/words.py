"""Samples, their checks and the drops of a transport test in words of the reader's language."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import (
    SAMPLE_ASPECTS,
    Aspect,
    DropResult,
    FurtherCheck,
    Protocol,
    Sample,
    SampleCheck,
    SampleStatus,
    TransportTest,
)
from inspections.models.sample import FAILS, OTHER_UNIT, UNCHECKED, UNSIGNED

SIDES = {
    "smallest": gettext_lazy("smallest face"),
    "smallest_opposite": gettext_lazy("the face opposite the smallest"),
    "medium": gettext_lazy("medium face"),
    "medium_opposite": gettext_lazy("the face opposite the medium one"),
    "largest": gettext_lazy("largest face"),
    "largest_opposite": gettext_lazy("the face opposite the largest"),
    "weakest": gettext_lazy("the face most easily damaged"),
}


EDGES = {
    "shortest": gettext_lazy("shortest edge from that corner"),
    "medium": gettext_lazy("next longer edge from that corner"),
    "longest": gettext_lazy("longest edge from that corner"),
}


def drop_side(orientation: str) -> str:
    """ "edge:3-4" as "edge 3-4", "face:3:hazard" as "face 3, onto the hazard block"."""
    kind, side, *more = orientation.split(":")
    if kind == "procedure":
        return (
            _("before the vibration, as the procedure says")
            if side == "before"
            else _("after the vibration, as it says")
        )
    if kind == "corner":
        text = _("corner %(side)s") % {"side": side}
    elif kind == "edge":
        text = str(EDGES[side]) if side in EDGES else _("edge %(side)s") % {"side": side}
    else:
        text = str(SIDES[side]) if side in SIDES else _("face %(side)s") % {"side": side}
    return _("%(side)s, onto the hazard block") % {"side": text} if "hazard" in more else text


def test_words(test: TransportTest) -> str:
    """What was really done: free falls, of a whole named procedure only these."""
    facts = {"test": test.get_protocol_display(), "count": len(test.drops), "kind": test.get_kind_display()}
    if test.protocol == Protocol.ISTA_3A:
        text = _(
            "The %(count)s free falls of %(test)s for a %(kind)s; no vibration, compression or climate is recorded here"
        )
        return text % facts
    text = _("The %(count)s free falls of %(test)s; no vibration, compression or climate is recorded here")
    return text % facts


def lack_words(lack: Mapping[str, str]) -> str:
    """ "HIPOT was never checked on it", of a row of Sample.lacking."""
    return LACKS[lack["why"]] % {"code": lack["code"]}


LACKS = {
    UNCHECKED: gettext_lazy("%(code)s was never checked on it"),
    FAILS: gettext_lazy("%(code)s: what was found on it does not conform any more"),
    OTHER_UNIT: gettext_lazy("%(code)s was measured in a unit that is not known in today's"),
    UNSIGNED: gettext_lazy("%(code)s was checked on it, and waits for a second person's signature"),
}


def sample_title(sample: Sample) -> str:
    """What a page about it says first."""
    facts = {"code": sample.code, "version": sample.version, "name": sample.product.local_name}
    if sample.status == SampleStatus.APPROVED:
        return _("Golden sample %(version)s of %(name)s") % facts
    if sample.status == SampleStatus.WITHDRAWN:
        return _("Golden sample %(version)s of %(name)s was withdrawn") % facts
    if sample.status == SampleStatus.CANCELLED:
        return _("Sample %(code)s was cancelled") % facts
    if sample.status == SampleStatus.REFUSED:
        return _("Sample %(code)s was refused") % facts
    if sample.status == SampleStatus.CHECKED:
        return _("Sample %(code)s waits for a decision") % facts
    return _("Sample %(code)s is being checked") % facts


def check_name(code: str) -> str:
    """The aspect's word; the code of a characteristic, or of a drop, as it is."""
    if code in SAMPLE_ASPECTS:
        return str(Aspect(code).label)
    if code.startswith("drop-"):
        return _("drop %(number)s") % {"number": code.removeprefix("drop-")}
    return code


def answer_words(conforms: bool | None, readings: Iterable[object], note: str) -> str:
    """What was found on a check: "does not conform · 81.2 · frayed"."""
    said = {True: _("conforms"), False: _("does not conform"), None: ""}[conforms]
    return " · ".join(filter(None, [said, " ".join(map(str, readings)), note]))


def drop_words(package_damaged: bool, product_damaged: bool, note: str) -> str:
    """What a drop did: "package damaged · corner pushed in"."""
    said = {
        (False, False): _("no damage"),
        (True, False): _("package damaged"),
        (False, True): _("product damaged"),
        (True, True): _("package and product damaged"),
    }[package_damaged, product_damaged]
    return " · ".join(filter(None, [said, note]))


def found_words(stored: SampleCheck | FurtherCheck | DropResult | None) -> str:
    """What is recorded of a check or a drop."""
    if stored is None:
        return _("not answered")
    if isinstance(stored, DropResult):
        return drop_words(stored.package_damaged, stored.product_damaged, stored.note)
    return answer_words(stored.conforms, stored.readings or (), stored.note)


# What the script of the check page says.
CHECK_WORDS = {
    "back": gettext_lazy("Back"),
    "next": gettext_lazy("Next"),
    "answered": gettext_lazy("%(done)s of %(all)s answered"),
    "kept": gettext_lazy("kept on this phone, goes by itself"),
    "saved": gettext_lazy("stored"),
    "answer_first": gettext_lazy("Say whether it conforms; then it is stored."),
    "say_what": gettext_lazy("Say what was seen; then it is stored. The supplier reads it."),
    "changed": gettext_lazy("Somebody else answered meanwhile:"),
    "keep_mine": gettext_lazy("Keep what I entered"),
    "take_theirs": gettext_lazy("Take theirs"),
    "conforms": gettext_lazy("conforms"),
    "does_not": gettext_lazy("does not conform"),
    "none": gettext_lazy("no damage"),
    "package": gettext_lazy("package damaged"),
    "product": gettext_lazy("product damaged"),
    "both": gettext_lazy("package and product damaged"),
    "unanswered": gettext_lazy("Not answered yet: %(count)s. An untouched check never counts as passed."),
    "go_there": gettext_lazy("Go there"),
    "finish": gettext_lazy("Finish the checks"),
    "finishing": gettext_lazy("Finishing waits for what was entered before it, and for a network."),
    "photo_waits": gettext_lazy("on this phone"),
    "photo_refused": gettext_lazy("refused: %(reason)s"),
}
