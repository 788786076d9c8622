"""What comes back from the market: recorded once, led back to its batch, counted against the inspection that accepted it."""

import threading
from datetime import date, timedelta

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from activity.transactions import one_transaction
from inspections.batch.services.shipments import ship
from inspections.models import BatchCode, Catch, FoundBy, MarketReturn
from inspections.returns.receivers import trace_what_came_between
from inspections.returns.services.catches import set_catches
from inspections.returns.services.returns import record_returns
from inspections.returns.services.tracing import add_batch_codes, name_batch
from suppliers.models import Product
from tests.factories import NOON, after, bring_back, inspect, make_batch, make_product, returned

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


@pytest.fixture
def shipped(batch, inspector, manager):
    """The batch accepted, and 600 units of it shipped on the 12th."""
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=600, reference="SO-1", actor=manager, at=NOON - timedelta(days=10))
    return batch


@pytest.fixture
def later(shipped, product, inspector, manager):
    """A second batch, of which units shipped on the 17th."""
    batch = make_batch("B-2611-050", product=product)
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=100, reference="SO-2", actor=manager, at=NOON - timedelta(days=5))
    return batch


def errors_of(refusal) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in refusal.value.errors]


# Recording


def test_a_return_is_stored_with_its_batch_and_the_inspection_that_accepted_it(shipped, product, event_kinds):
    [stored] = bring_back(returned("R-1", order_reference="O-1", carrier="USPS", market="US"))

    assert (stored.batch, stored.found_by, stored.inspection) == (shipped, "only_batch", shipped.inspections.get())
    assert (stored.reason, stored.complaints, stored.market.code) == ("quality", ["leaks"], "US")
    assert event_kinds(f"product:{product.sku}")[-1] == "returns.recorded"


def test_a_repeat_has_one_effect_and_another_content_is_refused(shipped, merchandiser, event_kinds):
    first = bring_back(returned("R-1"))

    again = record_returns(
        source="shop-us", returns=[returned("R-1"), returned("R-2")], actor=merchandiser, at=after(1)
    )
    assert (again.new, again.repeated, again.rows[0].pk) == (1, 1, first[0].pk)
    with pytest.raises(InvalidInput) as refusal:
        record_returns(source="shop-us", returns=[returned("R-1", reason="usage")], actor=merchandiser, at=after(2))
    assert errors_of(refusal) == [("0.reference", "reference_reused")]
    assert [r.pk for r in bring_back(returned("R-1"), source="shop-uk")] != [first[0].pk]
    assert event_kinds("product:HL-KT17-W").count("returns.recorded") == 3


def test_the_same_unit_twice_in_a_list_is_one_and_two_units_of_one_reference_are_refused(shipped, merchandiser):
    same = record_returns(source="s", returns=[returned("R-1"), returned("R-1")], actor=merchandiser, at=NOON)
    assert (same.new, same.repeated, MarketReturn.objects.count()) == (1, 1, 1)

    with pytest.raises(InvalidInput) as refusal:
        record_returns(
            source="s", returns=[returned("R-2"), returned("R-2", carrier="DHL")], actor=merchandiser, at=NOON
        )
    assert errors_of(refusal) == [("1.reference", "reference_reused")]


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"product": "NO-SUCH"}, ("0.product", "unknown_product")),
        ({"batch": "B-404"}, ("0.batch", "unknown_batch")),
        ({"batch": "RIVALS"}, ("0.batch", "unknown_batch")),
        ({"reason": "bad luck"}, ("0.reason", "unknown_reason")),
        ({"reason": ""}, ("0.reason", "required")),
        ({"complaints": ["haunted"]}, ("0.complaints", "unknown_complaint")),
        ({"complaints": ["function"]}, ("0.complaints", "unknown_complaint")),
        ({"kind": "complained"}, ("0.reason", "not_returned")),
        ({"kind": "complained", "reason": "", "complaints": []}, ("0.complaints", "required")),
        ({"kind": "stolen"}, ("0.kind", "invalid_choice")),
        ({"market": "MARS"}, ("0.market", "unknown_market")),
        ({"delivered_on": date(2026, 11, 21)}, ("0.happened_on", "before_delivery")),
        ({"delivered_on": date(2026, 11, 9), "shipped_on": date(2026, 11, 10)}, ("0.shipped_on", "after_delivery")),
        ({"happened_on": date(2026, 11, 23)}, ("0.happened_on", "in_the_future")),
        ({"carrier": "x" * 61}, ("0.carrier", "too_long")),
        ({"reference": ""}, ("0.reference", "required")),
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_is_stored(shipped, merchandiser, facts, error):
    make_batch("RIVALS", product=None)
    wrong = returned(**{"reference": "R-1"} | facts)

    with pytest.raises(InvalidInput) as refusal:
        record_returns(source="shop-us", returns=[wrong, returned("R-2")], actor=merchandiser, at=NOON)

    assert errors_of(refusal) == [error]
    assert not MarketReturn.objects.exists()


def test_all_that_is_wrong_is_named_at_once(shipped, merchandiser):
    wrong = [returned("R-1", product="NO"), returned("R-2"), returned("R-3", reason="?", complaints=["?"])]

    with pytest.raises(InvalidInput) as refusal:
        record_returns(source="shop-us", returns=wrong, actor=merchandiser, at=NOON)
    assert errors_of(refusal) == [
        ("0.product", "unknown_product"), ("2.reason", "unknown_reason"), ("2.complaints", "unknown_complaint"),
    ]  # fmt: skip
    with pytest.raises(InvalidInput):
        record_returns(source="a shop", returns=[returned("R-1")], actor=merchandiser, at=NOON)


def test_only_who_may_report_returns_does(shipped, inspector, supplier_user):
    assert record_returns(source="s", returns=[returned("R-0")], actor=inspector, at=NOON).new == 1
    with pytest.raises(NotAllowed):
        record_returns(source="s", returns=[returned("R-1")], actor=supplier_user, at=NOON)


def test_the_number_of_statements_does_not_grow_with_the_units(shipped, merchandiser):
    def statements(units: int) -> int:
        sent = [returned(f"{units}-{n}") for n in range(units)]
        with CaptureQueriesContext(connection) as captured:
            record_returns(source="shop-us", returns=sent, actor=merchandiser, at=NOON)
        return len(captured)

    statements(1)
    assert statements(2) == statements(40)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_while_a_long_list_is_recorded_in_one_transaction(shipped, product, merchandiser):
    """As an import of 50,000 does: meanwhile somebody locks the product, and records another return with the same complaint."""
    done = []

    def work():
        try:
            with one_transaction(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                Product.objects.select_for_update(no_key=True).get(pk=product.pk)
                done.append(bring_back(returned("OTHER")))
        finally:
            connection.close()

    with one_transaction():
        bring_back(returned("LONG"))
        other = threading.Thread(target=work)
        other.start()
        other.join()
        assert [row.reference for rows in done for row in rows] == ["OTHER"]

    assert MarketReturn.objects.count() == 2
    assert product.catches.get(complaint="leaks").characteristic == "LEAK"


@pytest.mark.django_db(transaction=True)
def test_the_same_return_at_the_same_moment_is_recorded_once(shipped, merchandiser):
    refused = []

    def work():
        try:
            bring_back(returned("R-1", carrier="DHL"))
        except InvalidInput as refusal:
            refused.extend((each.field, each.code) for each in refusal.errors)
        finally:
            connection.close()

    with one_transaction():
        bring_back(returned("R-1", carrier="UPS"))
        other = threading.Thread(target=work)
        other.start()
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        with connection.cursor() as cursor:
            while cursor.execute(waits).fetchone() == (0,) and other.is_alive():
                pass
    other.join()

    assert refused == [("0.reference", "reference_reused")]
    assert [row.carrier for row in MarketReturn.objects.all()] == ["UPS"]


# Which batch it came from


@pytest.mark.parametrize(
    ("facts", "number", "found_by"),
    [
        ({"batch": "B-2611-050"}, "B-2611-050", "stated"),
        ({"lot_code": "L77"}, "B-2611-050", "lot_code"),
        ({"lot_code": "B-2611-042"}, "B-2611-042", "lot_code"),
        ({"carton": "B-2611-050/17"}, "B-2611-050", "carton"),
        ({"carton": "B-2611-042-003"}, "B-2611-042", "carton"),
        ({"lot_code": "UNREADABLE", "carton": "C-9"}, "B-2611-042", "carton"),
        ({"shipment": "SO-2"}, "B-2611-050", "shipment"),
        ({"shipped_on": date(2026, 11, 12)}, "B-2611-042", "shipped_on"),
        ({"shipped_on": date(2026, 11, 13)}, None, "unknown"),
        ({"delivered_on": date(2026, 11, 14)}, "B-2611-042", "only_batch"),
        ({"delivered_on": date(2026, 11, 18)}, None, "unknown"),
        ({"delivered_on": date(2026, 11, 2)}, None, "unknown"),
        ({"lot_code": "B-26"}, None, "unknown"),
    ],
)
def test_how_the_batch_is_found(shipped, later, merchandiser, facts, number, found_by):
    add_batch_codes(batch=later, kind="lot", codes=["L77"], actor=merchandiser, at=NOON)
    add_batch_codes(batch=shipped, kind="carton", codes=["C-9"], actor=merchandiser, at=NOON)

    [stored] = bring_back(returned("R-1", **facts))

    assert (stored.batch and stored.batch.number, stored.found_by) == (number, found_by)


def test_a_code_that_becomes_known_leads_back_what_was_unknown(shipped, later, merchandiser, event_kinds):
    [stored] = bring_back(returned("R-1", lot_code="L99"))
    assert stored.batch is None

    assert add_batch_codes(batch=later, kind="lot", codes=["L99", "L98"], actor=merchandiser, at=after(1)) == 1

    stored.refresh_from_db()
    assert (stored.batch, stored.found_by, stored.inspection) == (later, FoundBy.LOT_CODE, later.inspections.get())
    assert event_kinds(later.stream)[-1] == "batch.coded"
    with pytest.raises(InvalidInput) as refusal:
        add_batch_codes(batch=shipped, kind="lot", codes=["L99"], actor=merchandiser, at=after(2))
    assert errors_of(refusal) == [("codes", "taken")]
    assert BatchCode.objects.count() == 2


def test_a_code_that_became_known_while_returns_were_recorded_is_not_passed_over(shipped, later, merchandiser):
    [stored] = bring_back(returned("R-1", lot_code="L99"))
    told = Event.objects.get(kind="returns.recorded")
    trace_what_came_between(told)
    stored.refresh_from_db()
    assert stored.batch is None
    BatchCode.objects.create(
        batch=later, product=later.product, kind="lot", code="L99", added_at=NOON, added_by=merchandiser
    )  # in a transaction that did not see the return

    trace_what_came_between(told)

    stored.refresh_from_db()
    assert (stored.batch, stored.found_by) == (later, FoundBy.LOT_CODE)


def test_a_batch_is_named_by_hand(shipped, later, merchandiser, supplier_user, event_kinds):
    [stored] = bring_back(returned("R-1"))

    name_batch(found=stored, number="B-2611-050", actor=merchandiser, at=after(1))

    stored.refresh_from_db()
    assert (stored.batch, stored.found_by, stored.inspection) == (later, "by_hand", later.inspections.get())
    assert event_kinds("product:HL-KT17-W")[-1] == "return.batch_named"
    with pytest.raises(InvalidInput) as refusal:
        name_batch(found=stored, number="NONE", actor=merchandiser, at=after(2))
    assert errors_of(refusal) == [("batch", "unknown_batch")]
    with pytest.raises(NotAllowed):
        name_batch(found=stored, number="B-2611-042", actor=supplier_user, at=after(2))


# What should have caught it


def test_the_characteristic_is_suggested_and_people_settle_it(shipped, product, manager):
    bring_back(returned("R-1", complaints=["leaks", "manual_missing", "late", "noisy"]))
    assert dict(product.catches.values_list("complaint", "characteristic")) == {
        "leaks": "LEAK", "manual_missing": "", "late": "", "noisy": "",
    }  # fmt: skip
    assert set(product.catches.values_list("set_by", flat=True)) == {None}

    set_catches(product=product, catches={"leaks": "LID", "late": ""}, actor=manager, at=after(1))

    assert dict(product.catches.values_list("complaint", "characteristic")) == {
        "leaks": "LID", "manual_missing": "", "late": "", "noisy": "",
    }  # fmt: skip
    assert list(Catch.objects.exclude(set_by=None).values_list("complaint", flat=True).order_by("complaint")) == [
        "late",
        "leaks",
    ]
    bring_back(returned("R-2"))  # what was settled stays
    assert product.catches.get(complaint="leaks").characteristic == "LID"


def test_what_is_no_complaint_and_no_characteristic_is_refused(product, manager, merchandiser, inspector):
    with pytest.raises(InvalidInput) as refusal:
        set_catches(product=product, catches={"haunted": "LEAK", "leaks": "NOPE"}, actor=manager, at=NOON)
    assert errors_of(refusal) == [("haunted", "unknown_complaint"), ("leaks", "unknown_characteristic")]
    with pytest.raises(NotAllowed):
        set_catches(product=product, catches={"leaks": "LEAK"}, actor=inspector, at=NOON)


def test_escapes_are_what_a_characteristic_should_have_caught_and_what_quality_sent_back(shipped, product):
    rows = bring_back(
        returned("CAUGHT", reason="usage", complaints=["leaks"]),
        returned("QUALITY", complaints=[]),
        returned("MIND", reason="changed_mind", complaints=[]),
        returned("LATE", reason="logistics", complaints=["late"]),
        returned("SAID", kind="complained", reason="", complaints=["leaks", "noisy"]),
        returned("UNKNOWN", delivered_on=date(2026, 11, 1)),
    )

    escaped = MarketReturn.objects.escaped()
    assert set(escaped.values_list("reference", flat=True)) == {"CAUGHT", "QUALITY", "SAID"}
    assert set(MarketReturn.objects.caught_by("LEAK").values_list("reference", flat=True)) == {
        "CAUGHT",
        "SAID",
        "UNKNOWN",
    }
    assert shipped.inspections.get().market_returns.count() == len(rows) - 1


# Who sees them


def test_a_supplier_sees_its_own_and_no_others(shipped, supplier_user, rival_supplier, inspector):
    own = bring_back(returned("R-1"), returned("R-2", delivered_on=date(2026, 11, 1)))
    rivals = make_product("RIVAL-1")
    bring_back(returned("R-3", product=rivals.sku))

    seen = MarketReturn.objects.visible_to(supplier_user)
    assert set(seen) == set(own)
    assert not MarketReturn.objects.visible_to(rival_supplier).exists()
    assert MarketReturn.objects.visible_to(inspector).count() == 3


# Round the code

CODE_OF_ANOTHER_PRODUCT = """
INSERT INTO inspections_batchcode (batch_id, product_id, kind, code, added_at, added_by_id)
SELECT b.id, p.id, 'lot', 'X', now(), recorded_by_id
FROM inspections_marketreturn, inspections_batch b, suppliers_product p WHERE b.number = 'RIVALS' AND p.sku = 'HL-KT17-W'
"""


@pytest.mark.parametrize(
    "statement",
    [
        CODE_OF_ANOTHER_PRODUCT,
        "UPDATE inspections_marketreturn SET reason = 'usage'",
        "UPDATE inspections_marketreturn SET happened_on = happened_on - 30",
        "DELETE FROM inspections_marketreturn",
        "UPDATE inspections_marketreturn SET batch_id = (SELECT id FROM inspections_batch WHERE number = 'RIVALS')",
        "UPDATE inspections_marketreturn SET batch_id = NULL, inspection_id = NULL",
        "UPDATE inspections_marketreturn SET found_by = 'unknown'",
        "UPDATE inspections_marketreturn SET inspection_id = (SELECT max(id) FROM inspections_inspection)",
    ],
)
def test_the_database_keeps_returns_as_they_were(shipped, inspector, statement):
    rivals = make_batch("RIVALS", product=None)
    inspect(rivals, actor=inspector)
    bring_back(returned("R-1"))

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert MarketReturn.objects.get().batch == shipped


CORRECTION = "UPDATE inspections_marketreturn SET revision = revision + 1, reason = 'usage'"


@pytest.mark.parametrize(
    "also", ["reference = 'R-2'", "source = 'other'", "ordinal = 2", "uid = gen_random_uuid()", "revision = 3"]
)
def test_a_correction_is_counted_and_moves_no_return(shipped, also):
    bring_back(returned("R-1"))

    statement = (
        CORRECTION.replace("revision = revision + 1", also) if also.startswith("revision") else f"{CORRECTION}, {also}"
    )
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute(CORRECTION)
    assert (MarketReturn.objects.get().reason, MarketReturn.objects.get().revision) == ("usage", 1)
