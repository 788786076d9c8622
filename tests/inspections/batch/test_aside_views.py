"""The page of the units that a batch has set aside, and where else it is said that it has some."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import override

from inspections.batch.services.shipments import ship
from inspections.hold.services.holds import place_hold
from inspections.models import AsideStep
from tests.factories import after, inspect, make_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def aside(batch, inspector):
    inspect(batch, actor=inspector, LID=[1, 2, 3])
    return batch


def page_of(batch):
    return reverse("batch-set-aside", args=[batch.number])


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def offered(response) -> list[str]:
    form = response.context["form"]
    return [value for value, _label in form.fields["kind"].choices] if form else []


def sent(kind="replacement", **more):
    return {"key": uuid4(), "kind": kind, "quantity": "2", "note": "New lids", "password": "", **more}


@pytest.mark.parametrize(
    ("persona", "status", "kinds"),
    [
        ("inspector", 302, ["replacement"]),
        ("manager", 302, ["replacement", "rework", "release", "return", "scrap"]),
        ("merchandiser", 403, []),
        ("admin", 302, ["replacement", "rework", "release", "return", "scrap"]),
    ],
)
def test_who_is_offered_what_and_may_replace(request, client, aside, persona, status, kinds):
    client.force_login(request.getfixturevalue(persona))

    assert offered(client.get(page_of(aside))) == kinds
    assert client.post(page_of(aside), sent()).status_code == status
    assert AsideStep.objects.count() == (1 if status == 302 else 0)


def test_what_was_done_is_said_and_kept(client, aside, inspector):
    client.force_login(inspector)
    response = client.post(page_of(aside), sent(), follow=True)

    page = text_of(response)
    assert "Recorded: 2 units replaced by good ones." in page
    assert "B-2611-042: 1 unit set aside" in page
    assert "New lids" in page
    aside.refresh_from_db()
    assert (aside.available, aside.set_aside) == (999, 1)


def test_pressed_twice_it_is_done_once(client, aside, inspector):
    client.force_login(inspector)
    twice = sent(quantity="1")
    for _press in range(2):
        client.post(page_of(aside), twice)

    assert AsideStep.objects.count() == 1


def test_a_release_is_signed_with_the_password(client, aside, manager):
    client.force_login(manager)
    refusals = [client.post(page_of(aside), sent("release", password=word)) for word in ("", "wrong")]

    assert ["not your password" in text_of(refusal) for refusal in refusals] == [True, True]
    assert client.post(page_of(aside), sent("release", password="holdfast-test")).status_code == 302
    assert AsideStep.objects.get().signature == "password"


def test_what_does_not_fit_stands_beside_its_field(client, aside, inspector):
    client.force_login(inspector)
    response = client.post(page_of(aside), sent(quantity="4"))

    assert response.context["form"].errors == {"quantity": ["1 to 3 units are set aside."]}


def test_who_inspected_is_told_that_a_second_person_signs(client, batch, manager):
    inspect(batch, actor=manager, LID=[1])
    client.force_login(manager)
    response = client.get(page_of(batch))

    assert offered(response) == ["replacement", "return", "scrap"]
    assert "You inspected this batch, so a second person signs for a rework or a release." in text_of(response)


def test_on_hold_only_what_leaves_is_offered(client, aside, manager):
    place_hold(batch=aside, note="Wet cartons", actor=manager, at=after(1))
    client.force_login(manager)
    response = client.get(page_of(aside))

    assert offered(response) == ["return", "scrap"]
    assert "nothing joins what may ship before the hold is decided" in text_of(response)


def test_of_a_batch_with_nothing_set_aside_nothing_is_offered(client, batch, manager):
    client.force_login(manager)
    response = client.get(page_of(batch))

    assert offered(response) == []
    assert "Nothing of B-2611-042 is set aside" in text_of(response)


class TestBatchPage:
    def test_says_how_many_and_leads_there(self, client, aside, manager):
        client.force_login(manager)
        page = client.get(reverse("batch-detail", args=[aside.number]))

        assert f'href="{page_of(aside)}"' in page.content.decode()
        said = text_of(page)
        assert "997 units of B-2611-042 may ship" in said
        assert "3 set aside" in said
        assert "Settle 3 units set aside" in said
        assert "3 units set aside They were found nonconforming." in said

    def test_of_which_only_those_are_left_is_not_closed(self, client, aside, manager, merchandiser):
        ship(batch=aside, quantity=997, actor=merchandiser, at=after(1))
        client.force_login(manager)
        said = text_of(client.get(reverse("batch-detail", args=[aside.number])))

        assert "B-2611-042: 3 units set aside" in said
        assert "every unit has left the batch" not in said

    def test_shows_a_supplier_the_number_of_its_own(self, client, aside, supplier_user, rival_supplier):
        client.force_login(supplier_user)
        said = text_of(client.get(reverse("batch-detail", args=[aside.number])))

        assert "3 set aside" in said
        assert "3 units did not conform and are set aside." in said
        assert page_of(aside) not in said
        client.force_login(rival_supplier)
        assert client.get(reverse("batch-detail", args=[aside.number])).status_code == 404

    def test_speaks_chinese(self, client, aside, manager):
        client.force_login(manager)
        with override("zh-hans"):
            said = text_of(client.get(page_of(aside), headers={"Accept-Language": "zh-hans"}))

        assert "隔离" in said


def test_the_shipping_desk_says_what_stops_the_rest(client, aside, merchandiser):
    client.force_login(merchandiser)
    page = client.get(reverse("shipment-create", args=[aside.number]))

    assert "3 units are set aside: they were found nonconforming." in text_of(page)
    assert f'href="{page_of(aside)}"' in page.content.decode()


def test_the_desk_offers_no_batch_of_which_only_those_are_left(client, aside, merchandiser):
    ship(batch=aside, quantity=997, actor=merchandiser, at=after(1))
    client.force_login(merchandiser)

    assert list(client.get(reverse("shipment-list")).context["offered"]) == []


@pytest.mark.parametrize(("persona", "shown"), [("inspector", True), ("manager", True), ("merchandiser", False)])
def test_the_day_of_qc_and_manager_begins_with_them(request, client, aside, product, persona, shown):
    make_batch(product=product)
    client.force_login(request.getfixturevalue(persona))
    page = client.get(reverse("home"))

    assert [batch.number for batch in page.context.get("to_settle") or []] == ([aside.number] if shown else [])
    assert (page_of(aside) in page.content.decode()) == shown


def test_the_list_is_narrowed_to_them(client, aside, product, manager):
    other = make_batch(product=product)
    client.force_login(manager)
    page = client.get(reverse("batch-list"), {"set_aside": "true"})

    assert [batch.number for batch in page.context["list"].page] == [aside.number]
    assert "3 set aside" in text_of(page)
    assert other.number not in text_of(page)
