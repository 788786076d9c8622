"""How strictly a product is sampled: on its pages, over the API, and by the quality manager's word."""

import pytest
from django.urls import reverse

from inspections.models import SwitchingStep
from inspections.switching.page import strictness_of
from tests.caller import Caller, fields
from tests.factories import inspect, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db
MAJOR = {"LID": [1, 2, 3, 4, 5, 6, 7, 8]}
PASSWORD = "holdfast-test"


@pytest.fixture
def run(product, inspector):
    """Inspect fresh batches, one for each letter: a(ccepted), r(ejected for major)."""

    def inspect_all(verdicts: str):
        return [
            inspect(make_batch(product=product), actor=inspector, **({} if verdict == "a" else MAJOR))
            for verdict in verdicts
        ]

    return inspect_all


@pytest.fixture
def address(product):
    return reverse("product-switching", args=[product.sku])


@pytest.fixture
def sign(client, manager, address):
    """Post the manager's word as the page does; the answer after its redirect."""

    def post(kind, *, note="Audited the line", password=PASSWORD, user=manager):
        client.force_login(user)
        key = client.get(address).context["form"]["key"].value()
        return client.post(address, {"key": key, "kind": kind, "note": note, "password": password}, follow=True)

    return post


def text_of(client, user, path) -> str:
    client.force_login(user)
    return " ".join(client.get(path).content.decode().split())


def test_a_tightened_product_says_why_and_what_ends_it(run, product, client, manager, address):
    lots = run("rr" + "aaa")

    for path in (address, f"/products/{product.sku}/", f"/batches/{lots[-1].batch.number}/"):
        text = text_of(client, manager, path)
        first, second = (lot.batch.number for lot in lots[:2])
        assert f"2 of the last 2 batches were not accepted ({first}, {second}): inspection is tightened." in text
        assert '<progress value="3" max="5" aria-label="accepted in a row">' in text
        assert "2 more batches accepted in a row lead back to normal inspection." in text


def test_the_history_is_newest_first_and_leads_to_the_inspections(run, client, manager, address):
    lots = run("arr")

    text = text_of(client, manager, address)

    places = [text.index(f'href="/inspections/{lot.uid}/"') for lot in lots]
    assert places == sorted(places, reverse=True)


def test_reduced_inspection_is_approved_and_withdrawn(run, product, sign):
    run("a" * 10)
    assert strictness_of(product).choices == ["reduced_approved", "production_irregular"]

    answer = sign("reduced_approved")
    assert answer.redirect_chain[-1] == (reverse("product-switching", args=[product.sku]), 302)
    assert (strictness_of(product).status, strictness_of(product).choices) == (
        "reduced",
        ["reduced_withdrawn", "production_irregular"],
    )

    sign("production_irregular")
    assert (strictness_of(product).status, strictness_of(product).choices) == (
        "normal",
        ["reduced_approved", "production_steady"],
    )


def test_requalifying_sends_the_held_batches_back_to_inspection(run, product, sign, client, manager, address):
    run("rr" + "rrrrr")
    waiting = make_batch(product=product)
    hold = waiting.holds.get()
    assert f'href="{address}"' in text_of(client, manager, f"/holds/{hold.uid}/")
    assert f'href="/holds/{hold.uid}/"' in text_of(client, manager, address)

    answer = sign("resumed", note="New seals, audited")

    waiting.refresh_from_db()
    assert (waiting.state, strictness_of(product).status) == ("awaiting", "tightened")
    assert "Batches that go back to inspection: 1." in answer.content.decode()


def test_a_discontinued_product_says_whom_to_ask(run, product, client, inspector):
    run("rr" + "rrrrr")
    batch = make_batch(product=product)

    client.force_login(inspector)
    page = client.post(f"/batches/{batch.number}/inspect/", {"unknown": "1"}, follow=True)

    assert "The quality manager has to re-qualify it" in page.content.decode()
    status, answer = Caller(inspector).send("POST", "inspections/", {"batch": batch.number})
    assert (status, answer["code"]) == (409, "inspection_discontinued")
    batch.refresh_from_db()
    assert (batch.state, batch.inspections.count()) == ("on_hold", 0)


def test_signing_twice_has_one_effect(run, product, client, manager, address):
    run("rr" + "rrrrr")
    client.force_login(manager)
    key = client.get(address).context["form"]["key"].value()
    sent = {"key": key, "kind": "resumed", "note": "Audited", "password": PASSWORD}

    answers = [client.post(address, sent).status_code for _ in range(2)]

    assert (answers, SwitchingStep.objects.filter(kind="resumed").count()) == ([302, 302], 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"password": "wrong"}, "password"), ({"note": " "}, "note"), ({"kind": "lot"}, "kind"), ({"kind": ""}, "kind")],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(run, client, manager, address, change, field):
    run("a")
    client.force_login(manager)
    key = client.get(address).context["form"]["key"].value()
    sent = {"key": key, "kind": "production_irregular", "note": "New mould", "password": PASSWORD} | change

    page = client.post(address, sent)

    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    assert SwitchingStep.objects.exclude(kind="lot").count() == 0


def test_re_qualifying_what_is_not_discontinued_is_refused(run, sign):
    run("a")

    assert "there is nothing to re-qualify" in sign("resumed").content.decode()


def test_only_the_manager_decides_and_suppliers_read_no_notes(
    run, client, sign, address, inspector, merchandiser, supplier_user, rival_supplier
):
    run("a")
    sign("production_irregular", note="Their moulder left")

    statuses = []
    for user in (inspector, merchandiser, supplier_user, rival_supplier):
        client.force_login(user)
        statuses.append((client.get(address).status_code, client.post(address, {}).status_code))
    assert statuses == [(200, 403), (200, 403), (200, 403), (404, 404)]
    assert "Their moulder left" in text_of(client, inspector, address)
    text = text_of(client, supplier_user, address)
    assert ("Production is irregular" in text, "Their moulder left" in text, ">By</th>" in text) == (
        True,
        False,
        False,
    )


def test_a_scheme_without_severities_says_so(client, manager):
    product = make_product()
    make_specification(product, scheme={"kind": "fixed", "n": 50})

    assert "Every batch is sampled alike" in text_of(client, manager, f"/products/{product.sku}/switching/")
    assert 'id="strictness"' not in text_of(client, manager, f"/products/{product.sku}/")


def test_a_product_without_a_specification_says_so(client, manager):
    product = make_product()

    assert "Nothing is sampled yet" in text_of(client, manager, f"/products/{product.sku}/switching/")
    assert Caller(manager).send("GET", f"products/{product.sku}/switching/")[0] == 404


class TestApi:
    def path(self, product):
        return f"products/{product.sku}/switching/"

    def test_it_tells_the_state_and_the_history(self, run, product, manager):
        lots = run("rra")

        status, answer = Caller(manager).send("GET", self.path(product))

        assert (status, answer["severity"], answer["reason"], answer["lots"]) == (200, "tightened", "two_in_five", 3)
        ends = [(end["code"], end["so_far"], end["needed"]) for end in answer["ends"]]
        assert ends == [("accepted_in_a_row", 1, 5), ("not_accepted_discontinues", 0, 5)]
        assert [(step["batch"], step["severity"]) for step in answer["history"]] == [
            (lots[2].batch.number, "tightened"),
            (lots[1].batch.number, "tightened"),
            (lots[0].batch.number, "normal"),
        ]

    def test_a_token_signs_and_a_repeat_has_one_effect(self, run, product, manager):
        run("rr" + "rrrrr")
        caller, body = Caller(manager), {"kind": "resumed", "note": "Audited"}

        answers = [caller.send("POST", self.path(product), body, key="once") for _ in range(2)]

        assert answers[0] == answers[1]
        assert (answers[0][0], answers[0][1]["severity"]) == (200, "tightened")
        assert SwitchingStep.objects.filter(kind="resumed").count() == 1
        assert caller.send("POST", self.path(product), body, key="again")[0] == 409

    @pytest.mark.parametrize(
        ("body", "named"),
        [
            ({"kind": "lot", "note": "x"}, [("kind", "invalid_choice")]),
            ({"kind": "resumed"}, [("note", "required")]),
            ({"kind": "resumed", "note": "x", "sure": True}, [("sure", "unknown_field")]),
        ],
    )
    def test_bad_input_is_named(self, product, manager, body, named):
        status, answer = Caller(manager).send("POST", self.path(product), body)

        assert (status, fields(answer)) == (400, named)

    def test_a_session_needs_the_password(self, product, manager, client):
        client.force_login(manager)
        body = {"kind": "production_irregular", "note": "New mould"}

        def answer(sent):
            return client.post(f"/api/v1/{self.path(product)}", sent, content_type="application/json")

        assert (answer(body).status_code, answer(body | {"password": PASSWORD}).status_code) == (400, 200)

    def test_who_may(self, run, product, inspector, merchandiser, supplier_user, rival_supplier):
        run("a")
        body = {"kind": "production_irregular", "note": "New mould"}

        statuses = [
            (Caller(user).send("GET", self.path(product))[0], Caller(user).send("POST", self.path(product), body)[0])
            for user in (inspector, merchandiser, supplier_user, rival_supplier)
        ]

        assert statuses == [(200, 403), (200, 403), (200, 403), (404, 404)]


def test_it_says_since_when_and_stops_counting_where_the_score_is_reached(run, product, client, manager, address):
    run("a" * 12)
    steps = SwitchingStep.objects.filter(product=product)
    assert steps.order_by("id").last().state["major"]["score"] == 36
    first = steps.order_by("id").first().at

    page = text_of(client, manager, address)
    answer = Caller(manager).send("GET", f"products/{product.sku}/switching/")[1]

    assert f"Normal since {first:%Y-%m-%d}: 12 first submissions so far." in page
    assert "Inspection starts here." not in page
    assert "Nothing has changed it since inspection began." in page
    assert (answer["score"], answer["ends"][1]["so_far"], answer["ends"][1]["needed"]) == (30, 30, 30)
    assert answer["since"].startswith(f"{first:%Y-%m-%d}")


def test_it_says_which_batch_began_it(run, product, client, manager, address):
    run("arar" + "aa")

    answer = Caller(manager).send("GET", f"products/{product.sku}/switching/")[1]

    change = SwitchingStep.objects.filter(product=product).order_by("id")[3]
    assert answer["since_batch"] == change.inspection.batch.number
    assert "Tightened since" in text_of(client, manager, address)
    assert "2 first submissions so far" in text_of(client, manager, address)
