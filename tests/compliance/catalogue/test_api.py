"""Changing requirements and the tables of reference over the API, and deciding what newer files propose."""

import json

import pytest

from compliance.catalogue.services.requirements import FILE, load_catalogue
from compliance.models import ChecklistItem, ReferenceEntry, Requirement
from tests.caller import Caller, fields
from tests.compliance.factories import listing_of
from tests.factories import after, make_product

pytestmark = pytest.mark.django_db
MANUAL = "gl-english-manual"
LEAD = "reference/substances/eu-rohs-7439-92-1-157/"


@pytest.fixture
def boss(catalogue, admin):
    return Caller(admin)


@pytest.fixture
def proposed(catalogue, tmp_path):
    """A newer file says otherwise of two requirements."""
    data = json.loads(FILE.read_text())
    for row in data["requirements"]:
        row.update({MANUAL: {"notes": "Braille too"}, "us-cpc": {"severity": "warn"}}.get(row["key"], {}))
    path = tmp_path / "newer.json"
    path.write_text(json.dumps(data | {"meta": data["meta"] | {"as_of": "2027-01-15"}}))
    return load_catalogue(path=path, at=after(60))


def test_a_requirement_says_otherwise_and_its_checklists_with_it(boss, supplier):
    listing = listing_of(make_product("KT", supplier=supplier))
    before = boss.send("GET", "requirements/us-cpc/")[1]
    body = {
        "categories": [*before["categories"], "electrical_appliance"],
        "traits_all": [],
        "traits_any": [],
        "reason": "New law",
        "revision": 1,
    }
    more = {"edition": "2026", "edition_from": "2026-01-01"}

    fields_wanted = [*before["fields_wanted"], "lab"]
    status, changed = boss.send("PATCH", "requirements/us-cpc/", body | more | {"fields_wanted": fields_wanted})

    assert (status, changed) == (
        200,
        before
        | more
        | {
            "categories": body["categories"], "traits_all": [], "traits_any": [],
            "fields_wanted": fields_wanted, "revision": 2,
        },
    )  # fmt: skip
    assert ChecklistItem.objects.filter(listing=listing, requirement__key="us-cpc").exists()
    assert Requirement.objects.get(key="us-cpc").revisions.latest("number").reason == "New law"
    status, refusal = boss.send("PATCH", "requirements/us-cpc/", body)
    assert (status, refusal["code"]) == (409, "requirement_meanwhile_changed")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"markets": ["MARS"]}, "markets", "unknown_code"),
        ({"severity": "loud"}, "severity", "invalid_choice"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"key": "other"}, "key", "unknown_field"),
        ({"reason": " "}, "reason", "blank"),
        ({"validity_months": 0}, "validity_months", "min_value"),
        ({"platform_rules": [{"platform": "X"}]}, "platform_rules.0.markets", "required"),
        ({"applies_from": "2027-01-01", "applies_until": "2026-01-01"}, "applies_until", "date_order"),
        ({}, "reason", "unchanged"),
    ],
)
def test_a_requirement_does_not_say_what_makes_no_sense(boss, body, field, code):
    status, answer = boss.send("PATCH", f"requirements/{MANUAL}/", {"reason": "x", "revision": 1} | body)

    assert (status, fields(answer)[0]) == (400, (field, code))
    assert Requirement.objects.get(key=MANUAL).revision == 1


def test_a_requirement_is_added_and_confirmed(boss):
    body = {
        "key": "us-new", "name": "New paper", "kind": "test_report", "validity_type": "no_expiry", "categories": ["toys"],
        "markets": ["US"], "reason": "New law",
        "platform_rules": [
            {"platform": "TikTok Shop", "markets": ["US"], "max_age_days": 365, "min_remaining_days": None, "verification": "known", "source": ""}
        ],
    }  # fmt: skip

    status, made = boss.send("POST", "requirements/", body, key="one")
    assert (status, made["key"], made["revision"], made["is_sure"], made["platform_rules"][0]["max_age_days"]) == (
        201, "us-new", 1, False, 365,
    )  # fmt: skip
    assert boss.send("POST", "requirements/", body, key="one") == (201, made)
    assert boss.send("POST", "requirements/", body)[0] == 409

    path = "requirements/us-new/confirm/"
    status, answer = boss.send("POST", path, {"note": " ", "revision": 1})
    assert (status, fields(answer)) == (400, [("note", "blank")])
    assert boss.send("POST", path, {"note": "16 CFR 1250", "revision": 2})[0] == 409
    status, confirmed = boss.send("POST", path, {"note": "16 CFR 1250", "revision": 1})
    assert (status, confirmed["is_sure"], confirmed["revision"]) == (200, True, 2)


def test_what_a_newer_file_proposes_is_taken_over_or_left_once(proposed, boss):
    _status, listed = boss.send("GET", "catalogue-proposals/?state=open")
    assert {(row["requirement"], row["as_of"]): row["values"] for row in listed["results"]} == {
        ("us-cpc", "2027-01-15"): {"severity": "warn"},
        (MANUAL, "2027-01-15"): {"notes": "Braille too"},
    }
    assert {row["file"] for row in listed["results"]} == {proposed.sha256}
    path = f"catalogue-proposals/{proposed.sha256}"

    status, taken = boss.send("POST", f"{path}/{MANUAL}/decide/", {"apply": True, "revision": 1})
    assert (status, taken["state"], Requirement.objects.get(key=MANUAL).notes) == (200, "applied", "Braille too")
    status, left = boss.send("POST", f"{path}/us-cpc/decide/", {"apply": False, "revision": 1})
    assert (status, left["state"], Requirement.objects.get(key="us-cpc").severity) == (200, "dismissed", "block")
    status, refusal = boss.send("POST", f"{path}/us-cpc/decide/", {"apply": True, "revision": 1})
    assert (status, refusal["code"]) == (409, "proposal_decided")
    assert boss.send("POST", f"{path}/none/decide/", {"apply": True, "revision": 1})[0] == 404
    assert boss.send("GET", "catalogue-proposals/?state=open")[1]["results"] == []


def test_an_entry_of_reference_says_otherwise_in_the_types_that_it_has(boss):
    status, before = boss.send("GET", LEAD)
    assert (status, before["values"]["limit"], before["revision"]) == (200, 0.1, 1)

    body = {"values": {"limit": 0.05, "markets": ["EU", "UK", "JP"]}, "reason": "New directive", "revision": 1}
    status, changed = boss.send("PATCH", LEAD, body)
    assert (status, changed["revision"], changed["is_active"]) == (200, 2, True)
    assert changed["values"] == before["values"] | {"limit": "0.05", "markets": ["EU", "UK", "JP"]}

    status, refusal = boss.send("PATCH", LEAD, body)
    assert (status, refusal["code"]) == (409, "entry_meanwhile_changed")
    status, waits = boss.send("PATCH", LEAD, {"is_active": False, "reason": "Repealed", "revision": 2})
    assert (status, waits["state"], waits["values"]) == (202, "open", {"is_active": False})
    status, confirmed = boss.send("POST", f"{LEAD}confirm/", {"note": "Annex II", "revision": 2})
    assert (status, confirmed["is_sure"], confirmed["confirmed_at"] is not None) == (200, True, True)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"values": {"limit": "much"}}, "values.limit", "wrong_type"),
        ({"values": {"limit": True}}, "values.limit", "wrong_type"),
        ({"values": {"limit": 1e30}}, "values.limit", "wrong_type"),
        ({"values": {"markets": "EU"}}, "values.markets", "wrong_type"),
        ({"values": {"markets": [""]}}, "values.markets", "wrong_type"),
        ({"values": {"group_entry": 1}}, "values.group_entry", "wrong_type"),
        ({"values": {"applies_from": "some day"}}, "values.limit", "invalid"),
        ({"values": {"key": "other"}}, "values.key", "unknown_field"),
        ({"values": {"colour": "red"}}, "values.colour", "unknown_field"),
        ({"values": {"limit": 0.1}}, "reason", "unchanged"),
        ({"values": {}, "colour": "red"}, "colour", "unknown_field"),
        ({"values": {"limit": 1}, "reason": ""}, "reason", "blank"),
    ],
)
def test_an_entry_does_not_say_what_cannot_be_compared_with(boss, body, field, code):
    status, answer = boss.send("PATCH", LEAD, {"reason": "x", "revision": 1} | body)

    assert (status, fields(answer)) == (400, [(field, code)])
    assert ReferenceEntry.objects.get(key="eu-rohs-7439-92-1-157").revision == 1


def test_a_pattern_that_is_none_is_named(boss):
    _status, listed = boss.send("GET", "reference/?table=number_formats&page_size=1")
    [entry] = listed["results"]

    body = {"values": {"regex": "("}, "reason": "x", "revision": 1}
    status, answer = boss.send("PATCH", f"reference/number_formats/{entry['key']}/", body)

    assert (status, fields(answer)) == (400, [("values.regex", "no_pattern")])


@pytest.mark.parametrize("persona", ["inspector", "manager", "merchandiser", "supplier_user", "rival_supplier"])
def test_administrators_alone_change_what_papers_are_judged_by(request, proposed, persona):
    caller = Caller(request.getfixturevalue(persona))
    path = f"requirements/{MANUAL}/"

    assert [
        caller.send("POST", "requirements/", {})[0],
        caller.send("PATCH", path, {"notes": "x", "reason": "x", "revision": 1})[0],
        caller.send("POST", f"{path}confirm/", {"note": "x", "revision": 1})[0],
        caller.send("GET", "catalogue-proposals/")[0],
        caller.send("POST", f"catalogue-proposals/{proposed.sha256}/{MANUAL}/decide/", {"apply": True, "revision": 1})[
            0
        ],
        caller.send("PATCH", LEAD, {"is_active": False, "reason": "x", "revision": 1})[0],
        caller.send("POST", f"{LEAD}confirm/", {"note": "x", "revision": 1})[0],
    ] == [403] * 7
    assert [caller.send("GET", path)[0], caller.send("GET", LEAD)[0], caller.send("GET", "reference/")[0]] == [200] * 3
    assert Requirement.objects.get(key=MANUAL).revision == 1


@pytest.mark.parametrize("size", [1, 3])
def test_the_tables_of_reference_take_one_statement_a_page(boss, size, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(boss.send("GET", f"reference/?page_size={size}")[1]["results"]) == size
