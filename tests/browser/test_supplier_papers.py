"""A paper's way: a supplier brings it on a phone, in Chinese; QC checks it, the manager accepts it at a desk."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now
from playwright.sync_api import expect

from compliance.models import ChecklistItem, Evidence, Reading, ReadingStatus
from compliance.paper.services.reading import examine_next_paper, read_next_document
from tests.browser.conftest import DESK
from tests.compliance.factories import answer_all, listing_of
from tests.compliance.papers import pdf

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "us-nrtl-listing"


def look(page, name: str) -> None:
    """No page is wider than its screen. Keeps a picture where somebody wants to look at it."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def made(catalogue, product, inspector, supplier_user):
    """A kettle whose traits are answered, and its maker, who reads Chinese."""
    answer_all(product, yes={"mains_powered", "has_plug"}, actor=inspector)
    supplier_user.language = "zh-hans"
    supplier_user.save()
    return product


def certificate(product) -> bytes:
    today = localdate()
    return pdf(
        f"Certificate of Compliance\nCertificate number: E123456\nIssued by: UL Solutions\nStandard: UL 1082\n"
        f"Model: {product.sku}\nApplicant: {product.supplier.name}\n"
        f"Date of issue: {today - timedelta(30)}\nValid from: {today - timedelta(30)}\nValid until: {today + timedelta(300)}"
    )


def state_of(product) -> str:
    return ChecklistItem.objects.get(listing=listing_of(product), requirement__key=KEY).state


def test_a_paper_goes_from_the_supplier_s_phone_to_the_checklist(open_page, made, supplier_user, inspector, manager):
    item = ChecklistItem.objects.select_related("requirement").get(listing=listing_of(made), requirement__key=KEY)
    ChecklistItem.objects.filter(pk=item.pk).update(due_on=localdate())
    phone = open_page("/", user=supplier_user, has_touch=True, is_mobile=True, locale="zh-CN")
    asked = phone.locator("#papers-wanted article").filter(has_text=item.requirement.name_zh)
    expect(asked).to_contain_text(f"{made.sku} · US")
    look(phone, "papers-home")
    asked.locator(f"a[href*='requirement={KEY}']").tap()

    today = localdate()
    phone.locator("input[type=file]").set_input_files(
        [{"name": "ul.pdf", "mimeType": "application/pdf", "buffer": certificate(made)}]
    )
    phone.wait_for_url("**document=*")  # the file is sent at once, to be read
    expect(phone.locator("#being-read")).to_be_visible()
    said = {
        "number": "E123456",
        "issuing_body": "UL Solutions",
        "standard": "UL 1082",
        "holder": made.supplier.name,
        "issued_on": str(today - timedelta(30)),
        "valid_from": str(today - timedelta(30)),
    }
    for name, text in said.items():
        phone.locator(f"[name={name}]").fill(text)
    phone.locator("[name=valid_to]").fill(str(today - timedelta(60)))
    look(phone, "papers-upload")
    phone.locator(".action-bar button[type=submit]").tap()
    expect(phone.locator(".form-errors")).to_be_visible()
    expect(phone.locator("[name=number]")).to_have_value("E123456")
    look(phone, "papers-upload-refused")

    phone.locator("[name=valid_to]").fill(str(today + timedelta(300)))
    phone.locator(".action-bar button[type=submit]").tap()
    expect(phone.locator("#decision .steps li")).to_have_count(1)
    look(phone, "papers-submitted")
    evidence = Evidence.objects.get()
    assert (evidence.state, evidence.model_numbers, state_of(made)) == ("submitted", [made.sku], "submitted")
    phone.goto("/")
    expect(phone.locator(f"a[href*='requirement={KEY}']")).to_have_count(0)

    while read_next_document(now=now()) or examine_next_paper(now=now()):
        pass
    assert Reading.objects.get(document=evidence.document).status == ReadingStatus.DONE
    desk = open_page("/", user=inspector, viewport=DESK, color_scheme="dark")
    expect(desk.locator("#papers-to-check article")).to_contain_text(f"{made.sku} · US")
    look(desk, "papers-inspector-dark")
    desk.goto(reverse("evidence-detail", args=[evidence.uid]))
    for finding in evidence.findings.standing_in_the_way():
        shown = desk.locator(f"#finding-{finding.uid}")
        shown.locator("summary").click()
        shown.locator("[name=reason]").fill("Seen on the paper")
        shown.locator("[value=overrule]").click()
    desk.get_by_role("button", name="Checked: it says this").click()
    expect(desk.locator("#decision .steps li")).to_have_count(2)
    look(desk, "papers-checked-dark")

    desk = open_page("/", user=manager, viewport=DESK)
    expect(desk.locator("#papers-to-check article")).to_contain_text(f"{made.sku} · US")
    desk.goto(reverse("evidence-detail", args=[evidence.uid]))
    desk.get_by_role("button", name="Accept", exact=True).click()
    expect(desk.locator("#decision .steps li")).to_have_count(3)
    look(desk, "papers-accepted")
    assert state_of(made) == "accepted"

    phone.goto(f"/listings/{made.sku}/US/")
    shown = phone.locator(f"#item-{KEY}")
    expect(shown).to_contain_text(str(today + timedelta(300)))
    expect(shown.locator(".chip.tone-accepted")).to_be_visible()
    expect(shown.locator(f"a[href='/papers/{evidence.uid}/']")).to_be_visible()
    phone.emulate_media(color_scheme="dark")
    look(phone, "papers-checklist-dark")
    phone.goto("/")
    look(phone, "papers-home-dark")
