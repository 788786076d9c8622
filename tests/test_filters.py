"""One set of questions serves a list's page and its API: what one can be asked, the other can."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from inspections.hold.services.holds import place_hold, respond_to_hold
from suppliers.models import Supplier
from tests.caller import Caller, fields
from tests.compliance.factories import listing_of, submit
from tests.factories import (
    NOON,
    after,
    inspect,
    make_batch,
    make_pilot,
    make_product,
    make_sample,
    make_supplier,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(product, inspector, manager, supplier_user):
    """Of everything one of HAILAN and one of LINDEN; HAILAN's hold is answered."""
    other = make_product("LD-1", supplier=make_supplier("LINDEN", name="Linden Works"))
    for each, number in ((product, "B-1"), (other, "B-2")):
        hold = place_hold(batch=make_batch(number, product=each), note="Wet", actor=manager, at=NOON)
        make_sample(each, actor=inspector)
        make_pilot(each, start=False)
        if each == product:
            respond_to_hold(hold=hold, root_cause="a", corrective_action="b", actor=supplier_user, at=after(1))
            inspect(make_batch("B-3", product=each), actor=inspector, at=after(2))


# Part of the address of the page and of the API -> what names a record.
LISTS = {"holds": "code", "batches": "number", "inspections": "batch", "samples": "code", "pilot-runs": "code"}
PAGES = {"pilot-runs": "pilots"}
ALL = {"holds": 2, "batches": 3, "inspections": 1, "samples": 2, "pilot-runs": 2}
OF_HAILAN = {"holds": 1, "batches": 2, "inspections": 1, "samples": 1, "pilot-runs": 1}


def found_on_page(user, name: str, question: str) -> set[str]:
    client = Client()
    client.force_login(user)
    page = client.get(f"/{PAGES.get(name, name)}/?{question}")
    return {str(getattr(row, LISTS[name])) for row in page.context["list"].page}


def found_over_api(user, name: str, question: str) -> set[str]:
    status, answer = Caller(user).send("GET", f"{name}/?{question}")
    assert status == 200
    return {row[LISTS[name]] for row in answer["results"]}


@pytest.mark.parametrize("name", LISTS)
def test_page_and_api_find_the_same(two, manager, name):
    counts = {
        "q=KT17": OF_HAILAN, "q=LD-1": {n: ALL[n] - OF_HAILAN[n] for n in ALL}, "supplier=HAILAN": OF_HAILAN,
        "product=HL-KT17-W": OF_HAILAN, "date_after=2020-01-01": ALL, "date_before=2020-01-01": dict.fromkeys(ALL, 0),
    }  # fmt: skip
    found = {question: found_over_api(manager, name, question) for question in counts}

    assert {question: len(rows) for question, rows in found.items()} == {q: count[name] for q, count in counts.items()}
    assert {question: found_on_page(manager, name, question) for question in counts} == found


@pytest.mark.parametrize("name", LISTS)
def test_a_code_of_nothing_that_one_may_see_is_refused_and_not_an_empty_list(two, manager, name):
    """ "Nothing is held" would be read of it."""
    rival = make_user(Role.SUPPLIER, "linden", supplier=Supplier.objects.get(code="LINDEN"))
    for user, question, code in (
        (manager, "supplier=NOBODY", "unknown_supplier"),
        (manager, "product=HL-KT17", "unknown_product"),
        (rival, "product=HL-KT17-W", "unknown_product"),
        (manager, "supplier=", "blank"),
        (manager, "product=LD-1&product=HL-KT17-W", "repeated"),
    ):
        status, answer = Caller(user).send("GET", f"{name}/?{question}")
        assert (status, fields(answer)) == (400, [(question.partition("=")[0], code)])


def test_holds_are_found_by_their_answer(two, manager):
    for answer, codes in (("answered", {"B-1-H1"}), ("overdue", {"B-2-H1"}), ("waiting", set())):
        found = found_over_api(manager, "holds", f"answer={answer}")
        assert (answer, found) == (answer, found_on_page(manager, "holds", f"answer={answer}")) == (answer, codes)


def test_what_makes_no_sense_is_refused_over_the_api_and_left_out_on_a_page(two, manager):
    for question, field, code in (
        ("reason=none", "reason", "invalid_choice"),
        ("date_after=soon", "date_after", "invalid"),
        ("q=" + "x" * 101, "q", "max_length"),
    ):
        status, answer = Caller(manager).send("GET", f"holds/?{question}")
        assert (status, fields(answer)) == (400, [(field, code)])
        assert found_on_page(manager, "holds", question) == {"B-1-H1", "B-2-H1"}


def test_a_page_says_in_its_own_words_what_it_was_asked(two, manager):
    client = Client()
    client.force_login(manager)

    page = client.get("/holds/?status=ended&date_after=2020-01-01&reason=manual&answer=nonsense")

    asked = {name: value for name, value in page.context["chosen"].items() if value}
    assert asked == {"status": "ended", "date_after": "2020-01-01", "reason": "manual"}
    assert client.get("/holds/?status=nonsense").context["chosen"]["status"] == "open"
    assert found_on_page(manager, "holds", "status=all") == {"B-1-H1", "B-2-H1"}
    assert found_on_page(manager, "holds", "status=ended") == set()


def test_suppliers_and_products_are_found_by_words_on_both_sides(two, manager):
    client = Client()
    client.force_login(manager)

    for name, key in (("suppliers", "code"), ("products", "sku")):
        for words in ("linden", "LD-1", "hl-kt"):
            page = client.get(f"/{name}/?q={words}").context["page"]
            answer = Caller(manager).send("GET", f"{name}/?q={words}")[1]
            assert {getattr(row, key) for row in page} == {row[key] for row in answer["results"]}, (name, words)
    assert [row["sku"] for row in Caller(manager).send("GET", "products/?q=LD-1")[1]["results"]] == ["LD-1"]
    assert Caller(manager).send("GET", "suppliers/?q=linden")[1]["results"][0]["code"] == "LINDEN"


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("requirements", "q=16 CFR 1250"),
        ("requirements", "market=EU-DE&category=toys&kind=manual"),
        ("requirements", "sure=no&severity=warn"),
        ("requirements", "sure=yes&kind=label"),
        ("reference", "q=7439-92-1&table=substances"),
        ("reference", "sure=no&table=manual_sections"),
    ],
)
def test_the_catalogue_is_asked_the_same_on_both_sides(catalogue, manager, name, question):
    client = Client()
    client.force_login(manager)

    page = client.get(f"/{name}/?{question}").context["list"].page
    answer = Caller(manager).send("GET", f"{name}/?{question}&page_size=200")[1]

    assert 0 < len(answer["results"]) == page.paginator.count < 200


def test_documents_and_papers_are_found_by_words_on_both_sides(catalogue, supplier, manager):
    paper = submit("gl-english-manual", listing_of(make_product("KT", supplier=supplier)), number="N-77")
    submit("gl-english-manual", listing_of(make_product("LD", supplier=make_supplier("LINDEN", name="Linden Works"))))
    client = Client()
    client.force_login(manager)

    page_of = {"documents": "document-list", "evidence": "evidence-list"}
    for name, words in (
        ("documents", paper.document.sha256),
        ("documents", "hailan"),
        ("evidence", "n-77"),
        ("evidence", "KT"),
    ):
        page = client.get(f"{reverse(page_of[name])}?q={words}&show=all").context["list"].page
        answer = Caller(manager).send("GET", f"{name}/?q={words}")[1]
        assert [row["id"] for row in answer["results"]] == [str(row.uid) for row in page], (name, words)
        assert len(answer["results"]) == 1, (name, words)


def test_a_return_is_asked_for_by_codes_that_there_are(two, manager, supplier_user):
    """A misspelled one would read as: nothing came back."""
    own, everybody = Caller(supplier_user), Caller(manager)

    for question in ("product=HL-KT17-W", "supplier=HAILAN", "batch=B-1", "batch=-"):
        assert everybody.send("GET", f"returns/?{question}")[0] == 200, question
    for caller, question in [
        (everybody, "product=hl"),
        (everybody, "supplier=NO"),
        (everybody, "batch=NO"),
        (own, "batch=B-2"),
    ]:
        status, problem = caller.send("GET", f"returns/?{question}")
        name = question.partition("=")[0]
        assert (status, fields(problem)) == (400, [(name, f"unknown_{name}")]), question
