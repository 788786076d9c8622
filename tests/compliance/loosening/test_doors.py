"""Each door by which a paper may go from what is sold: page, API, back office; and the second signature's own."""

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from compliance.models import ChecklistItem, Loosening
from suppliers.models import Category
from tests.accounts.test_account import type_password
from tests.caller import Caller
from tests.compliance.factories import change, listing_of
from tests.compliance.ready import PLUG, gate_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def asked(product) -> set[str]:
    items = ChecklistItem.objects.filter(listing=listing_of(product), is_blocking=True)
    return set(items.values_list("requirement__key", flat=True))


def form(client, page, **said):
    shown = client.get(page).context
    return said | {"key": shown["sign"]["key"].value(), "digest": shown["digest"]}


def test_the_page_of_traits_leads_to_what_waits_and_a_second_person_signs_it_there(
    client, kettle, merchandiser, manager
):
    before = asked(kettle)
    client.force_login(merchandiser)
    answer = client.post(reverse("product-compliance", args=["KT"]), {f"trait-{key}": "no" for key in PLUG})
    loosening = Loosening.objects.get()
    page = reverse("loosening-detail", args=[loosening.uid])
    assert (answer.status_code, answer.url, asked(kettle)) == (302, page, before)

    shown = client.get(page).content.decode()
    assert "plugs into the mains: yes → no" in shown
    assert "KT · US" in shown
    assert reverse("loosening-sign", args=[loosening.uid]) not in shown
    for place in (reverse("product-compliance", args=["KT"]), reverse("listing-detail", args=["KT", "US"])):
        assert page in client.get(place).content.decode()
    own = {"reason": "Mine", "password": "x", "key": "a"}
    assert client.post(reverse("loosening-sign", args=[loosening.uid]), own).status_code == 200

    User.objects.filter(pk=manager.pk).update(password=make_password("correct horse"))
    client.force_login(User.objects.get(pk=manager.pk))
    assert page in client.get(reverse("home")).content.decode()
    sent = form(client, page, reason="Seen: no plug", password="correct horse")
    assert client.post(reverse("loosening-sign", args=[loosening.uid]), sent).status_code == 302
    assert asked(kettle) < before
    assert gate_of(kettle).live == "live"


def test_a_refusal_is_written_on_the_page_and_the_papers_stay(client, kettle, merchandiser, manager):
    before = asked(kettle)
    Caller(merchandiser).send("PUT", "products/KT/traits/", {"answers": PLUG})
    client.force_login(manager)
    uid = Loosening.objects.get().uid
    page = reverse("loosening-detail", args=[uid])
    sent = {"reason": "It has a plug", "key": client.get(page).context["refuse"]["key"].value()}
    client.post(reverse("loosening-refuse", args=[uid]), sent)

    assert "It has a plug" in client.get(page).content.decode()
    assert (Loosening.objects.get().state, asked(kettle)) == ("refused", before)


def test_the_api_says_what_waits_and_lets_another_person_s_token_sign(
    kettle, merchandiser, manager, supplier_user_of_it
):
    before = asked(kettle)
    api = Caller(merchandiser)
    status, told = api.send("PUT", "products/KT/traits/", {"answers": PLUG})
    [uid] = told["loosenings"]
    assert (status, asked(kettle)) == (200, before)

    one = api.send("GET", f"loosenings/{uid}/")[1]
    assert {paper["market"] for paper in one["papers"]} == {"US"}
    assert (one["state"], one["asked_by"], one["about"]) == ("waiting", merchandiser.username, "KT")
    assert api.send("GET", "loosenings/?state=waiting")[1]["results"] == [one]
    sign = {"reason": "Seen: no plug", "digest": one["digest"]}
    assert api.send("POST", f"loosenings/{uid}/sign/", sign)[1]["code"] == "asker_may_not_sign"
    assert Caller(make_user(Role.QC)).send("POST", f"loosenings/{uid}/sign/", sign)[0] == 403
    assert Caller(supplier_user_of_it).send("GET", f"loosenings/{uid}/")[0] == 404
    assert asked(kettle) == before

    assert Caller(manager).send("POST", f"loosenings/{uid}/sign/", sign)[1]["state"] == "signed"
    assert asked(kettle) < before
    assert (
        Caller(manager).send("POST", f"loosenings/{uid}/refuse/", {"reason": "No"})[1]["code"]
        == "loosening_not_waiting"
    )


def test_what_was_changed_once_more_after_it_was_read_is_not_signed(kettle, manager):
    change("gl-english-manual", severity="warn")
    uid = Loosening.objects.get().uid
    quality = Caller(manager)
    read = {"reason": "Seen", "digest": quality.send("GET", f"loosenings/{uid}/")[1]["digest"]}
    change("gl-english-manual", markets=["UK"])

    status, answer = quality.send("POST", f"loosenings/{uid}/sign/", read)

    assert (status, answer["code"]) == (409, "changed_meanwhile")
    assert quality.send("POST", f"loosenings/{uid}/sign/", {"reason": "Seen"})[0] == 400
    now = quality.send("GET", f"loosenings/{uid}/")[1]
    assert len(now["said"]) == 2
    assert quality.send("POST", f"loosenings/{uid}/sign/", read | {"digest": now["digest"]})[0] == 200


@pytest.fixture
def supplier_user_of_it(kettle):
    return make_user(Role.SUPPLIER, "hailan", supplier=kettle.supplier)


def test_another_category_over_the_api_or_in_the_back_office_waits(client, kettle, merchandiser, admin):
    before = asked(kettle)
    assert Caller(merchandiser).send("PATCH", "products/KT/", {"category": "home_general"})[0] == 200
    assert asked(kettle) >= before
    assert Loosening.objects.get().asked_by == merchandiser

    client.force_login(admin)
    type_password(client)
    fields = {"name": kettle.name, "name_zh": "", "category": Category.objects.get(code="toys").pk, "merchandiser": ""}
    counts = {"listings-TOTAL_FORMS": 0, "listings-INITIAL_FORMS": 0}
    client.post(reverse("admin:suppliers_product_change", args=[kettle.pk]), fields | counts | {"model_code": ""})

    kettle.refresh_from_db()
    assert kettle.category.code == "toys"
    assert asked(kettle) >= before
    assert admin.pk in Loosening.objects.get().changed_by


def test_a_requirement_over_the_api_waits(kettle, admin):
    body = {"severity": "warn", "reason": "Only a wish", "revision": 1}
    status, waits = Caller(admin).send("PATCH", "requirements/gl-english-manual/", body)
    assert status == 202
    path = f"catalogue-proposals/{waits['file']}/gl-english-manual/decide/"
    assert Caller(make_user(Role.ADMIN)).send("POST", path, {"apply": True, "revision": 1})[0] == 200

    assert "gl-english-manual" in asked(kettle)
    [said] = Loosening.objects.get().said
    assert (said["name"], said["before"], said["after"]) == ("severity", "block", "warn")
