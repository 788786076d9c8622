"""Files of batches and of results, from the upload to what is stored."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import get_language, override
from openpyxl import load_workbook

from activity.errors import InvalidInput, NotAllowed
from imports.models import Import
from imports.services import working as service
from imports.services.sending import NotChecked, apply_import, start_import
from imports.services.working import run_next_import
from imports.tasks import run_imports
from inspections import demo
from inspections.demo.catalogue import BOARD, CANS, CHARACTERISTICS, COMPUTER, PRIMER, SCHEMES
from inspections.models import Batch, Hold, Inspection, Result
from tests.factories import LEAK, after, answer_hold, inspect, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db

DEMO = Path(demo.__file__).parent


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def send(text: str, actor, name: str = "list.csv") -> Import:
    """Send a file and have it checked."""
    started = start_import(file=SimpleUploadedFile(name, text.encode()), actor=actor, at=now())
    run_imports()
    started.refresh_from_db()
    return started


def store(checked: Import, actor) -> Import:
    apply_import(checked=checked, actor=actor, at=now())
    run_imports()
    checked.refresh_from_db()
    return checked


def errors_of(refused: Import):
    return [(error["line"], error["column"], error["code"]) for error in refused.errors]


# Batches

GOOD = "batch,product,quantity,cartons,produced_on\nB-1,HL-KT17-W,1000,100,2026-11-20\nB-2,HL-KT17-W,200,,\n"


def test_checking_stores_nothing_and_applying_stores_all(product, merchandiser):
    checked = send(GOOD, merchandiser)
    assert (checked.status, checked.kind, checked.rows_total, Batch.objects.count()) == ("checked", "batches", 2, 0)

    done = store(checked, merchandiser)

    assert (done.status, done.rows_done, done.applied_by) == ("done", 2, merchandiser)
    assert list(Batch.objects.order_by("number").values_list("number", "quantity", "cartons", "state")) == [
        ("B-1", 1000, 100, "awaiting"),
        ("B-2", 200, None, "awaiting"),
    ]


def test_every_row_that_the_rules_refuse_is_named_with_its_line(product, merchandiser, batch):
    refused = send(
        "batch,product,quantity,cartons\n"
        "B-1,HL-KT17-W,1000,\n"
        "B 2,HL-KT17-W,1000,\n"
        "B-3,NO-SUCH,1000,\n"
        "B-4,HL-KT17-W,0,\n"
        "B-5,HL-KT17-W,1000000001,\n"
        "B-6,HL-KT17-W,-5,\n"
        "B-7,HL-KT17-W,10,11\n"
        "B-2611-042,HL-KT17-W,1000,\n"
        "B-9,HL-KT17-W,many,\n",
        merchandiser,
    )

    assert (refused.status, errors_of(refused)) == (
        "refused",
        [
            (3, "batch", "code"),
            (4, "product", "unknown_product"),
            (5, "quantity", "out_of_range"),
            (6, "quantity", "out_of_range"),
            (7, "quantity", "out_of_range"),
            (8, "cartons", "out_of_range"),
            (9, "batch", "duplicate"),
            (10, "quantity", "not_a_number"),
        ],
    )
    assert Batch.objects.count() == 1


def test_columns_are_called_as_in_the_file(product, merchandiser):
    refused = send("批号,SKU,Qty\nB-1,HL-KT17-W,many\nB-2,NO-SUCH,5\n", merchandiser)

    assert errors_of(refused) == [(2, "Qty", "not_a_number"), (3, "SKU", "unknown_product")]


def test_a_file_that_is_not_the_one_that_was_checked_is_not_stored_in_part(product, merchandiser, tmp_path):
    checked = send(GOOD, merchandiser)
    (tmp_path / checked.file.name).write_text(GOOD.replace("200", "many"))

    refused = store(checked, merchandiser)

    assert (refused.status, errors_of(refused)) == ("refused", [(3, "quantity", "not_a_number")])
    assert not Batch.objects.exists()


def test_a_file_that_was_imported_before_says_so(product, merchandiser):
    store(send(GOOD, merchandiser), merchandiser)

    again = send(GOOD, merchandiser)

    assert errors_of(again) == [(None, "", "already_imported"), (2, "batch", "duplicate"), (3, "batch", "duplicate")]
    assert again.errors[1]["detail"] == "There is a batch B-1 already. Numbers are used once."


def test_a_column_that_is_there_twice_is_not_taken_for_a_repeated_batch(product, merchandiser):
    refused = send("batch,product,quantity,数量\nB-1,HL-KT17-W,1000,1000\n", merchandiser)

    assert errors_of(refused) == [(1, "数量", "duplicate")]


def test_a_file_that_cannot_be_read_any_more_when_it_is_stored_says_why(product, merchandiser, tmp_path):
    checked = send(GOOD, merchandiser)
    (tmp_path / checked.file.name).write_bytes(b"%PDF-1.7")

    assert errors_of(store(checked, merchandiser)) == [(None, "", "unknown_content")]


def test_what_changed_since_the_check_leaves_nothing_half_stored(product, merchandiser):
    checked = send(GOOD, merchandiser)
    make_batch("B-2", product=product)

    refused = store(checked, merchandiser)

    assert (refused.status, errors_of(refused)) == ("refused", [(3, "batch", "duplicate")])
    assert list(Batch.objects.values_list("number", flat=True)) == ["B-2"]


def test_only_a_checked_file_is_stored_and_only_once(product, merchandiser):
    checked = send(GOOD, merchandiser)
    store(checked, merchandiser)

    with pytest.raises(NotChecked):
        apply_import(checked=checked, actor=merchandiser, at=now())


def test_errors_are_in_the_language_of_who_sent_the_file(client, product, merchandiser, monkeypatch):
    heard = []
    monkeypatch.setattr(service, "_check", lambda claimed, progress: heard.append(get_language()))
    client.force_login(merchandiser)

    file = SimpleUploadedFile("a.csv", b"x")
    with override("en"):  # a request leaves its language behind
        client.post(reverse("import-create"), {"file": file}, headers={"Accept-Language": "zh-hans"})
    run_next_import(now=now())

    assert heard == ["zh-hans"]


# Results

BY_CHECK = """batch,characteristic,readings,nonconforming_units,nonconforming
B-2611-042,LEAK,,none,
B-2611-042,HEIGHT,{height},,
B-2611-042,CORD,{cord},,
B-2611-042,LID,,3 17,
B-2611-042,PRINT,,,2
"""


def by_check(height=("50.0",) * 80, cord=("75",) * 80) -> str:
    return BY_CHECK.format(height=" ".join(height), cord=" ".join(cord))


def by_unit(units=range(1, 81), **cells: dict[int, str]) -> str:
    """A row per unit; `cells` are what differs, by characteristic and unit."""
    good = {"LEAK": "ok", "HEIGHT": "50.0", "CORD": "75", "LID": "合格", "PRINT": "0"}
    rows = [",".join(["批号", "样品序号", *good])]
    for unit in units:
        rows.append(
            ",".join(["B-2611-042", str(unit), *(cells.get(code, {}).get(unit, value) for code, value in good.items())])
        )
    return "\n".join(rows) + "\n"


def results_of(batch) -> dict:
    found = Result.objects.filter(inspection__batch=batch).select_related("characteristic")
    return {r.characteristic.code: (r.nonconforming, r.nonconforming_units, r.nonconformities) for r in found}


def test_a_row_per_characteristic_becomes_an_inspection(batch, manager):
    done = store(send(by_check(height=["50.0"] * 79 + ["50.9"]), manager), manager)

    assert (done.status, done.kind, done.rows_total) == ("done", "results_by_check", 5)
    inspection = batch.inspections.get()
    assert (inspection.verdict, inspection.inspector, inspection.hold.finding["unit_number"]) == (
        "rejected",
        manager,
        80,
    )
    assert results_of(batch) == {
        "LEAK": (0, [], 0), "HEIGHT": (1, [80], 1), "CORD": (0, [], 0), "LID": (2, [3, 17], 2), "PRINT": (2, None, 2),
    }  # fmt: skip


def test_a_row_per_unit_becomes_an_inspection(batch, manager):
    text = by_unit(CORD={7: "82.5"}, LID={3: "NG", 17: "不合格"}, PRINT={5: "3"})

    done = store(send(text, manager), manager)

    assert (done.status, done.kind, done.rows_total) == ("done", "results_by_unit", 80)
    assert batch.inspections.get().verdict == "accepted"
    assert results_of(batch) == {
        "LEAK": (0, [], 0), "HEIGHT": (0, [], 0), "CORD": (1, [7], 1), "LID": (2, [3, 17], 2), "PRINT": (1, [5], 3),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        (by_check(cord=["75"] * 79), [(4, "readings", "too_few")]),
        (by_check(cord=["75"] * 81), [(4, "readings", "too_many")]),
        (by_check(cord=["75"] * 79 + ["n/a"]), [(4, "readings", "not_a_number")]),
        (by_check(cord=["75"] * 79 + ["NaN"]), [(4, "readings", "not_a_number")]),
        (by_check().replace("3 17", "0 81"), [(5, "nonconforming_units", "unknown_unit")]),
        (by_check().replace("3 17", "3 3"), [(5, "nonconforming_units", "duplicate")]),
        (by_check().replace(",,,2", ",,,81"), [(6, "nonconforming", "out_of_range")]),
        (by_check().replace(",,,2", ",,,"), [(6, "", "no_answer")]),
        (by_check().replace(",,,2", ",,4,2"), [(6, "", "two_answers")]),
        (by_check().replace("PRINT", "COLOUR"), [(6, "characteristic", "unknown_characteristic")]),
        (by_check().replace("PRINT", "LID"), [(6, "characteristic", "duplicate_row")]),
        (by_check().replace("B-2611-042", "B-NONE"), [(2, "batch", "unknown_batch")]),
        (by_check().rsplit("\n", 2)[0] + "\n", [(2, "", "unanswered_checks")]),
        (by_unit(range(1, 80)), [(2, code, "too_few") for code in ("CORD", "HEIGHT", "LEAK", "LID", "PRINT")]),
        (by_unit(range(1, 82)), [(82, code, "unknown_unit") for code in ("CORD", "HEIGHT", "LEAK", "LID", "PRINT")]),
        (by_unit(LEAK={4: ""}), [(2, "LEAK", "too_few")]),
        (by_unit(LEAK={4: "perhaps"}, CORD={9: "75 kg"}), [(5, "LEAK", "unknown_answer"), (10, "CORD", "other_unit")]),
        (by_unit([0, *range(2, 81)]), [(2, "样品序号", "out_of_range")]),
        (by_unit([2, *range(2, 81)]), [(3, "样品序号", "duplicate_row")]),
        (by_unit().replace("PRINT", "COLOUR"), [(2, "COLOUR", "unknown_characteristic")]),
    ],
)  # fmt: skip
def test_results_that_do_not_fit_the_plan_are_named_and_nothing_is_stored(batch, manager, text, errors):
    refused = send(text, manager)

    assert (refused.status, errors_of(refused)) == ("refused", errors)
    assert not Inspection.objects.exists()
    batch.refresh_from_db()
    assert batch.state == "awaiting"


@pytest.mark.parametrize("height", ["50.9", "50.0"])
def test_the_same_results_again_are_not_taken_for_a_reinspection(batch, manager, height):
    """Neither where the first were rejected, and a re-inspection is due, nor where they were accepted."""
    text = by_check(height=[height] * 80)
    store(send(text, manager), manager)

    again = send(text, manager)

    assert errors_of(again) == [(2, "round", "wrong_round")]
    assert batch.inspections.count() == 1


def test_a_reinspection_is_imported_as_its_round(batch, inspector, manager):
    inspect(batch, actor=inspector, at=after(1), LEAK=[3])
    answer_hold(batch.holds.get(), at=after(2))
    text = by_check().replace("batch,", "batch,round,").replace("B-2611-042,", "B-2611-042,2,")

    done = store(send(text, manager), manager)

    assert done.status == "done"
    assert batch.holds.get().ended_by_inspection.round == 2


def test_results_need_the_permission_to_inspect(batch, merchandiser):
    assert errors_of(send(by_check(), merchandiser)) == [(None, "", "not_allowed")]


def test_results_of_several_products_in_one_file(batch, manager):
    other = make_product(supplier=batch.supplier)
    make_specification(other, [LEAK], scheme={"kind": "fixed", "n": 2})
    make_batch("B-OTHER", product=other)
    text = by_unit() + "B-OTHER,1,ok,,,,\nB-OTHER,2,ng,,,,\n"

    assert store(send(text, manager), manager).status == "done"

    assert {i.batch.number: i.verdict for i in Inspection.objects.select_related("batch")} == {
        "B-2611-042": "accepted",
        "B-OTHER": "rejected",
    }


# Workers that die


def test_a_worker_that_dies_leaves_nothing_half_stored_and_another_goes_on(product, merchandiser, monkeypatch):
    checked = send(GOOD, merchandiser)
    apply_import(checked=checked, actor=merchandiser, at=now())
    with monkeypatch.context() as patch:
        patch.setattr(service, "record_event", lambda *args, **facts: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            run_next_import(now=now())
    assert Batch.objects.count() == 0

    assert run_next_import(now=now()) is False
    assert run_next_import(now=now() + service.CLAIM_FOR) is True

    checked.refresh_from_db()
    assert (checked.status, checked.attempts, Batch.objects.count()) == ("done", 2, 2)


def test_a_file_that_stops_the_server_again_and_again_is_refused(product, merchandiser, monkeypatch):
    started = start_import(file=SimpleUploadedFile("a.csv", GOOD.encode()), actor=merchandiser, at=now())
    monkeypatch.setattr(service, "read_table", lambda *_args: (_ for _ in ()).throw(SystemExit))
    for number in range(service.MOST_ATTEMPTS):
        with pytest.raises(SystemExit):
            run_next_import(now=now() + number * service.CLAIM_FOR)

    run_next_import(now=now() + service.MOST_ATTEMPTS * service.CLAIM_FOR)

    started.refresh_from_db()
    assert (started.status, errors_of(started)) == ("refused", [(None, "", "gave_up")])


def test_a_worker_whose_claim_ran_out_stores_nothing(product, merchandiser, monkeypatch):
    checked = send(GOOD, merchandiser)
    apply_import(checked=checked, actor=merchandiser, at=now())
    late = service._claim(now())
    Import.objects.filter(pk=late.pk).update(claimed_until=now())

    run_next_import(now=now())
    service.run_import(late, service.say_nothing)

    checked.refresh_from_db()
    assert (checked.status, checked.attempts, Batch.objects.count()) == ("done", 2, 2)


def test_a_file_that_is_lost_is_refused_and_does_not_stand_in_the_way(product, merchandiser, tmp_path):
    lost, good = (
        start_import(file=SimpleUploadedFile("a.csv", GOOD.encode()), actor=merchandiser, at=now()) for _ in range(2)
    )
    (tmp_path / lost.file.name).unlink()

    run_imports()

    lost.refresh_from_db()
    good.refresh_from_db()
    assert (errors_of(lost), good.status) == ([(None, "", "failed")], "checked")


# Pages


@pytest.mark.parametrize(
    ("persona", "status"),
    [("inspector", 403), ("manager", 200), ("merchandiser", 200), ("supplier_user", 403), ("rival_supplier", 403)],
)
def test_who_may_import(request, client, product, merchandiser, persona, status):
    checked = send(GOOD, merchandiser)
    client.force_login(request.getfixturevalue(persona))

    for url in (
        reverse("import-list"),
        reverse("import-create"),
        reverse("import-detail", args=[checked.uid]),
        reverse("import-template", args=["batches", "csv"]),
    ):
        assert client.get(url).status_code == status
    assert client.post(reverse("import-apply", args=[checked.uid])).status_code == (302 if status == 200 else 403)


def test_who_may_not_import_is_refused_by_the_service_too(inspector, merchandiser, product):
    with pytest.raises(NotAllowed):
        start_import(file=SimpleUploadedFile("a.csv", GOOD.encode()), actor=inspector, at=now())
    with pytest.raises(NotAllowed):
        apply_import(checked=send(GOOD, merchandiser), actor=inspector, at=now())


def test_the_page_goes_from_the_upload_to_what_is_stored(client, product, merchandiser):
    client.force_login(merchandiser)
    response = client.post(reverse("import-create"), {"file": SimpleUploadedFile("list.csv", GOOD.encode())})
    detail = response.url
    assert "data-live" in client.get(detail).content.decode()

    run_imports()
    assert "All 2 rows are right. Nothing is stored yet." in client.get(detail).content.decode()

    client.post(detail + "apply/")
    assert "data-live" in client.get(detail).content.decode()
    run_imports()
    assert "All 2 rows are stored." in client.get(detail).content.decode()
    assert "list.csv" in client.get(reverse("import-list")).content.decode()


def test_the_page_names_every_bad_row(client, product, merchandiser):
    client.force_login(merchandiser)
    rows = "".join(f"B-{number},NO-SUCH,1000\n" for number in range(150))
    refused = send("batch,product,quantity\n" + rows, merchandiser)
    url = reverse("import-detail", args=[refused.uid])

    first, second = (client.get(url, {"page": page}).content.decode() for page in (1, 2))

    assert "150 things are wrong" in first
    assert (first.count("There is no product NO-SUCH."), second.count("There is no product NO-SUCH.")) == (100, 50)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"x" * (20 * 2**20 + 1)], ids=["empty", "pdf", "20 MB"])
def test_what_is_no_table_is_refused_on_the_form(client, merchandiser, content):
    client.force_login(merchandiser)

    response = client.post(reverse("import-create"), {"file": SimpleUploadedFile("list.csv", content)})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["file"])
    assert not Import.objects.exists()


def test_a_template_is_named_after_what_it_holds(client, merchandiser):
    client.force_login(merchandiser)

    response = client.get(reverse("import-template", args=["results_by_check", "xlsx"]))

    assert response["Content-Disposition"] == 'attachment; filename="holdfast-results-by-check.xlsx"'
    assert load_workbook(BytesIO(response.content)).active["A1"].value == "batch"
    assert client.get(reverse("import-template", args=["batches", "exe"])).status_code == 404
    assert client.get(reverse("import-template", args=["nothing", "csv"])).status_code == 404


# The command, and the published data


def write(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text)
    return path


def test_the_command_checks_first_and_stores_when_told(product, admin, tmp_path, capsys):
    path = write(tmp_path, GOOD)

    call_command("import_batches", path)
    assert (Batch.objects.count(), capsys.readouterr().out.strip()) == (
        0,
        f"{path}: 2 rows of batches, right; --apply stores them.",
    )

    call_command("import_batches", path, "--apply")
    assert (Batch.objects.count(), Import.objects.latest("id").created_by) == (2, admin)


def test_the_command_names_every_bad_row_and_fails(product, admin, tmp_path, capsys):
    path = write(tmp_path, "batch,product,quantity\nB-1,NO-SUCH,1\nB-2,HL-KT17-W,many\n")

    with pytest.raises(CommandError, match="2 errors, nothing was stored"):
        call_command("import_batches", path, "--apply")

    assert capsys.readouterr().err.splitlines() == [
        f"{path}: line 2: product: There is no product NO-SUCH.",
        f"{path}: line 3: quantity: “many” is not a whole number.",
    ]


def test_the_command_needs_a_file_and_a_user(db, tmp_path, admin):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_batches", tmp_path / "none.csv")
    with pytest.raises(CommandError, match="There is no user nobody"):
        call_command("import_batches", write(tmp_path, GOOD), "--user", "nobody")
    with pytest.raises(CommandError, match="The file is empty"):
        call_command("import_batches", write(tmp_path, ""))


@pytest.fixture
def published(admin, supplier):
    """The products of the published data, and its batches imported."""
    for sku in (CANS, BOARD, COMPUTER, PRIMER):
        make_specification(make_product(sku, supplier=supplier), CHARACTERISTICS[sku], scheme=SCHEMES[sku])
    call_command("import_batches", DEMO / "batches.csv", "--apply", verbosity=0)


def test_published_inspections_of_cans_become_what_was_published(published):
    """Montgomery, Introduction to Statistical Quality Control: 54 samples of 50 cans, 347 + 133 nonconforming."""
    call_command("import_batches", DEMO / "orange_juice_cans.csv", "--apply", verbosity=0)

    found = list(
        Result.objects.filter(characteristic__code="SEAM")
        .order_by("inspection__batch__number")
        .values_list("nonconforming", flat=True)
    )
    before, after_adjusting = found[:30], found[30:]
    assert (len(found), sum(before), sum(after_adjusting)) == (54, 347, 133)
    assert (round(sum(before) / 30 / 50, 4), round(sum(after_adjusting) / 24 / 50, 4)) == (0.2313, 0.1108)
    assert Hold.objects.open().filter(reason="critical").count() == sum(count > 0 for count in found) == 54
    cans = Batch.objects.filter(product__sku=CANS)
    assert {(batch.state, batch.on_hold, batch.available) for batch in cans} == {("on_hold", 1000, 0)}
    assert {i.plans["critical"].sample_size for i in Inspection.objects.all()} == {50}


def test_published_counts_and_readings_become_what_was_published(published):
    for name in ("circuit_boards.csv", "pc_assembly.csv", "primer_viscosity.csv"):
        call_command("import_batches", DEMO / name, "--apply", verbosity=0)

    def counts(sku):
        found = Result.objects.filter(inspection__batch__product__sku=sku).order_by("inspection__batch__number")
        return list(found.values_list("nonconformities", flat=True))

    boards, computers = counts(BOARD), counts(COMPUTER)
    assert (len(boards), sum(boards[:26]), round(sum(boards[:26]) / 26, 2)) == (46, 516, 19.85)
    assert (len(computers), sum(computers), sum(computers) / (20 * 5)) == (20, 193, 193 / 100)
    readings = [
        result.readings[0]
        for result in Result.objects.filter(characteristic__code="VISCOSITY").order_by("inspection__batch__number")
    ]
    assert (len(readings), float(round(sum(readings[:20]) / 20, 3))) == (35, 34.088)
    rejected = Inspection.objects.filter(verdict="rejected").order_by("batch__number")
    assert list(rejected.values_list("batch__number", flat=True)) == [
        "PC-006", "PC-010", "PCB-007", "PCB-009", "PCB-020", "PCB-021", "PCB-033", "PRIMER-004",
    ]  # fmt: skip
    assert Hold.objects.open().filter(reason="rejected").count() == 8


def test_a_broken_upload_is_not_kept(merchandiser, tmp_path):
    with pytest.raises(InvalidInput):
        start_import(file=SimpleUploadedFile("a.csv", b""), actor=merchandiser, at=now())

    assert list(tmp_path.rglob("*")) == []
