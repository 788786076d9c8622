"""An inspection whose record already rejects cannot be walked away from (R8)."""

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from activity.models import Event
from activity.services import deliver_one
from inspections.hold.services.holds import Decision, InspectorMayNotDecide, decide_hold, dispositions_for, place_hold
from inspections.inspection.services.planning import InspectionOpen, plan_inspection
from inspections.inspection.services.recording import abandon_inspection, record_result
from inspections.inspection.services.results import ResultInput
from inspections.models import DoubtFlag, HoldResponse, Inspection, SwitchingStep
from inspections.switching.services import where_it_stands
from tests.caller import Caller
from tests.factories import NOON, after, inspect, make_batch
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db
REJECTS = [1, 2, 3, 4, 5, 6]  # of the class major 5 are allowed


def abandon(batch, actor, units, *, at=NOON, code="LID", reason="tea"):
    """An inspection of a batch that has found these units, abandoned."""
    batch.refresh_from_db()
    inspection = plan_inspection(batch=batch, actor=actor, at=at)
    sent = ResultInput(code, nonconforming_units=units, is_complete=False)
    inspection, _result = record_result(inspection=inspection, sent=sent, actor=actor, at=at)
    return abandon_inspection(inspection=inspection, reason=reason, actor=actor, at=at)


def deliver():
    while deliver_one(now=after(60)):
        pass


def sign_invalid(hold, actor, *, at=NOON, quantity=1000):
    decision = Decision("invalid_sample", quantity, "The cartons of another batch were opened")
    return decide_hold(hold=hold, decision=decision, signature="token", actor=actor, at=at)


def test_nobody_inspects_until_it_passes(batch, product, inspector, event_kinds):
    abandoned = abandon(batch, inspector, REJECTS)

    batch.refresh_from_db()
    hold = batch.holds.get()
    assert (batch.state, batch.on_hold, hold.reason, hold.remaining) == ("on_hold", 1000, "rejected", 1000)
    assert (abandoned.hold, abandoned.verdict, abandoned.counts_as_rejected) == (hold, None, True)
    [step] = SwitchingStep.objects.all()
    assert (step.inspection, step.lots, step.state["major"]["window"]) == (abandoned, 1, [[False, "B-2611-042"]])
    assert event_kinds(batch.stream)[-2:] == ["inspection.abandoned", "hold.placed"]

    again = inspect(batch, actor=inspector, at=after(1))
    assert (again.round, again.severity, again.previous, again.verdict) == (2, "tightened", abandoned, "accepted")
    assert SwitchingStep.objects.count() == 1


def test_two_that_are_walked_away_from_tighten(product, inspector):
    for _ in range(2):
        abandon(make_batch(product=product), inspector, REJECTS)

    state = where_it_stands(product.specifications.get()).states["major"]
    assert (state.status, state.reason.code) == ("tightened", "two_in_five")


def test_the_managers_are_told_once(batch, inspector, manager):
    manager.email = "manager@example.com"
    manager.save()
    deliver()
    mail.outbox.clear()
    abandon(batch, inspector, REJECTS)

    deliver()
    deliver()

    subject = "Round 1 of B-2611-042 was abandoned, and rejects"
    [told] = [each for each in mail.outbox if (each.to, each.subject) == (["manager@example.com"], subject)]
    assert "Round 1 was abandoned when what it had found already rejected the batch: major." in told.body
    assert "Why it was abandoned: tea (inspector)" in told.body


def test_one_with_less_stays_on_the_record_and_counts_for_nothing(batch, inspector, client, manager):
    abandon(batch, inspector, [1, 2])
    deliver()

    batch.refresh_from_db()
    assert (batch.state, SwitchingStep.objects.count(), mail.outbox) == ("awaiting", 0, [])
    client.force_login(inspector)
    page = client.get(reverse("batch-detail", args=[batch.number])).content.decode()
    assert "It had found: Lid finish (major), 2 nonconforming units" in page
    assert plan_inspection(batch=batch, actor=inspector, at=after(1)).round == 1


def test_a_sample_is_signed_as_invalid_by_a_second_person(batch, product, inspector, manager, event_kinds):
    abandoned = abandon(batch, inspector, REJECTS)
    hold = batch.holds.get()
    assert "invalid_sample" in dispositions_for(hold)

    sign_invalid(hold, manager)

    batch.refresh_from_db()
    hold.refresh_from_db()
    abandoned.refresh_from_db()
    assert (batch.state, batch.awaiting, hold.status, hold.ended_by) == ("awaiting", 1000, "ended", manager)
    assert (abandoned.is_invalid, abandoned.counts_as_rejected) == (True, False)
    assert event_kinds(batch.stream)[-3:] == ["hold.decided", "hold.ended", "inspection.invalidated"]
    standing = where_it_stands(product.specifications.get())
    assert (standing.states["major"].window, standing.lots) == ((), 0)

    again = inspect(batch, actor=inspector, at=after(1))
    assert (again.round, again.severity, again.verdict) == (1, "normal", "accepted")
    batch.refresh_from_db()
    assert (batch.state, batch.available) == ("accepted", 1000)
    assert where_it_stands(product.specifications.get()).lots == 1


def test_what_is_taken_out_of_the_history_takes_back_what_it_had_led_to(product, inspector, manager):
    first = make_batch(product=product)
    abandon(first, inspector, REJECTS)
    for bad in ([], REJECTS, []):
        inspect(make_batch(product=product), actor=inspector, LID=bad)
    specification = product.specifications.get()
    assert where_it_stands(specification).severities["major"] == "tightened"

    sign_invalid(first.holds.get(), manager)

    state = where_it_stands(specification).states["major"]
    assert (state.status, [accepted for accepted, _lot in state.window]) == ("normal", [True, False])
    switched = Event.objects.filter(kind="severity.switched").latest("id")
    assert (switched.data["before"], switched.data["severity"]) == ("tightened", "normal")


def test_who_inspected_does_not_sign_that_the_sample_was_invalid(batch, manager):
    abandon(batch, manager, REJECTS)

    with pytest.raises(InspectorMayNotDecide):
        sign_invalid(batch.holds.get(), manager)


def test_what_was_found_otherwise_is_not_signed_away_with_it(batch, inspector, manager):
    inspect(batch, actor=inspector, LID=REJECTS)
    hold = batch.holds.get()
    HoldResponse.objects.create(
        hold=hold, root_cause="Die", corrective_action="New die", responded_at=NOON, responded_by=manager
    )
    abandon(batch, inspector, REJECTS, at=after(1))

    assert hold.inspections.count() == 2
    assert "invalid_sample" not in dispositions_for(hold)
    status, answer = Caller(manager).send(
        "POST", f"holds/{hold.uid}/decide/", {"disposition": "invalid_sample", "quantity": 1000, "reason": "x"}
    )
    assert (status, answer["errors"][0]["field"]) == (400, "disposition")


def test_a_hold_that_no_inspection_placed_is_not_about_a_sample(batch, manager):
    assert "invalid_sample" not in dispositions_for(place_hold(batch=batch, note="Wet", actor=manager, at=NOON))


def test_while_it_is_inspected_again_nobody_signs_it_away(batch, inspector, manager):
    abandon(batch, inspector, REJECTS)
    plan_inspection(batch=batch, actor=inspector, at=after(1))

    with pytest.raises(InspectionOpen):
        sign_invalid(batch.holds.get(), manager, at=after(2))

    assert batch.holds.get().status == "open"


def test_a_critical_one_is_signed_as_invalid_alike(batch, inspector, manager):
    abandon(batch, inspector, [1], code="LEAK")
    sign_invalid(batch.holds.get(), manager)

    assert inspect(batch, actor=inspector, at=after(1)).round == 1


def test_the_whole_of_it_over_the_api(batch, inspector, manager):
    qc, quality = Caller(inspector), Caller(manager)
    status, opened = qc.send("POST", "inspections/", {"batch": batch.number})
    qc.send("PUT", f"inspections/{opened['id']}/results/LID/", {"nonconforming_units": REJECTS})
    status, answer = qc.send("POST", f"inspections/{opened['id']}/abandon/", {"reason": "tea"})
    assert (status, answer["state"], answer["counts_as_rejected"]) == (200, "abandoned", True)
    assert answer["hold"]["title"] == "B-2611-042 is stopped: round 1 abandoned with too much found (major)"

    signing = {"disposition": "invalid_sample", "quantity": 1000, "reason": "Wrong cartons"}
    assert qc.send("POST", f"holds/{answer['hold']['id']}/decide/", signing)[0] == 403
    status, _hold = quality.send("POST", f"holds/{answer['hold']['id']}/decide/", signing)
    assert status == 200
    status, shown = quality.send("GET", f"inspections/{opened['id']}/")
    assert (shown["counts_as_rejected"], shown["sample_invalid"]) == (False, True)


def test_the_pages_say_what_it_means(client, batch, inspector, manager):
    client.force_login(inspector)
    inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
    record_result(inspection=inspection, sent=ResultInput("LID", nonconforming_units=REJECTS), actor=inspector, at=NOON)
    asked = client.get(reverse("inspection-abandon", args=[inspection.uid])).content.decode()
    assert "What is recorded already rejects the batch." in asked

    client.post(reverse("inspection-abandon", args=[inspection.uid]), {"reason": "tea"})
    shown = client.get(reverse("inspection-detail", args=[inspection.uid])).content.decode()
    assert "It counts as not accepted: what follows is a re-inspection." in shown

    client.force_login(manager)
    hold = batch.holds.get()
    page = client.get(reverse("hold-detail", args=[hold.uid]))
    assert "Sign that the sample was invalid" in page.content.decode()
    key = page.context["form"].initial.get("key") or page.context["form"]["key"].value()
    answer = client.post(
        reverse("hold-decide", args=[hold.uid]),
        {
            "disposition": "invalid_sample", "quantity": 1000, "reason": "Wrong cartons", "password": "holdfast-test", "key": key,
        },
    )  # fmt: skip
    assert answer.status_code == 302
    shown = client.get(reverse("batch-detail", args=[batch.number])).content.decode()
    assert "A second person signed that its sample was invalid: it does not count." in shown
    assert "It had found: Lid finish (major), 6 nonconforming units" in shown


# Again and again


def test_the_third_of_one_batch_is_a_doubt(batch, inspector):
    for minute in range(3):
        abandon(batch, inspector, [1], at=after(minute))

    [doubt] = DoubtFlag.objects.all()
    assert (doubt.kind, doubt.inspection, doubt.characteristic) == ("abandoned", Inspection.objects.latest("id"), None)
    assert {name: doubt.facts[name] for name in ("abandoned", "of", "found")} == {"abandoned": 3, "of": 3, "found": 3}


def test_so_is_the_third_of_one_inspector_on_one_product(product, inspector, manager, client):
    for _ in range(3):
        batch = make_batch(product=product)
        abandon(batch, inspector, [1, 2])
        inspect(batch, actor=inspector, at=after(1))

    [doubt] = DoubtFlag.objects.filter(kind="abandoned")
    assert (doubt.facts["where"], doubt.facts["abandoned"], doubt.facts["of"]) == ("inspector", 3, 5)
    client.force_login(manager)
    page = client.get(reverse("doubt-list")).content.decode()
    assert "3 of the last 5 inspections of this product by the same inspector were abandoned." in page
    assert "What they had found until then: 6 nonconforming units, all checks together." in page


def test_a_power_cut_now_and_then_is_none(product, inspector):
    for number in range(24):
        if number % 8 == 0:
            abandon(make_batch(product=product), inspector, [])
        else:
            inspect(make_batch(product=product), actor=inspector)

    assert not DoubtFlag.objects.filter(kind="abandoned").exists()


# Round the code


def copy_as_round(inspection, number):
    """Insert a copy of an inspection, open and as another round; the rule that refused it."""
    columns = [c for c in (f.column for f in Inspection._meta.concrete_fields) if c != "id"]
    own = {
        "uid": "gen_random_uuid()", "round": str(number), "status": "'open'", "hold_id": "NULL", "abandoned_at": "NULL",
        "abandoned_reason": "''", "is_invalid": "false",
    }  # fmt: skip
    return (
        f"INSERT INTO inspections_inspection ({', '.join(columns)})"
        f" SELECT {', '.join(own.get(c, c) for c in columns)} FROM inspections_inspection WHERE id = {inspection.pk}"
    )


def test_by_sql_what_rejects_is_not_abandoned_without_a_hold(batch, inspector):
    inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
    sent = ResultInput("LID", nonconforming_units=REJECTS, is_complete=False)
    record_result(inspection=inspection, sent=sent, actor=inspector, at=NOON)
    statement = (
        "UPDATE inspections_inspection SET status = 'abandoned', abandoned_at = now(), abandoned_reason = 'tea'"
        " WHERE id = %s"
    )
    assert refused(statement, inspection.pk) == "inspection_that_rejects_is_not_walked_away_from"

    other = plan_inspection(batch=make_batch(product=batch.product), actor=inspector, at=NOON)
    fewer = ResultInput("LID", nonconforming_units=REJECTS[:5], is_complete=False)
    record_result(inspection=other, sent=fewer, actor=inspector, at=after(1))
    with connection.cursor() as cursor:
        cursor.execute(statement, [other.pk])


def test_by_sql_what_follows_is_a_further_round(batch, inspector, manager):
    abandoned = abandon(batch, inspector, REJECTS)

    assert refused(copy_as_round(abandoned, 1)) == "inspection_after_an_abandoned_rejection_is_a_further_round"
    sign_invalid(batch.holds.get(), manager)
    with connection.cursor() as cursor:
        cursor.execute(copy_as_round(abandoned, 1))


def test_by_sql_nobody_says_that_a_sample_was_invalid_without_a_signature(batch, inspector, manager):
    abandoned = abandon(batch, inspector, REJECTS)
    invalid = "UPDATE inspections_inspection SET is_invalid = true WHERE id = %s"
    assert refused(invalid, abandoned.pk) == "inspection_is_invalid_only_by_signature"

    sign_invalid(batch.holds.get(), manager)

    valid = "UPDATE inspections_inspection SET is_invalid = false WHERE id = %s"
    assert refused(valid, abandoned.pk) == "inspection_is_frozen"
    other = refused("UPDATE inspections_disposition SET reason = 'other' WHERE hold_id = %s", batch.holds.get().pk)
    assert other == "UPDATE of inspections_disposition is refused: these rows are written once"


def test_by_sql_an_invalid_sample_accepts_nothing(batch, inspector, manager):
    abandon(batch, inspector, REJECTS)
    sign_invalid(batch.holds.get(), manager)

    rule = refused("UPDATE inspections_batch SET awaiting = 0, available = 1000 WHERE id = %s", batch.pk)

    assert rule == "batch_is_available_only_when_accepted_or_freed"
