"""What a person does on the entry page of an inspection, on a phone."""

from playwright.sync_api import expect


def answer(page, label):
    """Tap an answer, or a unit, on the card that is shown."""
    page.locator(".check.is-active").get_by_label(label, exact=True).tap()


def show(page, code):
    """Go to a check, or to "submit", and wait until its card is the one that is shown."""
    page.evaluate(f"location.hash = 'check-{code}'")
    page.locator(f"#check-{code}.is-active").wait_for()


def go_on(page):
    """Tap Next and wait for the next card: a tap that found its answer on the card before does not look again."""
    shown = page.locator(".check.is-active").get_attribute("id")
    page.locator("[data-next]").tap()
    expect(page.locator(f"#{shown}")).to_be_hidden()


def submit(page):
    page.get_by_role("button", name="Submit the inspection").tap()
