"""What is sent from the page on which a paper is checked."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.forms import OnceForm
from compliance.paper.page.checking import Checking
from compliance.paper.services.checking import DECISIONS, Said

ANSWERS = {"yes": True, "no": False}


class CheckingForm(OnceForm):
    """Of each finding `finding-UID` (yes: it is there, no: it is not), with `page-UID` or `why-UID`; of each element of a
    label `element-NAME`. What nobody said of stays as it is."""

    decision = forms.ChoiceField(choices=[(name, name) for name in DECISIONS])
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") == "refuse" and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why, so that the next paper is the right one."))
        self._findings = [self._finding(name) for name in self.data if name.startswith("finding-")]
        return data

    def _finding(self, name: str) -> Said | None:
        said = ANSWERS.get(self.data[name])
        uid = name.removeprefix("finding-")
        page = self.data.get(f"page-{uid}", "").strip()
        try:
            finding = UUID(uid)
        except ValueError:
            return None
        if said and page and not (page.isascii() and page.isdigit() and len(page) < 6):
            self.add_error(None, _("“%(page)s” is no page. Type its number.") % {"page": page})
            return None
        reason = self.data.get(f"why-{uid}", "")[:2000]
        return Said(finding, said, int(page) if page else None, reason) if said is not None else None

    @property
    def said(self) -> dict[str, Any]:
        """What `check_paper` wants of it."""
        elements = {
            name.removeprefix("element-"): ANSWERS[value]
            for name, value in self.data.items()
            if name.startswith("element-") and value in ANSWERS
        }
        data = self.cleaned_data
        findings = [one for one in self._findings if one]
        return {"said": findings, "elements": elements, "decision": data["decision"], "reason": data["reason"]}

    def show(self, checking: Checking) -> None:
        """Have the rows say what was typed, where the form comes back, else what was said before; nothing by itself."""
        for row in checking.rows:
            uid, finding = str(row.finding.uid), row.finding
            before = {"overruled": "yes", "confirmed": "no"}.get(finding.state, "")
            seen_on = finding.seen_on or (row.sister.seen_on if row.sister else None)
            row.answer = self.data.get(f"finding-{uid}", before)
            row.page = self.data.get(f"page-{uid}", str(seen_on or ""))
            row.why = self.data.get(f"why-{uid}", finding.reason if finding.seen_on is None else "")
        self.letter = self.data.get("reason", checking.letter)
