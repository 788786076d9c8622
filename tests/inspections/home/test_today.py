"""Today: what each role has to do now, and nothing of others."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from accounts.roles import Role
from inspections.hold.services.holds import Decision, decide_hold, respond_to_hold
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.inspection.services.results import ResultInput
from inspections.models import Hold
from tests.factories import NOON, after, inspect, make_batch, make_product, make_specification, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def rival_batch(rival_supplier):
    product = make_product("RV-1", supplier=rival_supplier.suppliers.get())
    make_specification(product)
    return make_batch("RIVAL-001", product=product)


def today(client, user):
    client.force_login(user)
    return client.get(reverse("home"))


def numbers(batches):
    return [batch.number for batch in batches]


def answer(hold, user, *, minute, wants_reinspection=True):
    respond_to_hold(
        hold=hold,
        root_cause="Worn die",
        corrective_action="Die replaced",
        wants_reinspection=wants_reinspection,
        actor=user,
        at=after(minute),
    )


# QC


def test_qc_sees_what_waits_what_is_begun_and_what_is_to_be_inspected_again(
    client, batch, rival_batch, supplier_user, inspector
):
    begun = make_batch("BEGUN")
    inspection = plan_inspection(batch=begun, actor=inspector, at=NOON)
    record_result(inspection=inspection, sent=ResultInput("PRINT", nonconforming_units=[]), actor=inspector, at=NOON)
    plan_inspection(batch=make_batch("OTHERS"), actor=make_user(Role.QC), at=NOON)
    inspect(batch, actor=inspector, LEAK=[3])
    answer(batch.holds.get(), supplier_user, minute=1)

    context = today(client, inspector).context

    assert numbers(context["waiting"]) == ["RIVAL-001"]
    assert [(i.batch.number, i.answered, i.checks) for i in context["mine"]] == [("BEGUN", 1, 5)]
    assert numbers(context["again"]) == ["B-2611-042"]


def test_a_reinspection_is_not_asked_for_again_once_it_was_done(client, batch, supplier_user, inspector):
    inspect(batch, actor=inspector, LEAK=[3])
    answer(batch.holds.get(), supplier_user, minute=1)
    inspect(batch, actor=inspector, at=after(2), LEAK=[5])

    assert today(client, inspector).context["again"] == []


def test_a_later_answer_without_the_wish_takes_it_back(client, batch, supplier_user, inspector):
    inspect(batch, actor=inspector, LEAK=[3])
    answer(batch.holds.get(), supplier_user, minute=1)
    answer(batch.holds.get(), supplier_user, minute=2, wants_reinspection=False)

    assert today(client, inspector).context["again"] == []


# Quality manager


def test_the_manager_sees_holds_by_age_and_what_was_rejected_today(
    client, batch, rival_batch, supplier_user, inspector, manager
):
    inspect(batch, actor=inspector, LEAK=[3])
    answer(batch.holds.get(), supplier_user, minute=1)
    inspect(rival_batch, actor=inspector, at=now(), HEIGHT=[1])
    Hold.objects.filter(batch=rival_batch).update(answer_due_at=NOON)

    context = today(client, manager).context

    assert [(hold.batch.number, hold.answer_state) for hold in context["holds"]] == [
        (number, state)
        for _placed, number, state in sorted(
            [
                (batch.holds.get().placed_at, "B-2611-042", "answered"),
                (rival_batch.holds.get().placed_at, "RIVAL-001", "overdue"),
            ]
        )
    ]
    assert (context["hold_count"], context["overdue_count"], context["answered_count"]) == (2, 1, 1)
    assert "RIVAL-001" in numbers(i.batch for i in context["rejected"])


# Merchandiser


def test_the_merchandiser_sees_its_own_products_only(client, batch, product, rival_batch, inspector, merchandiser):
    product.merchandiser = merchandiser
    product.save()
    inspect(batch, actor=inspector, LEAK=[3])
    inspect(make_batch("GOOD", product=product), actor=inspector)
    make_batch("NEXT", product=product)

    context = today(client, merchandiser).context

    assert numbers(hold.batch for hold in context["stopped"]) == ["B-2611-042"]
    assert [numbers(context[name]) for name in ("may_ship", "pending")] == [["GOOD"], ["NEXT"]]
    assert "RIVAL-001" not in today(client, merchandiser).content.decode()


def test_a_merchandiser_without_products_sees_everything(client, batch, rival_batch, merchandiser):
    assert numbers(today(client, merchandiser).context["pending"]) == ["RIVAL-001", "B-2611-042"]


# Supplier


def test_a_supplier_reads_what_is_asked_of_it_and_nothing_of_a_rival(
    client, batch, product, rival_batch, supplier_user, rival_supplier, inspector, manager
):
    inspect(batch, actor=inspector, LEAK=[3])
    inspect(rival_batch, actor=inspector, HEIGHT=[1])
    second = make_batch("SECOND", product=product)
    inspect(second, actor=inspector, LEAK=[1])
    answer(second.holds.get(), supplier_user, minute=1)

    response = today(client, supplier_user)
    page = response.content.decode()

    assert numbers(hold.batch for hold in response.context["to_answer"]) == ["B-2611-042"]
    assert numbers(hold.batch for hold in response.context["answered"]) == ["SECOND"]
    assert "1 batch is on hold and waits for your answer" in page
    assert [word in page for word in ("RIVAL-001", "Rival Works", "RV-1")] == [False, False, False]
    assert "RIVAL-001" in today(client, rival_supplier).content.decode()


def test_a_supplier_reads_its_tally_of_90_days(client, batch, product, rival_batch, supplier_user, inspector):
    at = now()
    inspect(batch, actor=inspector, at=at, LEAK=[3])
    inspect(make_batch("GOOD", product=product), actor=inspector, at=at)
    inspect(rival_batch, actor=inspector, at=at)
    inspect(make_batch("LONG-AGO", product=product), actor=inspector, at=NOON.replace(year=2020))

    assert today(client, supplier_user).context["tally"] == {"total": 2, "accepted": 1, "rejected": 1}


# All


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("persona", "statements"), [("inspector", 11), ("manager", 17), ("merchandiser", 18), ("supplier_user", 14)]
)
def test_today_takes_a_constant_number_of_statements(
    request, client, product, inspector, django_assert_num_queries, persona, statements, count
):
    for number in range(count):
        inspect(make_batch(f"BAD-{number}", product=product), actor=inspector, LEAK=[3])
        inspect(make_batch(f"GOOD-{number}", product=product), actor=inspector)
        make_batch(f"NEXT-{number}", product=product)
    client.force_login(request.getfixturevalue(persona))

    with django_assert_num_queries(statements):
        client.get(reverse("home"))


def test_nothing_to_do_says_what_comes_next(client, manager, inspector, merchandiser, supplier_user):
    pages = [today(client, user).content.decode() for user in (manager, inspector, merchandiser, supplier_user)]

    assert [
        "No batch is on hold" in pages[0],
        "Nothing waits for inspection" in pages[1],
        "Nothing of your products is stopped" in pages[2],
        "Nothing of yours is on hold" in pages[3],
    ] == [True, True, True, True]


def test_a_user_without_a_role_reads_why_the_page_is_empty(client, db):
    assert "Your account has no role yet" in today(client, make_user()).content.decode()


def test_the_administrator_sees_what_every_role_does(client, batch, inspector, admin):
    other = make_batch("OTHER")
    inspect(other, actor=inspector, LEAK=[3])
    decide_hold(
        hold=other.holds.get(),
        decision=Decision("return", 100, "Back"),
        signature="password",
        actor=admin,
        at=after(1),
    )

    context = today(client, admin).context

    assert numbers(hold.batch for hold in context["holds"]) == ["OTHER"]
    assert numbers(context["waiting"]) == ["B-2611-042"]
    assert numbers(hold.batch for hold in context["stopped"]) == ["OTHER"]
