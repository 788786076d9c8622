"""A drift is noticed once, tells who has to know, tightens plans only where the scheme says so, and ends by a word."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.timezone import now

from accounts.signature import ChangedMeanwhile
from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from activity.services import deliver_one
from inspections.inspection.services.planning import active_characteristics, next_inspection, plan_inspection
from inspections.inspection.services.recording import record_inspection
from inspections.inspection.services.results import ResultInput
from inspections.ladder.reads import ladder_of
from inspections.ladder.services import (
    DriftEnded,
    InspectorMayNotEndDrift,
    digest_of,
    end_drift,
    newest_first_submission,
    set_baseline,
    watch_product,
)
from inspections.models import Baseline, Drift, DriftEnding, Inspection, SwitchingStep
from inspections.sampling.by_class import CLASSES
from inspections.specification.services.versions import CharacteristicInput
from inspections.switching.services import lots_of
from tests.caller import Caller
from tests.factories import (
    CORD,
    HEIGHT,
    LID,
    NOON,
    SCHEME,
    after,
    inspect,
    make_batch,
    make_product,
    make_specification,
    promoted,
)

pytestmark = pytest.mark.django_db
TIGHTENING = SCHEME | {"drift": "tighten"}
STEADY_HEIGHT, HIGHER = 50.0, 50.2


@pytest.fixture
def tightening(supplier):
    product = make_product("HL-T", supplier=supplier)
    make_specification(product, [HEIGHT, CORD, LID], scheme=TIGHTENING)
    return product


def inspect_height(product, height, *, actor, minutes, bad=(), number=None):
    """A first inspection whose heights stand around `height`, every batch a little apart from the others."""
    batch = make_batch(number, product=product)
    n = next_inspection(batch, active_characteristics(batch), actor=actor, at=NOON).plans["major"].sample_size
    apart = (minutes * 7 % 5 - 2) / 100
    results = [
        ResultInput("HEIGHT", readings=[f"{height + apart + (unit * 7 % 9 - 4) / 40:.3f}" for unit in range(n)]),
        ResultInput("CORD", readings=[f"{75 + apart + (unit * 5 % 11 - 5) / 5:.3f}" for unit in range(n)]),
        ResultInput("LID", nonconforming_units=list(bad)),
    ]
    return record_inspection(batch=batch.number, results=results, submit=True, actor=actor, at=after(minutes))


def history(product, inspector, heights):
    return [inspect_height(product, height, actor=inspector, minutes=n) for n, height in enumerate(heights)]


@pytest.fixture
def drift(tightening, inspector):
    """After 10 steady batches and 5 higher ones."""
    done = history(tightening, inspector, [STEADY_HEIGHT] * 10 + [HIGHER] * 5)
    [drift] = watch_product(product=tightening, seen_in=done[-1], at=after(20))
    return drift


def deliver_all():
    while deliver_one(now=now() + timedelta(days=1)):
        pass


def test_a_drift_is_recorded_with_the_figures_of_the_moment(drift, tightening):
    inspections = list(Inspection.objects.order_by("id"))

    assert (drift.code, drift.kind, drift.since_id, drift.seen_in_id) == (
        "HEIGHT", "mean", inspections[10].pk, inspections[14].pk,
    )  # fmt: skip
    assert round(drift.facts["after"] - drift.facts["before"], 2) == 0.2
    assert drift.facts["cpk_before"][0] > drift.facts["cpk_after"][0]
    event = Event.objects.get(kind="product.drifted")
    assert (event.stream, event.data["since"], event.actor) == ("product:HL-T", inspections[10].batch.number, None)


def test_a_drift_is_noticed_once_however_often_it_is_looked_for(drift, tightening, inspector):
    later = inspect_height(tightening, HIGHER, actor=inspector, minutes=30)

    assert watch_product(product=tightening, seen_in=later, at=after(31)) == []
    assert Drift.objects.count() == Event.objects.filter(kind="product.drifted").count() == 1


def test_a_steady_product_has_none(tightening, inspector):
    done = history(tightening, inspector, [STEADY_HEIGHT] * 15)

    assert watch_product(product=tightening, seen_in=done[-1], at=after(20)) == []


def test_one_limit_alone_takes_neither_the_ladder_nor_the_drift_of_the_others(supplier, inspector, manager):
    """With 80 readings and a Cpk near 3 the interval of one limit used to raise, and no drift was ever recorded."""
    gap = CharacteristicInput("GAP", "Gap", "dimension", "major", True, upper="60", unit="mm")
    product = make_product("HL-ONE", supplier=supplier)
    make_specification(product, [HEIGHT, gap], scheme=SCHEME)
    for minutes, height in enumerate([STEADY_HEIGHT] * 10 + [HIGHER] * 5):
        batch, apart = make_batch(None, product=product), (minutes * 7 % 5 - 2) / 100
        results = [
            ResultInput("HEIGHT", readings=[f"{height + apart + (unit * 7 % 9 - 4) / 40:.3f}" for unit in range(80)]),
            ResultInput("GAP", readings=[f"{42 + apart + (unit * 7 % 9 - 4) / 1.5:.2f}" for unit in range(80)]),
        ]
        done = record_inspection(batch=batch.number, results=results, submit=True, actor=inspector, at=after(minutes))

    assert [d.code for d in watch_product(product=product, seen_in=done, at=after(20))] == ["HEIGHT"]
    status, answer = Caller(manager).send("GET", "products/HL-ONE/ladder/")
    cpk = answer["characteristics"][1]["capability"]["cpk"]
    assert (status, cpk["low"] < cpk["value"] < cpk["high"], cpk["value"] > 2) == (200, True, True)


def test_re_inspections_are_no_part_of_the_history(tightening, inspector, manager):
    history(tightening, inspector, [STEADY_HEIGHT] * 7)
    for minutes in (10, 20, 30):
        batch = inspect_height(tightening, STEADY_HEIGHT, actor=inspector, minutes=minutes, bad=range(1, 10)).batch
        inspect(batch, actor=manager, at=after(minutes + 1))

    track = ladder_of(tightening).track("HEIGHT")

    assert len(track.rungs) == 10
    assert {Inspection.objects.get(pk=rung.pk).round for rung in track.rungs} == {1}


def test_submitting_leads_to_mail_to_the_managers_and_the_merchandiser(
    tightening, inspector, manager, merchandiser, supplier_user
):
    for person in (manager, merchandiser, supplier_user):
        person.email = f"{person.username}@example.com"
        person.save()
    tightening.merchandiser = merchandiser
    tightening.save()
    history(tightening, inspector, [STEADY_HEIGHT] * 10 + [HIGHER] * 5)
    deliver_all()

    assert sorted(message.to[0] for message in mail.outbox) == ["manager@example.com", "merchandiser@example.com"]
    since = Drift.objects.get().since.batch.number
    assert mail.outbox[0].subject == f"Electric kettle 1.7 L: Body height drifts since {since}"
    assert "The mean is 0.2 mm up" in mail.outbox[0].body
    assert "/products/HL-T/ladder/HEIGHT/" in mail.outbox[0].body


def test_a_scheme_that_says_so_tightens_the_next_plan_and_keeps_why(drift, tightening, inspector):
    inspection = plan_inspection(batch=make_batch(product=tightening), actor=inspector, at=after(30))

    assert (inspection.severity, inspection.plans["major"].acceptance, inspection.tightened_for) == (
        "tightened", 3, drift,
    )  # fmt: skip
    planned = Event.objects.filter(kind="inspection.planned").latest("id")
    assert planned.data["drift"]["name"] == "Body height"


def test_a_scheme_that_does_not_say_so_is_left_alone(product, inspector):
    for minutes, height in enumerate([STEADY_HEIGHT] * 10 + [HIGHER] * 5):
        batch = make_batch(product=product)
        n = 80
        results = [
            ResultInput("LEAK", nonconforming_units=[]),
            ResultInput("HEIGHT", readings=[f"{height + minutes % 3 / 100 + unit % 7 / 50:.3f}" for unit in range(n)]),
            ResultInput("CORD", readings=["75"] * n),
            ResultInput("LID", nonconforming_units=[]),
            ResultInput("PRINT", nonconforming_units=[]),
        ]
        record_inspection(batch=batch.number, results=results, submit=True, actor=inspector, at=after(minutes))
    watch_product(product=product, seen_in=newest_first_submission(product), at=after(20))

    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(30))

    assert Drift.objects.get().code == "HEIGHT"
    assert (inspection.severity, inspection.tightened_for) == ("normal", None)


def test_an_accepted_batch_that_a_drift_tightened_counts_as_it_would_have_without(drift, tightening, inspector):
    before = SwitchingStep.objects.latest("id")
    inspection = inspect_height(tightening, HIGHER, actor=inspector, minutes=30, bad=[1])
    step = SwitchingStep.objects.latest("id")

    assert (inspection.severity, inspection.verdict) == ("tightened", "accepted")
    assert (step.severity_before, step.severity) == ("normal", "normal")
    assert step.state["major"]["score"] == before.state["major"]["score"] + 3
    assert lots_of(inspection, dict.fromkeys(CLASSES, "normal"))["major"].plans["major"].acceptance == 5


def test_a_batch_rejected_by_the_tightened_plan_alone_is_no_mark_against_the_maker(drift, tightening, inspector):
    for minutes in (30, 40):
        inspection = inspect_height(tightening, HIGHER, actor=inspector, minutes=minutes, bad=[1, 2, 3, 4])

    step = SwitchingStep.objects.latest("id")
    assert (inspection.verdict, inspection.hold.reason) == ("rejected", "rejected")
    assert (step.severity, [accepted for accepted, _number in step.state["major"]["window"]]) == ("normal", [True] * 5)


def test_tightening_ends_with_the_drift(drift, tightening, inspector, manager):
    end_drift(drift=drift, ending="mended", note="Pin replaced", signature="token", actor=manager, at=after(25))

    inspection = plan_inspection(batch=make_batch(product=tightening), actor=inspector, at=after(30))

    assert (inspection.severity, inspection.tightened_for) == ("normal", None)


def test_what_only_the_drift_option_changes_goes_on_with_the_history_of_the_rules(tightening):
    first = tightening.specifications.get()
    second = make_specification(tightening, [HEIGHT, CORD, LID], scheme=SCHEME)

    assert first.scheme != second.scheme
    assert first.scheme_key == second.scheme_key


def test_a_mended_drift_is_not_found_again_and_a_new_one_is(drift, tightening, inspector, manager):
    end_drift(drift=drift, ending="mended", note="Pin replaced", signature="token", actor=manager, at=after(25))
    done = [inspect_height(tightening, STEADY_HEIGHT, actor=inspector, minutes=30 + n) for n in range(5)]
    assert watch_product(product=tightening, seen_in=done[-1], at=after(40)) == []
    assert ladder_of(tightening).track("HEIGHT").state == "steady"

    done = [inspect_height(tightening, HIGHER, actor=inspector, minutes=50 + n) for n in range(5)]
    [again] = watch_product(product=tightening, seen_in=done[-1], at=after(60))

    assert again.since == done[0]


def test_a_new_normal_begins_with_the_first_batch_since(drift, tightening, inspector, manager):
    end_drift(drift=drift, ending="new_normal", note="New mould", signature="token", actor=manager, at=after(25))
    done = [inspect_height(tightening, HIGHER, actor=inspector, minutes=30 + n) for n in range(6)]

    assert watch_product(product=tightening, seen_in=done[-1], at=after(40)) == []
    track = ladder_of(tightening).track("HEIGHT")
    assert (track.baseline.first, track.reading.base[0], track.state) == (drift.since.batch.number, 10, "steady")
    assert track.reading.chart.centre == pytest.approx(50.2, abs=0.02)


def test_a_drift_ends_once_by_somebody_who_may_with_a_reason(drift, manager, merchandiser):
    def end(actor=manager, ending="mended", note="Pin replaced"):
        end_drift(drift=drift, ending=ending, note=note, signature="token", actor=actor, at=after(25))

    with pytest.raises(NotAllowed):
        end(actor=merchandiser)
    with pytest.raises(InvalidInput) as refusal:
        end(note="  ")
    assert [(error.field, error.code) for error in refusal.value.errors] == [("note", "required")]
    with pytest.raises(InvalidInput) as refusal:
        end(ending="forgotten")
    assert [(error.field, error.code) for error in refusal.value.errors] == [("ending", "invalid_choice")]
    assert Drift.objects.open().count() == 1
    end()
    with pytest.raises(DriftEnded):
        end()
    assert Event.objects.filter(kind="product.drift_ended").count() == 1


def test_what_is_ended_is_the_drift_that_was_shown(drift, tightening, inspector, manager):
    shown = digest_of(drift)
    inspect_height(tightening, 50.4, actor=inspector, minutes=500)
    said = {"ending": "mended", "note": "New mould", "signature": "token", "actor": manager, "at": after(600)}

    with pytest.raises(ChangedMeanwhile):
        end_drift(drift=drift, digest=shown, **said)
    said |= {"digest": digest_of(drift), "actor": promoted(inspector)}
    with pytest.raises(InspectorMayNotEndDrift):
        end_drift(drift=drift, **said)
    ended = {"ending": "mended", "note": "x", "ended_at": NOON, "ended_by": inspector}
    with pytest.raises(IntegrityError, match="does not end it"), transaction.atomic():
        Drift.objects.filter(pk=drift.pk).update(**ended)
    end_drift(drift=drift, **said | {"actor": manager})


def test_a_baseline_names_batches_of_the_characteristic(tightening, inspector, manager):
    numbers = [each.batch.number for each in history(tightening, inspector, [STEADY_HEIGHT] * 12)]
    other = make_batch().number

    def refused(**changes):
        sent = {"code": "HEIGHT", "first": numbers[1], "last": numbers[9], "note": "Phase 1"} | changes
        with pytest.raises(InvalidInput) as refusal:
            set_baseline(product=tightening, **sent, actor=manager, at=after(30))
        return [(error.field, error.code) for error in refusal.value.errors]

    assert refused(first=other) == [("first", "unknown_batch")]
    assert refused(last=other) == [("last", "unknown_batch")]
    assert refused(last=numbers[3]) == [("last", "too_few")]
    assert refused(note=" ") == [("note", "required")]
    assert refused(code="NONE") == [("characteristic", "unknown_characteristic")]
    assert Baseline.objects.count() == 0
    set_baseline(
        product=tightening,
        code="HEIGHT",
        first=numbers[1],
        last=numbers[9],
        note="Phase 1",
        actor=manager,
        at=after(30),
    )
    assert ladder_of(tightening).track("HEIGHT").reading.base.tolist() == list(range(1, 10))


# Round the code


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inspections_drift SET facts = '{}'",
        "UPDATE inspections_drift SET since_id = seen_in_id",
        "DELETE FROM inspections_drift",
    ],
)
def test_the_database_keeps_what_was_noticed(drift, statement):
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_an_end_without_a_person_or_a_reason(drift, manager):
    for values in (
        {"ended_at": NOON},
        {"ended_at": NOON, "ended_by": manager, "ending": DriftEnding.MENDED},
        {"ended_at": NOON, "note": "Because", "ending": DriftEnding.MENDED},
    ):
        with pytest.raises(IntegrityError, match="drift_is_ended_exactly_when"), transaction.atomic():
            Drift.objects.filter(pk=drift.pk).update(**values)


def test_the_database_refuses_a_second_open_drift_of_a_characteristic(drift):
    drift.pk = None
    drift.uid = "00000000-0000-0000-0000-000000000001"
    with pytest.raises(IntegrityError, match="drift_is_open_once"), transaction.atomic():
        drift.save(force_insert=True)


def test_the_database_refuses_to_end_an_ended_drift_anew(drift, manager):
    end_drift(drift=drift, ending="mended", note="Pin", signature="token", actor=manager, at=after(25))
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Drift.objects.filter(pk=drift.pk).update(note="Another")


def test_the_database_keeps_why_a_plan_was_tightened(drift, tightening, inspector):
    inspection = plan_inspection(batch=make_batch(product=tightening), actor=inspector, at=after(30))
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Inspection.objects.filter(pk=inspection.pk).update(tightened_for=None)


def test_the_database_refuses_a_normal_plan_that_a_drift_tightened(drift, tightening, inspector):
    batch = make_batch(product=tightening)
    inspection = next_inspection(batch, active_characteristics(batch), actor=inspector, at=after(30))
    inspection.severity = "normal"
    with pytest.raises(IntegrityError, match="inspection_that_a_drift_tightens"), transaction.atomic():
        inspection.save()
