"""Exports of shops as they come: sent over the API, taken as suggested, words explained where they are asked, stored."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from imports.models import Import
from imports.tasks import run_imports
from inspections.models import MarketReturn, PilotUnit
from tests.caller import Caller
from tests.factories import make_pilot, make_product

pytestmark = pytest.mark.django_db

CASES = json.loads((Path(__file__).parent / "shop_cases.json").read_text(encoding="utf-8"))
OTHER = "FX-OTHER"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def caller(merchandiser):
    return Caller(merchandiser)


def filled(value, names: Mapping[str, str]):
    """The names of a case in its texts."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], found[0]), value)
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    if isinstance(value, dict):
        return {filled(key, names): filled(each, names) for key, each in value.items()}
    return value


def send(caller, text: str, *, kind: str = "", name: str = "export.csv") -> dict:
    file = SimpleUploadedFile(name, text.encode())
    response = caller.post("/api/v1/imports/", {"kind": kind, "file": file}, format="multipart")
    assert response.status_code == 201, response.json()
    run_imports()
    return caller.send("GET", f"imports/{response.json()['id']}/")[1]


def name_columns(caller, sent: dict, mapping: dict, options: dict) -> dict:
    body = {"mapping": mapping, "options": options}
    status, answer = caller.send("PUT", f"imports/{sent['id']}/columns/", body)
    assert status == 200, answer
    run_imports()
    return caller.send("GET", f"imports/{sent['id']}/")[1]


def store(caller, checked: dict) -> dict:
    assert caller.send("POST", f"imports/{checked['id']}/apply/", {})[0] == 200
    run_imports()
    return caller.send("GET", f"imports/{checked['id']}/")[1]


def take(caller, text: str, *, kind: str = "", mapping=(), options=(), explain=()) -> dict:
    """A file all the way: columns as suggested but for `mapping`, words explained when they are asked, then stored."""
    explain = dict(explain)
    found = send(caller, text, kind=kind)
    if found["state"] in ("mapping", "checked") and kind:
        named = dict(found["mapping"])
        for name, title in dict(mapping).items():
            named = {n: t for n, t in named.items() if t != title or n == name} | {name: title}
        named = {name: title for name, title in named.items() if title}
        said = dict(options)
        found = name_columns(caller, found, named, said)
        if found["state"] == "refused":
            asked = {error["value"] for error in found["errors"] if error["value"]}
            said |= {
                question: {word: meaning for word, meaning in words.items() if word in asked}
                for question, words in explain.items()
            }
            found = name_columns(caller, found, named, said)
    return store(caller, found) if found["state"] == "checked" else found


def stored_outcomes(run) -> dict[str, list[str]]:
    """Order -> outcomes of its units that are back."""
    found: dict[str, list[str]] = {}
    for order, outcome in (
        PilotUnit.objects.filter(run=run).exclude(outcome="").values_list("order_reference", "outcome")
    ):
        found.setdefault(order.partition("/")[0], []).append(outcome)
    return {order: sorted(outcomes) for order, outcomes in found.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['fault']} {case['name']}")
def test_an_export_ends_as_a_person_would_read_it(catalogue, product, merchandiser, caller, case):
    make_product(OTHER, supplier=product.supplier)
    runs = {name: make_pilot(product, size=20, must_pass=False, actor=merchandiser, begun=datetime(2025, 10, 30, tzinfo=UTC)) for name in case.get("runs", ())}  # fmt: skip
    names = {"tag": "77", "sku": product.sku, "other": OTHER} | {name: str(run.uid) for name, run in runs.items()}
    case = filled(case, names)
    ends = [
        take(
            caller, file["text"], kind=case.get("kind", ""), mapping=case.get("mapping", {}),
            options=case.get("options", {}), explain=case.get("explain", {}),
        )
        for file in case.get("files", [case.get("file")])
    ]  # fmt: skip

    said = json.dumps(ends, ensure_ascii=False)
    right = case["right"]
    if "refused" in case:
        assert (ends[-1]["state"], case["refused"]["line"] in [e["line"] for e in ends[-1]["errors"]]) == (
            "refused",
            True,
        )
    for name, wanted in right.get("outcomes", {}).items():
        wanted = {order: sorted([o] if isinstance(o, str) else o) for order, o in wanted.items()}
        assert stored_outcomes(runs[name]) == {order: o for order, o in wanted.items() if o}, said
    for reference, wanted in right.get("returns", {}).items():
        rows = list(MarketReturn.objects.filter(reference=reference).select_related("market", "product"))
        assert len(rows) == wanted.pop("units", 1), said
        if products := wanted.pop("products", None):
            assert sorted(row.product.sku for row in rows) == sorted(products)
        if begin := wanted.pop("note_begins", None):
            assert rows[0].note.startswith(begin)
        facts = {"happened_on": str(rows[0].happened_on), "market": rows[0].market and rows[0].market.code}
        facts |= {name: getattr(rows[0], name) for name in ("order_reference", "note")}
        assert {name: facts[name] for name in wanted} == wanted
    for reference in right.get("absent", ()):
        assert not MarketReturn.objects.filter(reference=reference).exists()
    for pattern in [*right.get("page", ()), *filter(None, [right.get("said")])]:
        assert re.search(pattern, said, re.IGNORECASE), f"{pattern} is not said: {said}"
    assert not Import.objects.filter(errors__contains=[{"code": "failed"}]).exists()
