"""Every kind of file has all its parts. A new kind fails here until its module has them and a file of it is given below."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import override
from rest_framework import serializers

from accounts.roles import PERMISSIONS
from imports import kinds
from imports.api import Options
from imports.cells import text
from imports.columns import Column
from imports.forms import ImportForm
from imports.kinds import Kind, Link
from imports.models import Import
from imports.reading import kind_of, sheet_of
from imports.rows import Parsed
from imports.services.sending import apply_import, start_import
from imports.tables import Row, Table
from imports.tasks import run_imports
from inspections.models import Batch, Inspection, MarketReturn, PilotUnit
from tests.factories import make_batch, make_pilot

EVERY = pytest.mark.parametrize("kind", kinds.every(), ids=lambda kind: kind.value)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Example:
    """A file of a kind. `ready` makes what it is about and gives the options; `stored` counts what was stored."""

    file: str
    stored: Callable[[], int]
    ready: Callable[..., dict] = lambda **people: {}


def a_batch(*, product, **people) -> dict:
    make_batch("B-1", product=product)
    return {}


def a_run(*, product, actor) -> dict:
    return {"run": str(make_pilot(product, size=60, actor=actor).uid)}


MEASURED = {"HEIGHT": "50", "CORD": "75"}
# A file of each kind, as short as it can be, in the order of the API.
EXAMPLES = {
    "batches": Example("batch,product,quantity\nB-1,HL-KT17-W,1000\n", Batch.objects.count),
    "results_by_check": Example(
        "batch,characteristic,readings,nonconforming\n"
        + "".join(f"B-1,{code},{' '.join([value] * 80)},\n" for code, value in MEASURED.items())
        + "B-1,LEAK,,0\nB-1,LID,,0\nB-1,PRINT,,0\n",
        Inspection.objects.count,
        a_batch,
    ),
    "results_by_unit": Example(
        "batch,unit,LEAK,HEIGHT,CORD,LID,PRINT\n" + "".join(f"B-1,{unit},ok,50,75,ok,ok\n" for unit in range(1, 81)),
        Inspection.objects.count,
        a_batch,
    ),
    "pilot_outcomes": Example("unit,status\n1,ok\n", PilotUnit.objects.exclude(outcome="").count, a_run),
    "market_returns": Example(
        "return id,sku,return date,reason\nR-1,HL-KT17-W,2025-11-20,leaks\n",
        MarketReturn.objects.count,
        lambda **people: {"source": "shop"},
    ),
}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@EVERY
def test_a_file_of_each_kind_is_checked_stored_and_seen(client, product, admin, kind):
    assert kind.value in EXAMPLES, f"Give a file of the kind {kind.value} in EXAMPLES."
    example = EXAMPLES[kind.value]
    options = example.ready(product=product, actor=admin)
    before = example.stored()
    file = SimpleUploadedFile("a.csv", example.file.encode())
    if kind.naming is None:
        started = start_import(file=file, actor=admin, at=now())
    else:
        header = example.file.splitlines()[0].split(",")
        titles = {name: title for title in header for name in names_of(kind, title)}
        started = start_import(file=file, kind=kind.value, mapping=titles, options=options, actor=admin, at=now())
    run_imports()
    checked = Import.objects.get(pk=started.pk)
    assert (checked.status, checked.kind, checked.errors) == ("checked", kind.value, [])
    assert example.stored() == before

    apply_import(checked=checked, actor=admin, at=now())
    run_imports()

    assert example.stored() == before + 1
    client.force_login(admin)
    page = client.get(reverse("import-detail", args=[started.uid])).content.decode()
    link = kind.afterwards(started.options)
    assert f'href="{link.url}"' in page
    assert client.get(link.url).status_code == 200


def names_of(kind: Kind, title: str) -> list[str]:
    return [column.name for column in kind.columns if title in column.names]


@EVERY
def test_each_kind_is_said_in_both_languages(kind):
    """Its label, its columns with what belongs in them, and where to look afterwards."""
    said = [kind.label, *(column.meaning for column in kind.columns)]
    if kind.other_columns:
        said += [kind.other_columns.title, kind.other_columns.meaning]
    if kind.repeated:
        said.append(kind.repeated)
    assert [each for each in said if not isinstance(each, Promise)] == []
    link = kind.afterwards({"run": "00000000-0000-0000-0000-000000000000"})
    with override("zh-hans"):
        assert [str(each) for each in said if not CHINESE.search(str(each))] == []
        assert CHINESE.search(str(kind.afterwards({"run": "00000000-0000-0000-0000-000000000000"}).label))
    assert not CHINESE.search(str(link.label))
    assert [column.name for column in kind.columns if not CHINESE.search(column.name_zh)] == []
    assert [column.name for column in kind.columns if column.is_required and not column.example] == []


@EVERY
def test_each_kind_asks_for_a_permission_that_a_role_has(kind):
    assert kind.permission in set().union(*PERMISSIONS.values())


@EVERY
def test_what_a_kind_asks_beside_its_columns_is_asked_on_the_page_and_over_the_api(db, kind):
    if kind.naming is None:
        return
    for option in kind.naming.options:
        assert isinstance(option.form(""), forms.Field)
        assert isinstance(option.api(), serializers.Field)
        assert {error.field for error in option.check("?")} == {option.name}
    assert [question.name for question in kind.naming.questions if not question.meanings()] == []
    assert {name for names in kind.naming.either for name in names} <= {column.name for column in kind.columns}


def test_kinds_that_ask_the_same_share_it():
    """The API has one field for it."""
    asked = [each for kind in kinds.with_named_columns() for each in [*kind.naming.options, *kind.naming.questions]]

    assert len({each.name for each in asked}) == len({id(each) for each in asked})
    assert list(Options().fields) == [
        "source", "market", "run", "days", "sheet", "encoding", "decimal", "answers", "reasons", "outcomes", "without",
    ]  # fmt: skip


def test_the_kinds_are_those_of_the_api_in_their_order():
    assert [kind.value for kind in kinds.every()] == list(EXAMPLES)
    assert [value for value, _label in ImportForm().fields["kind"].choices] == ["", "pilot_outcomes", "market_returns"]
    assert kinds.find("") is None


LETTERS = Kind(
    value="letters",
    label="letters",
    order=99,
    columns=(Column("letter", "信", True, "A letter", "a"),),
    permission="inspections.inspect",
    parse=lambda sheet, options: Parsed([]),
    afterwards=lambda options: Link(url="/", label="See"),
)


@pytest.fixture
def letters():
    yield kinds.register(LETTERS)
    del kinds._kinds["letters"]


def test_a_kind_is_known_by_being_registered(letters):
    assert kinds.every()[-1] == letters == kind_of(Table(["Letter"], 1, []))
    assert kinds.choices()[-1] == ("letters", "letters")


@pytest.mark.parametrize("value", ["letters", "", "a" * (kinds.LONGEST_VALUE + 1)])
def test_a_value_that_is_taken_or_does_not_fit_is_refused_at_the_start(letters, value):
    with pytest.raises(ValueError, match="is taken, or not 1 to 16"):
        kinds.register(Kind(**{name: getattr(LETTERS, name) for name in LETTERS.__slots__} | {"value": value}))


def test_cells_are_read_by_the_name_of_their_column(letters):
    table = Table(["LETTER", ""], 1, [Row(2, ["a"]), Row(3, ["", "b"]), Row(4, [])])
    sheet = sheet_of(table, letters)

    assert [read(text, "letter") for read in sheet.rows()] == ["a", "", ""]
    assert [(error.line, error.column, error.code) for error in sheet.errors] == [(3, "", "unnamed_column")]
