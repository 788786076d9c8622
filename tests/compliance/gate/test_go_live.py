"""R4: live only on a decision taken while the gate was open; it closes by itself and suspends."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.signature import ChangedMeanwhile
from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from activity.services import deliver_one
from compliance.gate.services.gates import refresh_due
from compliance.gate.services.go_live import (
    AlreadyLive,
    GateClosed,
    NotLive,
    digest_of,
    plan_go_live,
    take_live,
    take_off,
)
from compliance.models import Gate, GoLiveDecision
from inspections.hold.services.holds import Decision, decide_hold, place_hold
from inspections.pilot.services.failures import sign_failure
from inspections.pilot.services.late import record_late_outcomes
from inspections.pilot.services.outcomes import OutcomeInput, record_outcomes
from inspections.pilot.services.readings import record_pilot_readings
from inspections.pilot.services.runs import (
    carry_over_pilot,
    stop_pilot,
)
from suppliers.models import Product
from tests import rows
from tests.compliance.factories import listing_of
from tests.compliance.ready import accept_batch, gate_of, go_live, make_ready
from tests.factories import (
    NOON,
    after,
    inspect,
    make_batch,
    make_golden_sample,
    make_pilot,
    make_product,
    make_sample,
    make_specification,
    make_supplier,
    pilot_outcomes,
)

pytestmark = pytest.mark.django_db
SOON = date(2026, 11, 23)


@pytest.fixture(scope="module", autouse=True)
def around(catalogue_rows, django_db_blocker):
    """What nearly every test begins with takes a second, and is made once: a product whose gate is open."""
    with django_db_blocker.unblock(), rows.undone():
        rows.put_back("catalogue")
        product = make_product("HL-KT17-W", supplier=make_supplier("HAILAN"))
        make_specification(product)
        make_ready(product)
        yield


@pytest.fixture
def ready(db):
    return Product.objects.get(sku="HL-KT17-W")


@pytest.fixture
def product(ready):
    """One more, of which nothing is there yet."""
    product = make_product("HL-KT17-B", supplier=ready.supplier)
    make_specification(product)
    return product


def states(product) -> dict[str, str]:
    return {check["code"]: check["state"] for check in gate_of(product).checks}


def test_when_everything_is_met_the_gate_is_open(ready):
    assert [(code, state) for code, state in states(ready).items() if state != "pass"] == []
    gate = gate_of(ready)
    assert (gate.state, gate.standing, gate.unmet) == ("open", "open", [])


def test_taking_live_is_signed_and_keeps_all_that_it_rests_on(ready, merchandiser):
    decision = go_live(ready, actor=merchandiser, on=SOON)

    gate = gate_of(ready)
    assert (gate.live, gate.standing, gate.decision, gate.planned_on) == ("live", "live", decision, SOON)
    assert (decision.decided_by, decision.signature, decision.on) == (merchandiser, "token", SOON)
    assert decision.evaluation["day"] == SOON
    assert [check["state"] for check in decision.evaluation["checks"]] == ["pass"] * 9
    assert decision.evaluation["facts"]["batch"]["verdict"] == "accepted"


def test_what_is_signed_is_the_gate_that_was_shown(ready, merchandiser, inspector):
    shown = digest_of(gate_of(ready))
    inspect(make_batch("B-2", product=ready), actor=inspector, at=after(1))
    said = {"on": SOON, "signature": "token", "actor": merchandiser, "at": after(8)}

    with pytest.raises(ChangedMeanwhile):
        take_live(listing=listing_of(ready), digest=shown, **said)
    take_live(listing=listing_of(ready), digest=digest_of(gate_of(ready)), **said)


def test_a_hold_suspends_at_once_and_says_why(ready, merchandiser, manager, event_kinds):
    go_live(ready, actor=merchandiser)
    batch = ready.batches.get()

    place_hold(batch=batch, note="Dented", actor=manager, at=after(9))

    gate = gate_of(ready)
    assert (gate.live, gate.state, gate.standing) == ("suspended", "closed", "suspended")
    told = Event.objects.get(kind="listing.suspended")
    assert [reason["code"] for reason in told.data["reasons"]] == ["latest_batch", "open_holds"]
    assert event_kinds(gate.stream)[-2:] == ["gate.closed", "listing.suspended"]


def test_its_merchandiser_is_told_in_its_own_language(ready, merchandiser, manager, mailoutbox):
    merchandiser.email = "mei@example.com"
    merchandiser.language = "en"
    merchandiser.save()
    go_live(ready, actor=merchandiser)
    place_hold(batch=ready.batches.get(), note="Dented", actor=manager, at=after(9))

    while deliver_one(now=after(10)):
        pass

    [mail] = [mail for mail in mailoutbox if "suspended" in mail.subject]
    assert (mail.to, mail.subject) == (["mei@example.com"], f"{ready.sku} is suspended in US")
    assert "- Batch " in mail.body
    assert mail.body.rstrip().endswith(f"/listings/{ready.sku}/US/")


def test_an_open_gate_alone_brings_nothing_back(ready, merchandiser, inspector, manager):
    go_live(ready, actor=merchandiser)
    place_hold(batch=ready.batches.get(), note="Dented", actor=inspector, at=after(9))
    hold = ready.batches.get().holds.get()
    decide_hold(hold=hold, decision=Decision("release", 1000, "Fine"), signature="token", actor=manager, at=after(10))
    assert (gate_of(ready).state, gate_of(ready).live) == ("open", "suspended")

    go_live(ready, actor=merchandiser, at=after(11))
    assert gate_of(ready).live == "live"
    assert GoLiveDecision.objects.count() == 2


def test_a_closed_gate_names_what_is_missing_and_stores_nothing(product, merchandiser):
    with pytest.raises(GateClosed) as refused:
        take_live(listing=listing_of(product), on=SOON, signature="token", actor=merchandiser, at=NOON)

    assert [check["code"] for check in refused.value.extra["checks"]] == gate_of(product).unmet
    assert GoLiveDecision.objects.count() == 0
    assert listing_of(product).planned_on is None


def test_who_may_decide_when(ready, merchandiser, inspector):
    listing = listing_of(ready)
    with pytest.raises(NotAllowed):
        go_live(ready, actor=inspector)
    with pytest.raises(InvalidInput):
        go_live(ready, actor=merchandiser, on=date(2026, 11, 20))
    with pytest.raises(NotLive):
        take_off(listing=listing, reason="Sold out", actor=merchandiser, at=NOON)
    go_live(ready, actor=merchandiser)
    with pytest.raises(AlreadyLive):
        go_live(ready, actor=merchandiser)
    with pytest.raises(AlreadyLive):
        plan_go_live(listing=listing, on=date(2027, 1, 1), actor=merchandiser, at=NOON)
    with pytest.raises(InvalidInput):
        take_off(listing=listing, reason=" ", actor=merchandiser, at=NOON)
    take_off(listing=listing, reason="Sold out", actor=merchandiser, at=NOON)
    assert (gate_of(ready).live, gate_of(ready).standing) == ("withdrawn", "open")


def by_sql(sql: str, *values) -> None:
    """Round the services, checked as at commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


DECIDE = """
    INSERT INTO compliance_golivedecision (uid, listing_id, "on", note, evaluation, signature, decided_at, decided_by_id)
    VALUES (gen_random_uuid(), %s, '2026-11-23', '', '{}', 'token', now(), %s)
"""


def test_the_database_refuses_a_decision_while_the_gate_is_closed(product, merchandiser):
    with pytest.raises(IntegrityError, match="closed"):
        by_sql(DECIDE, listing_of(product).pk, merchandiser.pk)


def test_the_database_refuses_to_be_live_otherwise(ready, merchandiser, manager):
    listing = listing_of(ready).pk
    for sql in (
        "UPDATE compliance_gate SET live = 'live' WHERE listing_id = %s",
        "UPDATE compliance_gate SET live = 'suspended' WHERE listing_id = %s",
        "UPDATE compliance_gate SET state = 'open', checks = '[]' WHERE listing_id = %s",
        "UPDATE compliance_gate SET checks = jsonb_set(checks, '{0,state}', '\"fail\"') WHERE listing_id = %s",
    ):
        with pytest.raises(IntegrityError):
            by_sql(sql, listing)
    go_live(ready, actor=merchandiser)
    for sql in (
        "UPDATE compliance_gate SET state = 'closed' WHERE listing_id = %s",
        "UPDATE compliance_gate SET live = 'never' WHERE listing_id = %s",
        "DELETE FROM compliance_golivedecision WHERE listing_id = %s",
        "UPDATE compliance_golivedecision SET \"on\" = '2030-01-01' WHERE listing_id = %s",
    ):
        with pytest.raises(IntegrityError):
            by_sql(sql, listing)
    with pytest.raises(IntegrityError, match="live already"):
        by_sql(DECIDE, listing, merchandiser.pk)
    place_hold(batch=ready.batches.get(), note="Dented", actor=manager, at=after(9))
    with pytest.raises(IntegrityError):
        by_sql("UPDATE compliance_gate SET live = 'live', state = 'open' WHERE listing_id = %s", listing)


def test_a_hold_that_is_written_round_the_services_closes_the_gate_too(ready, merchandiser):
    go_live(ready, actor=merchandiser)
    batch = ready.batches.get()

    by_sql(
        """
        WITH held AS (UPDATE inspections_batch SET on_hold = available, available = 0 WHERE id = %s RETURNING id)
        INSERT INTO inspections_hold (uid, batch_id, ordinal, reason, finding, note, quantity, remaining, sorted_out,
                                      status, placed_at, answer_due_at, is_critical)
        SELECT gen_random_uuid(), id, 1, 'manual', '{}', 'By hand', 1000, 1000, 0, 'open', now(), now(), false FROM held
        """,
        batch.pk,
    )

    gate = gate_of(ready)
    assert (gate.state, gate.live, gate.unmet) == ("closed", "suspended", ["open_holds"])


ROUND_THE_SERVICES = {
    "papers": "UPDATE compliance_checklistitem SET state = 'missing', evidence_id = NULL WHERE id IN ("
    "SELECT id FROM compliance_checklistitem WHERE listing_id = %s AND is_blocking ORDER BY id LIMIT 1)",
    "traits": "UPDATE compliance_checklist SET unanswered = '{mains_powered}' WHERE listing_id = %s",
    "golden_sample": """
        UPDATE inspections_sample SET status = 'approved', version = 2, decided_at = now(), reason = 'As agreed',
            signature = 'token', decided_by_id = (SELECT decided_by_id FROM inspections_sample WHERE version = 1)
        WHERE status = 'checked' AND product_id = (SELECT product_id FROM suppliers_listing WHERE id = %s)
    """,
    "pilot_run": """
        UPDATE inspections_pilotrun SET status = 'concluded', verdict = 'fail', concluded_at = now(),
            concluded_by_id = planned_by_id
        WHERE status = 'running' AND product_id = (SELECT product_id FROM suppliers_listing WHERE id = %s)
    """,
}


@pytest.mark.parametrize("check", ROUND_THE_SERVICES)
def test_what_is_taken_away_round_the_services_closes_the_gate_and_is_told_once(
    ready, merchandiser, event_kinds, check
):
    go_live(ready, actor=merchandiser)
    make_sample(ready)
    # Round the services too: an outcome with which a run fails closes it at once.
    make_pilot(ready).units.filter(number__lt=40).update(
        outcome="damaged", recorded_at=NOON, recorded_by=merchandiser, revision=1
    )
    assert gate_of(ready).live == "live"

    by_sql(ROUND_THE_SERVICES[check], listing_of(ready).pk)

    gate = gate_of(ready)
    assert (gate.state, gate.live, gate.unmet) == ("closed", "suspended", [check])
    assert event_kinds(gate.stream)[-1] == "listing.taken_live"

    at = gate.next_change_at
    assert (refresh_due(at=at), gate_of(ready).state, gate_of(ready).live) == (1, "closed", "suspended")
    assert event_kinds(gate.stream)[-2:] == ["gate.closed", "listing.suspended"]
    assert refresh_due(at=at) == 0


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE compliance_gate SET next_change_at = '2026-11-22T00:00Z' WHERE listing_id = %s", "anew"),
        ("UPDATE compliance_gate SET planned_on = '2026-12-24' WHERE listing_id = %s", "not judged on"),
    ],
)
def test_the_database_refuses_a_decision_on_a_gate_of_another_time(ready, merchandiser, sql, name):
    listing = listing_of(ready)
    plan_go_live(listing=listing, on=SOON, actor=merchandiser, at=NOON)
    by_sql(sql, listing.pk)

    with pytest.raises(IntegrityError, match=name):
        by_sql(DECIDE, listing.pk, merchandiser.pk)


def test_a_day_too_far_away_is_a_slip_of_the_pen(ready, merchandiser):
    for day in (date(2031, 11, 29), date.max):
        with pytest.raises(InvalidInput) as refused:
            plan_go_live(listing=listing_of(ready), on=day, actor=merchandiser, at=NOON)
        assert [(error.field, error.code) for error in refused.value.errors] == [("on", "too_far")]


def test_a_later_batch_that_is_rejected_suspends(ready, merchandiser):
    go_live(ready, actor=merchandiser)

    accept_batch(ready, number="B-NEXT", at=after(5), LEAK=[3])

    assert (gate_of(ready).live, gate_of(ready).failing) == ("suspended", ["latest_batch", "open_holds"])


def test_every_gate_is_made_by_the_database(product):
    assert Gate.objects.filter(listing__product=product).count() == product.listings.count() == 1


def test_a_run_of_an_earlier_golden_sample_closes_the_gate_until_someone_signs(ready, merchandiser, manager):
    run = ready.pilot_runs.get(verdict="pass")
    make_golden_sample(ready, at=after(1))
    accept_batch(ready, at=after(2))

    gate = gate_of(ready)
    assert (gate.state, gate.unmet) == ("closed", ["pilot_run"])

    carry_over_pilot(run=run, reason="Only the lid is another", signature="token", actor=manager, at=after(3))

    assert gate_of(ready).state == "open"


def test_a_run_that_fails_while_it_runs_closes_the_gate_at_once_and_cannot_be_stopped(ready, merchandiser):
    run = make_pilot(ready, size=60, actor=merchandiser, begun=NOON)
    assert gate_of(ready).state == "open"

    bad = [OutcomeInput(unit, outcome="damaged") for unit in range(1, 12)]
    record_outcomes(run=run, outcomes=bad, actor=merchandiser, at=after(1))

    assert (gate_of(ready).state, gate_of(ready).unmet) == ("closed", ["pilot_run"])


def test_readings_beyond_a_major_limit_confirm_no_golden_sample(ready, merchandiser, manager):
    run = make_pilot(ready, size=120, actor=merchandiser)
    record_pilot_readings(run=run, characteristic="CORD", readings=["60"], actor=merchandiser, at=after(1))
    make_golden_sample(ready, at=after(1))
    stop_pilot(run=run, reason="New sample", actor=merchandiser, at=after(1))
    sign_failure(run=run, kind="mended", reason="Cord cut anew", signature="token", actor=manager, at=after(1))
    again = make_pilot(ready, size=120, actor=merchandiser)
    record_pilot_readings(run=again, characteristic="CORD", readings=["60"], actor=merchandiser, at=after(1))
    pilot_outcomes(again, actor=merchandiser, at=after(2), conclude=True)

    assert (again.sample.version, gate_of(ready).unmet) == (2, ["golden_sample"])


def test_what_comes_back_after_the_end_of_the_run_closes_the_gate_when_the_rule_fails(ready, merchandiser):
    run = ready.pilot_runs.get(verdict="pass")
    one = [OutcomeInput(1, outcome="returned", reason="quality")]
    record_late_outcomes(run=run, outcomes=one, actor=merchandiser, at=after(1))
    assert gate_of(ready).state == "open"

    more = [OutcomeInput(unit, outcome="returned", reason="quality") for unit in range(2, 40)]
    record_late_outcomes(run=run, outcomes=more, actor=merchandiser, at=after(2))

    assert (gate_of(ready).state, gate_of(ready).unmet) == ("closed", ["pilot_run"])


def test_round_the_services_too_a_superseded_sample_closes_nothing_and_a_withdrawn_one_does(ready, manager):
    make_golden_sample(ready, at=after(1))
    checks = [check | {"state": "pass"} for check in gate_of(ready).checks]
    for check in checks:
        if check["code"] == "golden_sample":
            check["data"] = {"version": 2}
    Gate.objects.filter(sku=ready.sku).update(state="open", unmet=[], failing=[], checks=checks)

    with connection.cursor() as cursor:
        cursor.execute("UPDATE inspections_sample SET kept_at = 'Cellar' WHERE version = 1")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert gate_of(ready).state == "open"
        cursor.execute(
            "UPDATE inspections_sample SET status = 'withdrawn', withdrawn_at = now(), withdrawn_by_id = %s, "
            "withdrawn_reason = 'Lost', withdrawn_signature = 'token' WHERE version = 2",
            [manager.pk],
        )

    assert gate_of(ready).state == "closed"
