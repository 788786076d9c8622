"""A pilot run is not made to prove less by who is judged by it, nor stopped away once it has failed (R13)."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import Error, connection, transaction
from django.utils.timezone import now

from accounts.roles import Role
from accounts.signature import ChangedMeanwhile
from activity.errors import InvalidInput, NotAllowed
from inspections.models import PilotCarryOver, PilotLate, PilotLimit, PilotRun, Sample, SampleStatus
from inspections.pilot.reads import digest_of, judgement_of
from inspections.pilot.services.failures import PilotFailedBefore, asks_for_word
from inspections.pilot.services.late import record_late_outcomes
from inspections.pilot.services.limits import (
    AskerMayNotSign,
    NoLimitsWait,
    digest_of_limits,
    frozen_limits,
    limits_for,
    set_limits,
    sign_limits,
    waiting_limits,
)
from inspections.pilot.services.margins import set_margin
from inspections.pilot.services.outcomes import OutcomeInput, record_outcomes
from inspections.pilot.services.readings import record_pilot_readings
from inspections.pilot.services.runs import (
    LimitsSignerMayNotConclude,
    NoGoldenSample,
    NothingToCarryOver,
    PilotNotDecided,
    PilotNotRunning,
    PilotOver,
    carry_over_pilot,
    conclude_pilot,
    plan_pilot,
    start_pilot,
    stop_pilot,
)
from inspections.sample.page.lists import confirmations
from tests.caller import Caller
from tests.factories import (
    DELIVERED,
    NOON,
    after,
    make_golden_sample,
    make_pilot,
    make_product,
    make_sample,
    make_specification,
    make_supplier,
    make_user,
    pilot_outcomes,
)

pytestmark = pytest.mark.django_db


def refused(change) -> str:
    with pytest.raises(Error) as refusal, transaction.atomic():
        change()
    return refusal.value.__cause__.diag.constraint_name


def fine(run: PilotRun) -> list[OutcomeInput]:
    return [OutcomeInput(unit, outcome="ok", delivered_on=DELIVERED) for unit in range(1, run.size + 1)]


class TestReadingsBeyondALimit:
    def test_one_of_a_critical_characteristic_fails_the_run_at_once(self, product, merchandiser, event_kinds):
        run = make_pilot(product, actor=merchandiser)

        record_pilot_readings(run=run, characteristic="HEIGHT", readings=["50", "60"], actor=merchandiser, at=after(1))

        run.refresh_from_db()
        assert (run.status, run.verdict, judgement_of(run).critical) == ("concluded", "fail", 1)
        assert event_kinds("product:HL-KT17-W")[-2:] == ["pilot.measured", "pilot.failed"]
        with pytest.raises(PilotNotRunning):  # and is not measured better afterwards
            record_pilot_readings(run=run, characteristic="HEIGHT", readings=["50"], actor=merchandiser, at=after(2))
        with pytest.raises(PilotNotRunning):
            record_outcomes(run=run, outcomes=fine(run), actor=merchandiser, at=after(2))

    def test_the_database_passes_no_run_in_spite_of_it(self, product, merchandiser):
        run = make_pilot(product, actor=merchandiser)
        record_outcomes(run=run, outcomes=fine(run), actor=merchandiser, at=after(1))
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO inspections_pilotreading (run_id, characteristic_id, code, readings, count, nonconforming,"
                " minimum, maximum, mean, recorded_at, recorded_by_id) SELECT %s, id, code, '[60]', 1, 1, 60, 60, 60, now(), %s"
                " FROM inspections_characteristic WHERE code = 'HEIGHT'",
                [run.pk, merchandiser.pk],
            )

        over = {"status": "concluded", "verdict": "pass", "concluded_at": NOON, "concluded_by": merchandiser}
        change = partial(PilotRun.objects.filter(pk=run.pk).update, **over)
        assert refused(change) == "pilot_run_verdict_rests_on_its_units"
        assert conclude_pilot(run=run, actor=merchandiser, at=after(2)).verdict == "fail"

    def test_one_of_a_major_characteristic_is_told_and_confirms_no_sample(self, product, merchandiser):
        run = make_pilot(product, actor=merchandiser)
        record_pilot_readings(run=run, characteristic="CORD", readings=["60"] * 60, actor=merchandiser, at=after(1))

        run = record_outcomes(run=run, outcomes=fine(run), actor=merchandiser, at=after(2), conclude=True)

        assert (run.verdict, judgement_of(run).major) == ("pass", 60)
        assert confirmations([run.sample]) == {}

    def test_page_and_api_say_so(self, client, product, merchandiser):
        run = make_pilot(product, actor=merchandiser)
        caller = Caller(merchandiser)
        path = f"pilot-runs/{run.uid}/"

        assert caller.send("PUT", f"{path}readings/HEIGHT/", {"readings": [60]})[1]["nonconforming"] == 1

        answer = caller.send("GET", path)[1]
        assert (answer["verdict"], answer["beyond_limits"]) == ("fail", {"critical": 1, "major": 0})
        client.force_login(merchandiser)
        text = client.get(f"/pilots/{run.uid}/").content.decode()
        assert "1 reading of a critical characteristic is beyond its limit: the run fails." in text


class TestAFailedRun:
    def test_is_concluded_by_the_outcome_that_decided_whatever_is_asked(self, product, merchandiser):
        run = make_pilot(product, size=60, actor=merchandiser)
        bad = [OutcomeInput(unit, outcome="damaged") for unit in range(1, 12)]

        run = record_outcomes(run=run, outcomes=bad, actor=merchandiser, at=after(1), conclude=False)

        assert (run.status, run.verdict, run.concluded_by) == ("concluded", "fail", merchandiser)
        with pytest.raises(PilotOver):
            stop_pilot(run=run, reason="New carton", actor=merchandiser, at=after(2))

    def test_is_not_stopped_over_the_api(self, product, merchandiser):
        make_golden_sample(product)
        caller = Caller(merchandiser)
        run = caller.send("POST", "pilot-runs/", {"product": product.sku, "units": 60})[1]
        sent = {"outcomes": [{"unit": unit, "outcome": "damaged"} for unit in range(1, 12)]}
        caller.send("POST", f"pilot-runs/{run['id']}/outcomes/", sent)

        status, answer = caller.send("POST", f"pilot-runs/{run['id']}/stop/", {"reason": "new carton"})

        assert (status, answer["code"]) == (409, "pilot_over")
        assert caller.send("GET", f"pilot-runs/{run['id']}/")[1]["verdict"] == "fail"

    def test_is_not_stopped_by_sql(self, product, merchandiser):
        run = make_pilot(product, size=60, actor=merchandiser)
        run.units.filter(number__lt=12).update(outcome="damaged", recorded_at=NOON, recorded_by=merchandiser)

        stopped = {"status": "stopped", "stopped_because": "x", "concluded_at": NOON, "concluded_by": merchandiser}
        change = partial(PilotRun.objects.filter(pk=run.pk).update, **stopped)
        assert refused(change) == "pilot_run_that_failed_is_not_stopped"


class TestTheGoldenSampleOfARun:
    def test_no_run_starts_without_one(self, product, merchandiser):
        run = make_pilot(product, actor=merchandiser, start=False)

        with pytest.raises(NoGoldenSample):
            start_pilot(run=run, actor=merchandiser, at=after(1))
        assert Caller(merchandiser).send("POST", f"pilot-runs/{run.uid}/start/")[1]["code"] == "no_golden_sample"

        run.refresh_from_db()
        assert (run.status, run.sample) == ("planned", None)
        golden = make_golden_sample(product)
        assert start_pilot(run=run, actor=merchandiser, at=after(2)).sample == golden

    def test_no_run_starts_with_that_of_another_supplier(self, product, merchandiser):
        run = make_pilot(product, actor=merchandiser, start=False)
        make_golden_sample(product)
        product.supplier = make_supplier()
        product.save()
        run.product.refresh_from_db()

        with pytest.raises(NoGoldenSample):
            start_pilot(run=run, actor=merchandiser, at=after(1))

    def test_the_database_starts_none_either(self, product, merchandiser):
        run = make_pilot(product, actor=merchandiser, start=False)
        other = make_product()
        make_specification(other)
        open_one = make_sample(product)
        for sample in (None, open_one, make_golden_sample(other)):
            values = {"status": "running", "started_at": NOON, "sample": sample}
            change = partial(PilotRun.objects.filter(pk=run.pk).update, **values)
            assert refused(change) == "pilot_run_starts_with_a_golden_sample"

    def test_it_counts_for_a_later_one_only_signed(self, product, manager, merchandiser):
        first = make_golden_sample(product)
        run = pilot_outcomes(make_pilot(product), actor=merchandiser, conclude=True)
        with pytest.raises(NothingToCarryOver):
            carry_over_pilot(run=run, reason="Same", signature="token", actor=manager, at=after(1))
        second = make_golden_sample(product)
        with pytest.raises(NotAllowed):
            carry_over_pilot(run=run, reason="Same", signature="token", actor=merchandiser, at=after(1))
        with pytest.raises(InvalidInput):
            carry_over_pilot(run=run, reason=" ", signature="token", actor=manager, at=after(1))

        shown = digest_of(run)
        record_late_outcomes(
            run=run, outcomes=[OutcomeInput(1, outcome="returned", reason="quality")], actor=merchandiser, at=after(1)
        )
        with pytest.raises(ChangedMeanwhile):  # one that does not decide, and came back while the signer read
            carry_over_pilot(run=run, reason="Same", signature="token", digest=shown, actor=manager, at=after(1))

        quality = Caller(manager)
        for _n in range(2):
            assert quality.send("POST", f"pilot-runs/{run.uid}/carry-over/", {"reason": "Only the lid"})[0] == 200

        assert (run.sample, PilotCarryOver.objects.get().sample) == (first, second)
        assert refused(lambda: PilotCarryOver.objects.update(reason="x")) == "pilot_carry_over_is_written_once"

    def test_the_page_says_so_and_takes_the_signature(self, client, product, manager, merchandiser):
        run = pilot_outcomes(make_pilot(product), actor=merchandiser, conclude=True)
        make_golden_sample(product)
        client.force_login(manager)
        assert (
            "Golden sample version 2 stands for the product now" in client.get(f"/pilots/{run.uid}/").content.decode()
        )
        address = f"/pilots/{run.uid}/carry-over/"
        key = client.get(address).context["form"]["key"].value()

        client.post(address, {"key": key, "reason": "Only the lid", "password": "holdfast-test"})

        carried = PilotCarryOver.objects.get()
        assert (carried.signed_by, carried.signature, carried.reason) == (manager, "password", "Only the lid")
        assert "stands for the product now" not in client.get(f"/pilots/{run.uid}/").content.decode()

    def test_the_database_lets_no_failed_run_count(self, product, manager, merchandiser):
        run = pilot_outcomes(make_pilot(product), actor=merchandiser, damaged=range(1, 40))
        second = make_golden_sample(product)
        assert (run.verdict, Sample.objects.filter(status=SampleStatus.APPROVED).count()) == ("fail", 2)

        def insert():
            PilotCarryOver.objects.create(
                run=run, sample=second, reason="x", signature="token", signed_at=NOON, signed_by=manager
            )

        assert refused(insert) == "pilot_carry_over_is_of_a_passed_run"


class TestWhatWasBadIsTakenBack:
    """A correction counts; who made it does not pass the run by it, nor stops it as if nothing had been (R8, R13)."""

    @pytest.mark.parametrize(
        ("bad", "then"),
        [
            ({"outcome": "damaged", "reason": "product"}, {"outcome": "ok"}),
            (
                {"outcome": "returned", "reason": "quality", "damage": "carton"},
                {"outcome": "complained", "reason": "scratched"},
            ),
            ({"outcome": "complained", "reason": "scratched"}, {"outcome": "ok"}),
        ],
    )
    def test_another_person_concludes(self, product, merchandiser, manager, bad, then):
        run = make_pilot(product)
        own = {"actor": merchandiser, "at": after(1)}
        record_outcomes(run=run, outcomes=[OutcomeInput(1, **bad)], **own)
        record_outcomes(run=run, outcomes=[OutcomeInput(1, **then)], correct=True, **own)
        record_outcomes(run=run, outcomes=fine(run)[:1], correct=True, **own)
        run = record_outcomes(run=run, outcomes=fine(run), **own | {"at": after(2)}, conclude=True)
        assert (run.status, run.took_back_by) == ("running", [merchandiser.pk])

        status, answer = Caller(merchandiser).send("POST", f"pilot-runs/{run.uid}/conclude/", {})
        assert (status, answer["code"]) == (403, "taker_back_may_not_conclude")
        change = PilotRun.objects.filter(pk=run.pk).update
        over = {"status": "concluded", "verdict": "pass", "concluded_at": NOON, "concluded_by": merchandiser}
        assert refused(partial(change, **over)) == "pilot_run_is_passed_by_another_than_who_took_back"
        assert refused(partial(change, took_back_by=[])) == "pilot_run_keeps_who_took_back_what_was_bad"
        assert conclude_pilot(run=run, actor=manager, at=after(3)).verdict == "pass"

    def test_what_was_stopped_after_it_asks_for_a_word(self, product, merchandiser):
        run = make_pilot(product)
        own = {"characteristic": "CORD", "actor": merchandiser, "at": after(1)}
        record_pilot_readings(run=run, readings=["60"], **own)
        record_pilot_readings(run=run, readings=["75"], **own)
        run = stop_pilot(run=run, reason="New carton", actor=merchandiser, at=after(2))

        assert asks_for_word(run)
        with pytest.raises(PilotFailedBefore):
            make_pilot(product, start=False)


def asked_for(product) -> str:
    waiting = waiting_limits(product)
    return digest_of_limits(waiting) if waiting else ""


LOOSE = {"damage": Decimal("0.10"), "complaint": Decimal("0.20"), "return_rate": Decimal("0.40")}


def in_force(product) -> dict:
    limit = limits_for(product)
    return {name: getattr(limit, name) for name in LOOSE}


class TestLimitsOfAProduct:
    """The default is 5, 8 and 10 %."""

    def test_higher_ones_wait_for_a_second_person(self, product, manager, merchandiser, event_kinds):
        before = in_force(product)
        limit = set_limits(product=product, **LOOSE, source="Agreed", actor=merchandiser, at=NOON)
        assert (limit.is_waiting, in_force(product), frozen_limits(product)[1]) == (True, before, "default")
        for actor, refusal in ((merchandiser, NotAllowed),):
            with pytest.raises(refusal):
                sign_limits(
                    product=product, reason="So", signature="token", digest=asked_for(product), actor=actor, at=after(1)
                )
        with pytest.raises(InvalidInput):
            sign_limits(
                product=product, reason=" ", signature="token", digest=asked_for(product), actor=manager, at=after(1)
            )

        sign_limits(
            product=product,
            reason="Glass; agreed",
            signature="token",
            digest=asked_for(product),
            actor=manager,
            at=after(1),
        )

        assert (in_force(product), frozen_limits(product)[1]) == (LOOSE, "product")
        assert event_kinds(f"product:{product.sku}")[-2:] == ["pilot.limits_asked", "pilot.limits_set"]
        with pytest.raises(NoLimitsWait):
            sign_limits(
                product=product,
                reason="Again",
                signature="token",
                digest=asked_for(product),
                actor=manager,
                at=after(2),
            )

    def test_who_asked_does_not_sign(self, product, manager):
        set_limits(product=product, **LOOSE, source="", actor=manager, at=NOON)

        with pytest.raises(AskerMayNotSign):
            sign_limits(
                product=product, reason="Mine", signature="token", digest=asked_for(product), actor=manager, at=after(1)
            )

    def test_who_ever_asked_does_not_sign_whoever_asked_last(self, product, manager, merchandiser):
        set_limits(product=product, **LOOSE, source="", actor=manager, at=NOON)
        set_limits(product=product, **LOOSE, source="", actor=merchandiser, at=after(1))

        with pytest.raises(AskerMayNotSign):
            sign_limits(
                product=product, reason="Pads", signature="token", digest=asked_for(product), actor=manager, at=after(2)
            )
        signed = {
            "is_waiting": False,
            "signed_by": manager,
            "signed_at": NOON,
            "signed_reason": "x",
            "signature": "token",
        }
        change = partial(PilotLimit.objects.filter(product=product).update, **signed)
        assert refused(change) == "pilot_limit_is_signed_by_nobody_who_ever_asked"
        other = make_user(Role.MANAGER, "second")
        assert (
            sign_limits(
                product=product, reason="Pads", signature="token", digest=asked_for(product), actor=other, at=after(3)
            ).signed_by
            == other
        )

    def test_lower_ones_are_free_and_their_way_back_is_not(self, product, merchandiser):
        strict = {"damage": Decimal("0.02"), "complaint": Decimal("0.03"), "return_rate": Decimal("0.04")}
        assert not set_limits(product=product, **strict, source="", actor=merchandiser, at=NOON).is_waiting
        assert in_force(product) == strict

        again = strict | {"damage": Decimal("0.05")}
        assert set_limits(product=product, **again, source="", actor=merchandiser, at=after(1)).is_waiting
        assert in_force(product) == strict

    def test_those_of_a_category_and_of_every_product_are_not_raised_by_sql_either(self, product):
        everybody = PilotLimit.objects.get(product=None, category=None)
        rates = {name: getattr(everybody, name) for name in LOOSE}
        raised = partial(PilotLimit.objects.filter(pk=everybody.pk).update, damage=Decimal("0.09"))
        of_category = partial(
            PilotLimit.objects.create, category=product.category, **rates | {"complaint": Decimal("0.2")}
        )
        for change in (raised, of_category):
            assert refused(change) == "pilot_limit_of_many_is_loosened_signed"
        PilotLimit.objects.create(category=product.category, **rates | {"complaint": Decimal("0.01")})
        assert limits_for(product).complaint == Decimal("0.01")

    @pytest.mark.parametrize(("name", "rate"), [("damage", "0.101"), ("complaint", "0.21"), ("return_rate", "0.41")])
    def test_nobody_signs_above_the_ceiling(self, product, merchandiser, name, rate):
        with pytest.raises(InvalidInput) as refusal:
            set_limits(product=product, **LOOSE | {name: Decimal(rate)}, source="", actor=merchandiser, at=NOON)

        assert [(error.field, error.code) for error in refusal.value.errors] == [(name, "above_ceiling")]

    def test_over_the_api(self, product, manager, merchandiser):
        path = f"products/{product.sku}/pilot-limits/"
        merchant, quality = Caller(merchandiser), Caller(manager)
        assert merchant.send("PUT", path, {"damage": 0.99, "complaint": 0.99, "return": 0.99})[0] == 400

        status, answer = merchant.send("PUT", path, {"damage": 0.1, "complaint": 0.2, "return": 0.4})

        assert (status, answer["waits_for_signature"], answer["level"]) == (202, True, "default")
        assert (answer["waiting"]["damage"], answer["waiting"]["asked_by"]) == (0.1, "merchandiser")
        read = {"reason": "Glass", "digest": answer["waiting"]["digest"]}
        assert merchant.send("POST", f"{path}sign/", read)[0] == 403
        assert quality.send("POST", f"{path}sign/", {"reason": "Glass"})[0] == 400
        status, answer = quality.send("POST", f"{path}sign/", read)
        assert (status, answer["level"], answer["damage"], answer["signed_by"]) == (200, "product", 0.1, "manager")
        assert (answer["waits_for_signature"], answer["waiting"]) == (False, None)

    @pytest.mark.parametrize("then", [{"damage": 0.09}, {"complaint": 0.19}, {"return": 0.39}, {"source": "Other"}])
    def test_what_was_asked_for_after_it_was_read_is_not_signed(self, product, manager, merchandiser, then):
        path = f"products/{product.sku}/pilot-limits/"
        asked = {"damage": 0.1, "complaint": 0.2, "return": 0.4}
        Caller(merchandiser).send("PUT", path, asked)
        read = Caller(manager).send("GET", path)[1]["waiting"]["digest"]
        Caller(merchandiser).send("PUT", path, asked | then)

        status, answer = Caller(manager).send("POST", f"{path}sign/", {"reason": "Glass", "digest": read})

        assert (status, answer["code"], limits_for(product).signed_by) == (409, "changed_meanwhile", None)

    def test_on_the_page(self, client, product, manager, merchandiser):
        set_limits(product=product, **LOOSE, source="Agreed", actor=merchandiser, at=NOON)
        client.force_login(manager)
        page = client.get(f"/products/{product.sku}/pilots/").content.decode()
        assert "asked for looser limits; they wait for a second signature" in page
        address = f"/products/{product.sku}/pilots/limits/sign/"
        page = client.get(address).context
        sent = {"key": page["form"]["key"].value(), "reason": "Glass", "password": "holdfast-test"}
        looser = LOOSE | {"return_rate": Decimal("0.39")}
        set_limits(product=product, **looser, source="Agreed", actor=merchandiser, at=after(1))
        answer = client.post(address, sent | {"digest": page["digest"]})
        assert "It was changed meanwhile. Nothing was signed; look at it again." in answer.content.decode()
        assert limits_for(product).signed_by is None
        set_limits(product=product, **LOOSE, source="Agreed", actor=merchandiser, at=after(1))

        client.post(address, sent | {"digest": client.get(address).context["digest"]})

        assert (in_force(product), limits_for(product).signed_by) == (LOOSE, manager)

    def test_who_signed_does_not_conclude_the_run_as_passed(self, product, manager, merchandiser):
        set_limits(product=product, **LOOSE, source="", actor=merchandiser, at=NOON)
        sign_limits(
            product=product, reason="Glass", signature="token", digest=asked_for(product), actor=manager, at=after(1)
        )
        run = make_pilot(product)
        run = record_outcomes(run=run, outcomes=fine(run), actor=manager, at=after(2), conclude=True)
        assert (run.status, run.limits_signed_by) == ("running", manager)

        with pytest.raises(LimitsSignerMayNotConclude):
            conclude_pilot(run=run, actor=manager, at=after(3))
        over = {"status": "concluded", "verdict": "pass", "concluded_at": NOON, "concluded_by": manager}
        change = partial(PilotRun.objects.filter(pk=run.pk).update, **over)
        assert refused(change) == "pilot_run_is_not_passed_by_who_signed_its_limits"
        assert conclude_pilot(run=run, actor=merchandiser, at=after(3)).verdict == "pass"

    def test_by_sql(self, product, manager, merchandiser):
        asked = set_limits(product=product, **LOOSE, source="", actor=merchandiser, at=NOON)
        change = PilotLimit.objects.filter(pk=asked.pk).update
        assert refused(partial(change, is_waiting=False)) == "pilot_limit_above_its_category_is_signed"
        signed = {"signed_at": NOON, "signed_reason": "x", "signature": "token", "is_waiting": False}
        assert (
            refused(partial(change, signed_by=merchandiser, **signed))
            == "pilot_limit_is_signed_by_another_than_who_asked"
        )
        assert refused(partial(change, damage="0.11")) == "pilot_limit_of_a_product_has_a_ceiling"
        assert refused(partial(change, is_waiting=True, signed_by=manager, signed_at=NOON)) in (
            "pilot_limit_waits_only_for_a_product", "pilot_limit_is_signed_by_another_than_who_asked",
        )  # fmt: skip


ALL_SAID = {
    "price": "30", "goods": "10", "platform_rate": "0", "channel_rate": "0", "logistics": "0", "reverse_logistics": "0",
    "resale_loss": "0",
}  # fmt: skip


class TestTheMarginOfAProduct:
    def test_it_never_raises_the_limit_of_returns(self, product, merchandiser):
        margin = set_margin(product=product, currency="USD", values=ALL_SAID, actor=merchandiser, at=NOON)

        assert (margin.affordable_return_rate, frozen_limits(product)) == (
            1, ({"damage": Decimal("0.05"), "complaint": Decimal("0.08"), "return": Decimal("0.10")}, "default"),
        )  # fmt: skip

    def test_it_may_lower_it(self, product, merchandiser):
        poor = ALL_SAID | {"goods": "29", "resale_loss": "29"}
        margin = set_margin(product=product, currency="USD", values=poor, actor=merchandiser, at=NOON)

        limits, source = frozen_limits(product)
        assert (limits["return"], source) == (margin.affordable_return_rate, "default,margin")
        assert limits["return"] < Decimal("0.10")

    @pytest.mark.parametrize("name", ["platform_rate", "channel_rate", "logistics", "reverse_logistics", "resale_loss"])
    @pytest.mark.parametrize("blank", [None, ""])
    def test_what_is_left_blank_is_unanswered_and_affords_nothing_yet(self, product, merchandiser, name, blank):
        poor = ALL_SAID | {"goods": "29", name: blank}

        margin = set_margin(product=product, currency="USD", values=poor, actor=merchandiser, at=NOON)

        assert (margin.unanswered, margin.affordable_return_rate) == ([name], None)
        assert frozen_limits(product)[1] == "default"
        answered = set_margin(product=product, currency="USD", values=poor | {name: 0}, actor=merchandiser, at=after(1))
        assert (answered.version, answered.unanswered) == (2, [])

    def test_page_and_api_say_what_is_unanswered(self, client, product, merchandiser):
        answer = Caller(merchandiser).send(
            "PUT", f"products/{product.sku}/margin/", {"currency": "USD", "price": 30, "goods": 10}
        )[1]
        assert answer["affordable_return_rate"] is None
        assert answer["unanswered"] == [
            "platform_rate",
            "channel_rate",
            "logistics",
            "reverse_logistics",
            "resale_loss",
        ]

        client.force_login(merchandiser)
        page = client.get(f"/products/{product.sku}/margin/").content.decode()
        assert "What it can afford is not known yet" in page
        assert "Say 0 where there is none of it." in page
        form = client.get(f"/products/{product.sku}/margin/").context["form"]
        assert (form["logistics"].value(), form["packaging"].value()) == (None, "0")

    def test_a_run_planned_now_is_judged_by_the_lower_one(self, product, merchandiser):
        set_margin(product=product, currency="USD", values=ALL_SAID, actor=merchandiser, at=NOON)

        run = plan_pilot(product=product, size=60, actor=merchandiser, at=after(1))

        assert (run.return_limit, run.limits_source) == (Decimal("0.10"), "default")


class TestTheReturnWindow:
    """30 days in the US, the market of the product."""

    def test_what_has_only_arrived_counts_for_damage_alone(self, product, merchandiser):
        run = make_pilot(product, size=100, actor=merchandiser, begun=NOON)
        sent = [OutcomeInput(unit, outcome="ok") for unit in range(1, 101)]

        run = record_outcomes(run=run, outcomes=sent, actor=merchandiser, at=after(1), conclude=True)

        judgement = judgement_of(run, at=after(1))
        assert [(rate.name, rate.n, rate.decision) for rate in judgement.rates] == [
            ("damage", 100, "pass"), ("complaint", 0, "undecided"), ("return", 0, "undecided"),
        ]  # fmt: skip
        assert (run.status, run.window_days, judgement.may_conclude) == ("running", 30, False)
        for days in (0, 30):
            with pytest.raises(PilotNotDecided):
                conclude_pilot(run=run, actor=merchandiser, at=NOON + timedelta(days=days))
        assert conclude_pilot(run=run, actor=merchandiser, at=NOON + timedelta(days=31)).verdict == "pass"
        assert judgement_of(run).rates[2].n == 100

    def test_it_is_that_of_the_most_patient_market(self, merchandiser):
        for markets, days in ((["EU"], 14), (["UK"], 14), (["EU", "US"], 30), ([], 30)):
            product = make_product(markets=markets)
            assert plan_pilot(product=product, size=60, actor=merchandiser, at=NOON).window_days == days

    def test_one_that_was_complained_about_can_still_be_returned(self, product, merchandiser):
        run = make_pilot(product, actor=merchandiser, begun=NOON)
        sent = [
            OutcomeInput(1, outcome="complained", reason="noisy"),
            OutcomeInput(2, outcome="returned", reason="usage"),
        ]

        record_outcomes(run=run, outcomes=sent, actor=merchandiser, at=after(1))

        rates = {rate.name: (rate.bad, rate.n) for rate in judgement_of(run, at=after(1)).rates}
        assert rates == {"damage": (0, 2), "complaint": (1, 2), "return": (1, 1)}

    def test_damage_decides_earlier(self, product, merchandiser):
        run = make_pilot(product, size=60, actor=merchandiser, begun=NOON)
        bad = [OutcomeInput(unit, outcome="damaged") for unit in range(1, 12)]

        assert record_outcomes(run=run, outcomes=bad, actor=merchandiser, at=after(1)).verdict == "fail"

    def test_the_database_passes_none_before_it_is_over(self, product, merchandiser):
        run = make_pilot(product, actor=merchandiser, begun=NOON)
        sent = [OutcomeInput(unit, outcome="ok") for unit in range(1, 61)]
        record_outcomes(run=run, outcomes=sent, actor=merchandiser, at=after(1))

        over = {"status": "concluded", "verdict": "pass", "concluded_at": after(2), "concluded_by": merchandiser}
        change = partial(PilotRun.objects.filter(pk=run.pk).update, **over)
        assert refused(change) == "pilot_run_verdict_rests_on_its_units"
        assert (
            refused(partial(PilotRun.objects.filter(pk=run.pk).update, window_days=1))
            == "pilot_run_is_judged_as_planned"
        )

    @pytest.mark.parametrize("field", ["delivered_on", "returned_on"])
    def test_no_day_lies_before_the_run(self, product, merchandiser, field):
        run = make_pilot(product, actor=merchandiser, begun=NOON)
        sent = OutcomeInput(1, outcome="returned", reason="quality", **{field: date(2020, 1, 1)})

        with pytest.raises(InvalidInput) as refusal:
            record_outcomes(run=run, outcomes=[sent], actor=merchandiser, at=after(1))

        assert [(e.field, e.code) for e in refusal.value.errors] == [(f"outcomes.0.{field}", "before_start")]

    def test_the_page_says_when_the_last_one_ends(self, client, product, merchandiser):
        begun = now() - timedelta(days=10)
        run = make_pilot(product, actor=merchandiser, begun=begun)
        arrived = (now() - timedelta(days=3)).date()
        sent = [OutcomeInput(unit, outcome="ok", delivered_on=arrived) for unit in range(1, 61)]
        record_outcomes(run=run, outcomes=sent, actor=merchandiser, at=now())
        client.force_login(merchandiser)

        page = client.get(f"/pilots/{run.uid}/").content.decode()

        last = arrived + timedelta(days=30)
        assert f"60 units that arrived can still be sent back, the last until {last:%Y-%m-%d}" in page
        assert "Conclude" not in page


class TestWhatComesBackLate:
    @pytest.fixture
    def passed(self, product, merchandiser):
        return pilot_outcomes(make_pilot(product), actor=merchandiser, conclude=True)

    def test_is_on_the_record_and_the_verdict_stays(self, passed, merchandiser, event_kinds):
        sent = [OutcomeInput(7, outcome="returned", reason="quality")]
        for _n in range(2):
            record_late_outcomes(run=passed, outcomes=sent, actor=merchandiser, at=after(1))

        passed.refresh_from_db()
        assert (passed.verdict, passed.failed_late_at) == ("pass", None)
        late = PilotLate.objects.get()
        assert (late.unit.number, late.outcome, late.return_reason) == (7, "returned", "quality")
        assert passed.units.get(number=7).outcome == "ok"
        assert event_kinds(passed.stream)[-2:] == ["pilot.passed", "pilot.came_back_late"]

    def test_the_rule_is_asked_again_and_may_fail(self, passed, merchandiser, event_kinds):
        sent = {"outcomes": [{"unit": unit, "outcome": "returned", "reason": "quality"} for unit in range(1, 20)]}

        status, answer = Caller(merchandiser).send("PUT", f"pilot-runs/{passed.uid}/outcomes/", sent)

        assert (status, answer["state"], answer["verdict"]) == (200, "concluded", "pass")
        assert answer["failed_late_at"] is not None
        assert event_kinds(passed.stream)[-2:] == ["pilot.came_back_late", "pilot.failed_late"]
        assert confirmations([passed.sample]) == {}

    def test_on_the_page(self, client, passed, merchandiser):
        client.force_login(merchandiser)
        address = f"/pilots/{passed.uid}/outcomes/"
        assert "recorded as late, and its rule is asked again" in client.get(address).content.decode()
        key = client.get(address).context["form"]["key"].value()

        client.post(address, {"key": key, "units": "1-19", "outcome": "returned", "return_reason": "quality"})

        page = client.get(f"/pilots/{passed.uid}/").content.decode()
        assert "Failed afterwards" in page
        assert "unit 19: returned" in page

    def test_nothing_fine_comes_late_and_nothing_of_a_run_without_a_verdict(self, product, passed, merchandiser):
        with pytest.raises(InvalidInput) as refusal:
            record_late_outcomes(run=passed, outcomes=fine(passed)[:1], actor=merchandiser, at=after(1))
        assert [error.code for error in refusal.value.errors] == ["not_late"]
        running = make_pilot(product)
        with pytest.raises(PilotNotRunning):
            record_late_outcomes(run=running, outcomes=fine(running), actor=merchandiser, at=after(1))

    def test_by_sql(self, product, passed, merchandiser):
        sent = [OutcomeInput(7, outcome="returned", reason="usage")]
        record_late_outcomes(run=passed, outcomes=sent, actor=merchandiser, at=after(1))
        running = make_pilot(product)

        def insert():
            PilotLate.objects.create(
                unit=running.units.first(), outcome="returned", recorded_at=NOON, recorded_by=merchandiser
            )

        assert refused(insert) == "pilot_late_outcome_is_of_a_concluded_run"
        assert refused(lambda: PilotLate.objects.update(note="x")) == "pilot_late_outcome_is_written_once"
        change = PilotRun.objects.filter(pk=passed.pk).update
        assert refused(partial(change, failed_late_at=NOON, verdict="fail")) == "pilot_run_is_frozen_once_over"
        change(failed_late_at=NOON)
        assert refused(partial(change, failed_late_at=None)) == "pilot_run_is_frozen_once_over"
