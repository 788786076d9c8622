"""Handing in and marking something critical at any moment: afterwards R1 holds, whoever was quicker.

A few rounds here; `python bench/handing_in.py` runs two hundred.
"""

import os
import random

import pytest
from playwright.sync_api import Error

from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.models import Batch
from tests.browser.phone import submit
from tests.browser.test_offline import go, kept, line, phone, record_of, unprotected  # noqa: F401 fixtures
from tests.browser.waiting import until
from tests.factories import NOON, after, make_batch, results_for

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("RACES", "4"))
TAPPED = """() => {
  const card = document.querySelector("#check-LEAK");
  card.querySelector("input[name=answer][value=bad]").click();
  card.querySelector("input[name=unit][value='3']").click();
  return card.querySelector("input[name=unit][value='3']").checked;
}"""


def test_a_critical_that_is_marked_while_it_is_handed_in_holds_the_batch(phone, line, product, inspector):  # noqa: F811
    dice = random.Random(11)
    context = phone(inspector)
    first, second = context.new_page(), context.new_page()
    outcomes = []
    for each in range(ROUNDS):
        batch = make_batch(f"RACE-{each}", product=product)
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        for sent in results_for(batch):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
        line.mend()
        for page, check in ((second, "LEAK"), (first, "submit")):
            url = f"{record_of(inspection)}?{each}#check-{check}"
            until(page, True, lambda page=page, url=url: went(page, url))
            page.locator(f"#check-{check}.is-active").wait_for()
        line.delay, line.state = dice.uniform(0, 0.3), "slow"

        submit(first)
        first.wait_for_timeout(dice.uniform(0, 1500))
        there = dice.choice((first, second))
        is_marked = asked(there.evaluate, TAPPED) if "record" in there.url else False

        until(first, 0, lambda: asked(left, first))
        until(first, 0, unprotected)
        batch = Batch.objects.get(pk=batch.pk)
        assert not (is_marked and batch.available), f"round {each}: marked, and may ship"
        inspection.refresh_from_db()
        outcomes.append((is_marked, inspection.verdict, batch.state))
    assert {state for marked, _verdict, state in outcomes if marked} <= {"on_hold"}


def asked(question, *about):
    """None where the page goes elsewhere at that moment: it was handed in."""
    try:
        return question(*about)
    except Error:
        return None


def went(page, url):
    """False where the page went to the result of the round before at that moment, by itself."""
    try:
        page.goto(url)
    except Error:
        return False
    return True


def left(page):
    """How much is unsent, but for a handing-in that was refused: somebody has to look again, and it is taken away here."""
    page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("holdfast-outbox");
          open.onsuccess = () => {
            const store = open.result.transaction("operations", "readwrite").objectStore("operations");
            const all = store.getAll();
            all.onsuccess = () => {
              for (const op of all.result) if (op.kind === "handin" && op.state === "refused") store.delete(op.seq);
              store.transaction.oncomplete = () => { open.result.close(); resolve(); };
            };
          };
        })"""
    )
    return kept(page)
