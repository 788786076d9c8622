"""The pick list of an inspection: drawn once, frozen, and the same whenever it is drawn again."""

import pytest
from django.db import Error, connection, transaction

from activity.errors import InvalidInput
from inspections.batch.services.batches import register_batch
from inspections.hold.services.holds import Decision, decide_hold
from inspections.inspection.page.picks import picks_of
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import ClassDecided, record_inspection, record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import Inspection
from inspections.sampling.picks import pick_list
from tests.caller import Caller
from tests.factories import LEAK, LID, NOON, PRINT, after, inspect, make_product, make_specification

pytestmark = pytest.mark.django_db
DOUBLE = {"kind": "double", "standard": "ansi-z1.4", "level": "II", "aql": {"major": "2.5", "minor": "2.5"}}


@pytest.fixture
def boxed(product, merchandiser):
    """1,000 kettles in 60 cartons."""
    return register_batch(number="B-BOX", product=product, quantity=1000, cartons=60, actor=merchandiser, at=NOON)


@pytest.fixture
def double(merchandiser):
    """50 units, accept to 2, reject from 5; then 100 in all, accept to 6."""
    product = make_product()
    make_specification(product, [LEAK, LID, PRINT], scheme=DOUBLE)
    return register_batch(number="B-DBL", product=product, quantity=1000, cartons=60, actor=merchandiser, at=NOON)


def taken(inspection) -> dict[int, int]:
    """Number in the sample -> number in the lot."""
    return {each.number: each.pick.unit for carton in picks_of(inspection).cartons for each in carton.picks}


def test_the_draw_is_that_of_the_recorded_seed(boxed, inspector):
    inspection = plan_inspection(batch=boxed, actor=inspector, at=NOON)

    picks = picks_of(Inspection.objects.get())

    drawn = pick_list(lot_size=1000, stage_sizes=[80], seed=inspection.pick_seed, cartons=60)
    assert [each.pick for carton in picks.cartons for each in carton.picks] == list(drawn.picks)
    assert picks.carton_numbers == list(drawn.cartons)
    assert (len(picks.cartons), picks.further, picks.first_number) == (8, 80, 1)
    assert sorted(taken(inspection)) == list(range(1, 81))


def test_every_inspection_has_a_seed_of_its_own(boxed, batch, inspector):
    seeds = {plan_inspection(batch=each, actor=inspector, at=NOON).pick_seed for each in (boxed, batch)}

    assert [len(seed) for seed in seeds] == [16, 16]


def test_units_that_are_not_in_cartons_are_picked_by_their_number(batch, inspector):
    picks = picks_of(plan_inspection(batch=batch, actor=inspector, at=NOON))

    assert (picks.carton_numbers, [carton.number for carton in picks.cartons]) == ([], [None])
    assert [each.pick.position == each.pick.unit for each in picks.cartons[0].picks] == [True] * 80


def test_all_cartons_may_be_opened(boxed, inspector):
    inspection = plan_inspection(batch=boxed, actor=inspector, at=NOON, cartons=20, carton_rule="all")

    assert picks_of(inspection).carton_numbers == list(range(1, 21))


@pytest.mark.parametrize(("wrong", "field"), [({"cartons": 0}, "cartons"), ({"cartons": 1001}, "cartons"),
                                              ({"carton_rule": "some"}, "carton_rule")])  # fmt: skip
def test_cartons_that_cannot_be(boxed, inspector, wrong, field):
    with pytest.raises(InvalidInput) as refusal:
        plan_inspection(batch=boxed, actor=inspector, at=NOON, **wrong)

    assert [error.field for error in refusal.value.errors] == [field]


@pytest.mark.parametrize(
    "change", ["pick_seed = 'ffffffffffffffff'", "cartons = 9", "cartons = NULL", "carton_rule = 'all'"]
)
def test_the_database_keeps_the_draw(boxed, inspector, change):
    plan_inspection(batch=boxed, actor=inspector, at=NOON)

    with pytest.raises(Error, match="its plan never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE inspections_inspection SET {change}")


def test_a_number_of_cartons_cannot_be_added_later_either(batch, inspector):
    plan_inspection(batch=batch, actor=inspector, at=NOON)

    with pytest.raises(Error, match="its plan never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inspections_inspection SET cartons = 9")


def test_of_what_is_left_of_a_batch_nobody_knows_the_cartons(boxed, inspector, manager):
    inspect(boxed, actor=inspector, LID=list(range(1, 9)))
    decide_hold(
        hold=boxed.holds.get(), decision=Decision("return", 200, "Crushed"), signature="token", actor=manager, at=NOON
    )
    boxed.refresh_from_db()

    again = plan_inspection(batch=boxed, actor=inspector, at=after(1))

    assert (again.lot_size, again.cartons) == (800, None)


class TestFurtherSample:
    @pytest.fixture
    def second(self, double, inspector):
        """Major has to take a second sample, minor is accepted on the first."""
        first = plan_inspection(batch=double, actor=inspector, at=NOON)
        before = taken(first)
        for code, bad in (("LEAK", []), ("LID", [1, 2, 3]), ("PRINT", [4])):
            record_result(
                inspection=first, sent=ResultInput(code, nonconforming_units=bad), actor=inspector, at=after(1)
            )
        return submit_inspection(inspection=first, actor=inspector, at=after(2)), before

    def test_what_was_taken_stays_and_more_is_drawn(self, second):
        inspection, before = second
        picks, now = picks_of(inspection), taken(inspection)

        assert (len(before), picks.taken_before, picks.further, picks.first_number) == (50, 50, 50, 51)
        assert {number: now[number] for number in before} == before
        assert sorted(now) == list(range(1, 101))

    def test_only_cartons_with_something_new_in_them_are_opened(self, second):
        picks = picks_of(second[0])
        new = {each.pick.carton for carton in picks.cartons for each in carton.picks if each.number > 50}

        assert picks.carton_numbers == sorted(new)

    def test_a_decided_class_is_closed(self, second, inspector):
        inspection, _before = second

        with pytest.raises(ClassDecided):
            record_result(
                inspection=inspection, sent=ResultInput("PRINT", nonconforming_units=[]), actor=inspector, at=after(3)
            )

    def test_critical_is_looked_at_on_every_further_unit(self, second, inspector, double):
        inspection, _before = second
        assert {name: plan.sample_size for name, plan in inspection.plans.items()} == {
            "critical": 100,
            "major": 100,
            "minor": 50,
        }

        inspection, _result = record_result(
            inspection=inspection, sent=ResultInput("LEAK", nonconforming_units=[77]), actor=inspector, at=after(3)
        )

        double.refresh_from_db()
        assert (inspection.hold.reason, double.on_hold) == ("critical", 1000)
        record_result(
            inspection=inspection, sent=ResultInput("LID", nonconforming_units=[1, 2, 3]), actor=inspector, at=after(4)
        )
        done = submit_inspection(inspection=inspection, actor=inspector, at=after(5))
        assert (done.verdict, done.tally["critical"]["counted"]) == ("rejected", [0, 1])


def test_a_program_says_the_cartons_too(boxed, inspector):
    inspection = record_inspection(
        batch=boxed.number, results=[], submit=False, actor=inspector, at=NOON, cartons=30, carton_rule="all"
    )

    assert (inspection.cartons, inspection.carton_rule) == (30, "all")


class TestPage:
    @pytest.fixture
    def page(self, boxed, inspector):
        inspection = plan_inspection(batch=boxed, actor=inspector, at=NOON)
        return inspection, f"/inspections/{inspection.uid}/picks/"

    def test_it_says_what_to_open_and_how_to_draw_it_again(self, page, client, merchandiser):
        inspection, path = page
        client.force_login(merchandiser)

        text = client.get(path).content.decode()

        cartons = ", ".join(map(str, picks_of(inspection).carton_numbers))
        assert "Take 80 of 1,000 units and number them 1 to 80" in text
        assert f"<b>{cartons}</b>" in text
        assert (text.count('type="checkbox"'), inspection.pick_seed in text) == (80, True)
        assert 'src="data:image/svg+xml' in text

    def test_the_entry_page_says_it_in_short(self, page, client, inspector):
        inspection, path = page
        client.force_login(inspector)

        text = client.get(f"/inspections/{inspection.uid}/record/").content.decode()

        assert f'href="{path}"' in text
        assert f"Carton {picks_of(inspection).carton_numbers[0]}</b>" in text

    def test_a_supplier_must_not_know_the_cartons(self, page, client, supplier_user, rival_supplier):
        _inspection, path = page
        statuses = []
        for user in (supplier_user, rival_supplier):
            client.force_login(user)
            statuses.append(client.get(path).status_code)
            statuses.append(Caller(user).send("GET", path.lstrip("/"))[0])

        assert statuses == [403, 403, 404, 404]

    def test_the_api_gives_the_same(self, page, inspector):
        inspection, path = page

        status, answer = Caller(inspector).send("GET", path.lstrip("/"))

        assert (status, answer["seed"], answer["stage_sizes"]) == (200, inspection.pick_seed, [80])
        assert {each["number"]: each["unit"] for each in answer["picks"]} == taken(inspection)
        assert answer["open_cartons"] == picks_of(inspection).carton_numbers


class TestStagesInTheInterface:
    @pytest.fixture
    def second(self, double, inspector):
        inspection = plan_inspection(batch=double, actor=inspector, at=NOON)
        for code, bad in (("LEAK", []), ("LID", [1, 2, 3]), ("PRINT", [4])):
            sent = ResultInput(code, nonconforming_units=bad)
            record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
        return inspection

    def test_submitting_leads_to_the_next_sample(self, second, client, inspector):
        client.force_login(inspector)

        page = client.post(f"/inspections/{second.uid}/submit/", follow=True)

        text = page.content.decode()
        assert page.redirect_chain == [(f"/inspections/{second.uid}/record/", 302)]
        assert "Take 50 more units and number them 51 to 100" in text
        assert text.count("Now units 51 to 100.") == 2
        assert (text.count('data-check="'), 'data-check="PRINT"' in text) == (2, False)

    def test_a_closed_check_says_so(self, second, client, inspector):
        submit_inspection(inspection=second, actor=inspector, at=after(2))
        client.force_login(inspector)

        page = client.post(
            f"/inspections/{second.uid}/record/", {"characteristic": "PRINT", "revision": "1", "answer": "good"}
        )

        assert page.status_code == 409
        assert "An earlier sample has decided this class." in page.content.decode()

    def test_the_api_says_where_each_class_stands(self, second, inspector):
        caller = Caller(inspector)

        status, answer = caller.send("POST", f"inspections/{second.uid}/submit/")

        stages = {name: shown["stage"] for name, shown in answer["classes"].items()}
        assert (status, answer["state"]) == (200, "open")
        assert stages["major"] == {"number": 2, "of": 2, "counts": [3], "next_sample_size": 50, "is_closed": False}
        assert stages["minor"] == {"number": 1, "of": 2, "counts": [], "next_sample_size": None, "is_closed": True}
        assert (answer["classes"]["major"]["sample_size"], answer["unanswered"]) == (100, ["LEAK", "LID"])

    def test_the_result_page_counts_sample_by_sample(self, second, client, inspector):
        submit_inspection(inspection=second, actor=inspector, at=after(2))
        for code, bad in (("LEAK", []), ("LID", [1, 2, 3, 60])):
            sent = ResultInput(code, nonconforming_units=bad)
            record_result(inspection=second, sent=sent, actor=inspector, at=after(3))
        done = submit_inspection(inspection=second, actor=inspector, at=after(4))
        client.force_login(inspector)

        page = client.get(f"/inspections/{done.uid}/")

        lines = {line.code: [(s.count, s.outcome) for s in line.stages] for line in page.context["sheet"].classes}
        assert lines == {
            "critical": [(0, "accepted"), (0, "accepted")],
            "major": [(3, "next_sample"), (4, "accepted")],
            "minor": [(1, "accepted"), (None, "")],
        }
        assert "Sample by sample" in page.content.decode()
