"""The exports of each shop, as short as they can be: told by their titles, taken as suggested, right at the first try."""

import csv
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from imports import kinds
from imports.models import Import
from imports.services.questions import leave_out, name_columns
from imports.services.sending import apply_import, start_import
from imports.tasks import run_imports
from inspections.models import MarketReturn, PilotUnit
from inspections.order.files import TITLES, presets
from inspections.order.reads import DATA
from inspections.pilot.files import KIND as OUTCOMES
from inspections.returns.files import KIND as RETURNS
from inspections.rules import orders
from tests.factories import make_pilot

SKU = "HL-KT17-W"

# Shop -> an export of orders, and what became of the units of which order.
ORDERS = {
    "TikTok Shop": (
        (
            "Order ID\tOrder Status\tOrder Substatus\tCancelation/Return Type\tSeller SKU\tQuantity\tSku Quantity of return\t"
            "Order Refund Amount\tCreated Time\tShipped Time\tDelivered Time\tCancelled Time\n"
            f"T1\tSelesai\tSelesai\t\t{SKU}\t2\t0\t0\t16/11/2025 10:00:00\t17/11/2025 10:00:00\t20/11/2025 10:00:00\t\n"
            f"T2\tCompleted\tCompleted\tReturn/Refund\t{SKU}\t3\t1\t9.99\t16/11/2025 10:00:00\t17/11/2025 10:00:00\t20/11/2025 10:00:00\t\n"
            f"T3\tDibatalkan\tDibatalkan\tPembatalan\t{SKU}\t1\t1\t9.99\t16/11/2025 10:00:00\t\t\t17/11/2025 10:00:00\n"
            f"T4\tShipped\tDelivered\t\t{SKU}\t1\t0\t0\t16/11/2025 10:00:00\t17/11/2025 10:00:00\t20/11/2025 10:00:00\t\n"
        ),
        {"T1": ["ok", "ok"], "T2": ["ok", "ok", "returned"], "T4": ["ok"]},
    ),
    "Shopee": (
        (
            "No. Pesanan,Status Pesanan,Status Pembatalan/ Pengembalian,Nomor Referensi SKU,Jumlah,Returned quantity,"
            "Waktu Pesanan Dibuat,Waktu Pesanan Selesai\n"
            f"S1,Selesai,,{SKU},1,0,2025-11-10 09:00,2025-11-15 09:00\n"
            f"S2,Selesai,Permintaan Disetujui,{SKU},1,1,2025-11-10 09:00,2025-11-15 09:00\n"
            f"S3,Sedang Dikirim,,{SKU},1,0,2025-11-10 09:00,\n"
            f"S4,Batal,,{SKU},1,0,2025-11-10 09:00,\n"
            "S5,Selesai,,KAOS-M,1,0,2025-11-10 09:00,2025-11-15 09:00\n"
        ),
        {"S1": ["ok"], "S2": ["returned"]},
    ),
    "Lazada": (
        (
            "orderItemId;orderNumber;sellerSku;status;createTime;deliveredDate;refundAmount\n"
            f"901;L1;{SKU};delivered;14 Nov 2025 10:00;18 Nov 2025 10:00;0\n"
            f"902;L1;{SKU};Package Returned;14 Nov 2025 10:00;;19.9\n"
            f"903;L2;{SKU};shipped;14 Nov 2025 10:00;;\n"
            f"904;L3;{SKU};Damaged by 3PL;14 Nov 2025 10:00;;\n"
        ),
        {"L1": ["ok", "returned"], "L3": ["damaged"]},
    ),
    "Amazon": (
        (
            "amazon-order-id\tpurchase-date\torder-status\tsku\titem-status\tquantity\n"
            f"A-1\t2025-11-10T01:00:00+00:00\tShipped - Delivered to Buyer\t{SKU}\t\t1\n"
            f"A-2\t2025-11-10T01:00:00+00:00\tShipped - Returned to Seller\t{SKU}\tShipped\t2\n"
            f"A-3\t2025-11-10T01:00:00+00:00\tCancelled\t{SKU}\t\t0\n"
            f"A-4\t2025-11-10T01:00:00+00:00\tShipped\t{SKU}\tShipped\t1\n"
        ),
        {"A-1": ["ok"], "A-2": ["returned", "returned"]},
    ),
    "Shopify": (
        (
            "Name,Email,Financial Status,Fulfillment Status,Created at,Lineitem quantity,Lineitem sku,Cancelled at,Refunded Amount\n"
            f"#1,a@example.com,refunded,fulfilled,2025-11-10 10:00:00 -0500,1,SOCKS,,59.9\n#1,,,,,2,{SKU},,\n"
            f"#2,b@example.com,paid,fulfilled,2025-11-10 10:00:00 -0500,1,{SKU},,0.00\n"
            f"#3,c@example.com,refunded,unfulfilled,2025-11-10 10:00:00 -0500,1,{SKU},2025-11-11 10:00:00 -0500,59.9\n"
            f"#4,d@example.com,paid,unfulfilled,2025-11-10 10:00:00 -0500,1,{SKU},,0.00\n"
        ),
        {"#1": ["returned", "returned"], "#2": ["ok"]},
    ),
    "1688": (
        (
            "订单编号,订单状态,售后状态,商家编码,数量,退货数量,订单创建时间,发货时间,签收时间\n"
            f"C1,交易成功,无售后,{SKU},2,0,2025-11-10 09:00:00,2025-11-11 09:00:00,2025年11月14日\n"
            f"C2,交易成功,退款成功,{SKU},2,1,2025-11-10 09:00:00,2025-11-11 09:00:00,2025年11月14日\n"
            f"C3,已发货,退款中,{SKU},1,0,2025-11-10 09:00:00,2025-11-11 09:00:00,\n"
            f"C4,已取消,,{SKU},1,0,2025-11-10 09:00:00,,\n"
        ),
        {"C1": ["ok", "ok"], "C2": ["ok", "returned"]},
    ),
}
# Shop -> a report of returns, and how many units came back under which number, why and when.
REPORTS = {
    "TikTok Shop": (
        (
            "Return Order ID,Order ID,Order Status,Seller SKU,Return Type,Time Requested,Return Reason,Return Quantity,Return Status,Return Sub Status\n"
            f"R1,O1,Completed,{SKU},Return and refund,16/11/2025 14:03:22,Wrong item was sent,2,Completed,Refunded\n"
            f"R2,O2,Completed,{SKU},Refund only,02/11/2025 14:03:22,No longer need it,1,Refund rejected,\n"
        ),
        {"R1": (2, "quality", "2025-11-16")},
    ),
    "Shopee": (
        (
            "No. Pengembalian;No. Pesanan;Nomor Referensi SKU;Alasan Pengembalian;Status Pengembalian;Waktu Pengembalian Diajukan;Jumlah Produk Dikembalikan\n"
            f"P1;S1;{SKU};Produk tidak sesuai deskripsi;Dana dikembalikan;2025-11-18 10:00;1\n"
            f"P2;S2;{SKU};Berubah pikiran;Permintaan ditolak;2025-11-18 10:00;1\n"
        ),
        {"P1": (1, "not_as_described", "2025-11-18")},
    ),
    "Lazada": (
        (
            "reverse_order_id,trade_order_id,seller_sku_id,reason_text,reverse_status,return_order_line_gmt_create\n"
            f"Z1,L1,{SKU},Item is damaged,REFUND_SUCCESS,2025-11-18 10:00\nZ2,L2,{SKU},Counterfeit,REQUEST_CANCEL,2025-11-18 10:00\n"
        ),
        {"Z1": (1, "quality", "2025-11-18")},
    ),
    "Amazon": (
        (
            "return-date\torder-id\tsku\tquantity\tdetailed-disposition\treason\tstatus\tlicense-plate-number\tcustomer-comments\n"
            f"2025-11-03T07:12:33+00:00\t111-1\t{SKU}\t1\tDEFECTIVE\tDEFECTIVE\tUnit returned to inventory\tLPN1\tsehr schlecht\n"
            f"2025-11-04T07:12:33+00:00\t111-2\t{SKU}\t1\tSELLABLE\tUNWANTED_ITEM\tReimbursed\t\t\n"
            f"2025-11-09T07:12:33+00:00\t111-2\t{SKU}\t1\tSELLABLE\tUNWANTED_ITEM\tReimbursed\t\t\n"
        ),
        {
            "LPN1": (1, "quality", "2025-11-03"),
            "111-2/2025-11-04": (1, "changed_mind", "2025-11-04"),
            "111-2/2025-11-09": (1, "changed_mind", "2025-11-09"),
        },
    ),
    "1688": (
        (
            "退款编号,订单编号,商家编码,退款原因,售后状态,退款申请时间,退货数量\n"
            f"K1,C1,{SKU},材质不符,退款成功,2025-11-18 10:00:00,1\nK2,C2,{SKU},拍错/多拍,退款关闭,2025-11-18 10:00:00,1\n"
        ),
        {"K1": (1, "not_as_described", "2025-11-18")},
    ),
}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def send(text: str, actor, *, kind: str = "", **options) -> Import:
    """A file as a person sends it, its columns as they are suggested."""
    started = start_import(file=SimpleUploadedFile("export.csv", text.encode()), kind=kind, actor=actor, at=now())
    if started.status == "mapping":
        name_columns(found=started, mapping=started.mapping, options=options, actor=actor, at=now())
    run_imports()
    started.refresh_from_db()
    return started


def store(checked: Import, actor) -> Import:
    assert (checked.status, checked.errors) == ("checked", [])
    apply_import(checked=checked, actor=actor, at=now())
    run_imports()
    checked.refresh_from_db()
    return checked


@pytest.fixture
def run(product, merchandiser):
    return make_pilot(product, size=20, must_pass=False, actor=merchandiser, begun=datetime(2025, 11, 1, tzinfo=UTC))


def outcomes(run) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for order, outcome in (
        PilotUnit.objects.filter(run=run).exclude(outcome="").values_list("order_reference", "outcome")
    ):
        found.setdefault(order.partition("/")[0], []).append(outcome)
    return {order: sorted(each) for order, each in found.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("shop", ORDERS)
def test_the_orders_of_a_shop_are_right_at_the_first_try(run, merchandiser, shop):
    text, right = ORDERS[shop]

    done = store(send(text, merchandiser, run=str(run.uid)), merchandiser)

    assert (done.kind, kinds.likely(next(iter(csv.reader([text.splitlines()[0]], delimiter=delimiter_of(text)))))) == (
        "pilot_outcomes", (OUTCOMES, shop),
    )  # fmt: skip
    assert outcomes(run) == right
    again = send(text, merchandiser, run=str(run.uid))
    assert again.counts == {"new": 0, "changed": 0, "unchanged": again.rows_to_store}
    told = [line for note in again.row_notes for line in note["lines"]]
    assert len(told) == again.rows_passed == again.rows_total - again.rows_to_store


@pytest.mark.django_db
@pytest.mark.parametrize("shop", REPORTS)
def test_the_returns_of_a_shop_are_right_at_the_first_try(product, merchandiser, shop):
    text, right = REPORTS[shop]
    options = {"source": "shop"}

    done = store(send(text, merchandiser, **options), merchandiser)

    assert done.kind == "market_returns"
    stored: dict[str, tuple] = {}
    for each in MarketReturn.objects.order_by("ordinal"):
        stored[each.reference] = (each.ordinal, each.reason, str(each.happened_on))
    assert stored == right
    again = send(text, merchandiser, **options)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": len(right)}


def delimiter_of(text: str) -> str:
    return max(",;\t", key=text.splitlines()[0].count)


# A later file


@pytest.mark.django_db
def test_a_later_export_corrects_only_for_the_worse_and_says_so_before_it_is_stored(run, merchandiser, event_kinds):
    head = "order,sku,status,quantity,returned quantity,return date\n"
    store(send(head + f"O-1,{SKU},completed,2,0,\nO-2,{SKU},returned,1,1,2025-11-20\n", merchandiser, run=str(run.uid)), merchandiser)  # fmt: skip

    checked = send(head + f"O-1,{SKU},completed,2,1,2025-11-21\nO-2,{SKU},completed,1,0,\nO-3,{SKU},completed,1,0,\n", merchandiser, run=str(run.uid))  # fmt: skip
    assert checked.counts == {"new": 1, "changed": 1, "unchanged": 1}
    assert {(note["done"], note["code"], *note["lines"]) for note in checked.row_notes} == {
        ("changed", "changed", 2), ("unchanged", "kept", 3),
    }  # fmt: skip
    assert outcomes(run) == {"O-1": ["ok", "ok"], "O-2": ["returned"]}
    store(checked, merchandiser)
    assert outcomes(run) == {"O-1": ["ok", "returned"], "O-2": ["returned"], "O-3": ["ok"]}
    assert "pilot.outcomes_corrected" in event_kinds(run.stream)


@pytest.mark.django_db
def test_faults_of_two_files_are_kept_together(run, merchandiser):
    head = "order,sku,status,damage,complaints,return date\n"
    store(send(head + f"O-1,{SKU},complained,,leaks,\n", merchandiser, run=str(run.uid)), merchandiser)
    store(send(head + f"O-1,{SKU},returned,carton,,2025-11-20\n", merchandiser, run=str(run.uid)), merchandiser)
    store(send(head + f"O-1,{SKU},complained,,noisy,\n", merchandiser, run=str(run.uid)), merchandiser)

    unit = run.units.get(order_reference="O-1")
    assert (unit.outcome, unit.damage, unit.complaints) == ("returned", "carton", ["leaks", "noisy"])


@pytest.mark.django_db
def test_orders_beyond_the_units_of_a_run_are_named(run, merchandiser):
    text = "order,sku,status\n" + "".join(f"O-{n},{SKU},completed\n" for n in range(22))

    checked = send(text, merchandiser, run=str(run.uid))

    assert [(note["code"], *note["lines"]) for note in checked.row_notes] == [("not_of_the_run", 22, 23)]


@pytest.mark.django_db
def test_a_corrected_line_of_returns_is_shown_and_then_changed_on_the_record(product, merchandiser, event_kinds):
    head = "rma,sku,return date,reason,note,quantity\n"
    store(send(head + f"R-1,{SKU},2025-11-20,leaks,broken,2\n", merchandiser, source="s"), merchandiser)

    checked = send(head + f"R-1,{SKU},2025-11-20,noisy,broken,2\nR-1,OTHER,2025-11-20,noisy,,1\nR-2,{SKU},2025-11-21,leaks,,1\n", merchandiser, source="s")  # fmt: skip
    assert checked.counts == {"new": 1, "changed": 1, "unchanged": 0}
    [changed] = [note for note in checked.row_notes if note["done"] == "changed"]
    assert (changed["lines"], "leaks → noisy" in changed["detail"]) == ([2], True)
    assert set(MarketReturn.objects.values_list("reason", "complaints__0")) == {("quality", "leaks")}
    store(checked, merchandiser)
    assert sorted(MarketReturn.objects.values_list("reference", "ordinal", "complaints__0", "revision")) == [
        ("R-1", 1, "noisy", 1), ("R-1", 2, "noisy", 1), ("R-2", 1, "leaks", 0),
    ]  # fmt: skip
    assert event_kinds(f"product:{SKU}").count("return.corrected") == 2


@pytest.mark.django_db
def test_the_last_line_of_a_return_counts_and_another_unit_under_its_number_is_asked(product, merchandiser):
    head = "rma,sku,return date,reason,lot\n"
    done = store(send(head + f"R-1,{SKU},2025-11-20,leaks,L1\nR-1,{SKU},2025-11-20,noisy,L1\n", merchandiser, source="s"), merchandiser)  # fmt: skip
    assert MarketReturn.objects.get().complaints == ["noisy"]
    assert [(note["code"], note["lines"]) for note in done.row_notes] == [("repeated", [2])]

    refused = send(head + f"R-2,{SKU},2025-11-20,leaks,L1\nR-2,{SKU},2025-11-20,leaks,L2\n", merchandiser, source="s")
    assert [(error["line"], error["code"]) for error in refused.errors] == [(3, "duplicate_row")]


# What is asked


@pytest.mark.django_db
def test_a_refund_beside_a_status_that_is_fine_is_asked_once(run, merchandiser):
    text = "order,sku,status,refund amount\n" + f"O-1,{SKU},completed,0.00\nO-2,{SKU},completed,5.00\nO-3,{SKU},completed,Rp 20.000\n"  # fmt: skip
    refused = send(text, merchandiser, run=str(run.uid))
    assert {(error["code"], error["value"]) for error in refused.errors} == {
        ("unknown_outcome", "completed + refund amount")
    }

    explained = {"completed + refund amount": "complained"}
    name_columns(found=refused, mapping=refused.mapping, options={"run": str(run.uid), "outcomes": explained}, actor=merchandiser, at=now())  # fmt: skip
    run_imports()
    refused.refresh_from_db()
    store(refused, merchandiser)
    assert outcomes(run) == {"O-1": ["ok"], "O-2": ["complained"], "O-3": ["complained"]}
    later = send(text.replace("O-", "N-"), merchandiser, run=str(run.uid), outcomes=explained)
    assert later.status == "checked"


@pytest.mark.django_db
def test_a_refund_of_an_order_is_explained_by_the_line_that_came_back(run, merchandiser):
    text = f"order,sku,status,returned quantity,refund amount\nO-1,SOCKS,completed,1,9.90\nO-1,{SKU},completed,0,9.90\n"

    store(send(text, merchandiser, run=str(run.uid)), merchandiser)
    assert outcomes(run) == {"O-1": ["ok"]}


# Rows that are left out


@pytest.mark.django_db
def test_rows_that_are_wrong_can_be_left_out_and_stay_on_the_record(product, merchandiser, event_kinds):
    head = "rma,sku,return date,reason\n"
    refused = send(
        head + f"R-1,{SKU},2025-11-20,leaks\nR-2,{SKU},soon,leaks\nR-3,{SKU},,leaks\n", merchandiser, source="s"
    )
    assert (refused.status, refused.wrong_lines) == ("refused", [3, 4])

    leave_out(found=refused, actor=merchandiser, at=now())
    run_imports()
    refused.refresh_from_db()
    done = store(refused, merchandiser)
    assert (done.rows_total, done.rows_passed, done.counts["new"]) == (3, 2, 1)
    assert {(note["done"], note["code"], *note["lines"]) for note in done.row_notes} == {
        ("left_out", "not_a_date", 3), ("left_out", "required", 4),
    }  # fmt: skip
    assert event_kinds(f"import:{done.uid}") == ["import.rows_left_out", "import.applied"]
    assert MarketReturn.objects.get().reference == "R-1"


# The tables of words and titles


def test_every_title_is_of_a_column_and_every_export_names_what_is_needed():
    with TITLES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for kind in (OUTCOMES, RETURNS):
        names = {column.name for column in kind.columns}
        assert {row["column"] for row in rows if row["kind"] == kind.value} <= names
        for preset in presets(kind.value):
            header = [titles[0] for titles in preset.titles.values()]
            suggestion = kind.suggest([*preset.tells, *header])
            assert preset.tells, preset
            assert suggestion.shop == preset.shop, preset
            assert kind.missing(suggestion.mapping) == [], preset
            assert len(set(suggestion.mapping.values())) == len(suggestion.mapping)


def test_every_word_has_one_meaning_that_there_is():
    meanings = {name: value for name, value in vars(orders).items() if name.isupper() and isinstance(value, str)}
    with (DATA / "order_words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row[use] for row in rows for use in ("order", "return")} <= {"", *meanings.values()}
    assert [row["word"] for row in rows if not (row["order"] or row["return"])] == []
    words = [row["word"].lower() for row in rows]
    assert len(words) == len(set(words))


def test_a_file_of_another_kind_says_which_it_looks_like(client, product, merchandiser):
    client.force_login(merchandiser)
    text = ORDERS["TikTok Shop"][0]
    started = start_import(file=SimpleUploadedFile("e.csv", text.encode()), kind="market_returns", actor=merchandiser, at=now())  # fmt: skip

    page = client.get(f"/imports/{started.uid}/columns/").content.decode()
    assert f"/imports/{started.uid}/columns/?kind=pilot_outcomes" in page
    other = client.get(f"/imports/{started.uid}/columns/?kind=pilot_outcomes").context["form"]
    assert other["outcome"].initial == "Order Status"
