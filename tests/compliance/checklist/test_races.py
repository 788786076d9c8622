"""Two people at once: one signature counts, and an answer that crosses it takes nothing with it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.roles import Role
from compliance.checklist.services import refresh_checklists
from compliance.loosening.services import digest_of
from compliance.models import ChecklistItem, Loosening
from tests import rows
from tests.caller import Caller
from tests.compliance.ready import PLUG, go_live, make_ready
from tests.factories import NOON, make_product, make_specification, make_supplier, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kettle(catalogue_rows, db):
    rows.put_back("catalogue")
    kettle = make_product("KT", supplier=make_supplier("HAILAN"))
    make_specification(kettle)
    make_ready(kettle, yes={*PLUG, "unintentional_radiator"})
    go_live(kettle, actor=make_user(Role.MERCHANDISER))
    return kettle


def at_once(*calls):
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(timeout=30)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_two_sign_and_one_answers_at_once(kettle):
    merchandiser, managers = Caller(make_user(Role.MERCHANDISER)), [Caller(make_user(Role.MANAGER)) for _ in range(2)]
    blocking = ChecklistItem.objects.filter(listing__product=kettle, is_blocking=True)
    merchandiser.send("PUT", "products/KT/traits/", {"answers": PLUG})
    first = Loosening.objects.get()
    seen = {"reason": "Seen", "digest": digest_of(first)}
    left = set(blocking.filter(loosening=None).values_list("requirement__key", flat=True))

    outcomes = at_once(
        *(lambda one=one: one.send("POST", f"loosenings/{first.uid}/sign/", seen)[0] for one in managers),
        lambda: merchandiser.send("PUT", "products/KT/traits/", {"answers": {"unintentional_radiator": False}})[0],
    )

    refresh_checklists(list(kettle.listings.values_list("pk", flat=True)), at=NOON)
    assert sorted(outcomes[:2]) == [200, 409]
    assert left <= set(blocking.values_list("requirement__key", flat=True))
    assert set(blocking.values_list("loosening__state", flat=True)) <= {None, "waiting"}
