"""The same made twice at one moment: one is made, and the other is refused in words, by the API and on the page."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.roles import Role
from activity import webhooks
from suppliers.models import Category, Product, Supplier
from tests.caller import Caller
from tests.factories import NOON, make_supplier, make_user

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 3


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def while_uncommitted(make, post):
    """The answers to posts that came while the same was made and not yet committed: no check of theirs could see it."""
    answers = []

    def run():
        try:
            answers.append(post())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(AT_ONCE)]
    with transaction.atomic():
        make()
        for thread in threads:
            thread.start()
        until = time.monotonic() + 30
        while waiting() < AT_ONCE and time.monotonic() < until:
            time.sleep(0.02)
    for thread in threads:
        thread.join()
    return answers


def test_a_supplier_over_the_api_and_on_the_page(settings):
    user = make_user(Role.MERCHANDISER)
    caller = Caller(user)

    answers = while_uncommitted(
        lambda: make_supplier("S-1"), lambda: caller.send("POST", "suppliers/", {"code": "s-1", "name": "x"})
    )
    assert [(status, answer["errors"][0]["field"], answer["errors"][0]["code"]) for status, answer in answers] == [
        (400, "code", "duplicate")
    ] * AT_ONCE

    client = Client(raise_request_exception=False)
    client.force_login(user)
    pages = while_uncommitted(
        lambda: make_supplier("S-2"), lambda: client.post("/suppliers/+/", {"code": "S-2", "name": "Typed name"})
    )
    assert {page.status_code for page in pages} == {200}
    assert all("Typed name" in page.content.decode() for page in pages)
    assert Supplier.objects.count() == 2


def test_a_product_and_a_webhook():
    supplier, category = make_supplier("S-1"), Category.objects.get(code="toys")
    caller = Caller(make_user(Role.MERCHANDISER))
    body = {"sku": "P-1", "name": "x", "supplier": "S-1", "category": "toys", "markets": ["US"]}
    row = {"sku": "P-1", "name": "x", "supplier": supplier, "category": category, "created_at": NOON}
    answers = while_uncommitted(lambda: Product.objects.create(**row), lambda: caller.send("POST", "products/", body))
    assert [(status, answer["errors"][0]["field"]) for status, answer in answers] == [(400, "sku")] * AT_ONCE

    boss = make_user(Role.ADMIN)
    sent = {"name": "OMS", "url": "https://example.com/", "kinds": ["gate.opened"]}
    caller = Caller(boss)
    answers = while_uncommitted(
        lambda: webhooks.create_webhook(**sent, actor=boss, at=NOON), lambda: caller.send("POST", "webhooks/", sent)
    )
    assert [(status, answer["errors"][0]["field"]) for status, answer in answers] == [(400, "name")] * AT_ONCE
