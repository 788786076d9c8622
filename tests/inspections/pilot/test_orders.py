"""From the shop's orders to the verdict without typing, and what comes back after it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from activity.errors import InvalidInput
from inspections.models import PilotLate, PilotReading, PilotRun
from inspections.pilot.reads import (
    ages_of,
    arrivals,
    arrivals_of,
    counts_of_units,
    judgement_of,
    windows_end,
    with_arrivals,
)
from inspections.pilot.services.exports import record_export
from inspections.pilot.services.outcomes import OutcomeInput, record_outcomes
from inspections.pilot.services.readings import record_pilot_readings
from inspections.pilot.services.runs import BackdaterMayNotConclude, PilotNotDecided, conclude_pilot
from inspections.specification.services.versions import activate_specification, draft_specification
from suppliers.models import Market
from tests.caller import Caller, fields
from tests.factories import KETTLE, NOON, SCHEME, after, make_pilot, pilot_outcomes
from tests.imports.test_shops import send, store
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db

SKU = "HL-KT17-W"
HEAD = "order id,sku,status,shipped time,delivered time,return date,reason\n"
BEGUN = datetime(2025, 10, 1, tzinfo=UTC)


@pytest.fixture
def run(product, merchandiser):
    return make_pilot(product, size=60, actor=merchandiser, begun=BEGUN)


def orders(run) -> dict[str, str]:
    return dict(run.units.exclude(order_reference="").values_list("order_reference", "outcome"))


def under_way(count: int, first: int = 1) -> str:
    return "".join(f"O-{n},{SKU},In transit,2025-10-03,,,\n" for n in range(first, first + count))


class TestUnitsAreBoundToOrders:
    def test_from_sixty_orders_to_the_verdict(self, run, merchandiser):
        store(send(HEAD + under_way(60), merchandiser, run=str(run.uid)), merchandiser)
        assert orders(run) == {f"O-{n}": "" for n in range(1, 61)}

        delivered = "".join(f"O-{n},{SKU},Completed,2025-10-03,2025-10-08,,\n" for n in range(2, 61))
        back = f"O-1,{SKU},Returned,2025-10-03,2025-10-08,2025-10-15,Leaks\n"
        store(send(HEAD + back + delivered, merchandiser, run=str(run.uid)), merchandiser)

        assert judgement_of(run).is_complete
        assert conclude_pilot(run=run, actor=merchandiser, at=NOON).verdict in ("pass", "undecided")
        assert run.units.get(order_reference="O-1").complaints == ["leaks"]

    def test_the_same_file_again_binds_none_anew_and_further_orders_are_not_of_the_run(self, run, merchandiser):
        text = HEAD + under_way(62)

        first, again = (send(text, merchandiser, run=str(run.uid)) for _n in range(2))
        store(first, merchandiser)
        again = send(text, merchandiser, run=str(run.uid))

        assert first.counts == {"new": 60, "changed": 0, "unchanged": 2}
        assert [(note["code"], *note["lines"]) for note in first.row_notes] == [("not_of_the_run", 62, 63)]
        assert again.counts == {"new": 0, "changed": 0, "unchanged": 62}

    def test_what_left_before_the_run_began_is_no_unit_of_it(self, run, merchandiser):
        rows = f"O-0,{SKU},Completed,2025-09-29,2025-10-02,,\n" + under_way(1)

        checked = send(HEAD + rows, merchandiser, run=str(run.uid))

        assert [(note["code"], *note["lines"]) for note in checked.row_notes] == [("before_start", 2)]
        store(checked, merchandiser)
        assert list(orders(run)) == ["O-1"]

    def test_a_run_that_was_started_here_after_it_had_begun_is_counted_from_its_first_order(
        self, run, merchandiser, manager
    ):
        """Not where the days are too long ago, nor once a unit of the run has a day."""
        told = (
            f"O-1,{SKU},Completed,2025-09-03,2025-09-05,,\nO-2,{SKU},Returned,2025-09-03,2025-09-05,2025-09-12,Leaks\n"
        )
        long_ago = send(HEAD + told.replace("2025", "2020"), merchandiser, run=str(run.uid))
        assert {note["code"] for note in long_ago.row_notes} == {"before_start"}

        checked = send(HEAD + told, merchandiser, run=str(run.uid))
        assert [(note["code"], *note["lines"]) for note in checked.row_notes] == [("began_earlier", 2)]
        store(checked, merchandiser)

        run.refresh_from_db()
        assert (str(run.started_at.date()), run.backdated_by, orders(run)) == (
            "2025-09-02", merchandiser, {"O-1": "ok", "O-2": "returned"},
        )  # fmt: skip
        earlier = send(HEAD + f"O-3,{SKU},Completed,2025-08-03,2025-08-05,,\n", merchandiser, run=str(run.uid))
        assert [note["code"] for note in earlier.row_notes] == ["before_start"]

    def test_who_let_a_run_begin_earlier_does_not_pass_it(self, run, merchandiser, manager):
        rows = "".join(f"O-{n},{SKU},Completed,2025-06-03,2025-06-05,,\n" for n in range(60))
        store(send(HEAD + rows, merchandiser, run=str(run.uid)), merchandiser)

        with pytest.raises(BackdaterMayNotConclude):
            conclude_pilot(run=run, actor=merchandiser, at=NOON)
        passed = "UPDATE inspections_pilotrun SET status = 'concluded', verdict = 'pass', concluded_at = now(), concluded_by_id = %s"
        assert refused(passed, merchandiser.pk) == "pilot_run_is_not_passed_by_who_let_it_begin_earlier"
        for moved in ("backdated_by_id = NULL", f"backdated_by_id = {manager.pk}", "started_at = '2025-05-01'"):
            assert refused(f"UPDATE inspections_pilotrun SET {moved}") == "pilot_run_is_judged_as_planned"
        assert conclude_pilot(run=run, actor=manager, at=NOON).verdict == "pass"

    def test_two_units_of_an_order_of_which_one_came_back_while_the_other_is_under_way(self, run, merchandiser):
        record_export(
            run=run,
            outcomes=[OutcomeInput(order="O-1"), OutcomeInput(order="O-1", outcome="returned", return_reason="usage")],
            actor=merchandiser,
            at=NOON,
        )
        assert orders(run) == {"O-1": "", "O-1/2": "returned"}

        record_export(
            run=run,
            outcomes=[
                OutcomeInput(order="O-1", outcome="ok"),
                OutcomeInput(order="O-1", outcome="returned", return_reason="usage"),
            ],
            actor=merchandiser,
            at=after(1),
        )
        assert orders(run) == {"O-1": "ok", "O-1/2": "returned"}


class TestWindowsAreThoseOfTheMarkets:
    def test_each_unit_waits_for_its_own_market(self, run, merchandiser):
        """Delivered on 8 October and read on the 25th: 14 days of the United Kingdom are over, 30 of the United States not."""
        head = HEAD.replace("reason", "reason,country")
        lands = ["United Kingdom"] * 20 + ["USA"] * 30 + [""] * 10
        rows = [f"O-{n},{SKU},Completed,2025-10-03,2025-10-08,,,{land}\n" for n, land in enumerate(lands, start=1)]

        store(send(head + "".join(rows), merchandiser, run=str(run.uid)), merchandiser)
        day = datetime(2025, 10, 25, tzinfo=UTC)
        read, units = with_arrivals(PilotRun.objects.filter(pk=run.pk)).get(), list(run.units.all())

        assert run.window_days == 30
        _bad, counted = counts_of_units(run, units, at=day)
        assert (counted["damage"], counted["return"]) == (60, 20)
        assert {rate.name: rate.n for rate in judgement_of(run, at=day).rates}["return"] == 20
        assert ages_of(read, arrivals_of(read), at=day).open == 40
        assert arrivals(run, units) == arrivals_of(read)
        row = Caller(merchandiser).send("GET", f"pilot-runs/{run.uid}/outcomes/")[1]["outcomes"][0]
        assert (row["market"], row["window_days"]) == ("UK", 14)

    def test_a_market_of_more_patience_than_those_of_the_listings_is_waited_for(self, run, merchandiser):
        """The verdict of the database too: passed only once the unit in the patient market can no longer come back."""
        Market.objects.filter(code="AU").update(return_days=60)
        outcomes = [OutcomeInput(n, outcome="ok", delivered_on=date(2025, 10, 8), market="AU") for n in range(1, 61)]
        record_outcomes(run=run, outcomes=outcomes, actor=merchandiser, at=datetime(2025, 10, 9, tzinfo=UTC))

        with pytest.raises(PilotNotDecided):
            conclude_pilot(run=run, actor=merchandiser, at=datetime(2025, 11, 20, tzinfo=UTC))
        early = (
            "UPDATE inspections_pilotrun SET status = 'concluded', verdict = 'pass', concluded_by_id = %s, "
            "concluded_at = '2025-11-20' WHERE id = %s"
        )
        assert refused(early, merchandiser.pk, run.pk) == "pilot_run_verdict_rests_on_its_units"
        assert conclude_pilot(run=run, actor=merchandiser, at=datetime(2025, 12, 8, tzinfo=UTC)).verdict == "pass"

    def test_a_correction_keeps_the_market_unless_it_names_another(self, run, merchandiser):
        def record(**said):
            record_outcomes(
                run=run, outcomes=[OutcomeInput(1, **said)], actor=merchandiser, at=datetime(2025, 10, 9, tzinfo=UTC),
                correct=True,
            )  # fmt: skip
            return run.units.values_list("market__code", "window_days").get(number=1)

        assert record(outcome="ok", market="US") == ("US", 30)
        assert record(outcome="complained", complaints=["leaks"]) == ("US", 30)
        assert record(outcome="ok", market="UK") == ("UK", 14)
        with pytest.raises(InvalidInput) as refusal:
            record(outcome="ok", market="XX")
        assert [(error.field, error.code) for error in refusal.value.errors] == [
            ("outcomes.0.market", "unknown_market")
        ]
        shorter = "UPDATE inspections_pilotunit SET window_days = 1 WHERE run_id = %s AND number = 1"
        assert refused(shorter, run.pk) == "pilot_unit_has_the_window_of_its_market"

    def test_the_page_takes_and_shows_it(self, run, merchandiser, client):
        client.force_login(merchandiser)
        form = {
            "key": "6f2c6f0e-8f58-4a3e-9a55-0e6a3e1b0c12",
            "units": "1-2",
            "outcome": "ok",
            "market": "UK",
            "delivered_on": "2025-10-08",
        }
        client.post(reverse("pilot-record", args=[run.uid]), form)

        page = client.get(reverse("pilot-detail", args=[run.uid]) + "?units=all").content.decode()

        assert "UK: 14 days to send it back" in page


class TestAfterTheEnd:
    @pytest.fixture
    def over(self, run, merchandiser):
        record_export(
            run=run, outcomes=[OutcomeInput(order=f"O-{n}") for n in range(1, 61)], actor=merchandiser, at=NOON
        )
        return pilot_outcomes(run, actor=merchandiser, conclude=True)

    def test_the_file_adds_what_came_back_late_and_changes_nothing_else(self, over, merchandiser):
        assert over.status == "concluded"
        rows = [
            f"O-1,{SKU},Returned,2025-10-03,2025-10-08,2025-11-15,Leaks\n",
            f"O-2,{SKU},Completed,2025-10-03,2025-10-08,,\n",
            f"O-99,{SKU},Returned,2025-10-03,2025-10-08,2025-11-15,Leaks\n",
        ]

        checked = send(HEAD + "".join(rows), merchandiser, run=str(over.uid))
        store(checked, merchandiser)
        again = send(HEAD + "".join(rows), merchandiser, run=str(over.uid))

        assert checked.counts == {"new": 0, "changed": 1, "unchanged": 2}
        assert [(late.unit.order_reference, late.return_reason) for late in PilotLate.objects.all()] == [
            ("O-1", "quality")
        ]
        assert again.counts == {"new": 0, "changed": 0, "unchanged": 3}
        over.refresh_from_db()
        assert over.units.get(order_reference="O-1").outcome == "ok"


class TestWhySomethingCameBack:
    def test_who_says_returned_is_asked_why(self, run, merchandiser, client):
        status, answer = Caller(merchandiser).send(
            "POST", f"pilot-runs/{run.uid}/outcomes/", {"outcomes": [{"unit": 1, "outcome": "returned"}]}
        )
        assert (status, fields(answer)) == (400, [("outcomes.0.return_reason", "required")])
        client.force_login(merchandiser)
        page = reverse("pilot-record", args=[run.uid])
        key = client.get(page).context["form"]["key"].value()
        answer = client.post(page, {"key": key, "units": "1", "outcome": "returned"})
        assert "return_reason" in answer.context["form"].errors

    def test_a_file_that_does_not_say_it_is_taken_and_the_page_asks(self, run, merchandiser, client):
        store(send(f"order id,sku,status\nO-1,{SKU},Returned\n", merchandiser, run=str(run.uid)), merchandiser)

        client.force_login(merchandiser)
        page = client.get(reverse("pilot-detail", args=[run.uid]))

        assert page.context["unsaid"] == [1]
        assert f"{reverse('pilot-record', args=[run.uid])}?units=1" in page.content.decode()


class TestReadingsOfTwoVersions:
    @pytest.fixture
    def tighter(self, product, manager):
        changed = [replace(c, upper="76") if c.code == "CORD" else c for c in KETTLE]
        return lambda: activate_specification(
            specification=draft_specification(
                product=product, characteristics=changed, scheme=SCHEME, actor=manager, at=NOON
            ),
            actor=manager,
            at=NOON,
        )

    def test_a_code_has_one_row_judged_by_the_version_in_force(self, run, merchandiser, tighter):
        record_pilot_readings(run=run, characteristic="CORD", readings=[75, 78], actor=merchandiser, at=NOON)
        tighter()
        record_pilot_readings(run=run, characteristic="CORD", readings=[75, 78, 75], actor=merchandiser, at=after(1))

        [reading] = PilotReading.objects.all()
        assert (reading.count, reading.nonconforming, reading.characteristic.specification.version) == (3, 1, 2)
        assert refused("UPDATE inspections_pilotreading SET code = 'OTHER'") == "pilot_reading_is_of_its_product"


class TestWhoUnpacks:
    def test_qc_records_what_came_back_and_reads_the_limits(self, run, inspector, client):
        record_outcomes(run=run, outcomes=[OutcomeInput(1, outcome="ok")], actor=inspector, at=NOON)
        client.force_login(inspector)

        page = client.get(reverse("pilot-limits", args=[SKU])).content.decode()

        assert "Damage at most 5 %" in page
        assert 'name="damage"' not in page
        assert client.post(reverse("pilot-limits", args=[SKU]), {}).status_code == 403

    def test_the_last_window_is_told(self, product, merchandiser):
        run = make_pilot(product, actor=merchandiser)
        day = (NOON - timedelta(days=3)).date()
        record_outcomes(
            run=run, outcomes=[OutcomeInput(1, outcome="ok", delivered_on=day)], actor=merchandiser, at=NOON
        )

        [read] = with_arrivals(PilotRun.objects.filter(pk=run.pk))
        ends = [windows_end(read, arrivals_of(read), at=NOON + timedelta(days=days)) for days in (0, 27, 28)]

        assert ends == [day + timedelta(days=30), day + timedelta(days=30), None]
        assert "windows_end_on" in Caller(merchandiser).send("GET", f"pilot-runs/{run.uid}/")[1]
