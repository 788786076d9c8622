"""A run that failed counts until a second person signs otherwise, and is not repeated until one passes (R13)."""

from functools import partial

import pytest
from django.db import transaction

from accounts.roles import Role
from accounts.signature import ChangedMeanwhile
from activity.errors import InvalidInput, NotAllowed
from compliance.rules import gates
from inspections.models import PilotRun, PilotWord
from inspections.pilot.reads import digest_of
from inspections.pilot.services.failures import (
    PartakerMayNotSign,
    PilotFailedBefore,
    PilotNotFailed,
    PilotWordSigned,
    sign_failure,
)
from inspections.pilot.services.outcomes import OutcomeInput, record_outcomes
from inspections.pilot.services.readings import record_pilot_readings
from inspections.pilot.services.runs import (
    carry_over_pilot,
    plan_pilot,
    stop_pilot,
)
from suppliers.models import Listing
from tests.caller import Caller
from tests.factories import NOON, after, make_golden_sample, make_pilot, make_user, pilot_outcomes
from tests.inspections.pilot.test_loosening import refused

pytestmark = pytest.mark.django_db


def sign(run, actor, *, kind="mended", reason="Corner pads in the carton", at=NOON):
    return sign_failure(run=run, kind=kind, reason=reason, signature="token", actor=actor, at=at)


def fail(product, actor) -> PilotRun:
    run = make_pilot(product, size=60, actor=actor)
    bad = [OutcomeInput(unit, outcome="damaged") for unit in range(1, 12)]
    return record_outcomes(run=run, outcomes=bad, actor=actor, at=after(1))


@pytest.fixture
def failed(product, merchandiser) -> PilotRun:
    return fail(product, merchandiser)


def pilot_check(product) -> dict:
    listing = Listing.objects.filter(product=product).first()
    return next(each for each in listing.gate.checks if each["code"] == gates.PILOT_RUN)


def test_it_is_not_repeated_until_it_passes(product, merchandiser, manager, failed):
    with pytest.raises(PilotFailedBefore) as refusal:
        plan_pilot(product=product, size=60, actor=merchandiser, at=after(2))
    assert str(refusal.value).startswith(f"Pilot run {failed.code} failed.")
    assert pilot_check(product)["why"] == "pilot_fail"

    sign(failed, manager)

    again = make_pilot(product, size=60, actor=merchandiser)
    pilot_outcomes(again, actor=merchandiser, conclude=True)
    told = pilot_check(product)
    assert (told["state"], told["why"], told["data"]["failed"]) == ("pass", "pilot_pass_after_failing", 1)


def test_one_with_invalid_samples_does_not_count(product, merchandiser, manager):
    passed = make_pilot(product, size=60, actor=merchandiser)
    pilot_outcomes(passed, actor=merchandiser, conclude=True)
    failed = fail(product, merchandiser)
    assert pilot_check(product)["state"] == "fail"

    sign(failed, manager, kind="invalid_sample", reason="The units were of the old mould")

    told = pilot_check(product)
    assert (told["state"], told["why"]) == ("pass", "pilot_pass")
    failed.refresh_from_db()
    assert failed.verdict == "fail"
    assert plan_pilot(product=product, size=60, actor=merchandiser, at=after(3)).ordinal == 3


def test_nobody_signs_who_had_a_part_in_it_whatever_was_saved_last(product, merchandiser, manager):
    run = make_pilot(product, size=60, actor=merchandiser)
    second = make_user(Role.MANAGER, "second")
    first_unit = [OutcomeInput(1, outcome="damaged")]
    record_outcomes(run=run, outcomes=first_unit, actor=second, at=after(1))
    bad = [OutcomeInput(unit, outcome="damaged") for unit in range(1, 13)]
    run = record_outcomes(run=run, outcomes=bad, actor=merchandiser, at=after(2), correct=True)

    with pytest.raises(NotAllowed):
        sign(run, merchandiser)
    with pytest.raises(PartakerMayNotSign):
        sign(run, second)
    assert sign(run, manager).signed_by == manager
    with pytest.raises(PilotWordSigned):
        sign(run, manager)


def test_what_is_asked_of_a_word(product, merchandiser, manager, failed):
    with pytest.raises(InvalidInput):
        sign(failed, manager, reason=" ")
    with pytest.raises(InvalidInput):
        sign(failed, manager, kind="tea")


def test_one_that_passed_needs_none(product, merchandiser, manager):
    passed = make_pilot(product, size=60, actor=merchandiser)
    pilot_outcomes(passed, actor=merchandiser, conclude=True)

    with pytest.raises(PilotNotFailed):
        sign(passed, manager)


def test_over_the_api(product, merchandiser, manager, failed):
    caller = Caller(merchandiser)
    status, answer = caller.send("POST", "pilot-runs/", {"product": product.sku, "units": 60})
    assert (status, answer["code"]) == (409, "pilot_failed_before")
    address, said = f"pilot-runs/{failed.uid}/failure/", {"kind": "mended", "reason": "Corner pads"}
    assert caller.send("POST", address, said)[0] == 403

    status, answer = Caller(manager).send("POST", address, said)

    assert (status, answer["word"]["kind"], answer["word"]["reason"]) == (200, "mended", "Corner pads")
    assert caller.send("POST", "pilot-runs/", {"product": product.sku, "units": 60})[0] == 201


def test_what_is_signed_is_the_run_that_was_shown(product, manager, failed):
    before = digest_of(failed)
    make_golden_sample(product)
    shown = digest_of(failed)
    said = {"kind": "mended", "reason": "Pads", "signature": "token", "actor": manager, "at": NOON}

    with pytest.raises(ChangedMeanwhile):
        sign_failure(run=failed, digest=before, **said)
    sign_failure(run=failed, digest=shown, **said)


def test_on_the_page(client, product, manager, failed, event_kinds):
    client.force_login(manager)
    assert "Sign what becomes of it" in client.get(f"/pilots/{failed.uid}/").content.decode()
    said = {"kind": "invalid_sample", "reason": "Old mould", "key": "k1"}
    assert "Sign" in client.post(f"/pilots/{failed.uid}/failure/", said | {"password": "wrong"}).content.decode()

    form = client.get(f"/pilots/{failed.uid}/failure/").context["form"]
    sent = said | {"password": "holdfast-test", form["key"].html_name: form["key"].value()}
    client.post(f"/pilots/{failed.uid}/failure/", sent)

    page = client.get(f"/pilots/{failed.uid}/").content.decode()
    assert "its samples were invalid, it does not count. Old mould" in page
    assert event_kinds(failed.stream)[-1] == "pilot.word_signed"


def test_who_ran_it_does_not_sign_that_it_counts_for_another_sample(product, manager):
    run = make_pilot(product, size=60, actor=manager)
    pilot_outcomes(run, actor=manager, conclude=True)
    golden = make_golden_sample(product)

    with pytest.raises(PartakerMayNotSign):
        carry_over_pilot(run=run, reason="Same", signature="token", actor=manager, at=after(1))
    insert = partial(
        run.carried_over.create, sample=golden, reason="x", signature="token", signed_at=NOON, signed_by=manager
    )
    assert refused(insert) == "pilot_carry_over_is_signed_by_a_second_person"


class TestBySQL:
    def word(self, run, actor, kind="mended"):
        return PilotWord.objects.create(
            run=run, kind=kind, reason="x", signature="token", signed_at=NOON, signed_by=actor
        )

    def test_no_run_follows_an_unanswered_failure(self, product, merchandiser, manager):
        first = make_pilot(product, size=60, actor=merchandiser, start=False)
        copied = PilotRun.objects.values().get(pk=first.pk)
        record = {name: value for name, value in copied.items() if name not in ("id", "uid", "ordinal")}
        PilotRun.objects.filter(pk=first.pk).update(
            status="stopped", stopped_because="x", concluded_at=NOON, concluded_by=merchandiser
        )
        failed = fail(product, merchandiser)

        assert (
            refused(partial(PilotRun.objects.create, **record, ordinal=9)) == "pilot_run_follows_no_unanswered_failure"
        )
        self.word(failed, manager)
        with transaction.atomic():
            assert PilotRun.objects.create(**record, ordinal=9).status == "planned"

    def test_a_word_is_a_second_persons_of_a_failed_run_and_stays(self, product, merchandiser, manager, failed):
        rule = "pilot_word_is_signed_by_a_second_person"
        assert refused(partial(self.word, failed, merchandiser)) == rule
        word = self.word(failed, manager)
        assert refused(partial(PilotWord.objects.filter(pk=word.pk).update, reason="y")) == "pilot_word_is_written_once"
        running = make_pilot(product, size=60, actor=merchandiser)
        assert refused(partial(self.word, running, manager)) == "pilot_word_is_of_a_failed_run"


class TestStoppedWithBadUnits:
    def stop(self, product, actor, *, bad=3, size=60):
        run = make_pilot(product, size=size, actor=actor)
        outcomes = [OutcomeInput(unit, outcome="damaged") for unit in range(1, bad + 1)]
        record_outcomes(run=run, outcomes=outcomes or [OutcomeInput(1, outcome="ok")], actor=actor, at=after(1))
        return stop_pilot(run=run, reason="Carrier on strike", actor=actor, at=after(2))

    def test_another_follows_a_signature_alone_and_the_gate_names_it(self, product, merchandiser, manager):
        second = make_user(Role.MANAGER, "second")
        stopped = self.stop(product, second)

        with pytest.raises(PilotFailedBefore) as refusal:
            plan_pilot(product=product, size=60, actor=merchandiser, at=after(3))
        assert f"{stopped.code} was stopped after units had come back bad" in str(refusal.value)
        told = pilot_check(product)
        assert (told["state"], told["why"], told["data"]["bad"], told["data"]["back"]) == (
            "waiting",
            "pilot_stopped",
            3,
            3,
        )
        with pytest.raises(PartakerMayNotSign):
            sign(stopped, second)

        sign(stopped, manager)

        assert plan_pilot(product=product, size=60, actor=merchandiser, at=after(4)).ordinal == 2

    def test_on_its_page(self, client, product, merchandiser, manager):
        stopped = self.stop(product, merchandiser)
        client.force_login(manager)

        assert "Sign what becomes of it" in client.get(f"/pilots/{stopped.uid}/").content.decode()

    def test_one_without_bad_units_asks_for_nothing(self, product, merchandiser, manager):
        stopped = self.stop(product, merchandiser, bad=0)

        assert pilot_check(product)["why"] == "no_pilot"
        with pytest.raises(PilotNotFailed):
            sign(stopped, manager)
        assert plan_pilot(product=product, size=60, actor=merchandiser, at=after(3)).ordinal == 2

    def test_by_sql(self, product, merchandiser, manager):
        stopped = self.stop(product, merchandiser)
        copied = PilotRun.objects.values().get(pk=stopped.pk)
        fresh = {"status": "planned", "stopped_because": "", "concluded_at": None, "concluded_by_id": None}
        fresh |= {"started_at": None, "sample_id": None, "ordinal": 9}
        record = {name: value for name, value in copied.items() if name not in ("id", "uid")} | fresh

        rule = "pilot_run_follows_no_unanswered_failure"
        assert refused(partial(PilotRun.objects.create, **record)) == rule
        sign(stopped, manager)
        with transaction.atomic():
            assert PilotRun.objects.create(**record).status == "planned"


def test_the_gate_says_which_reading_failed_a_run(product, merchandiser):
    run = make_pilot(product, size=60, actor=merchandiser)
    record_pilot_readings(run=run, characteristic="HEIGHT", readings=["50.0", "59"], actor=merchandiser, at=after(1))

    told = pilot_check(product)
    assert (told["why"], told["data"]["beyond"]) == ("pilot_fail_beyond", "HEIGHT")
