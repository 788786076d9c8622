from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports import kinds
from imports.kinds import Kind, Option, Question
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

    def __init__(
        self,
        *args: Any,
        found: Import,
        kind: Kind | None,
        header: Sequence[str],
        choices: Mapping[str, Sequence[tuple[str, str]]],
        **kwargs: Any,
    ) -> None:
        """`choices` are what the file itself offers for an option, such as its sheets; one without any is not asked."""
        super().__init__(*args, **kwargs)
        self._found, self._kind = found, kind
        self._columns = kind.columns if kind and kind.naming else ()
        self._options = [o for o in kinds.options_of(kind) if o.name not in kinds.OF_ONE_FILE or choices.get(o.name)]
        titles = [("", _("not in this file")), *((title, title) for title in dict.fromkeys(header) if title)]
        for column in self._columns:
            self.fields[column.name] = forms.ChoiceField(
                label=column.local_name.replace("_", " "),
                help_text=column.meaning,
                choices=titles,
                initial=found.mapping.get(column.name, ""),
                required=column.is_required,
            )
        for option in self._options:
            field = option.form(found.options.get(option.name, ""))
            if isinstance(field, forms.ChoiceField) and option.name in choices:
                field.choices = [("", _("not chosen")), *choices[option.name]]
            self.fields[self._field_of(option)] = field
        self._words = list(_words(found, kinds.questions_of(kind)))[:MOST_WORDS]
        for index, (question, word) in enumerate(self._words):
            self.fields[f"word-{index}"] = forms.ChoiceField(
                label=word,
                choices=[("", _("not explained")), *question.meanings()],
                required=False,
                initial=found.options.get(question.name, {}).get(word, ""),
            )

    def _field_of(self, option: Option) -> str:
        """An option that is called as a column is what it says where the rows say nothing: `market_for_all`."""
        is_column = any(column.name == option.name for column in self._columns)
        return f"{option.name}_for_all" if is_column else option.name

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[column.name] for column in self._columns]

    @property
    def settings(self) -> list[forms.BoundField]:
        return [self[self._field_of(option)] for option in self._options]

    @property
    def meanings(self) -> list[forms.BoundField]:
        return [self[f"word-{index}"] for index in range(len(self._words))]

    @property
    def mapping(self) -> dict[str, str]:
        return {column.name: self.cleaned_data[column.name] for column in self._columns}

    @property
    def options(self) -> dict[str, object]:
        """Those of `Import`; explanations that the page does not show stay as they are."""
        sent: dict[str, object] = {
            option.name: self.cleaned_data.get(self._field_of(option), "") for option in self._options
        }
        for question in kinds.questions_of(self._kind):
            explained = {
                word: self.cleaned_data[f"word-{index}"]
                for index, (asked, word) in enumerate(self._words)
                if asked == question
            }
            sent[question.name] = self._found.options.get(question.name, {}) | explained
        return sent


def _words(found: Import, questions: Sequence[Question]) -> Iterator[tuple[Question, str]]:
    """The words to explain: those that are not known yet, then those that somebody has explained before."""
    for question in questions:
        unknown = [error["value"] for error in found.errors if error["code"] == question.code and error.get("value")]
        for word in dict.fromkeys([*unknown, *found.options.get(question.name, {})]):
            yield question, word
