"""From its arrival to the end of its life: a sample cancelled, refused, approved with doubts, held against what is required
now, checked further, moved, run out, withdrawn."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from accounts.roles import Role
from accounts.signature import ChangedMeanwhile
from activity.errors import InvalidInput
from activity.models import Event
from compliance.models import Gate
from inspections.ladder.reads import ladder_of
from inspections.models import Sample
from inspections.sample.reads import golden_sample
from inspections.sample.services.checks import (
    CheckChanged,
    CheckInput,
    DropInput,
    begin_transport_test,
    record_check,
    record_drop,
)
from inspections.sample.services.details import SampleDetails
from inspections.sample.services.further import (
    FurtherCheckSigned,
    NotTheGoldenSample,
    digest_of_further,
    record_further_check,
    sign_further_checks,
)
from inspections.sample.services.reminders import remind_of_keeping
from inspections.sample.services.samples import (
    ApprovalAsks,
    ApprovalInput,
    CheckerMayNotDecide,
    FailingIsRefused,
    SampleDecided,
    cancel_sample,
    change_sample,
    decide_sample,
    digest_of_decision,
    digest_of_withdrawal,
    move_sample,
    receive_sample,
    submit_sample,
    withdraw_sample,
)
from inspections.sample.tasks import remind_of_samples
from inspections.specification.services.versions import CharacteristicInput
from tests.factories import (
    CORD,
    HEIGHT,
    KETTLE,
    LEAK,
    NOON,
    PRINT,
    after,
    inspect,
    make_batch,
    make_golden_sample,
    make_sample,
    make_specification,
    make_user,
)

pytestmark = pytest.mark.django_db

HIPOT = CharacteristicInput("HIPOT", "Dielectric strength", "function", "critical", False, name_zh="耐压")


def measured(code, lower, upper, unit, nonconformity_class="major"):
    return CharacteristicInput(code, code, "dimension", nonconformity_class, True, None, lower, upper, unit)


def lacks(sample):
    sample.refresh_from_db()
    return {lack["code"]: lack["why"] for lack in sample.lacking}


def gate_of(product):
    return next(check for check in Gate.objects.get(sku=product.sku).checks if check["code"] == "golden_sample")


def withdraw(sample, actor, at=None):
    return withdraw_sample(
        sample=sample,
        reason="Faded",
        signature="token",
        digest=digest_of_withdrawal(sample),
        actor=actor,
        at=at or after(9),
    )


# Held against what is required now (Y13)


def test_a_new_version_says_what_the_golden_sample_was_never_checked_for_and_what_it_fails(product, inspector):
    golden = make_golden_sample(product)
    inspect(make_batch(product=product), actor=inspector, at=after(1))
    assert (lacks(golden), gate_of(product)["state"]) == ({}, "pass")

    make_specification(product, [LEAK, HEIGHT, measured("CORD", "76", "79", "cm"), PRINT, HIPOT])

    assert lacks(golden) == {"CORD": "fails", "HIPOT": "unchecked"}
    check = gate_of(product)
    assert (check["state"], check["why"], check["data"]["codes"]) == ("waiting", "sample_lacks", "CORD, HIPOT")


def test_a_minor_one_is_said_and_closes_nothing(product, inspector):
    golden = make_golden_sample(product)
    inspect(make_batch(product=product), actor=inspector, at=after(1))

    make_specification(product, [*KETTLE, CharacteristicInput("GLOSS", "Gloss", "appearance", "minor", False)])

    assert (lacks(golden), gate_of(product)["state"]) == ({"GLOSS": "unchecked"}, "pass")


def test_units_are_converted_or_the_comparison_is_left_out_with_a_word(product, inspector):
    golden = make_golden_sample(product)
    inspect(make_batch(product=product), actor=inspector, at=after(1))

    make_specification(product, [LEAK, HEIGHT, measured("CORD", "700", "800", "mm")])
    assert lacks(golden) == {}
    assert ladder_of(product).track("CORD").golden == 775  # the mean of 75 and 80 cm

    make_specification(product, [LEAK, HEIGHT, measured("CORD", "7", "8", "span")])
    assert lacks(golden) == {"CORD": "other_unit"}
    track = ladder_of(product).track("CORD")
    assert (track.golden, track.other_units) == (None, ("cm", "span"))


def test_an_open_sample_takes_over_a_new_version(product, inspector):
    sample = make_sample(product, actor=inspector)
    assert sample.status == "checked"

    made = make_specification(product, [LEAK, HEIGHT, measured("CORD", "700", "780", "mm"), HIPOT])

    sample.refresh_from_db()
    assert (sample.status, sample.specification, sample.checked_by) == ("received", made, None)
    cord = sample.checks.get(characteristic__code="CORD")
    assert (cord.characteristic.specification, cord.conforms, [str(r) for r in cord.readings]) == (
        made,
        False,
        ["750", "800"],
    )
    record_check(
        sample=sample,
        sent=CheckInput(characteristic="HIPOT", conforms=False, note="arcs"),
        actor=inspector,
        at=after(3),
    )
    told = Event.objects.get(kind="sample.took_over").data
    assert (told["reopened"], told["kept"], told["left_out"]) == (True, ["LEAK", "HEIGHT", "CORD"], ["LID", "PRINT"])


def test_what_fails_of_a_version_before_still_stands_against_the_approval(product, inspector, manager):
    sample = make_sample(product, actor=inspector, LID="Scratched")
    make_specification(product, [LEAK, HEIGHT, CORD, PRINT])
    sample.refresh_from_db()
    submit_sample(sample=sample, actor=inspector, at=after(2))

    with pytest.raises(Exception, match="LID"):
        decide_sample(sample=sample, decision="approve", reason="So", signature="token", actor=manager, at=after(3))


def test_further_checks_count_when_a_second_person_has_signed_them(product, inspector, manager):
    golden = make_golden_sample(product)
    make_specification(product, [*KETTLE, HIPOT])
    sent = CheckInput(characteristic="HIPOT", conforms=True)

    record_further_check(sample=golden, sent=sent, actor=manager, at=after(1))
    assert lacks(golden) == {"HIPOT": "unsigned"}
    with pytest.raises(CheckerMayNotDecide):
        sign_further_checks(
            sample=golden, signature="token", digest=digest_of_further(golden), actor=manager, at=after(2)
        )
    second, seen = make_user(Role.MANAGER), digest_of_further(golden)
    fails = CheckInput(characteristic="HIPOT", conforms=False, note="arcs", revision=1)
    record_further_check(sample=golden, sent=fails, actor=inspector, at=after(3))
    assert lacks(golden) == {"HIPOT": "fails"}
    with pytest.raises(ChangedMeanwhile):
        sign_further_checks(sample=golden, signature="token", digest=seen, actor=second, at=after(4))
    with pytest.raises(CheckChanged):
        record_further_check(sample=golden, sent=sent, actor=manager, at=after(4))
    again = CheckInput(characteristic="HIPOT", conforms=True, revision=2)
    record_further_check(sample=golden, sent=again, actor=inspector, at=after(5))
    sign_further_checks(sample=golden, signature="token", digest=digest_of_further(golden), actor=second, at=after(6))

    assert lacks(golden) == {}
    with pytest.raises(FurtherCheckSigned):
        record_further_check(sample=golden, sent=fails, actor=inspector, at=after(7))


def test_only_the_golden_sample_in_force_is_checked_further(product, inspector):
    old = make_golden_sample(product)
    make_golden_sample(product, at=after(1))
    make_specification(product, [*KETTLE, HIPOT])

    with pytest.raises(NotTheGoldenSample):
        record_further_check(
            sample=old, sent=CheckInput(characteristic="HIPOT", conforms=True), actor=inspector, at=after(2)
        )


# Withdrawn, run out, moved and prolonged (Y15)


def test_a_withdrawn_sample_is_no_reference_and_none_before_it_takes_its_place(product, manager, inspector):
    make_golden_sample(product)
    second = make_golden_sample(product, at=after(1))

    withdraw(second, manager)

    assert (golden_sample(product), golden_sample(product, at=after(10))) == (None, None)
    assert golden_sample(product, at=after(8)) == second
    check = gate_of(product)
    assert (check["state"], check["why"]) == ("waiting", "sample_withdrawn")
    third = receive_sample(product=product, details=SampleDetails(), actor=inspector, at=after(12))
    assert (third.series, third.round) == (3, 1)


def test_what_was_read_is_what_is_withdrawn(product, manager):
    golden = make_golden_sample(product)
    seen = digest_of_withdrawal(golden)
    withdraw(golden, manager)

    facts = {"sample": golden, "signature": "token", "digest": seen, "actor": manager, "at": after(9)}
    with pytest.raises(Exception, match="approved sample"):
        withdraw_sample(reason="Lost", **facts)


def test_after_the_day_until_which_it_is_kept_the_gate_waits_until_it_is_prolonged(product, inspector):
    today = localdate(NOON)
    golden = make_golden_sample(product, details=SampleDetails(kept_until=today))
    inspect(make_batch(product=product), actor=inspector, at=after(1))
    over = today - timedelta(days=2)  # in every market by now
    Sample.objects.filter(pk=golden.pk).update(kept_until=over)

    move_sample(sample=golden, kept_at="Shelf B", kept_until=over, actor=inspector, at=NOON)
    assert (gate_of(product)["state"], gate_of(product)["why"]) == ("waiting", "sample_expired")
    move_sample(sample=golden, kept_at="Shelf B", kept_until=today + timedelta(days=300), actor=inspector, at=NOON)
    assert gate_of(product)["state"] == "pass"
    moved = Event.objects.filter(kind="sample.moved").latest("id").data
    assert moved["before"]["kept_until"] == str(over)
    assert moved["after"] == {"kept_at": "Shelf B", "kept_until": str(today + timedelta(days=300))}


@pytest.mark.parametrize(
    ("days", "steps"), [(31, []), (30, ["30"]), (29, ["30"]), (7, ["7"]), (0, ["0"]), (-1, ["-1"]), (-40, ["-1"])]
)
def test_each_step_of_the_reminder_is_told_once(product, days, steps):
    golden = make_golden_sample(product)
    Sample.objects.filter(pk=golden.pk).update(kept_until=localdate(NOON) + timedelta(days=days))

    remind_of_keeping(at=NOON)
    remind_of_keeping(at=after(60))

    assert [event.data["step"] for event in Event.objects.filter(kind="sample.keeping_ends")] == steps


def test_before_seven_nobody_is_reminded_and_the_task_asks(product):
    make_golden_sample(product, details=SampleDetails(kept_until=localdate(NOON)))

    assert remind_of_keeping(at=NOON - timedelta(hours=6)) == 0
    remind_of_samples()


# Refused or cancelled at any time before approval (Y16)


def test_a_sample_that_came_by_mistake_is_cancelled_and_the_next_received(product, inspector):
    sample = receive_sample(product=product, details=SampleDetails(), actor=inspector, at=NOON)

    cancel_sample(sample=sample, reason="Of another SKU", actor=inspector, at=after(1))

    following = receive_sample(product=product, details=SampleDetails(), actor=inspector, at=after(2))
    assert (following.series, following.round) == (1, 2)
    with pytest.raises(SampleDecided):
        cancel_sample(sample=sample, reason="Again", actor=inspector, at=after(3))


def test_what_was_found_failing_is_refused_and_not_cancelled(product, inspector, manager):
    sample = make_sample(product, actor=inspector, submit=False, LID="Scratched")

    with pytest.raises(FailingIsRefused):
        cancel_sample(sample=sample, reason="Broken", actor=inspector, at=after(1))
    with pytest.raises(InvalidInput):
        decide_sample(sample=sample, decision="refuse", reason=" ", signature="token", actor=manager, at=after(2))
    decide_sample(sample=sample, decision="refuse", reason="Scratched", signature="token", actor=manager, at=after(2))

    sample.refresh_from_db()
    assert (sample.status, sample.checked_at) == ("refused", None)


# What an approval lacks (Y18)


def test_an_approval_asks_about_what_it_lacks(product, inspector, manager):
    sample = make_sample(product, actor=inspector, details=SampleDetails(length_mm="1", width_mm="1", height_mm="1"))
    facts = {
        "sample": sample,
        "decision": "approve",
        "reason": "So",
        "signature": "password",
        "actor": manager,
        "at": NOON,
    }

    with pytest.raises(ApprovalAsks) as refusal:
        decide_sample(asked=ApprovalInput(["photo"]), **facts)
    assert refusal.value.extra == {"doubts": ["size", "drop_test"]}

    approved = decide_sample(asked=ApprovalInput(["photo", "size", "drop_test"]), **facts)
    assert approved.doubts == ["photo", "size", "drop_test"]


def test_packages_that_drops_damaged_ask_for_a_word(product, inspector, manager):
    sample = make_sample(product, actor=inspector, submit=False)
    begin_transport_test(sample=sample, protocol="ista_1a", package_weight_kg="2 kg", actor=inspector, at=NOON)
    for number in range(1, 11):
        record_drop(sample=sample, sent=DropInput(number, True, False, "Burst"), actor=inspector, at=NOON)
    submit_sample(sample=sample, actor=inspector, at=NOON)
    facts = {
        "sample": sample,
        "decision": "approve",
        "reason": "So",
        "signature": "token",
        "actor": manager,
        "at": NOON,
    }

    with pytest.raises(InvalidInput) as refusal:
        decide_sample(**facts)
    assert refusal.value.errors[0].field == "damage_note"
    assert (
        decide_sample(asked=ApprovalInput(damage_note="In a master carton"), **facts).damage_note
        == "In a master carton"
    )


def test_what_was_read_is_what_is_approved(product, inspector, manager):
    sample = make_sample(product, actor=inspector, submit=False)
    seen = digest_of_decision(sample)
    record_check(sample=sample, sent=CheckInput(aspect="label", conforms=False, note="None"), actor=inspector, at=NOON)

    with pytest.raises(ChangedMeanwhile):
        decide_sample(
            sample=sample, decision="refuse", reason="So", signature="token", digest=seen, actor=manager, at=NOON
        )


# Colours and measures (Y21, Y33)


def test_a_fluorescing_colour_is_asked_about_and_kept(product, inspector):
    neon = ["102", "-30", "110"]
    sample = receive_sample(product=product, details=SampleDetails(), actor=inspector, at=NOON)

    with pytest.raises(InvalidInput) as refusal:
        change_sample(sample=sample, details=SampleDetails(colour=neon), actor=inspector, at=NOON)
    assert refusal.value.errors[0].code == "outside_gamut"
    change_sample(sample=sample, details=SampleDetails(colour=neon, colour_confirmed=True), actor=inspector, at=NOON)

    sample.refresh_from_db()
    assert [str(part) for part in sample.lab] == ["102.00", "-30.00", "110.00"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("45，5", "45.50"), ("45,5", "45.50"), ("４５．５", "45.50"), ("4.55 cm", "45.50"), ("1 in", "25.40")],
)
def test_measures_as_people_write_them(product, inspector, typed, stored):
    sample = receive_sample(product=product, details=SampleDetails(length_mm=typed), actor=inspector, at=NOON)

    assert str(Sample.objects.get(pk=sample.pk).length_mm) == stored
