"""What has to be out of the way before a paper is accepted."""

from django.utils.translation import gettext_lazy, ngettext

from activity.errors import RuleBroken
from compliance.models import Evidence, Examination, RequirementKind
from compliance.reading.labels import elements_of


class NotReadYet(RuleBroken):
    code = "paper_not_read_yet"
    detail = gettext_lazy("This paper is still being read. Look again in a minute.")


class FindingsOpen(RuleBroken):
    code = "findings_open"
    detail = gettext_lazy("Findings of this paper stand in the way.")


class LabelNotChecked(RuleBroken):
    code = "label_not_checked"
    detail = gettext_lazy("Not every element of the label was found on the photo.")


def require_clear(evidence: Evidence) -> None:
    """Raises NotReadYet, FindingsOpen or LabelNotChecked, each saying what is to be done."""
    if not Examination.objects.filter(evidence=evidence).exists():
        raise NotReadYet
    open_ = list(evidence.findings.standing_in_the_way().values_list("code", flat=True))
    if open_:
        text = ngettext(
            "%(count)s finding stands in the way. Overrule it with a reason, or refuse the paper.",
            "%(count)s findings stand in the way. Overrule each with a reason, or refuse the paper.",
            len(open_),
        )
        raise FindingsOpen(text % {"count": len(open_)}, findings=sorted(open_))
    if evidence.requirement.kind == RequirementKind.LABEL:
        seen = set(evidence.label_checks.filter(is_there=True).values_list("element", flat=True))
        if missing := [name for name in elements_of(evidence.requirement.fields) if name not in seen]:
            text = ngettext(
                "%(count)s element of the label is not ticked as seen on the photo.",
                "%(count)s elements of the label are not ticked as seen on the photo.",
                len(missing),
            )
            raise LabelNotChecked(text % {"count": len(missing)}, elements=missing)
