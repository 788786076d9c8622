"""What nothing in a file tells is asked once, on the page and over the API; what was read and what was not is said."""

import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from imports.models import Import
from imports.tasks import run_imports
from inspections.models import Batch, Result
from inspections.specification.services.versions import CharacteristicInput
from tests.caller import Caller
from tests.factories import make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db

LEAD = CharacteristicInput("PB", "Lead", "material", "critical", True, upper="0.01", unit="%")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def caller(manager):
    return Caller(manager)


@pytest.fixture
def toy():
    product = make_product()
    make_specification(product, [LEAD])
    return make_batch(product=product, quantity=2)


def workbook(**sheets) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def send(caller, content: bytes, name: str = "file.xlsx", **more) -> dict:
    body = {key: json.dumps(value) if isinstance(value, dict) else value for key, value in more.items()}
    sent = caller.post(
        "/api/v1/imports/", body | {"file": SimpleUploadedFile(name, content)}, format="multipart"
    ).json()  # fmt: skip
    run_imports()
    return caller.send("GET", f"imports/{sent['id']}/")[1]


def two_lists(product) -> bytes:
    header = ["batch", "product", "quantity"]
    return workbook(November=[header, ["T-1", product.sku, 100]], December=[header, ["T-2", product.sku, 200]])


def test_of_two_lists_one_is_chosen_over_the_api(product, caller):
    asked = send(caller, two_lists(product))
    assert (asked["state"], [error["code"] for error in asked["errors"]]) == ("refused", ["several_sheets"])

    status, _answer = caller.send("PUT", f"imports/{asked['id']}/columns/", {"options": {"sheet": "December"}})
    run_imports()
    checked = caller.send("GET", f"imports/{asked['id']}/")[1]

    assert (status, checked["state"], checked["rows_total"]) == (200, "checked", 1)
    assert [note["code"] for note in checked["notes"]] == ["sheets"]
    assert "November" in checked["notes"][0]["detail"]
    assert send(caller, two_lists(product), options={"sheet": "November"})["state"] == "checked"


def test_of_two_lists_one_is_chosen_on_the_page(product, manager, client):
    client.force_login(manager)
    client.post(reverse("import-create"), {"file": SimpleUploadedFile("book.xlsx", two_lists(product))})
    run_imports()
    asked = Import.objects.get()
    url = reverse("import-columns", args=[asked.uid])
    assert url in client.get(reverse("import-detail", args=[asked.uid])).content.decode()
    assert "December" in client.get(url).content.decode()

    client.post(url, {"sheet": "December"})
    run_imports()
    client.post(reverse("import-apply", args=[asked.uid]))
    run_imports()

    page = client.get(reverse("import-detail", args=[asked.uid])).content.decode()
    assert list(Batch.objects.values_list("number", flat=True)) == ["T-2"]
    assert "“November”" in page


def test_an_encoding_that_cannot_be_told_is_chosen_by_what_it_would_say(product, manager, client):
    client.force_login(manager)
    text = f"batch,product,quantity,po_number\nE-1,{product.sku},10,tamaño\n"
    client.post(reverse("import-create"), {"file": SimpleUploadedFile("list.csv", text.encode("cp1252"))})
    run_imports()
    asked = Import.objects.get()
    page = client.get(reverse("import-columns", args=[asked.uid])).content.decode()
    assert [error["code"] for error in asked.errors] == ["which_encoding"]
    assert ("tamaño" in page, "tamańo" in page) == (True, True)

    client.post(reverse("import-columns", args=[asked.uid]), {"encoding": "cp1252"})
    run_imports()

    asked.refresh_from_db()
    assert (asked.status, asked.preview[0]["cells"][3]) == (
        "checked", {"column": "po_number", "shown": "tamaño", "stored": "tamaño"},
    )  # fmt: skip


def test_a_choice_that_the_file_does_not_offer_is_refused(product, caller):
    asked = send(caller, two_lists(product))

    status, answer = caller.send("PUT", f"imports/{asked['id']}/columns/", {"options": {"encoding": "klingon"}})

    assert (status, answer["errors"][0]["field"]) == (400, "options.encoding")
    assert send(caller, two_lists(product), options={"sheet": "May"})["errors"][0]["code"] == "unknown_sheet"


def test_the_first_rows_are_shown_as_they_look_and_as_they_are_stored(toy, caller, client, manager):
    book = Workbook()
    for row in [["batch", "unit", "Lead (%)"], [toy.number, 1, 0.005], [toy.number, 2, 0.00005]]:
        book.active.append(row)
    for line, code in ((2, "0.0%"), (3, "0.000%")):
        book.active.cell(line, 3).number_format = code
    content = BytesIO()
    book.save(content)

    checked = send(caller, content.getvalue())

    assert checked["state"] == "checked"
    assert [row["cells"][-1] for row in checked["preview"]] == [
        {"column": "Lead (%)", "shown": "0.5%", "stored": "0.5"},
        {"column": "Lead (%)", "shown": "0.005%", "stored": "0.005"},
    ]
    client.force_login(manager)
    assert "0.5%" in client.get(reverse("import-detail", args=[checked["id"]])).content.decode()
    caller.send("POST", f"imports/{checked['id']}/apply/")
    run_imports()
    assert toy.inspections.get().verdict == "rejected"


# Readings beyond a number


def record(caller, batch, readings):
    results = [{"characteristic": "PB", "readings": readings}]
    return caller.send("POST", "inspections/", {"batch": batch.number, "results": results, "submit": True})


def test_a_reading_below_detection_is_kept_as_what_it_is(toy, caller):
    status, answer = record(caller, toy, ["<0.002", 0.001])

    assert (status, answer["verdict"]) == (201, "accepted")
    _status, one = caller.send("GET", f"inspections/{answer['id']}/")
    assert (one["results"][0]["readings"], one["results"][0]["mean"]) == (["<0.002", 0.001], None)
    assert [str(reading) for reading in Result.objects.get().readings] == ["<0.002", "0.001"]


def test_a_reading_above_the_range_is_nonconforming_and_shown_as_what_it_is(toy, caller, client, manager):
    _status, answer = record(caller, toy, [">0.01", 0.001])

    assert (answer["verdict"], answer["hold"]["finding"]["reading"]) == ("rejected", ">0.01")
    client.force_login(manager)
    page = client.get(reverse("inspection-detail", args=[answer["id"]])).content.decode()
    assert "&gt;0.01" in page
    assert client.get(reverse("hold-detail", args=[answer["hold"]["id"]])).status_code == 200
    assert client.get(reverse("product-ladder", args=[toy.product.sku])).status_code == 200


@pytest.mark.parametrize(
    ("reading", "code"),
    [("<0.02", "undecided"), (">0.005", "undecided"), ("0,005", "decimal_comma"), ("10²", "changed_digits")],
)
def test_a_reading_that_does_not_tell_is_refused_with_the_reason(toy, caller, reading, code):
    status, answer = record(caller, toy, [reading, 0.001])

    assert (status, answer["errors"][0]["code"]) == (400, code)
    assert Result.objects.count() == 0


def test_a_form_without_a_script_reads_decimal_commas(toy, manager, client):
    client.force_login(manager)
    client.post(reverse("inspection-start", args=[toy.number]), {"unknown": "1"})
    inspection = toy.inspections.get()

    client.post(
        reverse("inspection-record", args=[inspection.uid]), {"characteristic": "PB", "column": "0,005\n<0,002 %"}
    )  # fmt: skip

    assert [str(reading) for reading in Result.objects.get().readings] == ["0.005", "<0.002"]


def test_a_web_page_whose_columns_are_not_known_is_called_one(caller):
    """Its table may be another than the one that Excel shows of it."""
    page = b"<html><body><table><tr><td>rma</td><td>sku</td></tr><tr><td>H-1</td><td>X</td></tr></table></body></html>"
    body = {"kind": "market_returns", "mapping": "{}", "file": SimpleUploadedFile("returns.xls", page)}

    refused = caller.post("/api/v1/imports/", body, format="multipart")

    assert refused.status_code == 400
    said = {error["detail"] for error in refused.json()["errors"] if error["code"] == "required"}
    assert said
    assert all("web page" in each for each in said)
