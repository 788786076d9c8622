"""What a supplier reads of its records names nobody of the team: the role stands there instead."""

import re

import pytest
from django.urls import reverse

from accounts.models import User
from inspections.batch.services.shipments import ship, take_back
from inspections.hold.services.holds import Decision, decide_hold
from inspections.models import Hold
from tests.caller import Caller
from tests.factories import after, inspect, make_batch, make_golden_sample

pytestmark = pytest.mark.django_db

MARK = "7QX"  # nothing else on any page or in any answer


@pytest.fixture
def records(batch, product, inspector, manager, merchandiser):
    """A hold that a signature and a re-inspection ended, a shipment that was taken back, a golden sample."""
    make_golden_sample(product)
    inspection = inspect(batch, actor=inspector, LEAK=[3], LID=[1])
    hold = Hold.objects.get()
    decide_hold(
        hold=hold, decision=Decision("scrap", 100, "Broken"), signature="token", actor=manager, at=after(1)
    )  # fmt: skip
    inspect(batch, actor=inspector, at=after(2))
    other = make_batch(product=product)
    inspect(other, actor=inspector, LEAK=[3])
    decide_hold(
        hold=Hold.objects.get(batch=other), decision=Decision("release", 1000, "Seals replaced"), signature="token",
        actor=manager, at=after(3),
    )  # fmt: skip
    shipment = ship(batch=other, quantity=10, actor=merchandiser, at=after(4))
    take_back(shipment=shipment, kind="not_left", quantity=1, reason="Twice", actor=merchandiser, at=after(5))
    for person in User.objects.exclude(groups__name="supplier"):
        User.objects.filter(pk=person.pk).update(first_name=f"{MARK}-{person.pk}")
    return {"inspection": inspection, "hold": hold, "batch": batch, "other": other, "shipment": shipment}


def pages(records, product) -> list[str]:
    inspection, hold = records["inspection"], records["hold"]
    return [
        reverse("home"),
        reverse("inspection-list"),
        reverse("inspection-detail", args=[inspection.uid]),
        reverse("batch-detail", args=[records["batch"].number]),
        reverse("batch-detail", args=[records["other"].number]),
        reverse("hold-list"),
        reverse("hold-detail", args=[hold.uid]),
        reverse("hold-detail", args=[records["other"].holds.get().uid]),
        reverse("product-detail", args=[product.sku]),
        reverse("product-switching", args=[product.sku]),
        reverse("ladder-characteristic", args=[product.sku, "LEAK"]),
        reverse("sample-detail", args=[product.samples.get().uid]),
        reverse("listing-detail", args=[product.sku, "US"]),
    ]


def calls(records, product) -> list[str]:
    return [
        "inspections/",
        f"inspections/{records['inspection'].uid}/",
        "holds/",
        f"holds/{records['hold'].uid}/",
        f"holds/{records['other'].holds.get().uid}/",
        f"batches/{records['batch'].number}/",
        "shipments/",
        f"shipments/{records['shipment'].uid}/reversals/",
        "samples/",
        f"samples/{product.samples.get().uid}/",
        f"products/{product.sku}/switching/",
        f"products/{product.sku}/ladder/",
    ]


def test_no_page_names_anybody_of_the_team_to_a_supplier(client, records, product, supplier_user):
    client.force_login(supplier_user)

    answers = {page: client.get(page) for page in pages(records, product)}

    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert [page for page, answer in answers.items() if MARK in answer.content.decode()] == []
    assert re.search(
        r"<dd>\s*QC\s*</dd>", answers[reverse("inspection-detail", args=[records["inspection"].uid])].content.decode()
    )


def test_no_answer_names_anybody_of_the_team_to_a_supplier(records, product, supplier_user):
    caller = Caller(supplier_user)

    answers = {path: caller.send("GET", path) for path in calls(records, product)}

    assert {path: status for path, (status, _answer) in answers.items()} == dict.fromkeys(answers, 200)
    assert [path for path, (_status, answer) in answers.items() if MARK in str(answer)] == []
    assert answers[f"inspections/{records['inspection'].uid}/"][1]["inspector"] == "QC"
    hold = answers[f"holds/{records['hold'].uid}/"][1]
    assert (hold["ended_by"], hold["dispositions"][0]["decided_by"]) == ("QC", "Quality manager")


def test_the_team_reads_the_names(client, records, product, manager):
    client.force_login(manager)
    caller, uid = Caller(manager), records["inspection"].uid

    inspector, signer = (f"{MARK}-{person.pk}" for person in (records["inspection"].inspector, manager))
    page = client.get(reverse("inspection-detail", args=[uid])).content.decode()
    assert re.search(rf"<dd>\s*{inspector}\s*</dd>", page)
    assert caller.send("GET", f"inspections/{uid}/")[1]["inspector"] == inspector
    hold = caller.send("GET", f"holds/{records['hold'].uid}/")[1]
    assert (hold["ended_by"], hold["dispositions"][0]["decided_by"]) == (inspector, signer)
