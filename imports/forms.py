from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports import kinds
from imports.kinds import Kind, Naming, Option, Question
from imports.models import Import

MOST_WORDS = 100


class ImportForm(forms.Form):
    """The shape of the input only: what the file holds is the service's to check."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)
    kind = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        choices=lambda: [
            ("", gettext_lazy("Its columns tell")),
            *((kind.value, kind.label) for kind in kinds.with_named_columns()),
        ],
        required=False,
    )


class ColumnsForm(forms.Form):
    """What each column of an export is, what its kind asks beside them, and what its words mean."""

    def __init__(self, *args: Any, found: Import, kind: Kind, header: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found, self._kind, self._naming = found, kind, kind.naming or Naming()
        titles = [("", _("not in this file")), *((title, title) for title in dict.fromkeys(header) if title)]
        for column in kind.columns:
            self.fields[column.name] = forms.ChoiceField(
                label=column.local_name.replace("_", " "),
                help_text=column.meaning,
                choices=titles,
                initial=found.mapping.get(column.name, ""),
                required=column.is_required,
            )
        for option in self._naming.options:
            self.fields[self._field_of(option)] = option.form(found.options.get(option.name, ""))
        self._words = list(_words(found, self._naming))[:MOST_WORDS]
        for index, (question, word) in enumerate(self._words):
            self.fields[f"word-{index}"] = forms.ChoiceField(
                label=word,
                choices=[("", _("not explained")), *question.meanings()],
                required=False,
                initial=found.options.get(question.name, {}).get(word, ""),
            )

    def _field_of(self, option: Option) -> str:
        """An option that is called as a column is what it says where the rows say nothing: `market_for_all`."""
        is_column = any(column.name == option.name for column in self._kind.columns)
        return f"{option.name}_for_all" if is_column else option.name

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[column.name] for column in self._kind.columns]

    @property
    def settings(self) -> list[forms.BoundField]:
        return [self[self._field_of(option)] for option in self._naming.options]

    @property
    def meanings(self) -> list[forms.BoundField]:
        return [self[f"word-{index}"] for index in range(len(self._words))]

    @property
    def mapping(self) -> dict[str, str]:
        return {column.name: self.cleaned_data[column.name] for column in self._kind.columns}

    @property
    def options(self) -> dict[str, object]:
        """Those of `Import`; explanations that the page does not show stay as they are."""
        sent: dict[str, object] = {
            option.name: self.cleaned_data.get(self._field_of(option), "") for option in self._naming.options
        }
        for question in self._naming.questions:
            explained = {
                word: self.cleaned_data[f"word-{index}"]
                for index, (asked, word) in enumerate(self._words)
                if asked == question
            }
            sent[question.name] = self._found.options.get(question.name, {}) | explained
        return sent


def _words(found: Import, naming: Naming) -> Iterator[tuple[Question, str]]:
    """The words to explain: those that are not known yet, then those that somebody has explained before."""
    for question in naming.questions:
        unknown = [error["value"] for error in found.errors if error["code"] == question.code and error.get("value")]
        for word in dict.fromkeys([*unknown, *found.options.get(question.name, {})]):
            yield question, word
