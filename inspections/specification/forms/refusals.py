"""What the rules say about a specification, put beside the fields where it was written."""

from collections.abc import Sequence

from django.utils.translation import gettext

from activity.errors import FieldError, InvalidInput
from inspections.calculator.words.sampling import scheme_label
from inspections.specification.forms.characteristics import CharacteristicForm
from inspections.specification.forms.schemes import SchemeForm
from inspections.specification.services.versions import check_characteristics, check_scheme


def why_unusable(row: CharacteristicForm, scheme: SchemeForm) -> list[str]:
    """Why no plan can be made for one row under a valid scheme, one reason for each field; empty where it can."""
    if row.is_valid():
        try:
            check_scheme(scheme.definition(), check_characteristics([row.as_input()]))
        except InvalidInput as refusal:
            first: dict[str, FieldError] = {}
            for error in refusal.errors:
                first.setdefault(error.field, error)
            return [_named(error, row) for error in first.values()]
    return [_at(row[name].label, errors[0]) for name, errors in row.errors.items()]


def _named(error: FieldError, row: CharacteristicForm) -> str:
    part, _dot, path = error.field.partition(".0.")
    field = row.FIELD_OF_PATH.get(path, path)
    if part == "characteristics" and field in row.fields:
        return _at(row[field].label, error.detail)
    return str(error.detail)


def _at(label: object, sentence: object) -> str:
    return gettext("%(field)s: %(sentence)s") % {"field": label, "sentence": sentence}


def show_refusal(refusal: InvalidInput, rows: Sequence[CharacteristicForm], scheme: SchemeForm) -> list[str]:
    """Put each error beside the field that it names; return what names none of them."""
    return [str(error.detail) for error in refusal.errors if not _placed(error, rows, scheme)]


def _placed(error: FieldError, rows: Sequence[CharacteristicForm], scheme: SchemeForm) -> bool:
    part, _dot, path = error.field.partition(".")
    if part == "characteristics" and path:
        index, _dot, field = path.partition(".")
        row = rows[int(index)]
        field = row.FIELD_OF_PATH.get(field, field)
        if field not in row.errors:  # what the form said itself is said once
            row.add_error(field, str(error.detail))
        return True
    if part == "scheme":
        field = path.replace(".", "_")
        if field == "aql":
            field = "aql_major"
        if field in scheme.fields:
            scheme.add_error(field, str(error.detail))
        else:
            scheme.add_error(None, f"{scheme_label(path)}: {error.detail}" if path else gettext(str(error.detail)))
        return True
    return False
