"""The pages of inspections as plain HTML, without scripts."""

import pytest
from django.urls import reverse

from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.inspection.services.results import ResultInput
from inspections.models import Inspection
from tests.factories import LID, NOON, after, inspect, make_batch, make_product, make_specification, results_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


@pytest.fixture
def inspector_client(client, inspector):
    client.force_login(inspector)
    return client


def record(client, inspection, code, **fields):
    return client.post(reverse("inspection-record", args=[inspection.uid]), {"characteristic": code, **fields})


def seen(response):
    """The text of a page, each run of white space as one space."""
    return " ".join(response.content.decode().split())


def stored(inspection, code):
    return inspection.results.get(characteristic__code=code)


# Starting


def test_starting_plans_the_next_round_and_leads_to_its_entry_page(inspector_client, batch, inspector):
    response = inspector_client.post(reverse("inspection-start", args=[batch.number]), {"cartons": "25"})

    inspection = batch.inspections.get()
    assert inspection.cartons == 25
    assert (response.status_code, response["Location"]) == (302, reverse("inspection-record", args=[inspection.uid]))
    assert (inspection.round, inspection.inspector) == (1, inspector)


def test_starting_again_goes_on_with_the_open_inspection(inspector_client, batch, inspection):
    response = inspector_client.post(reverse("inspection-start", args=[batch.number]))

    assert response["Location"] == reverse("inspection-record", args=[inspection.uid])
    assert batch.inspections.count() == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Count the cartons, or say that their number is not known."),
        ({"cartons": ""}, "Count the cartons, or say that their number is not known."),
        ({"cartons": "many"}, "Give the number of cartons as a whole number."),
        ({"cartons": "1001"}, "1000 units come in 1 to 1000 cartons."),
    ],
)
def test_nothing_is_drawn_before_it_is_said_how_the_units_come(inspector_client, batch, sent, said):
    url = reverse("inspection-start", args=[batch.number])

    asked = inspector_client.get(url)
    refused = inspector_client.post(url, sent or {"carton_rule": "all"})

    assert (asked.status_code, refused.status_code, batch.inspections.count()) == (200, 400, 0)
    assert (said in seen(asked), said in seen(refused)) == (False, True)


def test_that_nobody_knows_the_number_of_cartons_is_an_answer(inspector_client, batch):
    inspector_client.post(reverse("inspection-start", args=[batch.number]), {"cartons": "", "unknown": "1"})

    assert batch.inspections.get().cartons is None


def test_signing_in_on_the_way_leads_back_to_a_page(inspector_client, batch, inspection):
    under_way = inspector_client.get(reverse("inspection-start", args=[batch.number]))
    submitted = inspector_client.get(reverse("inspection-submit", args=[inspection.uid]))

    assert under_way["Location"] == reverse("inspection-record", args=[inspection.uid])
    assert submitted["Location"] == reverse("inspection-record", args=[inspection.uid])


# Who may


@pytest.mark.parametrize(
    ("persona", "status"),
    [("inspector", 200), ("manager", 200), ("merchandiser", 403), ("supplier_user", 403), ("rival_supplier", 404)],
)
def test_who_may_record(request, client, inspection, persona, status):
    client.force_login(request.getfixturevalue(persona))

    assert client.get(reverse("inspection-record", args=[inspection.uid])).status_code == status
    assert client.get(reverse("inspection-abandon", args=[inspection.uid])).status_code == status


@pytest.mark.parametrize(
    ("persona", "status"), [("merchandiser", 403), ("supplier_user", 403), ("rival_supplier", 404)]
)
def test_who_may_not_record_changes_nothing(request, client, batch, inspection, persona, status):
    client.force_login(request.getfixturevalue(persona))

    answers = [
        record(client, inspection, "LEAK", answer="good"),
        client.post(reverse("inspection-submit", args=[inspection.uid])),
        client.post(reverse("inspection-abandon", args=[inspection.uid]), {"reason": "rain"}),
        client.post(reverse("inspection-start", args=[batch.number])),
    ]

    assert [answer.status_code for answer in answers] == [status] * 4
    inspection.refresh_from_db()
    assert (inspection.status, inspection.results.count()) == ("open", 0)


@pytest.mark.parametrize(
    ("persona", "status"), [("inspector", 200), ("merchandiser", 200), ("supplier_user", 200), ("rival_supplier", 404)]
)
def test_who_sees_the_result(request, client, inspection, persona, status):
    client.force_login(request.getfixturevalue(persona))

    assert client.get(reverse("inspection-detail", args=[inspection.uid])).status_code == status


def test_a_supplier_lists_only_its_own(client, batch, inspector, supplier_user, rival_supplier):
    inspect(batch, actor=inspector)

    seen = {}
    for user in (supplier_user, rival_supplier):
        client.force_login(user)
        seen[user.username] = batch.number in client.get(reverse("inspection-list")).content.decode()
    assert seen == {"supplier": True, "rival": False}


# Recording


def test_readings_are_saved_and_the_next_unanswered_check_follows(inspector_client, inspection):
    response = record(inspector_client, inspection, "HEIGHT", reading=["50.1", "４９．９", *[""] * 78], revision="0")

    assert response["Location"].endswith("#check-CORD")
    result = stored(inspection, "HEIGHT")
    assert ([str(r) for r in result.readings[:3]], result.is_complete) == (["50.1", "49.9", "None"], False)


def test_a_pasted_column_takes_the_place_of_the_readings(inspector_client, inspection):
    column = "\r\n".join(["50.0"] * 79 + ["50.9"]) + "\r\n"

    record(inspector_client, inspection, "HEIGHT", reading=["1"] * 80, column=column)

    result = stored(inspection, "HEIGHT")
    assert (result.is_complete, result.nonconforming_units) == (True, [80])


def test_a_critical_reading_stops_the_batch_and_the_page_says_so(inspector_client, batch, inspection):
    record(inspector_client, inspection, "HEIGHT", reading=["50.1", "49.9", "50.9"])

    page = inspector_client.get(reverse("inspection-record", args=[inspection.uid])).content.decode()
    batch.refresh_from_db()
    assert batch.state == "on_hold"
    assert "This batch is stopped, the supplier has been told" in page
    assert "Body height of unit 3 is 50.9 mm, upper limit 50.5 mm." in page


def test_what_is_wrong_is_named_and_nothing_typed_is_lost(inspector_client, inspection):
    response = record(inspector_client, inspection, "HEIGHT", reading=["50.1", "abc", "49.9"])

    page = response.content.decode()
    assert response.status_code == 400
    assert "Unit 2: “abc” is not a number." in page
    assert 'value="abc"' in page
    assert 'value="49.9"' in page
    assert not inspection.results.exists()


def test_more_readings_than_units_are_refused(inspector_client, inspection):
    response = record(inspector_client, inspection, "HEIGHT", column="\n".join(["50.0"] * 81))

    assert response.status_code == 400
    assert "81 readings were sent, the plan takes 80 units" in response.content.decode()
    assert not inspection.results.exists()


def test_an_attribute_check_is_answered_only_by_an_explicit_word(inspector_client, inspection):
    assert record(inspector_client, inspection, "LID").status_code == 400
    assert not inspection.results.exists()

    record(inspector_client, inspection, "LID", answer="bad", unit=["4", "17"])
    assert (stored(inspection, "LID").nonconforming_units, stored(inspection, "LID").is_complete) == ([4, 17], False)

    record(inspector_client, inspection, "LID", answer="bad", unit=["4", "17"], others="1", nonconformities="5")
    result = stored(inspection, "LID")
    assert (result.nonconforming, result.nonconformities, result.is_complete) == (2, 5, True)


def test_all_conform_and_marked_units_contradict_each_other(inspector_client, inspection):
    response = record(inspector_client, inspection, "LID", answer="good", unit=["4"])

    assert response.status_code == 400
    assert "Choose one of the two" in response.content.decode()
    assert not inspection.results.exists()


def test_somebody_elses_change_is_not_overwritten_unseen(inspector_client, inspection, manager):
    record_result(inspection=inspection, sent=ResultInput("LID", nonconforming_units=[3]), actor=manager, at=after(1))

    refused = record(inspector_client, inspection, "LID", answer="bad", unit="9", others="1", revision="0")
    assert refused.status_code == 409
    assert "Someone else changed this check" in refused.content.decode()
    assert stored(inspection, "LID").nonconforming_units == [3]

    record(inspector_client, inspection, "LID", answer="bad", unit="9", others="1", revision="1")
    assert stored(inspection, "LID").nonconforming_units == [9]


# Closing


def test_submitting_names_what_is_unanswered(inspector_client, inspection):
    response = inspector_client.post(reverse("inspection-submit", args=[inspection.uid]))

    assert response.status_code == 422
    assert "LEAK, HEIGHT, CORD, LID, PRINT" in response.content.decode()
    inspection.refresh_from_db()
    assert inspection.status == "open"


def test_submitting_gives_the_verdict_and_closes_the_entry_page(inspector_client, batch, inspection, inspector):
    for sent in results_for(batch, LID=[1, 2, 3, 4, 5, 6]):
        record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))

    response = inspector_client.post(reverse("inspection-submit", args=[inspection.uid]))

    detail = reverse("inspection-detail", args=[inspection.uid])
    assert response["Location"] == detail
    page = inspector_client.get(detail).content.decode()
    assert "Round 1 of B-2611-042 is rejected" in page
    assert "Major: 6 nonconforming units of 80, at most 5 allowed" in page
    assert inspector_client.get(reverse("inspection-record", args=[inspection.uid]))["Location"] == detail
    assert record(inspector_client, inspection, "LID", answer="good").status_code == 409


def test_abandoning_needs_a_reason(inspector_client, inspection):
    address = reverse("inspection-abandon", args=[inspection.uid])
    assert inspector_client.post(address, {"reason": " "}).status_code == 400

    inspector_client.post(address, {"reason": "The power failed"})

    inspection.refresh_from_db()
    assert (inspection.status, inspection.abandoned_reason) == ("abandoned", "The power failed")
    assert (
        "The power failed" in inspector_client.get(reverse("inspection-detail", args=[inspection.uid])).content.decode()
    )


# The list


def test_the_list_is_filtered_and_newest_first(inspector_client, product, inspector):
    for number, bad in (("B-1", []), ("B-2", [1, 2, 3, 4, 5, 6]), ("B-3", [])):
        inspect(make_batch(number, product=product), actor=inspector, LID=bad)

    def numbers(**query):
        page = inspector_client.get(reverse("inspection-list"), query).context["list"].page
        return [inspection.batch.number for inspection in page]

    assert numbers() == ["B-3", "B-2", "B-1"]
    assert numbers(verdict="rejected") == ["B-2"]
    assert numbers(q="b-1") == ["B-1"]
    assert numbers(product="HL-KT17-W", supplier="HAILAN", status="submitted") == ["B-3", "B-2", "B-1"]
    assert numbers(supplier="OTHER") == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_a_constant_number_of_questions(
    inspector_client, product, inspector, django_assert_num_queries, count
):
    for number in range(count):
        inspect(make_batch(f"B-{number}", product=product), actor=inspector, HEIGHT=[3])
    last = Inspection.objects.latest("id")

    with django_assert_num_queries(7):
        inspector_client.get(reverse("inspection-list"))
    with django_assert_num_queries(13):
        inspector_client.get(reverse("inspection-detail", args=[last.uid]))


def test_submitting_twice_gives_one_verdict(inspector_client, batch, inspection, inspector, event_kinds):
    for sent in results_for(batch):
        record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
    address = reverse("inspection-submit", args=[inspection.uid])

    answers = [inspector_client.post(address)["Location"] for _ in range(2)]

    assert answers == [reverse("inspection-detail", args=[inspection.uid])] * 2
    assert event_kinds(batch.stream).count("inspection.accepted") == 1


def test_a_double_plan_asks_for_the_second_sample(inspector_client, supplier, inspector):
    product = make_product("DOUBLE", supplier=supplier)
    scheme = {"standard": "ansi-z1.4", "level": "II", "kind": "double", "aql": {"major": "2.5"}}
    make_specification(product, [LID], scheme=scheme)
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=NOON)
    address = reverse("inspection-record", args=[inspection.uid])
    assert "Take 50 of 1,000 units and number them 1 to 50" in seen(inspector_client.get(address))

    record(inspector_client, inspection, "LID", answer="bad", unit=["1", "2", "3"], others="1")
    assert "This sample does not decide: submit, and take the next one." in seen(inspector_client.get(address))
    response = inspector_client.post(reverse("inspection-submit", args=[inspection.uid]), follow=True)

    assert response.redirect_chain == [(address, 302)]
    assert "Take 50 more units and number them 51 to 100" in seen(response)
    inspection.refresh_from_db()
    assert inspection.status == "open"
