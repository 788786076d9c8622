"""The board, its file, its views, and the calendar: who sees what, and what it takes."""

import csv
import re
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from icalendar import Calendar
from openpyxl import load_workbook

from compliance.gate.services.gates import refresh_due
from compliance.models import ChecklistItem, SavedView
from inspections.hold.services.holds import place_hold
from tests.compliance.factories import accept, answer_all, listing_of, submit
from tests.factories import NOON, after, inspect, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(client, merchandiser):
    """What the board answers to a query string."""
    client.force_login(merchandiser)
    return lambda query="": client.get(f"{reverse('board')}{query}", headers={"hx-request": "true"})


def shown(answer) -> list[str]:
    return [f"{row['gate'].sku} {row['gate'].market}" for row in answer.context["rows"]]


@pytest.fixture
def three(supplier, inspector, manager, merchandiser):
    """A: held in the US, waiting in Germany. B: of another supplier."""
    a = make_product("A-1", supplier=supplier, markets=("US", "EU-DE"))
    make_specification(a)
    batch = make_batch("B-7", product=a)
    inspect(batch, actor=inspector)
    place_hold(batch=batch, note="Dented", actor=manager, at=after(1))
    make_product("B-1", markets=("UK",))
    return a


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", ["A-1 EU-DE", "A-1 US", "B-1 UK"]),
        ("?sort=-sku", ["B-1 UK", "A-1 US", "A-1 EU-DE"]),
        ("?market=EU", ["A-1 EU-DE"]),
        ("?market=US", ["A-1 US"]),
        ("?standing=closed", ["A-1 EU-DE", "A-1 US"]),
        ("?missing=open_holds", ["A-1 EU-DE", "A-1 US"]),
        ("?supplier=HAILAN&market=US", ["A-1 US"]),
        ("?category=toys", []),
        ("?q=b-1", ["B-1 UK"]),
        ("?q=hailan+a-1", ["A-1 EU-DE", "A-1 US"]),
        ("?acts=supplier", ["A-1 EU-DE", "A-1 US"]),
        ("?standing=nonsense", ["A-1 EU-DE", "A-1 US", "B-1 UK"]),
    ],
)
def test_filters(three, asked, query, rows):
    assert shown(asked(query)) == rows


def test_a_certificate_number_finds_its_listings(catalogue, product, asked):
    submit("gl-english-manual", listing_of(product), number="E471920")
    make_product("OTHER")

    assert shown(asked("?q=e4719")) == [f"{product.sku} US"]


def test_counts_lead_to_their_rows(three, asked):
    chips = {chip["label"]: chip["url"] for chip in asked("?market=EU").context["chips"]}

    assert chips == {"All 1": "?market=EU", "1 closed": "?market=EU&standing=closed"}
    assert shown(asked(chips["1 closed"])) == ["A-1 EU-DE"]


@pytest.mark.parametrize("count", [1, 3])
def test_filtering_sorting_and_paging_take_six_statements(supplier, asked, count, django_assert_num_queries):
    for _each in range(count):
        make_product(supplier=supplier)

    with django_assert_num_queries(6):
        assert len(shown(asked("?market=US&sort=due&standing=waiting&q=kettle&page=1"))) == count


def test_a_file_holds_what_the_filters_leave_and_runs_no_formula(client, three, merchandiser):
    three.name = "=HYPERLINK(1)"
    three.save()
    client.force_login(merchandiser)

    answer = client.get(f"{reverse('board-export', args=['csv'])}?market=US")
    lines = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    answer = client.get(f"{reverse('board-export', args=['xlsx'])}?market=US")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active

    assert [line[:3] for line in lines] == [["SKU", "Product", "Market"], ["A-1", "'=HYPERLINK(1)", "US"]]
    assert [cell.value for cell in sheet[2]][:3] == ["A-1", "=HYPERLINK(1)", "US"]
    assert {cell.data_type for cell in sheet[2]} <= {"inlineStr", "s", "n"}


def test_a_control_character_of_old_breaks_no_file_and_no_feed(client, three, merchandiser):
    three.name = "a\u0001b\u000bc"
    three.save()
    client.force_login(merchandiser)

    answer = client.get(f"{reverse('board-export', args=['xlsx'])}?market=US")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active

    assert sheet[2][1].value == "a\ufffdb\ufffdc"


def test_what_follows_a_semicolon_is_no_cell_of_its_own(client, three, merchandiser):
    three.name = "a;=1+1"
    three.save()
    client.force_login(merchandiser)

    answer = client.get(f"{reverse('board-export', args=['csv'])}?market=US")

    assert '"a;=1+1"' in b"".join(answer.streaming_content).decode()


def test_views_are_ones_own(client, merchandiser, manager):
    client.force_login(merchandiser)
    client.post(reverse("view-save"), {"name": "My toys", "query": "category=toys&page=3"})
    view = SavedView.objects.get()
    assert (view.user, view.name, view.query) == (merchandiser, "My toys", "category=toys")
    assert b"My toys" in client.get(reverse("board")).content

    other = Client()
    other.force_login(manager)
    assert b"My toys" not in other.get(reverse("board")).content
    assert other.post(reverse("view-remove", args=[view.pk])).status_code == 404
    client.post(reverse("view-remove", args=[view.pk]))
    assert SavedView.objects.count() == 0


@pytest.fixture
def ending(catalogue, product):
    """A paper of the product that ends today, which it was accepted for."""
    answer_all(product)
    accept(submit("gl-english-manual", listing_of(product), valid_to=date(2027, 1, 1)))
    ChecklistItem.objects.filter(requirement__key="gl-english-manual").update(valid_to=localdate())


def feed_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.post(reverse("feed-create")).context["address"]


def test_the_calendar_shows_each_its_own(client, ending, merchandiser, supplier_user, rival_supplier):
    found = {}
    for user in (merchandiser, supplier_user, rival_supplier):
        client.force_login(user)
        found[user.username] = client.get(reverse("calendar")).context["total"]

    assert found == {"merchandiser": 1, "supplier": 1, "rival": 0}


def test_a_feed_is_read_without_signing_in_until_it_is_revoked(client, ending, supplier_user, rival_supplier):
    own, others = feed_of(supplier_user), feed_of(rival_supplier)

    answer = Client().get(own)
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert (event.decoded("dtstart"), "HL-KT17-W US" in str(event["summary"])) == (localdate(), True)
    assert re.fullmatch(r"[0-9a-f]{32}@.+", event["uid"])  # no number of a row
    assert list(Calendar.from_ical(Client().get(others).content).walk("VEVENT")) == []

    again = feed_of(supplier_user)
    assert [Client().get(address).status_code for address in (own, again, f"{own[:-6]}0.ics")] == [404, 200, 404]
    client.force_login(supplier_user)
    client.post(reverse("feed-revoke"))
    assert Client().get(again).status_code == 404


def test_a_supplier_sees_of_the_gate_what_it_can_do(client, product, supplier_user, merchandiser):
    refresh_due(at=NOON)
    address = reverse("listing-detail", args=[product.sku, "US"])
    seen = {}
    for user in (supplier_user, merchandiser):
        client.force_login(user)
        seen[user.username] = [line.code for line in client.get(address).context["lines"]]

    assert seen["supplier"] == ["open_holds", "papers", "manual", "declarations", "labels"]
    assert len(seen["merchandiser"]) == 9
