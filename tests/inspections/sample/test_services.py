from datetime import date

import pytest

from accounts.roles import Role
from accounts.signature import ChangedMeanwhile
from activity.errors import InvalidInput, NotAllowed
from activity.models import Delivery, Event
from inspections.inspection.services.recording import submit_inspection
from inspections.models import DropResult, Sample, SampleCheck
from inspections.sample.page.lists import confirmations, confirmed_by
from inspections.sample.reads import golden_sample
from inspections.sample.services.checks import (
    CheckInput,
    DropInput,
    DropsRecorded,
    SampleIsChecked,
    begin_transport_test,
    record_check,
    record_drop,
)
from inspections.sample.services.details import SampleDetails
from inspections.sample.services.samples import (
    CheckerMayNotDecide,
    SampleDecided,
    SampleDoesNotConform,
    SampleNotChecked,
    SampleUndecided,
    TransportInput,
    change_sample,
    decide_sample,
    digest_of_decision,
    move_sample,
    receive_sample,
    record_sample,
    submit_sample,
)
from inspections.specification.services.versions import Unanswered
from tests.factories import (
    LEAK,
    LID,
    NOON,
    after,
    checks_for,
    inspect,
    make_batch,
    make_golden_sample,
    make_product,
    make_sample,
    make_specification,
    make_user,
)

pytestmark = pytest.mark.django_db


def named(refusal) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in refusal.value.errors]


def decide(sample, actor, decision="approve", *, at=None, reason="As agreed"):
    return decide_sample(
        sample=sample, decision=decision, reason=reason, signature="password", actor=actor, at=at or after(5)
    )


def test_a_checked_sample_approved_by_a_second_person_is_the_golden_sample(product, inspector, manager, event_kinds):
    sample = make_sample(product, actor=inspector)
    assert golden_sample(product) is None

    decide(sample, manager)

    golden = golden_sample(product)
    assert (golden, golden.version, golden.status, golden.signature) == (sample, 1, "approved", "password")
    assert event_kinds(product_stream(product))[-1] == "sample.approved"
    assert [kind for kind in event_kinds(product_stream(product)) if kind.startswith("sample.")] == [
        "sample.received",
        *["sample.check_recorded"] * 12,
        "sample.checked",
        "sample.approved",
    ]


def product_stream(product):
    return f"product:{product.sku}"


def test_rounds_go_on_until_one_is_approved_and_the_next_sample_is_a_new_decision(product, inspector, manager):
    first = make_sample(product, actor=inspector, appearance="Scratched lid")
    decide(first, manager, "refuse", reason="Scratched lid")
    second = make_sample(product, actor=inspector, at=after(10))
    decide(second, manager, at=after(12))
    third = make_sample(product, actor=inspector, at=after(20))

    assert [(s.series, s.round, s.version) for s in (first, second, third)] == [
        (1, 1, None),
        (1, 2, None),
        (2, 1, None),
    ]
    assert [(s.series, s.round, s.version) for s in Sample.objects.order_by("id")] == [
        (1, 1, None),
        (1, 2, 1),
        (2, 1, None),
    ]
    assert golden_sample(product) == second

    decide(third, manager, at=after(25))

    assert [golden_sample(product), golden_sample(product, at=after(13)), golden_sample(product, at=after(1))] == [
        third,
        second,
        None,
    ]


def test_one_sample_at_a_time_is_undecided(product, inspector):
    sample = make_sample(product, actor=inspector, submit=False)

    with pytest.raises(SampleUndecided) as refusal:
        receive_sample(product=product, details=SampleDetails(), actor=inspector, at=after(1))

    assert refusal.value.extra == {"sample": str(sample.uid)}
    assert Sample.objects.count() == 1


def test_who_checked_it_may_not_decide(product, manager, admin):
    sample = make_sample(product, actor=manager)

    with pytest.raises(CheckerMayNotDecide):
        decide(sample, manager)
    decide(sample, admin)


def test_who_recorded_one_check_may_not_decide_either(product, inspector, manager):
    sample = make_sample(product, actor=inspector, submit=False)
    record_check(
        sample=sample, sent=CheckInput(aspect="manual", conforms=True, note="read it"), actor=manager, at=after(1)
    )
    submit_sample(sample=sample, actor=inspector, at=after(2))

    with pytest.raises(CheckerMayNotDecide):
        decide(sample, manager)


def test_who_ever_recorded_a_check_or_a_drop_may_not_decide_whoever_saved_it_last(product, inspector, manager, admin):
    sample = make_sample(product, actor=inspector, submit=False)
    begin_transport_test(sample=sample, protocol="ista_1a", package_weight_kg="12", actor=inspector, at=after(1))
    scratched = CheckInput(aspect="appearance", conforms=False, note="scratched")
    record_check(sample=sample, sent=scratched, actor=manager, at=after(1))
    fine = CheckInput(aspect="appearance", conforms=True, note="looked again", revision=2)
    record_check(sample=sample, sent=fine, actor=inspector, at=after(2))
    for actor, number in ((admin, 1), *((inspector, number) for number in range(1, 11))):
        note = f"by {actor}"
        record_drop(sample=sample, sent=DropInput(number, False, False, note), actor=actor, at=after(3))
    submit_sample(sample=sample, actor=inspector, at=after(4))

    recorders = {check.recorded_by for check in sample.checks.all()} | {
        result.recorded_by for result in DropResult.objects.all()
    }
    assert recorders == {inspector}
    for person in (manager, admin):
        with pytest.raises(CheckerMayNotDecide):
            decide(sample, person)
    assert decide(sample, make_user(Role.MANAGER)).status == "approved"


def test_a_decision_is_one_and_needs_the_checks_and_a_reason(product, inspector, manager):
    sample = make_sample(product, actor=inspector, submit=False)
    with pytest.raises(SampleNotChecked):
        decide(sample, manager)
    submit_sample(sample=sample, actor=inspector, at=after(2))
    with pytest.raises(InvalidInput) as refusal:
        decide(sample, manager, reason="  ")
    assert named(refusal) == [("reason", "required")]
    decide(sample, manager)

    with pytest.raises(SampleDecided):
        decide(sample, manager, "refuse")
    with pytest.raises(SampleIsChecked):
        record_check(sample=sample, sent=CheckInput(aspect="manual", conforms=True), actor=inspector, at=after(9))
    with pytest.raises(SampleIsChecked):
        change_sample(sample=sample, details=SampleDetails(barcode="40170725"), actor=inspector, at=after(9))


def test_what_is_signed_is_the_sample_that_was_shown(product, inspector, manager, admin):
    sample = make_sample(product, actor=inspector, submit=False)
    shown = digest_of_decision(sample)
    record_check(sample=sample, sent=CheckInput("appearance", conforms=True, note="A scratch"), actor=admin, at=NOON)
    submit_sample(sample=sample, actor=inspector, at=NOON)
    said = {"decision": "approve", "reason": "As agreed", "signature": "password", "actor": manager, "at": NOON}

    with pytest.raises(ChangedMeanwhile):
        decide_sample(sample=sample, digest=shown, **said)
    sample.refresh_from_db()
    assert decide_sample(sample=sample, digest=digest_of_decision(sample), **said).version == 1


def test_what_does_not_conform_is_no_reference(product, inspector, manager):
    sample = make_sample(product, actor=inspector, HEIGHT="", label="No CE mark")

    with pytest.raises(SampleDoesNotConform) as refusal:
        decide(sample, manager)

    assert refusal.value.extra == {"failing": ["label", "HEIGHT"]}
    assert golden_sample(product) is None


def test_an_untouched_check_is_unanswered_and_nothing_is_stored(product, inspector):
    checks = [check for check in checks_for(product) if check.code not in ("manual", "CORD")]

    with pytest.raises(Unanswered) as refusal:
        record_sample(product=product, details=SampleDetails(), checks=checks, submit=True, actor=inspector, at=NOON)

    assert refusal.value.extra == {"unanswered": ["manual", "CORD"]}
    assert (Sample.objects.count(), SampleCheck.objects.count()) == (0, 0)
    assert not Event.objects.filter(kind__startswith="sample.").exists()


def test_everything_wrong_with_the_checks_is_named_at_once(product, inspector):
    checks = [
        CheckInput(aspect="appearance", conforms=False),
        CheckInput(aspect="tolerance", conforms=True),
        CheckInput(characteristic="NONE", conforms=True),
        CheckInput(characteristic="HEIGHT", conforms=True),
        CheckInput(characteristic="CORD", readings=["75", "NaN", "abc"]),
        CheckInput(characteristic="LID", readings=["1"]),
        CheckInput(aspect="manual", conforms=True),
        CheckInput(aspect="manual", conforms=True),
        CheckInput(aspect="label"),
        CheckInput(),
    ]

    with pytest.raises(InvalidInput) as refusal:
        record_sample(product=product, details=SampleDetails(), checks=checks, submit=True, actor=inspector, at=NOON)

    assert named(refusal) == [
        ("checks.0.note", "required"),
        ("checks.1.aspect", "unknown_aspect"),
        ("checks.2.characteristic", "unknown_characteristic"),
        ("checks.3.conforms", "measured"),
        ("checks.4.readings.2", "not_finite"),
        ("checks.4.readings.3", "not_a_number"),
        ("checks.5.readings", "not_measured"),
        ("checks.7", "duplicate"),
        ("checks.8.conforms", "required"),
        ("checks.9", "required"),
    ]
    assert Sample.objects.count() == 0


@pytest.mark.parametrize(
    ("details", "errors"),
    [
        (SampleDetails(colour=["50", "200", "200"]), [("colour", "outside_gamut")]),
        (SampleDetails(colour=["101", "0", "0"]), [("colour", "outside_gamut")]),
        (SampleDetails(colour=["50", "", "3"]), [("colour.a", "required")]),
        (SampleDetails(colour=["50", "x", "3"]), [("colour.a", "not_a_number")]),
        (SampleDetails(weight_g="-3"), [("weight_g", "out_of_range")]),
        (SampleDetails(length_mm="1e400"), [("length_mm", "too_large")]),
        (SampleDetails(length_mm="1.234"), [("length_mm", "too_precise")]),
        (SampleDetails(barcode="4006381333932"), [("barcode", "check_digit")]),
        (SampleDetails(barcode="12"), [("barcode", "not_a_barcode")]),
        (SampleDetails(kept_until=date(2026, 11, 21)), [("kept_until", "past")]),
        (SampleDetails(seal_number="7" * 61), [("seal_number", "too_long")]),
    ],
)
def test_details_that_cannot_be_are_named(product, inspector, details, errors):
    with pytest.raises(InvalidInput) as refusal:
        receive_sample(product=product, details=details, actor=inspector, at=NOON)

    assert named(refusal) == errors
    assert Sample.objects.count() == 0


def test_details_are_kept_as_measured(product, inspector):
    details = SampleDetails(
        length_mm="２１０．５",
        weight_g=812,
        colour=["92.1", "-0.8", "2.4"],
        barcode="4006381333931",
        seal_number=" S-1 ",
    )

    sample = receive_sample(product=product, details=details, actor=inspector, at=NOON)

    sample.refresh_from_db()
    assert (str(sample.length_mm), str(sample.weight_g), [str(part) for part in sample.lab]) == (
        "210.50",
        "812.00",
        ["92.10", "-0.80", "2.40"],
    )
    assert (sample.barcode, sample.seal_number) == ("4006381333931", "S-1")


def test_a_product_without_a_specification_is_checked_for_the_aspects(inspector, manager):
    product = make_product()
    sample = make_sample(product, actor=inspector)

    decide(sample, manager)

    assert (sample.specification, golden_sample(product).version, sample.checks.count()) == (None, 1, 7)


def test_the_specification_of_its_reception_is_the_one_it_is_checked_by(product, inspector, manager):
    sample = make_sample(product, actor=inspector, submit=False)
    make_specification(product, [LEAK, LID])

    submit_sample(sample=sample, actor=inspector, at=after(3))

    assert sample.checks.exclude(characteristic=None).count() == 5


def test_only_those_who_may_check_and_decide(product, merchandiser, supplier_user, inspector):
    for person in (merchandiser, supplier_user):
        with pytest.raises(NotAllowed):
            receive_sample(product=product, details=SampleDetails(), actor=person, at=NOON)
    sample = make_sample(product, actor=inspector)
    for person in (merchandiser, supplier_user):
        with pytest.raises(NotAllowed):
            decide(sample, person)


# Transport


def test_the_drops_of_the_named_test_follow_from_the_weight(product, inspector):
    sample = make_sample(product, actor=inspector, submit=False)

    test = begin_transport_test(
        sample=sample, protocol="ista_2a", package_weight_kg="12.5", actor=inspector, at=after(1)
    )

    assert [drop["height_mm"] for drop in test.drops] == [810] * 10
    with pytest.raises(Unanswered) as refusal:
        submit_sample(sample=sample, actor=inspector, at=after(2))
    assert refusal.value.extra == {"unanswered": [f"drop-{number}" for number in range(1, 11)]}


def test_a_drop_that_damages_the_product_contradicts_a_passed_check(product, inspector):
    drops = [DropInput(n, False, n == 4, "Spout broken" if n == 4 else "") for n in range(1, 11)]
    facts = {"product": product, "details": SampleDetails(), "submit": True, "actor": inspector, "at": NOON}
    transport = TransportInput("ista_1a", "2.4", drops)

    with pytest.raises(InvalidInput) as refusal:
        record_sample(checks=checks_for(product), transport=transport, **facts)
    assert named(refusal) == [("transport", "contradiction")]
    assert DropResult.objects.count() == 0

    sample = record_sample(checks=checks_for(product, transport="Spout broken"), transport=transport, **facts)

    assert [result.product_damaged for result in sample.transport_test.results.all()] == [n == 4 for n in range(1, 11)]


def test_drops_that_cannot_be_are_named(product, inspector):
    sample = make_sample(product, actor=inspector, submit=False)
    facts = {"sample": sample, "actor": inspector, "at": after(1)}
    for protocol, weight, error in (
        ("ista_9z", "2", ("protocol", "invalid_choice")),
        ("ista_1a", "", ("package_weight_kg", "required")),
        ("ista_1a", "68.1", ("package_weight_kg", "out_of_range")),
        ("ista_1a", "0", ("package_weight_kg", "out_of_range")),
        ("ista_3a", "2", ("protocol", "kind_not_told")),
    ):
        with pytest.raises(InvalidInput) as refusal:
            begin_transport_test(protocol=protocol, package_weight_kg=weight, package_mm=["900", "100", "90"], **facts)
        assert named(refusal) == [error]
    begin_transport_test(protocol="ista_1a", package_weight_kg="2", **facts)
    begin_transport_test(protocol="ista_3a", package_weight_kg="2", package_mm=["400", "300", "250"], **facts)
    for sent, error in (
        (DropInput(18, False, False), ("drop.number", "unknown_drop")),
        (DropInput(3, True, False), ("drop.note", "required")),
    ):
        with pytest.raises(InvalidInput) as refusal:
            record_drop(sent=sent, **facts)
        assert named(refusal) == [error]
    record_drop(sent=DropInput(1, False, False), **facts)
    with pytest.raises(DropsRecorded):
        begin_transport_test(protocol="ista_1a", package_weight_kg="2", **facts)


# The gate


def test_a_new_version_waits_until_a_batch_judged_by_it_is_accepted(product, inspector):
    golden = make_golden_sample(product, at=after(10))
    planned_before = inspect(make_batch(product=product), actor=inspector, at=after(5), submit=False)
    submit_inspection(inspection=planned_before, actor=inspector, at=after(20))
    rejected = make_batch(product=product)
    inspect(rejected, actor=inspector, at=after(30), LEAK=[1])
    assert confirmed_by(golden) is None

    batch = make_batch("B-NEXT", product=product)
    inspect(batch, actor=inspector, at=after(40))

    found = confirmed_by(golden)
    assert (found.kind, found.code, found.at) == ("batch", "B-NEXT", after(40))
    newer = make_golden_sample(product, at=after(50))
    assert set(confirmations([golden, newer])) == {golden.pk}


def test_confirmations_take_two_statements_for_one_and_for_three(inspector, django_assert_num_queries):
    products = [make_product() for _ in range(3)]
    for product in products:
        make_specification(product)
    samples = [make_golden_sample(product) for product in products]
    for product in products:
        inspect(make_batch(product=product), actor=inspector, at=after(5))

    with django_assert_num_queries(2):
        assert len(confirmations(samples[:1])) == 1
    with django_assert_num_queries(2):
        assert len(confirmations(samples)) == 3


# Who is told, and where it is


def test_those_who_decide_are_told_that_a_sample_waits(product, inspector):
    make_sample(product, actor=inspector)

    told = Delivery.objects.filter(event__kind="sample.checked").values_list("receiver", flat=True)
    assert list(told) == ["inspections.sample.receivers.tell_who_decides_samples"]


def test_a_golden_sample_may_be_kept_elsewhere_and_nothing_else_changes(product, inspector):
    sample = make_golden_sample(product)

    move_sample(sample=sample, kept_at="Room 2", kept_until=date(2028, 1, 1), actor=inspector, at=after(9))

    sample.refresh_from_db()
    assert (sample.kept_at, sample.kept_until, sample.version) == ("Room 2", date(2028, 1, 1), 1)
