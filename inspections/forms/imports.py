from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.languages import pick
from inspections.imports.columns import COLUMNS
from inspections.imports.orders import DAY_ORDERS, MAPPED
from inspections.models import ComplaintPoint, Import, ImportKind, PilotRun, PilotStatus, ReturnReason


class ImportForm(forms.Form):
    """The shape of the input only: what the file holds is the service's to check."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)
    kind = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        choices=[
            ("", gettext_lazy("Batches or inspection results: its columns tell")),
            *((kind.value, kind.label) for kind in MAPPED),
        ],
        required=False,
    )


class ColumnsForm(forms.Form):
    """What each column of an export is, how its days are written, and what its words for reasons mean."""

    def __init__(self, *args, found: Import, header: Sequence[str], words: Sequence[str], **kwargs):
        super().__init__(*args, **kwargs)
        self._found, self._words = found, words
        titles = [("", _("not in this file")), *((title, title) for title in dict.fromkeys(header) if title)]
        for column in COLUMNS[found.kind]:
            self.fields[column.name] = forms.ChoiceField(
                label=pick(en=column.name.replace("_", " "), zh=column.name_zh),
                help_text=column.meaning,
                choices=titles,
                initial=found.mapping.get(column.name, ""),
                required=column.is_required,
            )
        self.fields["days"] = forms.ChoiceField(
            label=_("How days are written"), choices=list(DAY_ORDERS.items()), initial=found.options.get("days", "ymd")
        )
        if found.kind == ImportKind.MARKET_RETURNS:
            self.fields["source"] = forms.CharField(
                label=_("Source"),
                help_text=_("The shop or platform, such as tiktok-us. A return is recorded once per source."),
                max_length=40,
                initial=found.options.get("source", ""),
            )
            self.fields["market_for_all"] = forms.CharField(
                label=_("Market of rows that name none"),
                max_length=10,
                required=False,
                initial=found.options.get("market", ""),
            )
        else:
            runs = PilotRun.objects.filter(status=PilotStatus.RUNNING).select_related("product").order_by("-id")
            self.fields["run"] = forms.ChoiceField(
                label=_("Pilot run"),
                choices=[(str(run.uid), f"{run.code} · {run.product.local_name}") for run in runs],
                initial=found.options.get("run", ""),
            )
        for index, word in enumerate(words):
            self.fields[f"word-{index}"] = forms.ChoiceField(
                label=word,
                choices=_meanings(),
                required=False,
                initial=found.options.get("reasons", {}).get(word, ""),
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[column.name] for column in COLUMNS[self._found.kind]]

    @property
    def settings(self) -> list[forms.BoundField]:
        return [self[name] for name in ("source", "run", "market_for_all", "days") if name in self.fields]

    @property
    def meanings(self) -> list[forms.BoundField]:
        return [self[f"word-{index}"] for index in range(len(self._words))]

    @property
    def mapping(self) -> dict[str, str]:
        return {column.name: self.cleaned_data[column.name] for column in COLUMNS[self._found.kind]}

    @property
    def options(self) -> dict[str, object]:
        """Those of `Import`; explanations that the page does not show stay as they are."""
        explained = {word: self.cleaned_data[f"word-{index}"] for index, word in enumerate(self._words)}
        sent = {name: self.cleaned_data.get(name, "") for name in ("source", "run", "days")}
        return sent | {
            "market": self.cleaned_data.get("market_for_all", ""),
            "reasons": self._found.options.get("reasons", {}) | explained,
        }


def _meanings() -> list:
    """Return reasons, then complaint points by group."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for point in ComplaintPoint.objects.exclude(parent=None).select_related("parent"):
        groups.setdefault(point.parent.local_name, []).append((point.code, point.local_name))
    return [("", _("not explained")), (_("Return reason"), list(ReturnReason.choices)), *groups.items()]
