"""Choices whose facts stand in one row: what a new row may not forget, and what repeats a row elsewhere."""

import re
from dataclasses import fields, replace

import pytest
from django.db import connection
from django.utils.translation import gettext_lazy as _

from inspections.hold.api import NewDecision
from inspections.hold.forms import DecisionForm
from inspections.hold.services import holds
from inspections.hold.services.holds import Decision, NoWordsToSign, decide_hold, place_hold
from inspections.hold.words import FOUND
from inspections.models import (
    SAMPLE_ASPECTS,
    SIGNALS,
    Aspect,
    ComplaintPoint,
    Disposition,
    DispositionKind,
    HoldReason,
    SwitchingStepKind,
)
from inspections.models.choices import ChoicesWithFacts
from inspections.returns.services.catches import ASPECTS
from tests.caller import Caller
from tests.factories import NOON, make_batch


def test_a_choice_without_its_facts_cannot_be_declared():
    with pytest.raises(TypeError):

        class Smell(ChoicesWithFacts):
            FRESH = "fresh", _("fresh")

    class Taste(ChoicesWithFacts):
        SWEET = "sweet", 1, _("sweet")

    assert (Taste("sweet"), Taste.choices, Taste.SWEET.facts) == ("sweet", [("sweet", "sweet")], 1)


# Dispositions


@pytest.mark.parametrize("kind", DispositionKind)
def test_a_disposition_says_what_is_signed_and_asks_for_fields_that_there_are(kind):
    assert kind.facts.has_words
    for name in kind.facts.asks_for:
        assert name in DecisionForm.base_fields
        assert name in NewDecision().fields
        assert name in {field.name for field in fields(Decision)}


def test_what_is_a_word_on_more_than_the_units_has_somebody_who_signs_it():
    assert set(holds._ACTS) == {kind.value for kind in DispositionKind if kind.facts.is_for_more}


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["sign", "explanation"])
def test_a_disposition_without_words_of_its_own_is_refused_and_not_offered(monkeypatch, inspector, manager, missing):
    batch = make_batch()
    hold = place_hold(batch=batch, note="Wet cartons", actor=inspector, at=NOON)
    monkeypatch.setattr(DispositionKind.SCRAP, "facts", replace(DispositionKind.SCRAP.facts, **{missing: ""}))

    with pytest.raises(NoWordsToSign):
        decide_hold(hold=hold, decision=Decision("scrap", 1000, "Wet"), signature="token", actor=manager, at=NOON)
    status, answer = Caller(manager).send(
        "POST", f"holds/{hold.uid}/decide/", {"disposition": "scrap", "reason": "Wet"}
    )

    assert (status, answer["code"]) == (409, "no_words_to_sign")
    assert "scrap" not in holds.dispositions_for(hold)
    assert [option.radio.data["value"] for option in DecisionForm(hold=hold).options] == holds.dispositions_for(hold)
    assert not Disposition.objects.exists()


@pytest.mark.django_db
def test_the_functions_of_the_database_name_the_dispositions_that_the_rows_say():
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE prosrc LIKE '%inspections_disposition%'")
        functions = cursor.fetchall()

    named = {
        name: kinds
        for name, source in functions
        if (kinds := set(re.findall(r"'(\w+)'", source)) & set(DispositionKind.values))
    }
    assert named == {
        "critical_stands": {
            kind
            for kind in DispositionKind
            if kind.facts.for_typing_error or (kind.facts.for_nothing and kind.facts.frees == "all")
        },
        "guard_abandonment": {kind for kind in DispositionKind if kind.facts.for_sample},
        "guard_typing_error": {kind for kind in DispositionKind if kind.facts.for_typing_error},
        "last_accepted_at": {kind for kind in DispositionKind if kind.facts.reopens},
        "guard_hold": {kind for kind in DispositionKind if kind.facts.reopens},
        "still_among_others": {
            kind
            for kind in DispositionKind
            if kind.facts.works_on_units
            or kind.facts.place_after in ("returned", "scrapped")
            or "expires_on" in kind.facts.asks_for
        },
        "put_shipment_back": {kind for kind in DispositionKind if "expires_on" in kind.facts.asks_for},
    }


# The quality manager's word on a product


def test_each_word_on_a_product_is_signed_under_its_own():
    words = [(str(kind.facts.sign), str(kind.facts.explanation)) for kind in SwitchingStepKind if kind in SIGNALS]

    assert all(sign and explanation for sign, explanation in words)
    assert len(set(words)) == len(SIGNALS) == len(SwitchingStepKind) - 2


# Reasons of a hold


@pytest.mark.parametrize("reason", HoldReason)
def test_a_reason_is_told_in_words(reason):
    assert (reason in FOUND) != bool(reason.facts.cause)
    assert not (reason in FOUND and reason.facts.sentence)


# Aspects


@pytest.mark.parametrize("aspect", Aspect)
def test_an_aspect_of_samples_says_what_is_looked_at(aspect):
    assert (aspect in SAMPLE_ASPECTS) == bool(aspect.facts.sample_help)
    assert not aspect.facts.shown_by or Aspect(aspect.facts.shown_by) in SAMPLE_ASPECTS


@pytest.mark.django_db
def test_one_aspect_is_made_for_each_group_of_complaints():
    made_for = [group for aspect in Aspect for group in aspect.facts.catches]

    assert sorted(made_for) == sorted(set(made_for)) == sorted(ASPECTS)
    assert {group for aspect in Aspect for group in aspect.facts.also_catches} <= set(made_for)
    assert set(made_for) <= set(ComplaintPoint.objects.filter(parent=None).values_list("code", flat=True))
    assert {group: aspects[0] for group, aspects in ASPECTS.items()} == {
        "appearance": "appearance",
        "completeness": "accessories",
        "description": "label",
        "fit": "dimension",
        "function": "function",
        "manual": "manual",
        "material": "material",
        "packaging": "packaging",
        "safety": "function",
    }
