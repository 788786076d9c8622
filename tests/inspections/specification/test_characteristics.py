"""The declared fields of a characteristic: each is asked for, sent, stored, copied, compared and told everywhere."""

from dataclasses import replace

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from activity.errors import InvalidInput
from inspections.models import Characteristic, Specification
from inspections.specification.api import SentCharacteristic, StoredCharacteristic, as_text, says_the_same
from inspections.specification.forms.characteristics import initial_of, rows_sent, rows_with
from inspections.specification.services.characteristics import (
    COLUMNS,
    FIELDS,
    WRITTEN,
    facts_of,
    input_from,
    input_of,
    row_of,
)
from inspections.specification.services.versions import CharacteristicInput, check_characteristics
from inspections.specification.words import changes
from tests.factories import SCHEME, make_product, make_specification

FULL = CharacteristicInput(
    "HEIGHT",
    "Body height",
    "dimension",
    "critical",
    True,
    "50.0",
    "49.5",
    "50.5",
    "mm",
    {"aql": "1.0", "level": "II", "form": 2},
    name_zh="壶身高度",
    method="Calliper",
    method_zh="卡尺",
    picture="references/height.png",
)
OTHER = {
    "code": "TALLNESS",
    "aspect": "tolerance",
    "nonconformity_class": "major",
    "target": "50.1",
    "lower": "49.4",
    "upper": "50.6",
    "variables": {"aql": "2.5", "level": "II", "form": 2},
    "sampling": {"level": "S-2", "aql": "1.0"},
}


def changed(field) -> CharacteristicInput:
    """The full one with another value in one field; a text that is not named above is made up."""
    if field.kind == "flag":
        return replace(FULL, is_measured=False, target=None, lower=None, upper=None, unit="", variables=None)
    if field.kind == "sampling":  # in the place of the other plan of its own
        return replace(FULL, variables=None, sampling=OTHER["sampling"])
    return replace(FULL, **{field.name: OTHER.get(field.name, f"{getattr(FULL, field.name)} 2".strip())})


def test_every_column_of_the_model_is_declared():
    columns = {field.name for field in Characteristic._meta.concrete_fields}

    assert columns - {"id", "specification", "position"} == {field.name for field in FIELDS}


def test_what_is_declared_is_sent_answered_and_written_to_files():
    outside = [
        "code",
        "name",
        "name_zh",
        "aspect",
        "class",
        "measured",
        "target",
        "lower",
        "upper",
        "unit",
        "variables",
    ]

    assert [field.sent_as for field in WRITTEN][:11] == outside
    assert list(SentCharacteristic().fields) == list(StoredCharacteristic().fields) == list(COLUMNS)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_field_goes_every_way_and_comes_back(field):
    [stored] = check_characteristics([changed(field)])
    copies = {"copy": input_of(stored)}
    [row] = rows_with([initial_of(stored)])
    typed = QueryDict(mutable=True)
    typed.update({f"c-0-{name}": str("" if value is None else value) for name, value in row.typed().items()})
    [form] = rows_sent(typed, {})
    assert form.is_valid(), form.errors
    copies["form"] = form.as_input()
    sent = SentCharacteristic(data=as_text(StoredCharacteristic(stored).data))
    sent.is_valid(raise_exception=True)
    copies["API"] = CharacteristicInput(**sent.validated_data, picture=stored.picture.name)
    copies["file"] = replace(input_from(row_of(stored)), picture=stored.picture.name)

    for way, copy in copies.items():
        [again] = check_characteristics([copy])
        assert facts_of(again) == facts_of(stored), way
        assert again.picture == stored.picture, way


@pytest.mark.django_db
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_field_is_compared_and_its_change_is_told(field):
    product = make_product()
    specification = make_specification(product, (FULL,))
    other = make_specification(product, (changed(field),))

    same = says_the_same(Specification.objects.get(pk=specification.pk), [changed(field)], SCHEME)

    with override("en"):
        said = changes(specification, other)
    assert same == (field.kind == "picture")  # a picture is not sent over the API, and stays
    assert all(said)
    assert said != []


@pytest.mark.django_db
def test_each_field_is_asked_for_in_the_editor(manager):
    product = make_product()
    make_specification(product, (FULL,))
    client = Client()
    client.force_login(manager)

    page = client.get(reverse("specification-edit", args=[product.sku])).content.decode()

    [row] = rows_with([initial_of(product.specifications.get().characteristics.get())])
    for name in set(row.fields) - {"position"}:
        assert f'name="c-0-{name}"' in page


def test_cells_that_cannot_be_read_are_all_named():
    row = {"code": "X", "name": "X", "measured": "perhaps", "variables": "1.0 II"}

    with pytest.raises(InvalidInput) as refusal:
        input_from(row)

    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("measured", "unreadable"),
        ("variables", "unreadable"),
    ]
