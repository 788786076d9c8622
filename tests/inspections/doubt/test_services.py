"""Doubts as they are stored, and who sees them: quality managers, and nobody else."""

import re
from datetime import timedelta

import numpy as np
import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from inspections.doubt.words import chance, seen
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_inspection, record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import DoubtFlag, DoubtKind
from inspections.photo.services import add_photo, process_next_photo
from tests.caller import Caller
from tests.factories import CORD, LID, NOON, after, inspect, make_batch, make_product, make_specification, make_user
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db
PAGES = ["home", "doubt-list"]


def cords(seed: int, n: int = 80, mean: float = 75.0) -> list[str]:
    return [f"{value:.2f}" for value in np.random.default_rng(seed).normal(mean, 1.2, n)]


@pytest.fixture
def cable(supplier):
    product = make_product("CABLE", supplier=supplier)
    make_specification(product, [CORD, LID])
    return product


def send(batch, actor, readings, *, bad=(), at=NOON, **more):
    results = [
        ResultInput("CORD", readings=readings, **more),
        ResultInput("LID", nonconforming_units=list(bad), **more),
    ]
    return record_inspection(batch=batch.number, results=results, submit=True, actor=actor, at=at)


def found(inspection) -> list[tuple[str, str | None]]:
    doubts = inspection.doubts.select_related("characteristic").order_by("kind")
    return [(doubt.kind, doubt.characteristic and doubt.characteristic.code) for doubt in doubts]


def test_honest_readings_raise_nothing_and_cost_nothing(cable, inspector):
    batch = make_batch(product=cable)
    with CaptureQueriesContext(connection) as queries:
        inspection = send(batch, inspector, cords(1))

    assert found(inspection) == []
    assert not [query for query in queries if "doubt" in query["sql"]]


def test_a_run_is_flagged_with_the_inspection_and_blocks_nothing(cable, inspector):
    inspection = send(make_batch(product=cable), inspector, [*cords(1, 70), *["75.30"] * 10])

    assert (inspection.verdict, found(inspection)) == ("accepted", [("run", "CORD")])
    doubt = inspection.doubts.get()
    assert seen(doubt) == "75.30 was read 10 times in a row, from unit 71 on, among 80 readings."
    assert chance(doubt).startswith("Only the order is odd: ")
    assert not re.search(r"\d", chance(doubt))
    assert doubt.raised_at == NOON


def test_what_the_process_showed_before_in_other_hands_is_no_doubt(cable, inspector):
    """Three earlier batches, inspected by others, stood still for ten units as well: a gauge or a machine does that."""
    still = [*cords(1, 70), *["75.30"] * 10]
    for number in range(3):
        send(make_batch(product=cable), make_user(Role.QC), [*cords(number, 70), *["74.80"] * 10], at=after(-60))

    assert found(send(make_batch(product=cable), inspector, still)) == []


def test_what_the_same_person_always_shows_stays_a_doubt(cable, inspector):
    for number in range(4):
        told = send(make_batch(product=cable), inspector, [*cords(number, 70), *["74.80"] * 10], at=after(number))

    assert ("run", "CORD") in found(told)


def test_lists_name_no_inspector_beside_a_doubt(cable, inspector, manager, client):
    inspector.first_name, inspector.last_name = "Zhou", "Wen"
    inspector.save()
    send(make_batch("B-ODD", product=cable), inspector, [*cords(1, 70), *["75.30"] * 10])
    client.force_login(manager)

    page = client.get(reverse("doubt-list")).content.decode()
    assert "was read 10 times in a row" in page
    assert inspector.display_name not in page


def test_all_flags_of_an_inspection_take_one_statement(cable, inspector):
    batch = make_batch(product=cable)
    copied = cords(1, 40)
    with CaptureQueriesContext(connection) as queries:
        inspection = send(batch, inspector, [*copied, *copied[:20], *["75.30"] * 20])

    assert {kind for kind, _code in found(inspection)} >= {"run", "block"}
    assert len([query for query in queries if "doubt" in query["sql"]]) == 1


def test_one_who_copies_the_round_before_is_told(cable, inspector):
    batch = make_batch(product=cable)
    send(batch, inspector, cords(1), bad=range(1, 10))
    again = send(batch, inspector, cords(1), at=after(60))

    assert ("copied", "CORD") in found(again)


@pytest.mark.parametrize(("answered", "told"), [(False, [("disagree", "CORD"), ("disagree", "LID")]), (True, [])])
def test_two_inspectors_who_disagree_are_told_unless_the_supplier_worked_on_it(
    cable, inspector, supplier_user, answered, told
):
    from inspections.hold.services.holds import respond_to_hold

    batch = make_batch(product=cable)
    first = send(batch, inspector, cords(1, mean=73), bad=range(1, 20))
    if answered:
        respond_to_hold(
            hold=first.hold, root_cause="Worn cutter", corrective_action="Cutter changed", wants_reinspection=True,
            actor=supplier_user, at=after(30),
        )  # fmt: skip
    again = send(batch, make_user(Role.QC), cords(2, mean=75), at=after(60))

    assert found(again) == told


def test_the_clock_of_an_inspection_recorded_check_by_check(cable, inspector):
    def record(seconds):
        batch = make_batch(product=cable)
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        for sent in (ResultInput("CORD", readings=cords(seconds)), ResultInput("LID", nonconforming_units=[])):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=NOON + timedelta(seconds=1))
        return submit_inspection(inspection=inspection, actor=inspector, at=NOON + timedelta(seconds=seconds))

    assert found(record(20)) == [("pace", None)]
    assert found(record(900)) == []
    for seconds in (880, 905, 960, 1010, 930, 870, 990, 940, 915, 925):
        record(seconds)
    quick = record(160)  # as quick as a stranger may be, and six times as quick as this product usually takes
    assert found(quick) == [("pace", None)]
    assert seen(quick.doubts.get()).startswith("160 readings and units in 2.7 minutes: 1.0 seconds each. The last 11 ")


def test_the_clock_of_a_device_that_sends_all_at_once(cable, inspector):
    times = [after(-10), after(-10) + timedelta(seconds=5)]
    results = [
        ResultInput("LID", nonconforming_units=[], recorded_at=times[0]),
        ResultInput("CORD", readings=cords(3), recorded_at=times[1]),
    ]
    batch = make_batch(product=cable)
    inspection = record_inspection(batch=batch.number, results=results, submit=True, actor=inspector, at=NOON)

    assert found(inspection) == [("pace", None)]
    assert inspection.doubts.get().facts["work"] == 80


def test_a_photo_that_was_used_before_is_a_doubt_with_its_chance(batch, product, inspector, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    from django.core.files.uploadedfile import SimpleUploadedFile

    other = make_batch(product=product)
    for number, each in enumerate((batch, other)):
        inspection = plan_inspection(batch=each, actor=inspector, at=NOON)
        file = SimpleUploadedFile("a.jpg", encoded(scene(1)).getvalue(), "image/jpeg")
        add_photo(
            inspection=inspection, file=file, characteristic="LEAK", unit_number=3, actor=inspector, at=after(number)
        )
        process_next_photo(now=after(number))

    doubt = DoubtFlag.objects.get()
    assert (doubt.kind, doubt.inspection.batch, doubt.photo.inspection.batch) == (DoubtKind.PHOTO, other, other)
    assert (doubt.facts["same_file"], doubt.facts["compared"]) == (True, 1)
    assert seen(doubt) == "The photo is, to the byte, a file that was used in another inspection."


def test_the_database_keeps_a_doubt_as_it_was(cable, inspector):
    send(make_batch(product=cable), inspector, [*cords(1, 70), *["75.30"] * 10])

    for change in (
        lambda: DoubtFlag.objects.update(probability=0.5),
        lambda: DoubtFlag.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(Error, match="written once"), transaction.atomic():
            change()
    assert DoubtFlag.objects.count() == 1


class TestWhoSees:
    @pytest.fixture
    def doubtful(self, cable, inspector):
        return send(make_batch("B-ODD", product=cable), inspector, [*cords(1, 70), *["75.30"] * 10])

    SAID = "was read 10 times in a row"

    @pytest.mark.parametrize("person", ["manager", "admin"])
    def test_managers_on_every_page(self, doubtful, client, person, request):
        client.force_login(request.getfixturevalue(person))

        for address in (
            *map(reverse, PAGES),
            reverse("inspection-detail", args=[doubtful.uid]),
            reverse("doubt-list") + "?q=b-odd cable&kind=run",
        ):
            assert self.SAID in client.get(address).content.decode()
        assert self.SAID not in client.get(reverse("doubt-list") + "?kind=pace").content.decode()

    @pytest.mark.parametrize("person", ["inspector", "merchandiser", "supplier_user", "rival_supplier"])
    def test_nobody_else_learns_that_there_is_one(self, doubtful, client, person, request):
        user = request.getfixturevalue(person)
        client.force_login(user)

        assert client.get(reverse("doubt-list")).status_code == 403
        pages = [reverse("home"), reverse("inspection-detail", args=[doubtful.uid]), "/batches/B-ODD/"]
        text = "".join(client.get(page).content.decode() for page in pages).lower()
        assert "doubt" not in text
        assert "chance rarely" not in text
        caller = Caller(user)
        assert caller.send("GET", "doubts/")[0] == 403
        assert "doubt" not in str(caller.send("GET", f"inspections/{doubtful.uid}/")[1]).lower()
        assert DoubtFlag.objects.visible_to(user).count() == 0

    def test_the_api_tells_managers(self, doubtful, manager, cable, inspector):
        send(make_batch("B-2", product=cable), inspector, [*cords(2, 70), *["74.80"] * 10])
        api = Caller(manager)

        status, answer = api.send("GET", "doubts/")
        assert (status, [each["batch"] for each in answer["results"]]) == (200, ["B-2", "B-ODD"])
        _status, answer = api.send("GET", f"doubts/?inspection={doubtful.uid}&kind=run")
        [told] = answer["results"]
        assert (told["batch"], told["characteristic"], told["photo"], told["inspector"]) == (
            "B-ODD",
            "CORD",
            None,
            "inspector",
        )
        assert self.SAID in told["seen"]
        assert told["facts"]["length"] == 10
        assert 0 <= told["probability"] < 1e-9

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_takes_seven_statements(self, cable, inspector, manager, client, rows, django_assert_num_queries):
        for number in range(rows):
            send(make_batch(product=cable), inspector, [*cords(number, 70), *["75.30"] * 10])
        client.force_login(manager)

        with django_assert_num_queries(7):
            client.get(reverse("doubt-list"))


def test_every_kind_has_words_and_a_chance(inspector, cable):
    facts = {
        "near_limit": {
            "inside": 20,
            "n": 80,
            "width": "0.10",
            "side": "lower",
            "limit": "70",
            "before": 1,
            "beyond": 0,
        },
        "run": {"value": "75.30", "length": 10, "unit": 1, "n": 80},
        "block": {"block": ["1", "2"], "length": 14, "first": 1, "second": 41, "n": 80},
        "digits": {"digits": {str(d): 8 for d in range(10)}, "n": 80, "favourite": 5},
        "pace": {"seconds": 60, "work": 160, "each": 0.38, "earlier": 0, "usual": 5.0},
        "copied": {"same": 40, "expected": 2.5, "n": 80},
        "disagree": {"bad": 0, "n": 80, "earlier_bad": 14, "earlier_n": 80},
        "photo": {"same_file": False, "compared": 12},
        "abandoned": {"where": "batch", "abandoned": 3, "of": 3, "usual": 0.03, "found": 6},
    }
    assert sorted(facts) == sorted(DoubtKind.values)
    for kind, told in facts.items():
        doubt = DoubtFlag(kind=kind, facts=told, probability=1 / 823)
        assert "%" not in seen(doubt)
        assert ("1 of 820 " in chance(doubt)) == (kind not in ("run", "block"))


def test_a_submission_without_doubts_stays_within_its_statements(batch, inspector):
    assert inspect(batch, actor=inspector).doubts.count() == 0
