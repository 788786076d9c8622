"""Questions about a product: only those that still matter are asked, and who does not know asks the supplier."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from compliance.models import ProductTrait
from compliance.rules.questions import QUESTIONS, settled_by, with_settled
from compliance.trait.page import questions_of
from compliance.trait.services import answer_traits, ask_supplier
from tests.caller import Caller
from tests.compliance.factories import listing_of
from tests.factories import NOON, make_product

LITHIUM = ("has_lithium_battery", "has_button_cell")


def test_a_no_settles_the_parts_and_an_unanswered_one_settles_nothing():
    assert with_settled({"has_battery": False}) == {"has_battery": False} | dict.fromkeys(
        ["has_lithium_battery", "has_lithium_battery_over_threshold", "has_button_cell", "loose_button_cell",
         "rechargeable_wired"], False,
    )  # fmt: skip
    assert with_settled({"has_battery": None}) == {"has_battery": None}
    assert with_settled({"has_battery": False, "has_button_cell": True})["has_button_cell"] is True
    assert settled_by("has_lithium_battery", {"has_battery": True}) is None


@pytest.mark.parametrize("key", QUESTIONS)
def test_each_question_has_help_in_both_languages_and_parts_that_are_questions(key):
    about = QUESTIONS[key]

    assert len(about["help_en"]) > 15
    assert any("一" <= letter <= "鿿" for letter in about["help_zh"])
    assert set(about["part_of"]) <= set(QUESTIONS) - {key}


@pytest.fixture
def kettle(catalogue, supplier):
    return make_product("KT", supplier=supplier, markets=["EU-DE", "US"])


def asked(product) -> set[str]:
    return {question.trait.key for question in questions_of(product, at=NOON)}


@pytest.mark.django_db
def test_nothing_is_asked_about_lithium_after_no_battery_and_nothing_waits_for_it(kettle, merchandiser):
    assert set(LITHIUM) < asked(kettle)

    answer_traits(product=kettle, answers={"has_battery": False}, actor=merchandiser, at=NOON)

    assert asked(kettle).isdisjoint(LITHIUM)
    assert set(listing_of(kettle, "US").checklist.unanswered).isdisjoint(LITHIUM)
    answer_traits(product=kettle, answers={"has_battery": True}, actor=merchandiser, at=NOON)
    assert set(LITHIUM) < set(listing_of(kettle, "US").checklist.unanswered)


@pytest.mark.django_db
def test_who_does_not_know_asks_the_supplier_whose_word_is_no_answer_yet(
    kettle, merchandiser, supplier_user, event_kinds
):
    team, maker = Client(), Client()
    team.force_login(merchandiser)
    maker.force_login(supplier_user)
    page = reverse("product-compliance", args=["KT"])

    team.post(page, {"trait-mains_powered": "yes", "trait-has_battery": "ask"})
    shown = maker.get(page).content.decode()
    maker.post(page, {"say-has_battery": "no", "say-food_contact": "no"})

    row = ProductTrait.objects.get(trait__key="has_battery")
    assert (row.answer, row.asked_by, row.supplier_says, row.said_by) == (None, merchandiser, False, supplier_user)
    assert "say-has_battery" in shown
    assert "say-food_contact" not in shown
    assert not ProductTrait.objects.filter(trait__key="food_contact").exists()
    assert "has_battery" in listing_of(kettle, "EU-DE").checklist.unanswered
    assert [kind for kind in event_kinds("product:KT") if kind.startswith("traits")] == [
        "traits.answered", "traits.asked", "traits.said",
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_api_asks_and_says_the_same(kettle, merchandiser, supplier_user, rival_supplier):
    _status, put = Caller(merchandiser).send("PUT", "products/KT/traits/", {"ask": ["has_battery"]})
    said = {"answers": {"has_battery": True}}
    status, rows = Caller(supplier_user).send("POST", "products/KT/traits/say/", said, key=str(uuid4()))
    unasked, problem = Caller(supplier_user).send("POST", "products/KT/traits/say/", {"answers": {"has_radio": True}})
    rival, _problem = Caller(rival_supplier).send("POST", "products/KT/traits/say/", said)

    def row(answer):
        return next(row for row in answer["traits"] if row["key"] == "has_battery")

    assert (row(put)["answer"], row(put)["supplier_says"], bool(row(put)["asked_at"])) == (None, None, True)
    assert (status, row(rows)["answer"], row(rows)["supplier_says"]) == (200, None, True)
    assert row(rows)["help"].startswith("Any battery")
    assert (unasked, problem["code"], rival) == (409, "not_asked", 404)


@pytest.mark.django_db
def test_one_mail_asks_the_supplier_in_its_language_with_help(kettle, supplier_user, merchandiser, mailoutbox):
    from activity.models import Event
    from compliance.trait.receivers import ask_by_mail

    type(supplier_user).objects.filter(pk=supplier_user.pk).update(email="maker@example.com", language="zh-hans")
    ask_supplier(product=kettle, traits=["has_battery", "has_radio"], actor=merchandiser, at=NOON)

    ask_by_mail(Event.objects.get(kind="traits.asked"))

    (mail,) = [mail for mail in mailoutbox if "maker@example.com" in mail.to]
    assert "含电池" in mail.body
    assert QUESTIONS["has_radio"]["help_zh"] in mail.body
