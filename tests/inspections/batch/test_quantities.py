"""Whatever people do to a batch, in whatever order: its units add up, and nothing ships that may not."""

from contextlib import suppress
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.errors import RuleBroken
from inspections.batch.services.aside import settle_set_aside
from inspections.batch.services.shipments import ship, shippable, take_back
from inspections.hold.services.holds import Decision, decide_hold, place_hold
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import abandon_inspection, record_result
from inspections.inspection.services.results import ResultInput
from inspections.models import AsideStepKind, Batch, DispositionKind, HoldStatus
from tests import rows
from tests.factories import SCHEME, after, inspect, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db

QUANTITY = 20
units = st.integers(0, QUANTITY + 2)
actions = st.one_of(
    st.tuples(st.just("inspect"), st.sampled_from(["good", "minor", "major", "critical"])),
    st.tuples(st.just("find"), st.booleans()),
    st.tuples(st.just("abandon")),
    st.tuples(st.just("hold")),
    st.tuples(st.just("ship"), units),
    st.tuples(st.just("take back"), units),
    st.tuples(
        st.just("settle"), st.sampled_from(AsideStepKind.values), units, st.sampled_from(["manager", "inspector"])
    ),
    st.tuples(st.just("decide"), st.sampled_from(DispositionKind.values), units, units),
)


@pytest.fixture
def product(db):
    """Of a lot as small as this only a scheme like this accepts anything nonconforming: at the most 3, of 5, on minor checks."""
    product = make_product()
    make_specification(product, scheme=SCHEME | {"aql": {"major": "2.5", "minor": "25"}})
    return product


def act(batch: Batch, action: tuple, people: dict, at) -> None:
    """Do one thing that people do; a refusal is fine."""
    name, *args = action
    inspection = batch.inspections.filter(status="open").first()
    hold = batch.holds.open().first()
    if name == "inspect":
        bad = {"good": {}, "minor": {"PRINT": [3]}, "major": {"LID": [1, 2, 3, 4, 5, 6, 7]}, "critical": {"LEAK": [2]}}[
            args[0]
        ]
        inspect(batch, actor=people["inspector"], at=at, **bad)
    elif name == "find":
        inspection = inspection or plan_inspection(batch=batch, actor=people["inspector"], at=at)
        sent = ResultInput("LEAK", nonconforming_units=[1] if args[0] else [], is_complete=False)
        record_result(inspection=inspection, sent=sent, actor=people["inspector"], at=at)
    elif name == "abandon" and inspection:
        abandon_inspection(inspection=inspection, reason="rain", actor=people["inspector"], at=at)
    elif name == "hold":
        place_hold(batch=batch, note="wet cartons", actor=people["manager"], at=at)
    elif name == "ship":
        ship(batch=batch, quantity=args[0], actor=people["merchandiser"], at=at)
    elif name == "take back" and (shipment := batch.shipments.last()):
        take_back(
            shipment=shipment, kind="not_left", quantity=args[0], reason="no truck", actor=people["merchandiser"], at=at
        )
    elif name == "settle":
        kind, quantity, who = args
        settle_set_aside(
            batch=batch, kind=kind, quantity=quantity, note="so", signature="token", actor=people[who], at=at
        )
    elif name == "decide" and hold:
        kind, quantity, good = args
        decision = Decision(
            kind, quantity, "because", good=good, expires_on=date(2099, 12, 31)
        )  # the database has its own clock
        decide_hold(hold=hold, decision=decision, signature="token", actor=people["manager"], at=at)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(todo=st.lists(actions, min_size=1, max_size=14))
def test_units_add_up_and_nothing_leaves_against_the_rules(todo, product, inspector, manager, merchandiser):
    people = {"inspector": inspector, "manager": manager, "merchandiser": merchandiser}
    with rows.undone():  # what one example did to the product's sampling would be part of the next, and slow
        follow(todo, people, make_batch(product=product, quantity=QUANTITY))


def follow(todo: list[tuple], people: dict, batch: Batch) -> None:
    for minute, action in enumerate(todo, start=1):
        before = Batch.objects.get(pk=batch.pk)
        with suppress(RuleBroken):
            act(before, action, people, after(minute))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

        now = Batch.objects.get(pk=batch.pk)
        quantities = now.quantities
        assert quantities.pop("total") == sum(quantities.values()) == QUANTITY
        assert now.state == now.state_now
        assert now.holds.filter(status=HoldStatus.OPEN).exists() == (now.on_hold > 0)
        if now.shipped > before.shipped:
            assert action[0] == "ship"
            assert shippable(before, at=after(minute)).quantity >= now.shipped - before.shipped
        if now.set_aside < before.set_aside:
            assert (action[0], now.set_aside) == ("settle", before.set_aside - action[2])
        if now.set_aside > before.set_aside:
            assert action[0] == "inspect"
