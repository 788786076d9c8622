"""The sampling pages: answers in words, errors at their fields, and open to everyone who is signed in."""

import re
from fractions import Fraction
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import reverse

from inspections.calculator.forms import PlanForm, RowForm, SearchForm, SwitchingForm
from inspections.calculator.page import LARGE_SHARE, curve_for
from inspections.calculator.words import sampling as words
from inspections.sampling import find_plan
from inspections.sampling.computed import c0_sample_size, plan_of
from inspections.sampling.curves import curve_of, single_curve
from inspections.sampling.standard import SEVERITIES
from inspections.templatetags.sampling import plan_address
from tests.factories import inspect, make_batch, make_product, make_specification

PAGES = [
    "sampling-plan", "sampling-compare", "sampling-limiting-quality", "sampling-search", "sampling-switching",
    "sampling-interval",
]  # fmt: skip
PERSONAS = ["inspector", "manager", "merchandiser", "admin", "supplier_user", "rival_supplier"]


def seen(response):
    """The text of the page as it is read."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", main, flags=re.S))).split())


@pytest.fixture
def ask(client, supplier_user):
    client.force_login(supplier_user)

    def ask(name, **query):
        return client.get(reverse(name), query)

    return ask


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("persona", PERSONAS)
def test_everyone_who_is_signed_in_may_ask(client, request, name, persona):
    client.force_login(request.getfixturevalue(persona))

    response = client.get(reverse(name))

    assert response.status_code == 200
    assert len(re.findall(r"<h1\b", response.content.decode())) == 1


@pytest.mark.parametrize("name", PAGES)
def test_nobody_else_may(client, db, name):
    response = client.get(reverse(name))

    assert (response.status_code, urlsplit(response.url).path) == (302, reverse("account_login"))


def test_the_plan_is_in_the_menu(ask):
    menu = ask("sampling-plan").context["nav"]

    assert [line["current"] for line in menu if line["url"] == reverse("sampling-plan")] == [True]


# The plan


def test_a_plan_in_words(ask):
    text = seen(ask("sampling-plan", lot_size="1000", aql="2.5"))

    assert "Take 80 of 1,000 units Accept with up to 5 nonconforming, reject from 6." in text
    assert "Code letter J" in text
    assert "A batch with 10 % bad units still passes about 1 time in 6." in text
    assert "Accepted at the AQL 98.5 %" in text
    assert "Table 2-A as published for ISO 2859-1:1999 (GB/T 2828.1-2012)" in text


def test_an_arrow_is_explained(ask):
    text = seen(ask("sampling-plan", lot_size="20", aql="0.65", level="I"))

    assert "Code letter B → F" in text
    assert "The code letter is B. At AQL 0.65 its row has an arrow to the plan of the letter F" in text


def test_a_double_plan_shows_its_stages_and_its_average_sample(ask):
    response = ask("sampling-plan", lot_size="1000", aql="2.5", kind="double")
    text = seen(response)

    assert "Take 50 of 1,000 units first, and up to 100 in 2 samples" in text
    assert "1 50 2 5 2 100 6 7" in text
    assert (
        "Double and multiple plans are kept in the form of Z1.4 only: those of ISO 2859-1 could not be confirmed"
        in text
    )
    assert "the single plan takes 80" in text
    assert [figure.title for figure in response.context["figures"]][-1] == "Average sample number"


def test_a_multiple_plan_says_where_nothing_can_be_accepted_yet(ask):
    assert "1 20 not yet 4" in seen(ask("sampling-plan", lot_size="1000", aql="2.5", kind="multiple"))


def test_a_table_that_sends_to_another_kind_is_told(ask):
    text = seen(ask("sampling-plan", lot_size="20", aql="4.0", kind="double", level="S-1"))

    assert "Here the table of double plans sends to the single plan." in text


def test_the_gap_of_a_reduced_plan_is_explained(ask):
    text = seen(ask("sampling-plan", lot_size="1000", aql="2.5", severity="reduced", standard="ansi-z1.4"))

    assert "A count above 2 and below 5 accepts the batch, and ends reduced inspection." in text


def test_above_ten_nonconformities_are_counted(ask):
    text = seen(ask("sampling-plan", lot_size="1000", aql="40"))

    assert "Accept with up to 21 nonconformities" in text or "nonconformities, reject from" in text
    assert "The AQL is per 100 units." in text
    assert "nonconformities per 100 units" in text
    assert "Figures by the Poisson distribution." in text


def test_a_small_batch_is_inspected_whole_and_draws_no_curve(ask):
    response = ask("sampling-plan", lot_size="5", aql="2.5")
    text = seen(response)

    assert "Inspect all 5 units" in text
    assert "The sample of the plan is not smaller than the batch, so every unit is inspected." in text
    assert "<figure" not in response.content.decode()


def test_one_unit_has_no_letter(ask):
    assert "Inspect the one unit" in seen(ask("sampling-plan", lot_size="1", aql="2.5"))


def test_the_curve_is_exact_where_the_sample_is_a_good_part_of_the_batch():
    small, large = find_plan(lot_size=150, aql="2.5"), find_plan(lot_size=10_000, aql="2.5")

    assert small.sample_size > 150 * LARGE_SHARE
    assert (curve_for(small, 150).lot_size, curve_for(large, 10_000).lot_size) == (150, None)


def test_a_picture_has_words_for_those_who_do_not_see_it(ask):
    page = ask("sampling-plan", lot_size="1000", aql="2.5").content.decode()

    for svg in re.findall(r"<svg viewBox.*?</svg>", page, re.S):
        title, desc = re.search(r'role="img"\s+aria-labelledby="(\S+) (\S+)"', svg).groups()
        assert re.search(rf'<title id="{title}">[^<]+</title>', svg)
        assert re.search(rf'<desc id="{desc}">[^<]+</desc>', svg)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "2.5 % AQL 98.5 %" in seen(ask("sampling-plan", lot_size="1000", aql="2.5"))


@pytest.mark.parametrize(
    ("query", "field", "code", "words_of_it"),
    [
        ({"lot_size": "0"}, "lot_size", "lot_size", "The lot size 0 is not a whole number of at least 1."),
        ({"lot_size": "-4"}, "lot_size", "lot_size", "The lot size -4"),
        ({"lot_size": ""}, "lot_size", "required", ""),
        ({"lot_size": "9" * 5000}, "lot_size", "invalid", ""),
        ({"lot_size": "2000000000"}, "lot_size", "max_value", ""),
        ({"aql": "3"}, "aql", "aql_not_in_series", "The nearest are 2.5, 4.0."),
        ({"aql": "abc"}, "aql", "aql", "The AQL abc is not a number."),
        ({"aql": "40", "counts": "units"}, "aql", "aql_needs_nonconformities", "An AQL of 40 is above 10"),
        ({"level": "IV"}, "level", "level", "There is no inspection level IV."),
        ({"severity": "strict"}, "severity", "severity", "There is no severity strict."),
        ({"severity": "discontinued"}, "severity", "discontinued", "Sampling inspection is discontinued"),
        ({"kind": "triple"}, "kind", "kind", "There is no kind of plan called triple."),
        ({"kind": "double", "standard": "iso2859-1"}, "kind", "kind_not_in_standard", "A double plan is kept in"),
        ({"standard": "mil-std"}, "standard", "standard", "There is no standard mil-std here."),
        ({"counts": "pieces"}, "counts", "counts", "not pieces"),
    ],
)
def test_a_question_without_an_answer_says_why_at_its_field(ask, query, field, code, words_of_it):
    response = ask("sampling-plan", **{"lot_size": "1000", "aql": "2.5", **query})
    form = response.context["form"]

    assert response.status_code == 200
    assert {name: [error.code for error in errors] for name, errors in form.errors.as_data().items()} == {field: [code]}
    assert words_of_it in form.errors[field][0]
    assert "plan" not in response.context


def test_full_width_digits_and_separators_are_numbers():
    form = PlanForm.asked({"lot_size": "１２，０００", "aql": "２．５"})

    assert (form.is_valid(), form.errors) == (True, {})
    assert (form.cleaned_data["lot_size"], form.plan.aql) == (12_000, "2.5")


# Compare


def test_plans_are_compared_on_one_chart(ask):
    response = ask(
        "sampling-compare",
        **{"a-n": "80", "a-ac": "5", "b-lot_size": "1000", "b-aql": "2.5", "b-severity": "tightened", "d-n": "32", "d-ac": "0"},
    )  # fmt: skip

    assert [(each["name"], each["n"], each["ac"]) for each in response.context["compared"]] == [
        ("A", 80, 5), ("B", 80, 3), ("D", 32, 0),
    ]  # fmt: skip
    assert len(response.context["figure"].chart.lines) == 3
    assert "7.06 %" in seen(response)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"a-n": "80"}, "ac"),
        ({"a-ac": "5"}, "n"),
        ({"a-n": "80", "a-ac": "80"}, "ac"),
        ({"a-n": "80", "a-ac": "5", "a-lot_size": "50"}, "n"),
        ({"a-n": "80", "a-aql": "2.5"}, "n"),
        ({"a-aql": "2.5"}, "lot_size"),
        ({"a-aql": "2.6", "a-lot_size": "100"}, "aql"),
        ({"a-aql": "40", "a-lot_size": "100", "a-severity": "lax"}, "severity"),
        ({"a-n": "0", "a-ac": "0"}, "n"),
    ],
)
def test_a_row_that_is_no_plan_is_marked_and_the_others_are_drawn(ask, query, field):
    response = ask("sampling-compare", **query, **{"b-n": "50", "b-ac": "1"})

    assert list(RowForm.row(query, "a").errors) == [field]
    assert [each["name"] for each in response.context["compared"]] == ["B"]


def test_a_comparison_of_nothing_says_what_to_give(ask):
    assert "No plan to draw yet" in seen(ask("sampling-compare", **{"a-n": ""}))


def test_the_calculator_leads_to_a_comparison_of_the_severities(ask):
    url = ask("sampling-plan", lot_size="1000", aql="2.5").context["compare_url"]

    compared = ask("sampling-compare", **dict(parse_qsl(urlsplit(url).query))).context["compared"]

    assert [(each["n"], each["ac"]) for each in compared] == [(80, 5), (80, 3), (32, 3)]


# Search


def test_a_plan_is_found_by_two_risks(ask):
    response = ask("sampling-search", bad="3", bad_in="10", good="0.5", good_in="20")
    found = response.context["found"]

    assert (found["n"], found["ac"]) == (221, 3)
    assert "Take 221 units and accept with up to 3 nonconforming" in seen(response)
    curve = single_curve(221, 3)
    assert float(curve.pa(0.03)) <= 0.1
    assert float(curve.pa(0.005)) >= 0.95


def test_without_a_good_quality_each_acceptance_number_has_its_sample(ask):
    response = ask("sampling-search", bad="3", bad_in="10")

    assert [(row["ac"], row["n"]) for row in response.context["answers"]][:3] == [(0, 76), (1, 129), (2, 176)]
    assert "Take 76 units and accept with none nonconforming" in seen(response)


def test_in_a_batch_the_bad_quality_is_the_first_whole_unit_that_is_at_least_so_bad(ask):
    """3 % of 40 units is 1.2: a batch of that quality has 2 bad units, as in the c=0 plans of a scheme."""
    rows = ask("sampling-search", bad="3", bad_in="10", lot_size="40").context["answers"]

    assert rows[0]["n"] == c0_sample_size(40, Fraction(3), Fraction(1, 10))


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ({"bad": "3", "bad_in": "10", "good": "3", "good_in": "20"}, "good", "The good quality 3 % must be better"),
        ({"bad": "3", "bad_in": "10", "good": "0.5"}, "good_in", "Say how seldom"),
        ({"bad": "0", "bad_in": "10"}, "bad", ""),
        ({"bad": "3", "bad_in": "1"}, "bad_in", ""),
        ({"bad": "3"}, "bad_in", ""),
        ({"bad": "1", "bad_in": "2", "good": "0.99999", "good_in": "100000"}, "good", "No sample tells 1 % from 1 %"),
    ],
)
def test_a_search_without_an_answer_says_why(ask, query, field, said):
    response = ask("sampling-search", **query)
    form = response.context["form"]

    assert list(form.errors) == [field]
    assert said in form.errors[field][0]


def test_an_address_is_one_question_to_which_nothing_is_added():
    form = SearchForm.asked({"bad": "3", "bad_in": "10"})

    assert form.is_valid()
    assert form.cleaned_data["good"] is None


# Switching


def play(ask, lots, **query):
    return ask("sampling-switching", aql="2.5", severity="normal", lots="\n".join(lots), reduced="on", **query)


def test_two_of_five_not_accepted_lead_to_tightened_and_five_accepted_back(ask):
    response = play(ask, ["1000 2", "1000 6", "1000 1", "1000 6", *["1000 0"] * 5, "1000 0"])
    rows = response.context["rows"]

    assert [row["status"] for row in rows] == ["normal"] * 4 + ["tightened"] * 5 + ["normal"]
    assert [row["accepted"] for row in rows] == [True, False, True, False] + [True] * 6
    assert "2 of the last 4 batches were not accepted (2, 4): inspection is tightened." in seen(response)
    assert "5 batches in a row were accepted: back to normal inspection." in seen(response)


def test_a_score_of_thirty_leads_to_reduced_only_with_approval(ask):
    good = ["1000 0"] * 11

    assert [row["status"] for row in play(ask, good).context["rows"]][-1] == "reduced"
    response = ask("sampling-switching", aql="2.5", lots="\n".join(good))
    assert [row["status"] for row in response.context["rows"]][-1] == "normal"
    assert "The quality manager has to approve it." in seen(response)


def test_five_not_accepted_while_tightened_discontinue_until_resumed(ask):
    lots = ["1000 9"] * 7 + ["1000 0", "resumed", "1000 0"]
    response = play(ask, lots)

    assert [row["status"] for row in response.context["rows"]] == [
        *["normal"] * 2, *["tightened"] * 5, "discontinued", "tightened",
    ]  # fmt: skip
    assert response.context["rows"][7]["accepted"] is None
    assert "Not inspected: inspection is discontinued." in seen(response)
    assert "The next batch: discontinued" in seen(play(ask, lots[:8]))


def test_a_resubmitted_batch_changes_nothing(ask):
    rows = play(ask, ["1000 9", "1000 9 resubmitted", "1000 9 再提交", "1000 0"]).context["rows"]

    assert [row["status"] for row in rows] == ["normal"] * 4


def test_irregular_production_ends_reduced_inspection(ask):
    rows = play(ask, ["1000 0"] * 10 + ["1000 0 irregular", "1000 0"]).context["rows"]

    assert [row["status"] for row in rows][-2:] == ["reduced", "normal"]


def test_a_double_plan_is_decided_sample_by_sample(ask):
    rows = play(ask, ["1000 2", "1000 3 6", "1000 3 7"], kind="double").context["rows"]

    assert [(row["accepted"], row["found"]) for row in rows] == [(True, "2"), (True, "3 · 6"), (False, "3 · 7")]


@pytest.mark.parametrize(
    ("lots", "said"),
    [
        (["1000 1", "", "many"], "Line 3: “many” is not the units in a batch and the nonconforming found."),
        (["1000"], "Line 1: “1000” is not"),
        (["0 0"], "Line 1: The lot size 0 is not a whole number"),
        (["1000 1 2"], "Line 1: The nonconforming found after each stage are cumulative"),
        (["1000 1001"], "Line 1: 1001 nonconforming cannot be among 1000 units. Check both numbers."),
        (["1000 -1"], "Line 1: The nonconforming found after each stage"),
        (["1000 " + "9" * 5000], "Line 1: "),
    ],
)
def test_a_line_that_is_no_batch_is_named(ask, lots, said):
    form = play(ask, lots).context["form"]

    assert list(form.errors) == ["lots"]
    assert said in form.errors["lots"][0]


def test_a_double_plan_that_is_not_decided_asks_for_the_next_sample(ask):
    form = play(ask, ["1000 4"], kind="double").context["form"]

    assert form.errors["lots"] == ["Line 1: these counts do not decide the batch. Give the total after each sample."]


def test_what_is_wrong_with_the_plan_is_at_its_field_not_at_a_line():
    form = SwitchingForm.asked({"aql": "3", "lots": "1000 1"})

    assert list(form.errors) == ["aql"]


def test_too_many_batches_are_refused():
    form = SwitchingForm.asked({"lots": "9 0\n" * 501})

    assert form.errors["lots"] == ["At most 500 batches at once."]


# Interval


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"n": "60", "nonconforming": "0"}, "With 60 units and none bad the true rate is below 4.9 % with 95 % confidence."),
        ({"n": "200", "nonconforming": "7"}, "With 200 units and 7 bad the true rate is below 6.5 % with 95 % confidence."),
        ({"n": "5", "nonconforming": "5"}, "With 5 units and all of them bad the true rate is above 54 % with 95 % confidence."),
    ],
)  # fmt: skip
def test_an_interval_in_a_sentence(ask, query, sentence):
    assert sentence in seen(ask("sampling-interval", **query))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"n": "10", "nonconforming": "11"}, "nonconforming"),
        ({"n": "0", "nonconforming": "0"}, "n"),
        ({"n": "10", "nonconforming": "-1"}, "nonconforming"),
        ({"confidence": "100"}, "confidence"),
        ({"n": "ten"}, "n"),
    ],
)
def test_an_interval_of_nonsense_says_so(ask, query, field):
    response = ask("sampling-interval", **query)

    assert list(response.context["form"].errors) == [field]
    assert "figure" not in response.context


# Elsewhere


def test_every_batch_plan_leads_to_the_calculator_with_its_values(ask):
    for severity in SEVERITIES:
        plan = find_plan(lot_size=1000, aql="0.65", level="S-3", severity=severity)
        address = urlsplit(plan_address(plan, 1000))

        assert address.path == reverse("sampling-plan")
        shown = ask("sampling-plan", **dict(parse_qsl(address.query))).context["plan"]
        assert shown == plan


def test_a_plan_without_a_table_leads_to_the_comparison(ask):
    plan = plan_of(32, 1000, 0, kind="c0", severity="normal")
    address = urlsplit(plan_address(plan, 1000))

    assert address.path == reverse("sampling-compare")
    assert [(each["n"], each["ac"]) for each in ask("sampling-compare", **dict(parse_qsl(address.query))).context["compared"]] == [(32, 0)]  # fmt: skip


def test_a_batch_says_what_its_plans_are_worth_and_leads_to_the_calculator(client, batch, inspector):
    client.force_login(inspector)

    response = client.get(reverse("batch-detail", args=[batch.number]))
    page = response.content.decode()

    assert "Critical. A batch with 2 % bad units still passes about 1 time in 5." in seen(response)
    assert "Major. A batch with 10 % bad units still passes about 1 time in 6." in seen(response)
    assert page.count('class="chart__line') == 3
    assert plan_address(find_plan(lot_size=1000, aql="2.5"), 1000) in unescape(page)


def test_a_batch_that_is_inspected_whole_says_so_without_a_curve(client, product, inspector):
    client.force_login(inspector)

    response = client.get(reverse("batch-detail", args=[make_batch(product=product, quantity=3).number]))

    assert "Every unit is inspected: nothing is left to chance." in seen(response)
    assert "chart__line" not in response.content.decode()


def test_a_batch_whose_plan_accepts_everything_says_so(client, inspector):
    product = make_product()
    make_specification(product, scheme={"kind": "fixed", "n": 5, "acceptance": {"major": 5}})
    client.force_login(inspector)

    page = seen(client.get(reverse("batch-detail", args=[make_batch(product=product).number])))

    assert "Major. Every batch passes: the acceptance number is not below the number of units looked at." in page


def test_a_batch_says_why_it_is_tightened_and_what_ends_that(client, product, inspector):
    for number in ("B-1", "B-2"):
        inspect(make_batch(number, product=product), actor=inspector, LEAK=[3])
    client.force_login(inspector)

    page = seen(client.get(reverse("batch-detail", args=[make_batch("B-3", product=product).number])))

    assert "Tightened inspection." in page
    assert page.count("2 of the last 2 batches were not accepted (B-1, B-2): inspection is tightened.") == 1
    assert "5 more batches accepted in a row lead back to normal inspection." in page
    assert "5 more batches not accepted and inspection is discontinued." in page


def test_a_batch_waits_while_inspection_is_discontinued_and_says_why(client, product, inspector):
    for number in range(7):
        inspect(make_batch(f"B-{number}", product=product), actor=inspector, LEAK=[3])
    client.force_login(inspector)

    page = seen(client.get(reverse("batch-detail", args=[make_batch("B-9", product=product).number])))

    assert "5 batches were not accepted while tightened: inspection is discontinued" in page
    assert "Nothing is inspected until the quality manager re-qualifies the supplier." in page


def test_a_reinspection_is_tightened_whatever_the_rules_say(client, batch, inspector):
    inspect(batch, actor=inspector, LEAK=[3])
    client.force_login(inspector)

    page = seen(client.get(reverse("batch-detail", args=[batch.number])))

    assert "Tightened inspection, since it is a re-inspection." in page
    assert "What would change the severity" not in page


def test_a_scheme_without_a_table_has_no_severity_to_change(client, inspector):
    product = make_product()
    make_specification(product, scheme={"kind": "fixed", "n": 32})
    client.force_login(inspector)

    page = seen(client.get(reverse("batch-detail", args=[make_batch(product=product).number])))

    assert "Pick 32 of 1,000 units at random." in page
    assert "What would change the severity" not in page


def test_pa_at_the_aql_is_the_curves(ask):
    plan = find_plan(lot_size=1000, aql="2.5")

    assert words.percent(float(curve_of(plan).pa(0.025))) in seen(ask("sampling-plan", lot_size="1000", aql="2.5"))


def test_the_worst_outgoing_quality_is_that_of_the_api(ask):
    """In a lot of 1,000 the sample of 80 is replaced too, though the chance of acceptance is that of a large lot."""
    text = seen(ask("sampling-plan", lot_size=1000, aql="2.5"))
    curve = single_curve(80, 5, lot_size=1000)
    aoql, _worst = curve.aoql()

    assert f"Worst outgoing quality (AOQL) {words.quality(aoql)}" in text
    assert f"rejected batches whole (ATI) {round(float(curve.ati(0.025)))} units" in text


def test_every_wrong_field_of_the_form_is_marked_at_once(ask):
    form = ask("sampling-plan", lot_size="0", aql="3", level="IV", severity="strict").context["form"]

    assert set(form.errors) == {"lot_size", "aql", "level", "severity"}


def test_a_batch_that_stands_alone_has_a_plan_and_is_told_what_an_aql_lets_pass(ask):
    response = ask("sampling-limiting-quality", lot_size="1000", lq="5", consumer_risk="10", ac="1", aql="2.5")
    told = response.context

    assert (told["plan"].sample_size, told["plan"].acceptance) == (75, 1)
    assert told["sentences"][0] == "A batch with 5 % bad units still passes about 1 time in 10."
    assert told["aql"]["worth"] == "A batch with 5 % bad units still passes about 4 times in 5."
    assert [row["plan"].sample_size for row in told["answers"]][:3] == [44, 75, 102]


def test_an_acceptance_number_that_could_reject_nothing_is_lowered(ask):
    response = ask("sampling-limiting-quality", lot_size="40", lq="5", consumer_risk="10", ac="3")

    assert (response.context["plan"].acceptance, response.context["lowered"]) == (1, True)
