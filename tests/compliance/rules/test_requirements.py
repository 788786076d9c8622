"""When a requirement applies, and how long a paper counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.requirements import (
    Paper,
    PlatformRule,
    Rule,
    Subject,
    add_months,
    applicable,
    applies,
    dates_needed,
    day_in,
    joined,
    start_of,
    still_open,
    unanswered,
    validity,
)

TODAY = date(2026, 11, 22)
CODES = st.sampled_from("ABCD")
CODE_SETS = st.frozensets(CODES, max_size=3)
ANSWERS = st.dictionaries(CODES, st.sampled_from([True, False, None]))
DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))
RULES = st.builds(
    Rule,
    key=st.text("abcdef", min_size=1, max_size=3),
    categories=CODE_SETS | st.just(frozenset("*")),
    categories_exclude=CODE_SETS,
    markets=CODE_SETS | st.just(frozenset("*")),
    traits_all=CODE_SETS,
    traits_any=CODE_SETS,
    applies_from=st.none() | DAYS,
    applies_until=st.none() | DAYS,
)
SUBJECTS = st.builds(
    Subject, categories=st.lists(CODES, min_size=1, max_size=2), markets=st.lists(CODES, min_size=1, max_size=2),
    traits=ANSWERS,
)  # fmt: skip


def subject(*, category="toys", market="US", **traits):
    markets = [market, market.split("-")[0]] if "-" in market else [market]
    return Subject(categories=[category], markets=markets, traits=traits)


def test_what_the_eu_wants_germany_wants_too_and_not_the_other_way_round():
    of_the_eu, of_germany = Rule("gpsr", markets=frozenset({"EU"})), Rule("lucid", markets=frozenset({"EU-DE"}))

    assert [applies(of_the_eu, subject(market=market), TODAY) is not None for market in ("EU", "EU-DE", "US")] == [
        True, True, False,
    ]  # fmt: skip
    assert [applies(of_germany, subject(market=market), TODAY) is not None for market in ("EU", "EU-DE")] == [
        False, True,
    ]  # fmt: skip


def test_a_category_hands_its_requirements_to_those_below_it_unless_they_are_excluded():
    kettle = Subject(categories=["kettles", "electrical_appliance"], markets=["US"])
    rule = Rule("nrtl", categories=frozenset({"electrical_appliance"}))
    all_but = Rule("gpsr", categories_exclude=frozenset({"electrical_appliance"}))

    assert applies(rule, kettle, TODAY).category == "electrical_appliance"
    assert applies(all_but, kettle, TODAY) is None
    assert applies(all_but, subject(), TODAY).category == "*"


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ({"has_radio": True, "toy": True}, ("has_radio", "toy")),
        ({"has_radio": True, "toy": False, "wearable": False}, None),
        ({"has_radio": False, "toy": True}, None),
        ({"has_radio": True, "toy": None}, None),
        ({"toy": True}, None),
    ],
)
def test_all_of_some_traits_and_one_of_others_are_wanted(traits, expected):
    rule = Rule("cyber", traits_all=frozenset({"has_radio"}), traits_any=frozenset({"toy", "wearable"}))

    reason = applies(rule, subject(**traits), TODAY)

    assert (reason and reason.traits) == expected


def test_a_trait_that_nobody_answered_is_named_and_never_counts_as_no():
    rules = [
        Rule("fcc", markets=frozenset({"US"}), traits_all=frozenset({"has_radio"})),
        Rule("un38", traits_any=frozenset({"lithium", "button_cell"})),
        Rule("jp", markets=frozenset({"JP"}), traits_all=frozenset({"pse"})),
        Rule("old", traits_all=frozenset({"gone"}), applies_until=TODAY - timedelta(1)),
        Rule("coming", traits_all=frozenset({"halal"}), applies_from=TODAY + timedelta(30)),
    ]

    assert unanswered(rules, subject(lithium=False), TODAY) == ("button_cell", "halal", "has_radio")
    assert unanswered(rules, subject(lithium=False, button_cell=False, has_radio=True, halal=False), TODAY) == ()


def test_a_rule_applies_from_its_first_day_to_its_last():
    rule = Rule("bpa", applies_from=TODAY, applies_until=TODAY + timedelta(2))

    days = [TODAY + timedelta(days) for days in range(-1, 4)]
    assert [applies(rule, subject(), day) is not None for day in days] == [False, True, True, True, False]


@given(st.lists(RULES, max_size=6), SUBJECTS, DAYS)
def test_answering_no_never_removes_what_was_asked_for_silently(rules, some, day):
    """Whatever applies once every trait is answered either applied before, or a trait of it was named as unanswered."""
    waiting = unanswered(rules, some, day)
    before = applicable(rules, some, day)
    for answer in (True, False):
        answered = Subject(some.categories, some.markets, {**some.traits, **dict.fromkeys(waiting, answer)})
        assert unanswered(rules, answered, day) == ()
        new = set(applicable(rules, answered, day)) - set(before)
        assert all(any(rule.traits & set(waiting) for rule in rules if rule.key == key) for key in new)


@given(st.lists(RULES, max_size=6), SUBJECTS, DAYS)
def test_what_applies_in_the_parent_market_applies_in_the_child(rules, some, day):
    child = Subject(some.categories, ["child", *some.markets], some.traits)

    assert set(applicable(rules, some, day)) <= set(applicable(rules, child, day))


CPC = Rule(
    "us-cpc", validity_type="on_change", policy_max_age_months=12,
    platform_rules=(PlatformRule("TikTok Shop", frozenset({"US"}), max_age_days=365),),
)  # fmt: skip
NPRA = Rule(
    "my-npra-cosmetic", validity_type="months_from_issue", validity_months=24,
    platform_rules=(PlatformRule("TikTok Shop", frozenset({"PH", "MY"}), min_remaining_days=30),),
)  # fmt: skip


def ends(rule, market="US", **paper):
    return [(limit.why, limit.last) for limit in validity(rule, Paper(**paper), [market]).limits]


def test_a_cpc_has_no_end_in_law_and_is_too_old_for_the_platform_after_a_year():
    assert ends(CPC, issued_on=date(2024, 2, 10)) == [("platform_age", date(2025, 2, 9)), ("age", date(2025, 2, 10))]
    assert dates_needed(CPC, Paper()) == ("issued_on",)


def test_a_paper_that_ends_within_thirty_days_is_valid_in_law_and_refused_by_the_platform():
    limits = ends(NPRA, "MY", issued_on=date(2024, 12, 12), valid_from=date(2024, 12, 12), valid_to=date(2026, 12, 12))

    assert limits == [
        ("platform_remaining", date(2026, 11, 12)), ("printed", date(2026, 12, 12)), ("term", date(2026, 12, 12)),
    ]  # fmt: skip
    assert not validity(NPRA, Paper(date(2024, 12, 12), None, date(2026, 12, 12)), ["MY"]).covers(TODAY)
    assert validity(NPRA, Paper(date(2024, 12, 12), None, date(2026, 12, 12)), ["TH"]).covers(TODAY)


def test_a_change_of_the_edition_ends_papers_to_the_old_one():
    rule = Rule("toys", edition="F963-23", edition_from=date(2024, 4, 20))

    assert ends(rule, issued_on=date(2023, 5, 1), edition="ASTM F963-17") == [("edition", date(2024, 4, 19))]
    assert ends(rule, issued_on=date(2023, 12, 1), edition="ASTM F 963 - 23") == []


def test_a_change_of_the_law_ends_every_paper():
    rule = Rule("old toy directive", applies_until=date(2030, 7, 31))

    assert ends(rule, valid_to=date(2031, 1, 1)) == [("law", date(2030, 7, 31)), ("printed", date(2031, 1, 1))]


@pytest.mark.parametrize(
    ("kind", "months", "paper", "last"),
    [
        ("fixed_term", 36, {"valid_from": date(2024, 2, 29)}, date(2027, 2, 28)),
        ("fixed_term", 36, {"valid_from": date(2024, 2, 29), "valid_to": date(2029, 1, 1)}, date(2029, 1, 1)),
        ("calendar_annual", 12, {"issued_on": date(2026, 3, 1)}, date(2026, 12, 31)),
        ("calendar_biennial", 24, {"issued_on": date(2025, 3, 1)}, date(2026, 12, 31)),
        ("calendar_biennial", 24, {"issued_on": date(2026, 3, 1)}, date(2026, 12, 31)),
        ("per_shipment", None, {"issued_on": date(2026, 3, 1)}, None),
        ("no_expiry", None, {}, None),
    ],
)
def test_a_term_stands_for_an_end_that_is_not_printed(kind, months, paper, last):
    assert validity(Rule("r", validity_type=kind, validity_months=months), Paper(**paper), ["US"]).last == last


@given(DAYS, DAYS, DAYS)
def test_a_paper_counts_on_exactly_the_days_between_its_dates(first, last, day):
    found = validity(Rule("r", validity_type="fixed_term"), Paper(valid_from=first, valid_to=last), ["US"])

    assert found.covers(day) == (first <= day <= last)


@given(DAYS, st.integers(0, 120))
def test_months_later_is_that_month_and_never_a_later_day_of_it(day, months):
    later = add_months(day, months)

    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(1)).day == 1)


def test_a_certificate_valid_to_30_june_is_valid_all_that_day_in_the_market():
    last_second = {
        "America/New_York": (2026, 7, 1, 3, 59, 59),
        "Asia/Tokyo": (2026, 6, 30, 14, 59, 59),
        "Europe/Berlin": (2026, 6, 30, 21, 59, 59),
    }
    for zone, moment in last_second.items():
        at = datetime(*moment, tzinfo=UTC)
        assert (day_in(zone, at), day_in(zone, at + timedelta(seconds=1))) == (date(2026, 6, 30), date(2026, 7, 1))
        assert start_of(date(2026, 7, 1), zone) == at + timedelta(seconds=1)


def test_papers_that_follow_one_another_make_one_run_of_days():
    january, rest = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), None)

    assert joined([rest, january], date(2026, 1, 5)) == (date(2026, 1, 1), None)
    assert joined([january, (date(2026, 2, 2), None)], date(2026, 1, 5)) == january
    assert joined([january, (date(2026, 2, 2), None)], date(2026, 2, 1)) is None
    assert joined([(None, None)], TODAY) == (None, None)
    assert joined([], TODAY) is None


@given(st.lists(st.tuples(DAYS, DAYS).map(sorted), max_size=5), DAYS)
def test_a_day_is_in_a_run_when_a_paper_covers_it(spans, day):
    run = joined([tuple(span) for span in spans], day)

    assert (run is not None) == any(first <= day <= last for first, last in spans)
    assert run is None or run[0] <= day <= run[1]


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, {"radio", "net", "toy", "worn"}),
        ({"radio": False}, set()),
        ({"radio": True}, {"net", "toy", "worn"}),
        ({"net": True}, {"radio"}),
        ({"net": False}, {"radio", "toy", "worn"}),
        ({"net": False, "toy": False, "worn": False}, set()),
        ({"radio": True, "worn": True}, set()),
        ({"radio": None}, {"radio", "net", "toy", "worn"}),
    ],
)
def test_only_what_a_rule_still_turns_on_is_asked(answers, asked):
    rule = Rule("cyber", traits_all=frozenset({"radio"}), traits_any=frozenset({"net", "toy", "worn"}))

    assert still_open(rule, answers) == asked


@given(rule=RULES, answers=ANSWERS, rest=ANSWERS)
def test_what_is_not_asked_any_more_changes_nothing(rule, answers, rest):
    said = {key: answer for key, answer in answers.items() if answer is not None}
    wanted = still_open(rule, answers)

    def is_wanted(filled):
        return applies(rule, Subject(["A"], ["B"], {**filled, **dict.fromkeys(wanted, True), **said}), TODAY) is None

    assert is_wanted({}) == is_wanted(rest)
