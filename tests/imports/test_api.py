"""A file over the API: sent, checked, its columns named, stored; every wrong row is named."""

import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from imports.models import Import
from imports.tasks import run_imports
from inspections.batch.services.shipments import ship
from inspections.models import Batch, MarketReturn
from tests.caller import Caller, fields
from tests.factories import inspect, make_pilot
from tests.imports.test_order_exports import EXPORT, MAPPING, OPTIONS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def caller(merchandiser):
    return Caller(merchandiser)


def send(caller, text, **more):
    """(status, answer, what became of it) of one file."""
    body = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in more.items()}
    file = SimpleUploadedFile("export.csv", text.encode())
    response = caller.post("/api/v1/imports/", body | {"file": file}, format="multipart")
    answer = response.json()
    if response.status_code != 201:
        return response.status_code, answer, answer
    run_imports()
    return response.status_code, answer, caller.send("GET", f"imports/{answer['id']}/")[1]


def test_batches_are_checked_first_and_stored_when_told(product, caller):
    status, sent, checked = send(caller, f"number,product,quantity\nB-1,{product.sku},500\nB-2,{product.sku},700\n")

    assert (status, sent["state"], checked["state"], checked["kind"], checked["rows_total"], checked["errors"]) == (
        201, "checking", "checked", "batches", 2, [],
    )  # fmt: skip
    assert Batch.objects.count() == 0
    assert caller.send("POST", f"imports/{sent['id']}/apply/")[1]["state"] == "applying"
    run_imports()
    assert caller.send("GET", f"imports/{sent['id']}/")[1]["state"] == "done"
    assert set(Batch.objects.values_list("number", "quantity")) == {("B-1", 500), ("B-2", 700)}
    status, again = caller.send("POST", f"imports/{sent['id']}/apply/")
    assert (status, again["code"]) == (409, "import_not_checked")


def test_every_wrong_row_is_named_and_nothing_is_stored(product, caller):
    rows = [f"B-{n},{'NONE' if n % 3 == 0 else product.sku},{0 if n % 3 == 1 else 100}" for n in range(1, 31)]

    _status, _sent, refused = send(caller, "number,product,quantity\n" + "\n".join(rows))

    assert refused["state"] == "refused"
    assert sorted({error["line"] for error in refused["errors"]}) == [n + 1 for n in range(1, 31) if n % 3 != 2]
    assert Batch.objects.count() == 0


@pytest.fixture
def shipped(batch, inspector, manager):
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=600, reference="SO-1", actor=manager, at=datetime(2025, 11, 2, tzinfo=UTC))


def test_columns_of_an_export_are_named_with_it_or_afterwards(shipped, caller):
    _status, _sent, checked = send(caller, EXPORT, kind="market_returns", mapping=MAPPING, options=OPTIONS)
    assert (checked["state"], checked["rows_total"], checked["mapping"]) == ("checked", 3, MAPPING)
    caller.send("POST", f"imports/{checked['id']}/apply/")
    run_imports()
    assert set(MarketReturn.objects.values_list("reference", flat=True)) == {"R-1", "R-2", "R-3"}

    other = EXPORT.replace("Lot", "Lot number").replace("R-", "Q-")
    _status, _sent, waiting = send(caller, other, kind="market_returns")
    assert (waiting["state"], waiting["header"][-1]) == ("mapping", "Lot number")
    body = {"mapping": MAPPING | {"lot_code": "Lot number"}, "options": OPTIONS}
    assert caller.send("PUT", f"imports/{waiting['id']}/columns/", body)[0] == 200
    run_imports()
    assert caller.send("GET", f"imports/{waiting['id']}/")[1]["state"] == "checked"


def test_outcomes_of_a_pilot_run(product, caller):
    run = make_pilot(product, size=60)
    rows = "".join(f"{n},delivered\n" for n in range(1, 21))
    mapping = {"unit": "Unit", "outcome": "Status"}

    _status, _sent, checked = send(
        caller, f"Unit,Status\n{rows}", kind="pilot_outcomes", mapping=mapping, options={"run": str(run.uid)}
    )
    caller.send("POST", f"imports/{checked['id']}/apply/")
    run_imports()

    assert caller.send("GET", f"pilot-runs/{run.uid}/")[1]["back"] == 20


@pytest.mark.parametrize(
    ("text", "more", "named"),
    [
        ("", {}, [("file", "empty")]),
        ("a,b\n1,2\n", {"kind": "guess"}, [("kind", "invalid_choice")]),
        ("a,b\n1,2\n", {"mapping": {"product": "a"}}, [("kind", "required")]),
        ("a,b\n1,2\n", {"kind": "market_returns", "mapping": "nonsense"}, [("mapping", "invalid")]),
        ("a,b\n1,2\n", {"kind": "market_returns", "mapping": {"product": 1}}, [("mapping", "not_texts")]),
        (
            EXPORT,
            {"kind": "market_returns", "mapping": MAPPING, "options": OPTIONS | {"reasons": {"\x00": "quality"}}},
            [("options.reasons", "null_characters_not_allowed")],
        ),
        (
            EXPORT,
            {"kind": "market_returns", "mapping": MAPPING | {"carrier": "Van"}, "options": OPTIONS | {"market": "XX"}},
            [("mapping.carrier", "unknown_column"), ("options.market", "unknown_market")],
        ),
        (
            EXPORT,
            {"kind": "market_returns", "mapping": MAPPING, "options": OPTIONS | {"colour": "red"}},
            [("options.colour", "unknown_field")],
        ),
    ],
)
def test_what_cannot_be_a_file_is_refused_at_once(caller, text, more, named):
    status, refusal, _ = send(caller, text, **more)

    assert (status, fields(refusal)) == (400, named)
    assert Import.objects.count() == 0


def test_who_imports(request, product, caller):
    _status, sent, _checked = send(caller, f"number,product,quantity\nB-1,{product.sku},500\n")

    for persona, answers in {
        "merchandiser": (200, 200), "manager": (200, 200), "inspector": (403, 404), "supplier_user": (403, 404),
        "rival_supplier": (403, 404),
    }.items():  # fmt: skip
        other = Caller(request.getfixturevalue(persona))
        of_list, of_one = (other.send("GET", path)[0] for path in ("imports/", f"imports/{sent['id']}/"))
        assert (persona, of_list, of_one) == (persona, *answers)
    assert send(Caller(request.getfixturevalue("supplier_user")), "a,b")[0] == 403
