"""What a requirement asks of a paper: found in it, contradicted by it, or not found."""

import pytest

from compliance.reading.certificates import Paper
from compliance.reading.facts import About, State, facts_of, findings, problems_of
from compliance.reading.limits import values_above_limit
from compliance.reading.places import country_of
from compliance.reading.results import conclusion
from compliance.reading.text import Page
from tests.compliance import catalogue_rows as catalogue

FOUND, CONTRADICTED, NOT_FOUND = State.FOUND, State.CONTRADICTED, State.NOT_FOUND


def states(asks, text, *, paper=Paper(), about=About()) -> dict[str, State]:  # noqa: B008 both are frozen
    return {fact.fact: fact.state for fact in facts_of(asks, paper, [Page(1, text, "text")], about)}


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Standard EN 60335-1:2012+A15:2021", {"standard": FOUND}),
        ("Norm DIN EN IEC 60335-1:2020", {"standard": FOUND}),
        ("依据 IEC 60335-1 : 2016", {"standard": FOUND}),
        ("EN 60335-1:2002", {"edition": CONTRADICTED}),
        ("EN 60335-1:2002, EN 60335-1:2012", {"standard": FOUND}),
        ("EN 60335-1", {"edition": NOT_FOUND}),
        ("EN 60335-12:2015", {"standard": NOT_FOUND}),
        ("EN 55014-1:2021", {"standard": CONTRADICTED}),
        ("Report No. 60335-1-2024-77X of a hair dryer", {"edition": NOT_FOUND}),
        ("no standard at all", {"standard": NOT_FOUND}),
    ],
)
def test_a_standard_is_cited_in_an_edition_that_counts(text, state):
    asks = {"standards": [["EN 60335-1:2012"]]}
    assert states(asks, text, about=About(elsewhere=frozenset({"EN 55014-1", "EN 60335-1"}))) == state


def test_a_general_part_is_used_with_a_particular_one():
    asks = {"standards": [["EN 60335-1"]], "parts": {"EN 60335-1": ["EN 60335-2*"]}}
    of = [(fact.fact, fact.state) for fact in facts_of(asks, Paper(), [Page(1, "EN 60335-1:2012", "text")], About())]
    assert of == [("standard", FOUND), ("standard", NOT_FOUND)]
    assert states(asks, "EN 60335-1:2012, EN\n60335-2-23:2003") == {"standard": FOUND}


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("2014/35/EU and 2011/65/EU", {"act": FOUND}),
        ("2014 / 35 / UE", {"act": FOUND}),
        ("2006/95/EC", {"act": NOT_FOUND, "superseded": CONTRADICTED}),
        ("2014/35/EU, which replaced 2006/95/EC", {"act": FOUND}),
        ("2014/350/EU", {"act": NOT_FOUND}),
    ],
)
def test_the_acts_in_force_are_named(text, state):
    assert states({"acts": [["2014/35/EU"]], "superseded": {"2006/95/EC": "2014/35/EU"}}, text) == state


@pytest.mark.parametrize(
    ("line", "is_pass"),
    [
        ("Test conclusion 检测结论 PASS 合格", True),
        ("Conclusion: The sample complies with the requirements", True),
        ("Ergebnis: bestanden", True),
        ("FAIL", False),
        ("结论 不合格", False),
        ("Result: Not complied", False),
        ("The sample does not meet the requirements of clause 8", False),
        ("Ergebnis: nicht bestanden", False),
        ("Résultat : non conforme", False),
        ("Resultado: no cumple", False),
        ("Cadmium exceeds the limit", False),
        ("P = Pass, F = Fail, N/A = not applicable", None),
        ("test object does not meet the requirement: F (Fail)", None),
        ("Pass / Fail criteria are those of clause 4", None),
        ("fail-safe switch", None),
        ("If the heater fails, the fuse opens", None),
        ("Failure analysis is not part of this report", None),
    ],
)
def test_a_conclusion_is_a_pass_a_fail_or_none(line, is_pass):
    said = conclusion(f"Report\n{line}\nPage 1")
    assert (said and said.is_pass) == is_pass


def test_one_fail_among_passes_is_a_fail():
    assert states({"result": True}, "T.1 Pass\nT.2 Fail\nOverall: PASS") == {"result": CONTRADICTED}
    assert states({"result": True}, "PASS", paper=Paper(fields={"result": "Fail"})) == {"result": CONTRADICTED}
    assert states({"result": True}, "see page 4") == {"result": NOT_FOUND}


@pytest.mark.parametrize(
    ("table", "above"),
    [
        ("Item Unit Limit Result\nLead mg/kg 1000 2300 Pass", ["2300"]),
        ("Item Unit Result Limit\nLead mg/kg 2300 1000", ["2300"]),
        ("测试项目 单位 方法检出限 结果 限值\n铅 mg/kg 2 1,250 1,000", ["1,250"]),
        ("Item Unit MDL Result Limit\nLead mg/kg 2 N.D. 1000", []),
        ("Item Unit Limit Result\nLead mg/kg 1000 <5", []),
        ("Item Unit Limit Result\nLead mg/kg 1000 999", []),
        ("Lead mg/kg 1000 2300", []),
    ],
)
def test_a_value_above_its_limit_fails_whatever_the_column_says(table, above):
    assert [one.value for one in values_above_limit(table)] == above


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("Musterstrasse 1, 10115 Berlin, Germany", "DE"),
        ("12 rue de la Paix, 75002 Paris", "FR"),
        ("Los Angeles, CA 90001", "US"),
        ("Tel +1 213 555 0100", "US"),
        ("London EC1A 1AA", "GB"),
        ("广东省东莞市松山湖", "CN"),
        ("Songshan Lake, Dongguan, +86 769 8888 0000", "CN"),
        ("Kuala Lumpur, Malaysia", "MY"),
        ("Ireland House, 5 Low Street, Leeds LS1 4AP", "GB"),
        ("Belfast, Northern Ireland", "XI"),
        ("東京都千代田区", "JP"),
        ("Warszawa, Polska", "PL"),
        ("somewhere", None),
    ],
)
def test_the_country_of_an_address(address, country):
    assert country_of(address) == country


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("EU responsible person: Example GmbH, 10115 Berlin, Germany", FOUND),
        ("Responsible Person Mandate\nExample GmbH, Berlin, Germany acts as EU Responsible Person for X5", FOUND),
        ("EU responsible person: Example Co., Nanshan, Shenzhen", CONTRADICTED),
        ("EU responsible person: Example Ltd, London EC1A 1AA", CONTRADICTED),
        ("EU responsible person: Example Co.\nManufacturer: Berlin, Germany", NOT_FOUND),
        ("Authorised representative 欧代: Example SARL, 75002 Paris", FOUND),
        ("nobody is named", NOT_FOUND),
    ],
)
def test_who_is_responsible_is_in_the_country_that_the_law_wants(text, state):
    assert states({"person": {"role": "responsible_person", "in": ["EU"]}}, text) == {"responsible_person": state}


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Signature: A. Example", FOUND),
        ("Signed: A. Example, Manager", FOUND),
        ("签名：张", NOT_FOUND),
        ("签名：张三", FOUND),
        ("_______________ (signature)", NOT_FOUND),
        ("Signature: ______________", NOT_FOUND),
        ("Signed for and on behalf of Example Co.", NOT_FOUND),
    ],
)
def test_somebody_signed_it(text, state):
    assert states({"signature": True}, text) == {"signature": state}


def test_each_substance_of_its_scope_is_there():
    asks = {"tests": [["DEHP", "117-81-7"], ["lead", "Pb", "铅"]]}
    assert states(asks, "DEHP N.D.\nPb N.D.") == {"tests": FOUND}
    assert states(asks, "CAS 117-81-7\n铅 5") == {"tests": FOUND}
    (fact,) = facts_of(asks, Paper(), [Page(1, "Lead N.D.", "text")], About())
    assert (fact.state, fact.wanted) == (NOT_FOUND, "DEHP")


def test_what_it_is_about():
    about = About(models=("SRM-30",), names=("Serum",))
    assert states({"of": "product"}, "Product: SRM-30 Hyaluronic Serum", about=about) == {"product": FOUND}
    assert states({"of": "product"}, "Product: WC-50 Cream", about=about) == {"product": CONTRADICTED}
    assert states({"of": "product"}, "Cream", about=about) == {"product": NOT_FOUND}
    assert states({"excludes": ["recognized component"]}, "UL Recognized Component") == {"scope": CONTRADICTED}


def test_what_is_found_is_noted_and_all_else_stands_in_the_way():
    asks = {"signature": True, "issuer": True, "result": True}
    said = {
        one.code: one.weight
        for one in findings(facts_of(asks, Paper(), [Page(1, "FAIL\nTested by Example Lab", "text")], About()))
    }
    assert said == {"result_contradicted": "block", "issuer_found": "note", "signature_not_found": "review"}


def test_every_requirement_of_the_catalogue_asks_what_can_be_looked_for():
    assert {
        row["key"]: problems_of(row["asks"]) for row in catalogue.rows("requirements") if problems_of(row["asks"])
    } == {}
    assert problems_of({"standards": ["EN 1"], "colour": "red"}) == ["colour", "standards"]
