"""Exports of orders: columns and words that people explain once, then returns and pilot outcomes by the file."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import now
from openpyxl import Workbook

from activity.errors import InvalidInput, NotAllowed
from imports.cells import CellError, day_reader
from imports.columns import fingerprint_of
from imports.models import ColumnMapping, Import
from imports.services.questions import ColumnsFixed, name_columns
from imports.services.sending import apply_import, start_import
from imports.tasks import run_imports
from inspections.batch.services.shipments import ship
from inspections.models import MarketReturn
from inspections.order.reads import Statuses, UnknownOutcome, Vocabulary, Why
from inspections.pilot.services.late import late_of
from inspections.pilot.services.outcomes import assign_orders
from tests.factories import NOON, inspect, make_pilot, pilot_outcomes

pytestmark = pytest.mark.django_db

EXPORT = """Return Order ID,Order ID,Seller SKU,Return Reason,Buyer Note,Carrier Name,Return Requested Time,Delivered Time,Lot
R-1,O-1,HL-KT17-W,Defective,drips,USPS,11/20/2025 14:03,11/14/2025,B-2611-042
R-2,O-2,HL-KT17-W,Leaks,,UPS,11/19/2025 09:00,11/13/2025,
R-3,O-3,HL-KT17-W,No longer needed,,UPS,11/19/2025 10:00,11/13/2025,
"""
MAPPING = {
    "reference": "Return Order ID", "order_reference": "Order ID", "product": "Seller SKU", "reason": "Return Reason",
    "note": "Buyer Note", "carrier": "Carrier Name", "happened_on": "Return Requested Time", "delivered_on": "Delivered Time",
    "lot_code": "Lot",
}  # fmt: skip
OPTIONS = {"source": "shop-us", "days": "mdy", "market": "US"}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def shipped(batch, inspector, manager):
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=600, reference="SO-1", actor=manager, at=datetime(2025, 11, 2, tzinfo=UTC))
    return batch


def send(text: str | bytes, actor, *, kind: str = "market_returns", name: str = "export.csv") -> Import:
    content = text if isinstance(text, bytes) else text.encode()
    started = start_import(file=SimpleUploadedFile(name, content), kind=kind, actor=actor, at=now())
    run_imports()
    started.refresh_from_db()
    return started


def named(started: Import, actor, *, mapping=MAPPING, options=OPTIONS) -> Import:
    name_columns(found=started, mapping=mapping, options=options, actor=actor, at=now())
    run_imports()
    started.refresh_from_db()
    return started


def store(checked: Import, actor) -> Import:
    apply_import(checked=checked, actor=actor, at=now())
    run_imports()
    checked.refresh_from_db()
    return checked


def errors_of(refused: Import) -> list[tuple]:
    return [(error["line"], error["column"], error["code"]) for error in refused.errors]


# Words and days


@pytest.mark.parametrize(
    ("order", "text", "read"),
    [
        ("ymd", "2025-11-20T14:03:22Z", date(2025, 11, 20)),
        ("ymd", "2025/11/20 14:03", date(2025, 11, 20)),
        ("mdy", "11/20/2025 02:03 PM", date(2025, 11, 20)),
        ("dmy", "20.11.2025", date(2025, 11, 20)),
        ("mdy", "2025-11-20", date(2025, 11, 20)),
        ("mdy", "", None),
        ("mdy", None, None),
    ],
)
def test_days_are_read_as_they_are_written(order, text, read):
    assert day_reader(order)(text) == read


@pytest.mark.parametrize(
    ("order", "text", "code"),
    [("ymd", "03/04/2025", "ambiguous_date"), ("mdy", "20/11/2025", "not_a_date"), ("dmy", "soon", "not_a_date")],
)
def test_days_that_may_be_two_or_none_say_so(order, text, code):
    with pytest.raises(CellError) as refusal:
        day_reader(order)(text)
    assert refusal.value.code == code


def test_reasons_are_understood_by_code_name_and_common_words():
    vocabulary = Vocabulary({"Fell apart": "breaks"})

    assert vocabulary.why("quality") == vocabulary.why("质量问题") == vocabulary.why(" Defective ") == Why("quality")
    assert vocabulary.why("漏水或漏液") == vocabulary.why("leaks") == Why("", ("leaks",))
    assert vocabulary.why("leaks; Too loud") == Why("", ("leaks", "noisy"))
    assert vocabulary.why("Fell apart") == Why("", ("breaks",))
    assert vocabulary.why("") == vocabulary.why(None) == Why()
    assert [vocabulary.reason_of([code]) for code in ("leaks", "late", "too_small", "manual_unclear")] == [
        "quality", "logistics", "not_as_described", "usage",
    ]  # fmt: skip
    with pytest.raises(CellError) as refusal:
        vocabulary.why("haunted")
    assert (refusal.value.code, refusal.value.value) == ("unknown_reason", "haunted")


def test_an_outcome_is_never_guessed():
    statuses = Statuses({"Zurück": "returned"})

    assert [statuses.of_order(said) for said in ("Completed", "退货", "Refunded", "In transit", "zurück", "")] == [
        "ok", "returned", "refunded", "under_way", "returned", "",
    ]  # fmt: skip
    assert [statuses.of_return(said) for said in ("Completed", "Refund rejected", "In Process")] == [
        "returned", "cancelled", "under_way",
    ]  # fmt: skip
    with pytest.raises(UnknownOutcome) as refusal:
        statuses.of_order("perhaps")
    assert (refusal.value.code, refusal.value.value) == ("unknown_outcome", "perhaps")


def test_the_order_of_columns_does_not_matter_to_what_is_remembered():
    assert fingerprint_of(["A b", "C"]) == fingerprint_of(["c", "a_B"]) != fingerprint_of(["c"])


# Returns


def test_an_unknown_export_has_its_columns_named_first(shipped, merchandiser):
    started = send(EXPORT, merchandiser)
    assert (started.status, started.mapping) == ("mapping", MAPPING)

    checked = named(started, merchandiser)
    assert (checked.status, checked.rows_total, checked.errors, MarketReturn.objects.count()) == ("checked", 3, [], 0)

    done = store(checked, merchandiser)
    assert (done.status, done.rows_done) == ("done", 3)
    assert list(
        MarketReturn.objects.order_by("reference").values_list(
            "source", "reference", "reason", "complaints", "market__code", "carrier", "happened_on", "found_by"
        )
    ) == [
        ("shop-us", "R-1", "quality", [], "US", "USPS", date(2025, 11, 20), "lot_code"),
        ("shop-us", "R-2", "quality", ["leaks"], "US", "UPS", date(2025, 11, 19), "only_batch"),
        ("shop-us", "R-3", "changed_mind", [], "US", "UPS", date(2025, 11, 19), "only_batch"),
    ]


def test_the_next_file_of_the_source_is_understood_by_itself_and_a_repeat_adds_nothing(shipped, merchandiser):
    store(named(send(EXPORT, merchandiser), merchandiser), merchandiser)
    more = EXPORT + "R-4,O-4,HL-KT17-W,Too loud,,UPS,11/20/2025,11/13/2025,\n"

    again = send(more, merchandiser)
    assert (again.status, again.mapping, again.options["days"]) == ("checked", MAPPING, "mdy")
    store(again, merchandiser)
    assert MarketReturn.objects.count() == 4


def test_every_bad_row_is_named_in_the_words_of_the_file(shipped, merchandiser):
    bad = EXPORT + (
        "R-5,O-5,NO-SUCH,Defective,,UPS,11/19/2025,11/13/2025,\n"
        "R-6,O-6,HL-KT17-W,Haunted,,UPS,11/19/2025,11/13/2025,\n"
        "R-7,O-7,HL-KT17-W,Defective,,UPS,11/12/2025,11/13/2025,\n"
        "R-1,O-8,HL-KT17-W,Defective,,UPS,11/19/2025,11/13/2025,\n"
        ",,HL-KT17-W,Defective,,UPS,11/19/2025,11/13/2025,\n"
        "R-10,O-10,HL-KT17-W,,,UPS,11/19/2025,11/13/2025,\n"
        "R-11,O-11,HL-KT17-W,Defective,,UPS,19 November,11/13/2025,\n"
        "R-12,O-12,HL-KT17-W,Defective,,UPS,,11/13/2025,\n"
    )

    refused = named(send(bad, merchandiser), merchandiser)

    assert (refused.status, errors_of(refused)) == (
        "refused",
        [
            (6, "Return Reason", "unknown_reason"),
            (7, "Return Requested Time", "before_delivery"),
            (8, "Return Order ID", "duplicate_row"),
            (9, "Return Order ID", "required"),
            (10, "Return Reason", "unknown_reason"),
            (11, "Return Requested Time", "not_a_date"),
            (12, "Return Requested Time", "required"),
        ],
    )
    assert [(note["done"], note["code"], note["lines"]) for note in refused.row_notes] == [
        ("passed_over", "other_product", [5])
    ]
    assert not MarketReturn.objects.exists()


def test_a_word_is_explained_once(shipped, merchandiser):
    strange = EXPORT.replace("Defective", "Haunted kettle")
    refused = named(send(strange, merchandiser), merchandiser)
    assert [error["value"] for error in refused.errors] == ["Haunted kettle"]

    explained = named(refused, merchandiser, options=OPTIONS | {"reasons": {"Haunted kettle": "noisy"}})
    assert (explained.status, explained.errors) == ("checked", [])
    store(explained, merchandiser)
    assert MarketReturn.objects.get(reference="R-1").complaints == ["noisy"]
    assert send(strange.replace("R-", "S-"), merchandiser).status == "checked"
    assert ColumnMapping.objects.get().options["reasons"] == {"Haunted kettle": "noisy"}


def test_rows_that_did_not_come_back_are_passed_over_by_line(shipped, merchandiser):
    text = (
        "return id,sku,return date,status,reason\n"
        "R-1,HL-KT17-W,2025-11-19,returned,leaks\n"
        "R-2,HL-KT17-W,,refund rejected,\n"
        "R-3,HL-KT17-W,,in transit,\n"
        "R-4,HL-KT17-W,2025-11-19,complained,leaks\n"
        "R-5,HL-KT17-W,2025-11-19,vanished,leaks\n"
    )
    started = send(text, merchandiser)
    refused = named(started, merchandiser, mapping=started.mapping, options={"source": "s"})
    assert errors_of(refused) == [(6, "status", "unknown_outcome")]

    checked = named(
        refused, merchandiser, mapping=started.mapping, options={"source": "s", "outcomes": {"vanished": "ok"}}
    )
    assert (checked.status, checked.rows_total, checked.rows_passed, checked.rows_to_store) == ("checked", 5, 3, 2)
    assert [(note["code"], note["lines"]) for note in checked.row_notes] == [
        ("not_returned", [3]), ("under_way", [4]), ("not_returned", [6]),
    ]  # fmt: skip
    store(checked, merchandiser)
    assert list(MarketReturn.objects.order_by("reference").values_list("reference", "kind", "reason")) == [
        ("R-1", "returned", "quality"), ("R-4", "complained", ""),
    ]  # fmt: skip


def test_a_spreadsheet_is_read_with_its_dates(shipped, merchandiser):
    book = Workbook()
    book.active.append(["退货单号", "货号", "退货日期", "原因"])
    book.active.append(["R-1", "HL-KT17-W", date(2025, 11, 20), "漏水或漏液"])
    content = BytesIO()
    book.save(content)

    started = send(content.getvalue(), merchandiser, name="导出.xlsx")
    checked = named(started, merchandiser, mapping=started.mapping, options={"source": "shop"})

    assert (checked.status, checked.errors) == ("checked", [])
    store(checked, merchandiser)
    assert MarketReturn.objects.get().complaints == ["leaks"]


@pytest.mark.parametrize(
    ("mapping", "options", "errors"),
    [
        ({"reference": "", "order_reference": ""}, {}, [("reference", "required")]),
        ({"carrier": "No such"}, {}, [("carrier", "unknown_column")]),
        ({"carrier": "Lot"}, {}, [("carrier", "duplicate"), ("lot_code", "duplicate")]),
        ({}, {"source": "a shop"}, [("source", "code")]),
        ({}, {"days": "ydm"}, [("days", "invalid_choice")]),
        ({}, {"market": "MARS"}, [("market", "unknown_market")]),
    ],
)
def test_columns_that_make_no_sense_are_named(shipped, merchandiser, mapping, options, errors):
    started = send(EXPORT, merchandiser)

    with pytest.raises(InvalidInput) as refusal:
        name_columns(found=started, mapping=MAPPING | mapping, options=OPTIONS | options, actor=merchandiser, at=now())
    assert [(e.field, e.code) for e in refusal.value.errors] == errors
    assert not ColumnMapping.objects.exists()


def test_who_names_columns_and_when(shipped, merchandiser, inspector, supplier_user):
    started = send(EXPORT, merchandiser)
    for actor in (inspector, supplier_user):
        with pytest.raises(NotAllowed):
            name_columns(found=started, mapping=MAPPING, options=OPTIONS, actor=actor, at=now())
    done = store(named(started, merchandiser), merchandiser)
    with pytest.raises(ColumnsFixed):
        name_columns(found=done, mapping=MAPPING, options=OPTIONS, actor=merchandiser, at=now())


def test_a_file_without_anything_to_store_says_so(shipped, merchandiser):
    started = send("return id,sku,return date,status\nR-1,HL-KT17-W,2025-11-19,refund rejected\n", merchandiser)

    refused = named(started, merchandiser, mapping=started.mapping, options={"source": "s"})
    assert errors_of(refused) == [(None, "", "nothing")]


# Outcomes of pilot runs

ORDERS = """Order ID,SKU,Status,Return Reason,Created Time,Shipped Time,Delivered Time,Return Date
O-1,HL-KT17-W,Completed,,2025-11-01 10:00,2025-11-03,2025-11-08,
O-2,HL-KT17-W,Returned,Leaks,2025-11-01 10:00,2025-11-02,2025-11-07,2025-11-15
O-3,HL-KT17-W,In transit,,2025-11-01 10:00,2025-11-04,,
X-9,OTHER-SKU,Completed,,2025-11-01 10:00,2025-11-04,2025-11-08,
"""


def test_an_export_of_orders_tells_what_became_of_the_units_of_a_run(product, merchandiser):
    run = make_pilot(product, size=60, actor=merchandiser, begun=datetime(2025, 10, 30, tzinfo=UTC))
    started = send(ORDERS, merchandiser, kind="pilot_outcomes")
    assert started.status == "mapping"

    checked = named(started, merchandiser, mapping=started.mapping, options={"run": str(run.uid)})
    assert (checked.status, checked.errors, checked.rows_passed) == ("checked", [], 1)
    store(checked, merchandiser)
    assert run.units.get(order_reference="O-3").outcome == ""  # it is under way
    units = run.units.exclude(outcome="").order_by("number")
    assert list(
        units.values_list("order_reference", "outcome", "return_reason", "complaints", "handling_days", "transit_days")
    ) == [("O-1", "ok", "", [], 2, 5), ("O-2", "returned", "quality", ["leaks"], 1, 5)]

    later = send(ORDERS.replace("In transit,,2025-11-01 10:00,2025-11-04,,", "Completed,,2025-11-01 10:00,2025-11-04,2025-11-09,"), merchandiser, kind="pilot_outcomes")  # fmt: skip
    assert later.status == "mapping"  # the run is chosen each time
    again = named(later, merchandiser, mapping=later.mapping, options={"run": str(run.uid)})
    assert (again.status, again.counts) == ("checked", {"new": 1, "changed": 0, "unchanged": 2})
    store(again, merchandiser)
    assert run.units.get(order_reference="O-3").outcome == "ok"


def test_a_file_for_a_concluded_run_adds_what_came_back_since_and_nothing_else(product, merchandiser):
    run = make_pilot(product, size=60, actor=merchandiser, begun=datetime(2025, 10, 30, tzinfo=UTC))
    assign_orders(run=run, orders=[f"O-{unit}" for unit in range(1, 61)], actor=merchandiser, at=NOON)
    pilot_outcomes(run, actor=merchandiser, conclude=True, returned=[3])
    run.refresh_from_db()
    assert run.status == "concluded"

    started = send(ORDERS + "O-99,HL-KT17-W,Completed,,2025-11-01 10:00,2025-11-04,2025-11-08,\n", merchandiser, kind="pilot_outcomes")  # fmt: skip
    checked = named(started, merchandiser, mapping=started.mapping, options={"run": str(run.uid)})
    assert (checked.status, checked.errors, checked.counts) == ("checked", [], {"new": 0, "changed": 1, "unchanged": 3})
    store(checked, merchandiser)

    assert list(late_of(run).values_list("unit__order_reference", "outcome", "return_reason")) == [
        ("O-2", "returned", "quality")
    ]
    assert run.units.get(order_reference="O-2").outcome == "ok", "what was concluded stays"
    again = send(ORDERS, merchandiser, kind="pilot_outcomes")
    again = named(again, merchandiser, mapping=again.mapping, options={"run": str(run.uid)})
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 3}


def test_a_run_that_is_not_under_way_is_refused(product, merchandiser):
    run = make_pilot(product, size=60, actor=merchandiser, start=False)
    started = send(ORDERS, merchandiser, kind="pilot_outcomes")

    with pytest.raises(InvalidInput) as refusal:
        name_columns(
            found=started, mapping=started.mapping, options={"run": str(run.uid)}, actor=merchandiser, at=now()
        )
    assert [(e.field, e.code) for e in refusal.value.errors] == [("run", "unknown_run")]


# The pages


def test_the_way_through_the_pages(client, shipped, merchandiser):
    client.force_login(merchandiser)
    file = SimpleUploadedFile("export.csv", EXPORT.replace("Defective", "Haunted").encode())
    answer = client.post(reverse("import-create"), {"file": file, "kind": "market_returns"})
    columns = answer.headers["Location"]
    page = client.get(columns)
    assert (page.status_code, "Return Order ID" in page.content.decode(), "R-2" in page.content.decode()) == (
        200,
        True,
        True,
    )

    sent = MAPPING | {"source": "shop us", "days": "mdy"}
    refused = client.post(columns, sent)
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["source"])
    detail = client.post(columns, sent | {"source": "shop-us"}).headers["Location"]
    run_imports()
    assert f"{columns}#words" in client.get(detail).content.decode()
    assert [field.label for field in client.get(columns).context["form"].meanings] == ["Haunted"]
    client.post(columns, sent | {"source": "shop-us", "word-0": "noisy"})
    run_imports()
    page = client.get(detail).content.decode()
    assert "Store 3 rows" in page
    client.post(reverse("import-apply", args=[Import.objects.get().uid]))
    run_imports()
    assert reverse("return-week") in client.get(detail).content.decode()
    assert MarketReturn.objects.get(reference="R-1").complaints == ["noisy"]


def test_columns_are_named_by_who_may_import(client, shipped, merchandiser, inspector, supplier_user):
    started = send(EXPORT, merchandiser)
    for user in (inspector, supplier_user):
        client.force_login(user)
        assert client.get(reverse("import-columns", args=[started.uid])).status_code == 403
