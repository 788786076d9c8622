"""What was recorded wrongly is corrected or withdrawn on the record, and what cannot be is doubted where people look."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from activity.errors import InvalidInput
from activity.models import Event
from inspections.batch.services.shipments import ship
from inspections.models import BatchCode, ComplaintPoint, MarketReturn
from inspections.returns.page import Span, find_returns, tally, week_by, week_totals
from inspections.returns.services.catches import set_catches
from inspections.returns.services.corrections import (
    CorrectedMeanwhile,
    ReturnWithdrawn,
    correct_return,
    withdraw_return,
)
from inspections.returns.services.proposals import find_evidence
from inspections.returns.services.returns import record_returns
from inspections.returns.services.tracing import name_batch
from inspections.rules.escapes import is_convincing
from tests.caller import Caller
from tests.factories import NOON, after, bring_back, inspect, returned
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)


@pytest.fixture
def shipped(batch, inspector, manager):
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=600, reference="SO-1", actor=manager, at=NOON - timedelta(days=30))
    return batch


def told(kind: str) -> list[dict]:
    return list(Event.objects.filter(kind=kind).values_list("data", flat=True))


class TestCorrecting:
    def test_both_stay_on_the_record_and_the_source_that_repeats_itself_undoes_nothing(self, shipped, merchandiser):
        [found] = bring_back(returned("R-1"))

        changed = correct_return(
            found=found, facts={"reason": "usage", "complaints": ["noisy"]}, actor=merchandiser, at=after(1), revision=0
        )

        assert changed == {"reason": ("quality", "usage"), "complaints": (["leaks"], ["noisy"])}
        [event] = told("return.corrected")
        assert (event["before"], event["after"], event["by_hand"]) == (
            {"reason": "quality", "complaints": ["leaks"]}, {"reason": "usage", "complaints": ["noisy"]}, True,
        )  # fmt: skip
        again = record_returns(source="shop-us", returns=[returned("R-1")], actor=merchandiser, at=after(2))
        assert (again.repeated, again.rows[0].reason, again.rows[0].revision) == (1, "usage", 1)

    def test_the_batch_is_looked_for_anew_unless_somebody_named_it(self, shipped, product, merchandiser):
        BatchCode.objects.create(
            batch=shipped, product=product, kind="lot", code="L77", added_at=NOON, added_by=merchandiser
        )
        [found, named] = bring_back(*(returned(f"R-{n}", happened_on=date(2026, 10, 1)) for n in range(2)))
        assert found.batch is None
        name_batch(found=named, number=shipped.number, actor=merchandiser, at=after(1))

        correct_return(found=found, facts={"lot_code": "L77"}, actor=merchandiser, at=after(2))
        correct_return(found=named, facts={"note": "seen"}, actor=merchandiser, at=after(2))

        rows = MarketReturn.objects.order_by("reference").values_list("batch__number", "found_by")
        assert list(rows) == [(shipped.number, "lot_code"), (shipped.number, "by_hand")]

    @pytest.mark.parametrize(
        ("facts", "error"),
        [
            ({"happened_on": date(2027, 1, 1)}, ("happened_on", "in_the_future")),
            ({"delivered_on": date(2026, 11, 21)}, ("happened_on", "before_delivery")),
            ({"complaints": ["magic"]}, ("complaints", "unknown_complaint")),
            ({"batch": "NONE"}, ("batch", "unknown_batch")),
            ({"reason": ""}, ("reason", "required")),
        ],
    )
    def test_what_makes_no_sense_is_refused_and_nothing_changes(self, shipped, merchandiser, facts, error):
        [found] = bring_back(returned("R-1"))

        with pytest.raises(InvalidInput) as refusal:
            correct_return(found=found, facts=facts, actor=merchandiser, at=after(1))

        assert [(each.field, each.code) for each in refusal.value.errors] == [error]
        assert MarketReturn.objects.get().revision == 0

    def test_what_somebody_else_corrected_meanwhile_is_not_overwritten(self, shipped, merchandiser):
        [found] = bring_back(returned("R-1"))
        correct_return(found=found, facts={"note": "first"}, actor=merchandiser, at=after(1), revision=0)

        with pytest.raises(CorrectedMeanwhile):
            correct_return(found=found, facts={"note": "second"}, actor=merchandiser, at=after(2), revision=0)
        assert MarketReturn.objects.get().note == "first"

    def test_on_the_page_nothing_typed_is_lost(self, client, shipped, inspector):
        [found] = bring_back(returned("R-1"))
        client.force_login(inspector)
        address = reverse("return-correct", args=[found.uid])
        assert client.get(address).context["form"].initial["complaints"] == ["leaks"]
        typed = {"revision": 0, "kind": "returned", "happened_on": "2026-11-20", "reason": "usage", "note": "a knob"}

        answer = client.post(address, typed | {"happened_on": "2027-01-01"})
        assert (answer.status_code, "a knob" in answer.content.decode()) == (400, True)
        assert client.post(address, typed).url == reverse("return-detail", args=[found.uid])
        assert client.post(address, typed).status_code == 409  # a page that was opened before
        assert MarketReturn.objects.get().reason == "usage"


class TestWithdrawing:
    def test_it_counts_nowhere_and_stays_on_the_record(self, shipped, product, manager):
        set_catches(product=product, catches={"scratched": "LID"}, actor=manager, at=NOON)
        _kept, gone = bring_back(*(returned(f"R-{n}", complaints=["scratched"]) for n in (1, 2)))

        withdraw_return(found=gone, reason="Ordered twice", actor=manager, at=after(1))

        assert tally(find_returns(manager)).returned == 1
        assert week_totals(find_returns(manager), Span.of(MONDAY, NOON.date())).now == 1
        assert [found.escapes for *_what, found in find_evidence(product, today=NOON.date())] == [1]
        assert told("return.withdrawn") == [
            {"market_return": str(gone.uid), "reference": "R-2", "reason": "Ordered twice"}
        ]
        gone.refresh_from_db()
        assert (gone.withdrawn_by, gone.withdrawn_because, gone.revision) == (manager, "Ordered twice", 1)

    def test_it_is_over_with_and_takes_a_reason(self, shipped, merchandiser):
        [found] = bring_back(returned("R-1"))
        with pytest.raises(InvalidInput):
            withdraw_return(found=found, reason=" ", actor=merchandiser, at=after(1))
        withdraw_return(found=found, reason="Doubled", actor=merchandiser, at=after(1))

        for act, facts in (
            (withdraw_return, {"reason": "x"}), (correct_return, {"facts": {"note": "x"}}), (name_batch, {"number": "x"}),
        ):  # fmt: skip
            with pytest.raises(ReturnWithdrawn):
                act(found=found, actor=merchandiser, at=after(2), **facts)

    @pytest.mark.parametrize(
        "change",
        [
            "withdrawn_at = NULL, withdrawn_by_id = NULL, withdrawn_because = '', revision = revision + 1",
            "withdrawn_because = 'another', revision = revision + 1",
        ],
    )
    def test_the_database_takes_no_withdrawal_back(self, shipped, merchandiser, change):
        [found] = bring_back(returned("R-1"))
        withdraw_return(found=found, reason="Doubled", actor=merchandiser, at=after(1))

        assert refused(f"UPDATE inspections_marketreturn SET {change}") == "market_return_is_written_once"

    def test_over_the_api_and_not_by_suppliers(self, shipped, inspector, supplier_user):
        first, second = bring_back(returned("R-1"), returned("R-2"))
        caller = Caller(inspector)

        status, answer = caller.send("PATCH", f"returns/{first.uid}/", {"note": "a knob", "revision": 0})
        assert (status, answer["note"], answer["revision"]) == (200, "a knob", 1)
        status, answer = caller.send("PATCH", f"returns/{first.uid}/", {"note": "again", "revision": 0})
        assert (status, answer["code"]) == (409, "corrected_meanwhile")
        status, answer = caller.send("POST", f"returns/{second.uid}/withdraw/", {"reason": "Doubled"})
        assert (status, answer["withdrawn_because"]) == (200, "Doubled")
        assert [row["reference"] for row in caller.send("GET", "returns/")[1]["results"]] == ["R-1"]
        assert [row["reference"] for row in caller.send("GET", "returns/?withdrawn=true")[1]["results"]] == ["R-2"]
        own = Caller(supplier_user)
        assert own.send("PATCH", f"returns/{first.uid}/", {"note": "x"})[0] == 403
        assert own.send("GET", f"returns/{second.uid}/")[1]["withdrawn_because"] == ""

    def test_on_the_page(self, client, shipped, merchandiser):
        [found] = bring_back(returned("R-1"))
        client.force_login(merchandiser)

        client.post(reverse("return-withdraw", args=[found.uid]), {"reason": "Doubled"})

        page = client.get(reverse("return-detail", args=[found.uid])).content.decode()
        assert "it stays on the record and counts nowhere" in page
        assert reverse("return-correct", args=[found.uid]) not in page


class TestDoubts:
    @pytest.fixture
    def doubtful(self, batch, inspector, manager):
        """Three of two units that left on the 12th, one of them on the 1st."""
        inspect(batch, actor=inspector)
        ship(batch=batch, quantity=2, reference="SO-1", actor=manager, at=NOON - timedelta(days=10))
        days = (date(2026, 11, 1), date(2026, 11, 18), date(2026, 11, 18))
        return bring_back(
            *(
                returned(f"R-{n}", batch=batch.number, happened_on=day, complaints=["scratched"])
                for n, day in enumerate(days)
            )
        )

    def test_more_than_left_or_before_it_left(self, doubtful, manager):
        rows = MarketReturn.objects.with_doubts().order_by("reference")
        assert [(row.is_early, row.is_too_many) for row in rows] == [(True, True), (False, True), (False, True)]

        withdraw_return(found=doubtful[2], reason="Doubled", actor=manager, at=after(1))

        rows = MarketReturn.objects.standing().with_doubts().order_by("reference")
        assert [(row.is_early, row.is_too_many) for row in rows] == [(True, False), (False, False)]
        assert week_totals(find_returns(manager), Span.of(MONDAY, NOON.date())).doubtful == 0

    def test_a_person_sees_them(self, client, doubtful, manager, supplier_user):
        client.force_login(manager)

        week = client.get(reverse("return-week"), {"day": "2026-11-18"})
        assert week.context["totals"].doubtful == 2
        assert len(client.get(week.context["links"]["doubtful"]).context["rows"]) == 2
        page = client.get(reverse("return-detail", args=[doubtful[0].uid])).content.decode()
        assert "It came back before any unit of B-2611-042 had left." in page
        assert "More units came back of B-2611-042 than left." in page
        answers = [
            Caller(who).send("GET", f"returns/{doubtful[0].uid}/")[1]["doubts"] for who in (manager, supplier_user)
        ]
        assert answers == [["early", "too_many"], []]

    def test_a_shipment_of_which_more_came_back_silences_no_proposal(self, doubtful, product, manager):
        set_catches(product=product, catches={"scratched": "LID"}, actor=manager, at=NOON)
        [(_kind, subject, _now, _to, found)] = find_evidence(product, today=NOON.date())
        assert (subject, found.escapes, found.shipped) == ("LID", 3, 2)
        assert is_convincing(found)


class TestTheWeekUnderWay:
    def test_it_is_compared_with_the_same_days(self, shipped, manager):
        week_before = [returned(f"A-{n}", happened_on=MONDAY - timedelta(days=n % 7 + 1)) for n in range(14)]
        bring_back(*week_before, returned("B", happened_on=MONDAY))
        found = find_returns(manager)

        monday = week_totals(found, Span.of(MONDAY, MONDAY))
        sunday = week_totals(found, Span.of(MONDAY, MONDAY + timedelta(days=6)))

        assert ((monday.now, monday.before), (sunday.now, sunday.before)) == ((1, 2), (1, 14))
        [leaks] = week_by(found, "complaint", Span.of(MONDAY, MONDAY))
        assert leaks.change.verdict == "could_be"

    def test_nothing_shipped_to_come_back_is_not_judged(self, batch, inspector, manager, client):
        bring_back(*(returned(f"A-{n}", happened_on=MONDAY - timedelta(days=1)) for n in range(14)))
        client.force_login(manager)

        page = client.get(reverse("return-week"), {"day": "2026-11-16"})

        assert [(row["change"], row["chance"]) for row in page.context["rows"]] == [("not judged", "")]

    def test_by_batch_its_own_units_count_and_by_carrier_nothing_is_known(self, shipped, manager):
        bring_back(returned("B", happened_on=MONDAY, carrier="USPS"))
        whole = Span.of(MONDAY, MONDAY + timedelta(days=6))

        [by_batch], [by_carrier] = (week_by(find_returns(manager), by, whole) for by in ("batch", "carrier"))

        assert (by_batch.change.units_now, by_batch.change.units_before) == (600, 600)
        assert by_carrier.change.verdict == "not_judged"

    def test_it_is_the_readers_week(self, client, manager, settings, monkeypatch):
        """Sunday 17:00 in London is Monday 01:00 in Shanghai."""
        monkeypatch.setattr("inspections.returns.views.returns.now", lambda: NOON.replace(day=22, hour=17))
        assert settings.TIME_ZONE == "Asia/Shanghai"
        client.force_login(manager)
        assert client.get(reverse("return-week")).context["week"] == "2026-W48"

        client.post(reverse("time-zone"), {"time_zone": "Europe/London"})

        assert client.get(reverse("return-week")).context["week"] == "2026-W47"


class TestComplaintPointsInUse:
    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM inspections_complaintpoint WHERE code = 'leaks'",
            "UPDATE inspections_complaintpoint SET code = 'drips' WHERE code = 'leaks'",
            "UPDATE inspections_complaintpoint SET parent_id = NULL WHERE code = 'leaks'",
        ],
    )
    def test_the_database_keeps_their_codes(self, shipped, statement):
        bring_back(returned("R-1"))

        assert refused(statement) == "complaint_point_in_use_keeps_its_code"

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE inspections_marketreturn SET complaints = '{magic}', revision = revision + 1",
            "UPDATE inspections_catch SET complaint = 'magic'",
        ],
    )
    def test_no_code_is_written_that_no_point_has(self, shipped, statement):
        bring_back(returned("R-1"))

        assert refused(statement) == "complaints_are_known_points"

    def test_one_that_nobody_named_may_go(self, shipped):
        assert ComplaintPoint.objects.filter(code="smell").delete()[0] == 1

    def test_one_that_is_closed_is_not_taken_anew_and_what_names_it_keeps_it(self, client, shipped, merchandiser):
        [found] = bring_back(returned("R-1"))
        ComplaintPoint.objects.filter(code="leaks").update(is_closed=True)

        with pytest.raises(InvalidInput) as refusal:
            bring_back(returned("R-2"))
        assert refusal.value.errors[0].code == "closed_complaint"
        correct_return(found=found, facts={"note": "a knob"}, actor=merchandiser, at=after(1))
        client.force_login(merchandiser)
        assert "Leaks" not in client.get(reverse("return-create")).content.decode()
        assert "Leaks" in client.get(reverse("return-correct", args=[found.uid])).content.decode()
