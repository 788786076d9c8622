"""What looks the same is one identifier: in the function, in the database, when it is made and when it is looked up."""

import sys
import unicodedata

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from activity.errors import InvalidInput
from activity.identifiers import Reading
from activity.looks import as_sql, look_of, reading_of
from inspections.batch.services.batches import Registration, register_batches
from inspections.models import Batch, BatchCode
from suppliers.models import Category, Market, Product, Supplier
from tests.caller import Caller, fields
from tests.factories import NOON, make_batch, make_pilot, make_product, make_supplier

# Full-width, Cyrillic, Greek, another dash, nothing to see, another case.
LOOK_THE_SAME = [
    "b-1",
    "B-١",
    "B-१",
    "B一1",
    "Bー1",
    "Bㅡ1",
    "Bᅳ1",
    "Bꟷ1",
    "B－𝟏",
    "Ｂ-1",
    "Ｂ－１",
    "В-1",
    "Β-1",
    "B‐1",
    "B\u200b-1",
    " B-1\u00a0",
]


@pytest.mark.parametrize("text", LOOK_THE_SAME)
def test_what_looks_the_same_has_one_look(text):
    assert look_of(text) == "b-1"


def test_what_looks_otherwise_has_its_own():
    different = ["B-1", "B-I", "B-l", "B1", "B_1", "8-1", "É-1", "E-1", "批-1", "拟-1", "B-10", "O", "0", "Д", "Ж"]
    assert len({look_of(text) for text in different}) == len(different)
    assert look_of("E\u0301-1") == look_of("É-1") == look_of("é-1")
    assert [look_of(digits) for digits in ("１０", "HLⅡ-1", "KT²")] == ["10", "hlii-1", "kt2"]


@pytest.mark.parametrize(
    "alike",
    [
        ("A10", "AlO", "AIO", "a|o", "A1〇", "AI໐", "AlʘＯ"[:3], "A١٠", "A〡0"),
        ("HAILAN", "HAlLAN", "HA1LAN"),
        ("ld-1", "1d-I", "id-1"),
    ],
)
def test_what_people_take_for_each_other_reads_the_same(alike):
    assert len({reading_of(text) for text in alike}) == 1


@pytest.mark.django_db
def test_the_database_reads_the_same():
    texts = ["HAlLAN", "A〇1|", "В-Ｏ٣", "ld", "批一"]
    for text in texts:
        User.objects.create(username=text)
    assert set(User.objects.annotate(read=Reading("username")).values_list("read", flat=True)) == set(
        map(reading_of, texts)
    )


@pytest.mark.django_db
def test_the_database_says_the_same_of_every_character():
    chars = [chr(n) for n in range(1, sys.maxunicode + 1) if unicodedata.category(chr(n)) not in ("Cs", "Cn", "Co")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(look_of('x' || c || 'x') ORDER BY n) FROM unnest(%s::text[]) "
                       "WITH ORDINALITY AS t (c, n)", [chars])  # fmt: skip
        [said] = cursor.fetchone()
    differing = [f"{ord(char):04X}" for char, look in zip(chars, said, strict=True) if look != look_of(f"x{char}x")]
    assert differing == []


def test_the_file_of_the_database_is_made_of_the_table():
    path = settings.BASE_DIR / "accounts/rules_sql/what_looks_the_same_is_one_identifier.sql"
    assert path.read_text(encoding="utf-8") == as_sql()


@pytest.mark.django_db
class TestRecords:
    @pytest.mark.parametrize("number", ["b-2611-042", "Ｂ-2611-042", "В-2611-042"])
    def test_a_batch_is_made_once_and_found_however_it_is_written(self, batch, manager, number):
        body = {"number": number, "product": batch.product.sku, "quantity": 5}
        status, answer = Caller(manager).send("POST", "batches/", body)
        assert (status, answer["errors"][0]["code"]) == (400, "duplicate")
        assert "batch B-2611-042" in answer["errors"][0]["detail"]

        assert Caller(manager).send("GET", f"batches/{number}/")[1]["number"] == "B-2611-042"
        assert list(Batch.objects.filter(number__in=[number, "none"])) == [batch]

    def test_two_of_one_file_are_one(self, product, manager):
        sent = [Registration(number, product, 5) for number in ("Z-1", "Ｚ-1")]
        with pytest.raises(InvalidInput) as refusal:
            register_batches(registrations=sent, actor=manager, at=NOON)
        assert [error.field for error in refusal.value.errors] == ["1.number"]

    def test_zero_and_o_one_and_l_are_taken_for_each_other(self, product, manager):
        """When one is made; the exact code of each is looked up as before."""
        maker = product.supplier
        caller = Caller(manager)
        status, answer = caller.send("POST", "suppliers/", {"code": "HAlLAN", "name": "x"})
        assert (status, fields(answer)) == (400, [("code", "duplicate")])
        assert "HAlLAN looks the same as HAILAN" in answer["errors"][0]["detail"]
        body = {"sku": "Hl-KTI7-W", "name": "x", "supplier": maker.code, "category": "toys", "markets": []}
        assert "looks the same as HL-KT17-W" in caller.send("POST", "products/", body)[1]["errors"][0]["detail"]
        batch = {"number": "A10", "product": product.sku, "quantity": 5}
        assert caller.send("POST", "batches/", batch)[0] == 201
        status, answer = caller.send("POST", "batches/", batch | {"number": "AlO"})
        assert (status, fields(answer)) == (400, [("number", "duplicate")])
        assert "looks the same as batch A10" in answer["errors"][0]["detail"]
        assert caller.send("GET", "batches/AlO/")[0] == 404
        assert caller.send("GET", "batches/A10/")[0] == 200

    @pytest.mark.parametrize("code", ["safe", "SАFE", "S4FE-", "SAFE"])
    def test_codes_of_one_specification_too(self, product, merchandiser, code):
        one = {"name": "x", "aspect": "function", "class": "critical", "measured": False}
        sent = {
            "characteristics": [one | {"code": "SAFE"}, one | {"code": code}],
            "scheme": {
                "standard": "iso2859-1",
                "level": "II",
                "aql": {"major": "2.5", "minor": "4.0"},
                "kind": "single",
            },
        }
        status, answer = Caller(merchandiser).send("PUT", f"products/{product.sku}/specification/", sent)
        if code == "S4FE-":
            assert status in (200, 202)
        else:
            assert (status, fields(answer)[0]) == (400, ("characteristics.1.code", "duplicate"))

    @pytest.mark.parametrize(
        "sign",
        ["\u202e", "\ufeff", "\u2066", "\u202a", "\u200e", "\u200f", "\u061c", "\u200b", "\u2060", "\u00ad", "\u3164"],
    )
    def test_names_take_nothing_that_turns_or_is_not_seen(self, manager, sign, client):
        sent = {"code": "S-77", "name": f"Good{sign}Name"}
        assert Caller(manager).send("POST", "suppliers/", sent)[0] == 400
        client.force_login(manager)
        client.post("/suppliers/+/", sent)
        assert not Supplier.objects.filter(code="S-77").exists()
        maker = make_supplier("S-1")
        body = {"sku": "K-1", "name": f"Good{sign}Name", "supplier": maker.code, "category": "toys", "markets": []}
        assert fields(Caller(manager).send("POST", "products/", body)[1]) == [("name", "control_character")]

    def test_a_supplier_has_no_name_that_people_take_for_anothers(self, manager):
        caller = Caller(manager)
        assert caller.send("POST", "suppliers/", {"code": "S-1", "name": "Hailan Electric"})[0] == 201
        for name in ("HaiIan Electric", "Hai1an Electric", "Наilan Electric"):
            status, answer = caller.send("POST", "suppliers/", {"code": "S-2", "name": name})
            assert (status, fields(answer)) == (400, [("name", "duplicate")])
        # two works of one maker
        assert caller.send("POST", "suppliers/", {"code": "S-2", "name": "HAILAN Electric"})[0] == 201

    def test_a_code_on_units_leads_to_one_batch_however_it_is_written(self, product, manager, merchandiser):
        first, second = make_batch("B-1", product=product), make_batch("B-2", product=product)
        caller, sent = Caller(merchandiser), {"kind": "lot", "codes": ["L-1O1"]}
        assert caller.send("POST", f"batches/{first.number}/codes/", sent)[0] in (200, 201)
        for code in ("L-101", "Ⅼ-1О1", "l-IoI"):
            status, answer = caller.send("POST", f"batches/{second.number}/codes/", sent | {"codes": [code]})
            assert (status, fields(answer)) == (400, [("codes", "duplicate")])
        status, answer = caller.send("POST", f"batches/{second.number}/codes/", sent | {"codes": ["X-0", "X-O"]})
        assert (status, fields(answer)) == (400, [("codes", "duplicate")])
        with pytest.raises(IntegrityError, match="reads_like_no_other"), transaction.atomic():
            BatchCode.objects.create(
                batch=second, product=product, kind="lot", code="L-l01", added_at=NOON, added_by=manager
            )

    def test_an_order_of_a_pilot_run_is_one_however_it_is_written(self, product, merchandiser):
        run = make_pilot(product, size=60, orders=["SO-1"])
        caller, path = Caller(merchandiser), f"pilot-runs/{run.uid}/outcomes/"
        told = {"outcomes": [{"order": "ｓｏ-1", "outcome": "ok"}]}
        status, answer = caller.send("POST", path, told)
        assert status == 200, answer
        assert run.units.get(number=1).order_reference == "SO-1"
        status, answer = caller.send("POST", path, {"outcomes": [{"unit": 2, "order": "SО-1", "outcome": "ok"}]})
        assert (status, fields(answer)) == (400, [("outcomes.0.order", "duplicate")])
        with pytest.raises(IntegrityError, match="once_per_run"), transaction.atomic():
            run.units.filter(number=3).update(order_reference="so-1")

    def test_products_and_suppliers_too(self, product, manager):
        maker = product.supplier
        body = {"sku": "ｈｌ-kt17-W", "name": "x", "supplier": maker.code, "category": "toys", "markets": []}
        status, answer = Caller(manager).send("POST", "products/", body)
        assert (status, answer["errors"][0]["field"]) == (400, "sku")
        assert "looks the same as HL-KT17-W" in answer["errors"][0]["detail"]
        status, answer = Caller(manager).send("POST", "suppliers/", {"code": "НАILAN", "name": "x"})
        assert "looks the same as HAILAN" in answer["errors"][0]["detail"]
        assert Caller(manager).send("GET", "products/ｈｌ-kt17-W/")[1]["sku"] == "HL-KT17-W"
        assert Caller(manager).send("GET", "suppliers/hailan/")[1]["code"] == "HAILAN"

    @pytest.mark.parametrize(
        ("model", "field", "values"),
        [
            (Supplier, "code", ["HAILAN", "ＨAILAN"]),
            (Product, "sku", ["HL-KT17-W", "нL-kt17-w"]),
            (Batch, "number", ["B-1", "в-1"]),
            (Category, "code", ["toys", "TOYS"]),
            (Market, "code", ["US", "us"]),
            (User, "username", ["manager", "mаnager"]),
        ],
    )
    def test_by_sql_too(self, manager, model, field, values):
        first = make_supplier("S-1")
        make_batch("B-1", product=make_product("HL-KT17-W", supplier=first))
        make_batch("B-2", product=make_product("HL-KT17-B", supplier=first))
        make_supplier("HAILAN")
        User.objects.create(username="another")
        other = model.objects.exclude(**{field: values[0]}).order_by("pk").last()
        with pytest.raises(IntegrityError, match="looks_like_no_other"), transaction.atomic():
            model.objects.filter(pk=other.pk).update(**{field: values[1]})
