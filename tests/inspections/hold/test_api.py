import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from activity.models import Event
from inspections.hold.services.holds import place_hold
from inspections.models import Disposition, Hold, HoldResponse
from inspections.switching.services import where_it_stands
from tests.caller import Caller, fields
from tests.factories import NOON, inspect, make_batch

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def hold(batch, inspector):
    inspect(batch, actor=inspector, LEAK=[3])
    return Hold.objects.get()


@pytest.fixture
def boss(manager):
    return Caller(manager)


def test_the_supplier_answers_and_everyone_reads_it(hold, supplier_user, boss):
    status, answer = Caller(supplier_user).send(
        "POST", f"holds/{hold.uid}/respond/",
        {"root_cause": "Worn die", "corrective_action": "Replaced", "wants_reinspection": True},
    )  # fmt: skip

    assert (status, answer["responses"][0]["root_cause"]) == (200, "Worn die")
    status, seen = boss.send("GET", f"holds/{hold.uid}/")
    assert (status, seen) == (200, answer)
    assert [row["id"] for row in boss.send("GET", "holds/?state=open")[1]["results"]] == [str(hold.uid)]


@pytest.mark.parametrize(
    ("persona", "status"),
    [("inspector", 201), ("manager", 201), ("merchandiser", 403), ("supplier_user", 403), ("rival_supplier", 404), ("admin", 201)],
)  # fmt: skip
def test_who_may_stop_a_batch_by_hand(request, batch, persona, status):
    caller = Caller(request.getfixturevalue(persona))

    answer = caller.send("POST", f"batches/{batch.number}/hold/", {"note": "Wet cartons"})

    assert (answer[0], Hold.objects.count()) == (status, int(status == 201))


def test_a_batch_is_stopped_by_hand_once(batch, boss):
    path, body = f"batches/{batch.number}/hold/", {"note": "Wet cartons"}

    answers = [boss.send("POST", path, body, key="one") for _ in range(2)]

    [(status, hold), again] = answers
    assert (status, hold["batch"], hold["reason"], hold["note"], hold["quantity"], hold["remaining"], hold["state"]) == (
        201, batch.number, "manual", "Wet cartons", 1000, 1000, "open",
    )  # fmt: skip
    assert (again, Hold.objects.count()) == ((status, hold), 1)
    assert boss.send("GET", f"holds/{hold['id']}/") == (200, hold)
    status, refusal = boss.send("POST", path, body)
    assert (status, refusal["code"]) == (409, "nothing_to_hold")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [({}, "note", "required"), ({"note": " "}, "note", "blank"), ({"note": "x", "why": "y"}, "why", "unknown_field")],
)
def test_a_batch_is_not_stopped_without_a_word(batch, boss, body, field, code):
    status, answer = boss.send("POST", f"batches/{batch.number}/hold/", body)

    assert (status, fields(answer), Hold.objects.count()) == (400, [(field, code)], 0)


def test_an_answer_brings_its_proof_as_a_form(hold, supplier_user):
    form = {"root_cause": "Worn die", "corrective_action": "Replaced", "files": [SimpleUploadedFile("die.png", PNG)]}
    caller = Caller(supplier_user)

    first = caller.post(
        f"/api/v1/holds/{hold.uid}/respond/", form, format="multipart", headers={"Idempotency-Key": "k"}
    )
    form["files"] = [SimpleUploadedFile("die.png", PNG)]
    again = caller.post(
        f"/api/v1/holds/{hold.uid}/respond/", form, format="multipart", headers={"Idempotency-Key": "k"}
    )

    assert (first.status_code, first.json()["responses"][0]["files"][0]["name"]) == (200, "die.png")
    assert (again.json(), HoldResponse.objects.count()) == (first.json(), 1)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"root_cause": ""}, "root_cause", "blank"),
        ({"corrective_action": None}, "corrective_action", "null"),
        ({"root_casue": "x"}, "root_casue", "unknown_field"),
        ({"root_cause": "half \ud800"}, "root_cause", "control_character"),
        ({"root_cause": "nul \x00"}, "root_cause", "control_character"),
    ],
)
def test_a_bad_answer_is_refused(hold, supplier_user, change, field, code):
    status, answer = Caller(supplier_user).send(
        "POST", f"holds/{hold.uid}/respond/", {"root_cause": "a", "corrective_action": "b"} | change
    )

    assert (status, fields(answer) if field else answer["code"]) == (400, [(field, code)] if field else code)
    assert HoldResponse.objects.count() == 0


def test_what_is_no_picture_whatever_its_name_says_is_refused(hold, supplier_user):
    form = {"root_cause": "a", "corrective_action": "b", "files": [SimpleUploadedFile("a.jpg", b"<svg></svg>" * 9)]}

    response = Caller(supplier_user).post(f"/api/v1/holds/{hold.uid}/respond/", form, format="multipart")

    assert (response.status_code, fields(response.json())) == (400, [("files", "unknown_content")])
    assert HoldResponse.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "quantity", "freed", "left"),
    [
        ({"disposition": "release"}, 1000, 1000, 0),
        ({"disposition": "release", "quantity": 300}, 300, 300, 700),
        ({"disposition": "scrap"}, 1000, 0, 0),
        ({"disposition": "rework"}, 1000, 0, 0),
        ({"disposition": "return", "quantity": 1}, 1, 0, 999),
        ({"disposition": "sort", "good": 990}, 1000, 990, 10),
        ({"disposition": "sort", "quantity": 500, "good": 490, "bad": 10}, 500, 490, 510),
        ({"disposition": "accept_on_deviation", "expires_on": "2099-12-31", "limit": "Scratches"}, 1000, 1000, 0),
    ],
)
def test_a_token_signs_a_disposition(hold, boss, body, quantity, freed, left):
    status, answer = boss.send("POST", f"holds/{hold.uid}/decide/", {"reason": "Looked at", **body})

    assert (status, answer["remaining"], answer["state"]) == (200, left, "open" if left else "ended")
    [signed] = answer["dispositions"]
    assert (signed["disposition"], signed["quantity"], signed["freed"], signed["signature"], signed["decided_by"]) == (
        body["disposition"], quantity, freed, "token", "manager",
    )  # fmt: skip


def test_a_release_after_a_sorting_leaves_what_was_sorted_out(hold, boss):
    path = f"holds/{hold.uid}/decide/"
    boss.send("POST", path, {"disposition": "sort", "quantity": 500, "good": 490, "reason": "By hand"})

    status, answer = boss.send("POST", path, {"disposition": "release", "reason": "Fine"})

    assert (status, answer["dispositions"][1]["quantity"], answer["remaining"]) == (200, 500, 10)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "disposition", "required"),
        ({"disposition": "Release"}, "disposition", "invalid_choice"),
        ({"disposition": "accept-on-deviation"}, "disposition", "invalid_choice"),
        ({"disposition": "release", "quantity": 0}, "quantity", "out_of_range"),
        ({"disposition": "release", "quantity": 1001}, "quantity", "out_of_range"),
        ({"disposition": "release", "quantity": -1}, "quantity", "out_of_range"),
        ({"disposition": "release", "reason": " "}, "reason", "blank"),
        ({"disposition": "sort"}, "good", "out_of_range"),
        ({"disposition": "sort", "good": 1001}, "good", "out_of_range"),
        ({"disposition": "sort", "good": 990, "bad": 9}, "bad", "contradiction"),
        ({"disposition": "release", "good": 990}, "good", "contradiction"),
        ({"disposition": "accept_on_deviation"}, "expires_on", "required"),
        ({"disposition": "accept_on_deviation", "expires_on": "2020-01-01"}, "expires_on", "past"),
        ({"disposition": "release", "amount": 5}, "amount", "unknown_field"),
    ],
)
def test_a_bad_decision_is_refused_by_field(hold, boss, body, field, code):
    status, answer = boss.send("POST", f"holds/{hold.uid}/decide/", {"reason": "x", **body})

    assert (status, fields(answer), Disposition.objects.count()) == (400, [(field, code)], 0)


class TestRequalifying:
    """A word on the product: the hold it is signed on is one of those that it ends."""

    @pytest.fixture
    def held(self, product, inspector):
        for _ in range(7):  # two rejections tighten, five more discontinue
            inspect(make_batch(product=product), actor=inspector, LEAK=[1])
        return [make_batch(number, product=product) for number in ("WAITS-1", "WAITS-2")]

    def sign(self, boss, batch, **more):
        body = {"disposition": "requalify", "reason": "New seals, audited on site", **more}
        return boss.send("POST", f"holds/{batch.holds.get().uid}/decide/", body)

    def standing(self, held):
        for batch in held:
            batch.refresh_from_db()
        specification = held[0].product.specifications.get()
        return [batch.state for batch in held], where_it_stands(specification).severities["critical"]

    def test_it_sends_every_batch_of_the_product_back_to_inspection(self, boss, held):
        status, answer = self.sign(boss, held[0])

        assert (status, answer["state"], answer["dispositions"][0]["quantity"]) == (200, "ended", 1000)
        assert self.standing(held) == (["awaiting", "awaiting"], "tightened")
        assert self.sign(boss, held[1])[1]["code"] == "hold_ended"

    def test_a_hold_is_not_requalified_in_part(self, boss, held):
        status, answer = self.sign(boss, held[0], quantity=400)

        assert (status, fields(answer)) == (400, [("quantity", "out_of_range")])
        assert self.standing(held) == (["on_hold", "on_hold"], "discontinued")

    def test_what_was_held_for_something_else_is_not_requalified(self, boss, manager, held):
        other = make_batch()
        place_hold(batch=other, note="Wet cartons", actor=manager, at=NOON)

        status, answer = self.sign(boss, other)

        assert (status, fields(answer)) == (400, [("disposition", "invalid_choice")])
        assert self.standing(held) == (["on_hold", "on_hold"], "discontinued")


def test_the_inspector_of_record_may_not_decide(batch, manager, boss):
    inspect(batch, actor=manager, LEAK=[3])

    status, answer = boss.send(
        "POST", f"holds/{Hold.objects.get().uid}/decide/", {"disposition": "release", "reason": "x"}
    )

    assert (status, answer["code"]) == (403, "inspector_may_not_decide")


def test_an_ended_hold_takes_no_decision(hold, boss):
    boss.send("POST", f"holds/{hold.uid}/decide/", {"disposition": "scrap", "reason": "Leaking"})

    status, answer = boss.send(
        "POST", f"holds/{hold.uid}/decide/", {"disposition": "release", "quantity": 1, "reason": "x"}
    )

    assert (status, answer["code"]) == (409, "hold_ended")


def test_after_the_end_the_supplier_still_says_why_and_what_is_done(hold, boss, supplier_user):
    boss.send("POST", f"holds/{hold.uid}/decide/", {"disposition": "scrap", "reason": "Leaking"})
    body = {"root_cause": "Worn die", "corrective_action": "Replaced"}

    status, answer = Caller(supplier_user).send("POST", f"holds/{hold.uid}/respond/", body)

    assert (status, answer["state"]) == (200, "ended")
    assert [(said["root_cause"], said["corrective_action"]) for said in answer["responses"]] == [
        ("Worn die", "Replaced")
    ]
    assert Event.objects.filter(kind="hold.answered", data__hold=str(hold.uid)).count() == 1


def test_units_that_are_known_to_be_bad_are_neither_released_nor_sorted(hold, boss):
    path = f"holds/{hold.uid}/decide/"
    boss.send("POST", path, {"disposition": "sort", "good": 900, "reason": "By hand"})

    for body in ({"disposition": "release"}, {"disposition": "sort", "good": 0}):
        status, answer = boss.send("POST", path, {"reason": "Fine", **body})
        assert (status, fields(answer)) == (400, [("disposition", "invalid_choice")])


@pytest.mark.parametrize(
    ("persona", "decide", "respond", "read"),
    [
        ("inspector", 403, 403, 200),
        ("merchandiser", 403, 403, 200),
        ("supplier_user", 403, 200, 200),
        ("rival_supplier", 404, 404, 404),
    ],
)
def test_who_may_decide_answer_and_read(hold, request, persona, decide, respond, read):
    caller = Caller(request.getfixturevalue(persona))
    answer = {"root_cause": "a", "corrective_action": "b"}

    assert caller.send("GET", f"holds/{hold.uid}/")[0] == read
    assert caller.send("POST", f"holds/{hold.uid}/respond/", answer)[0] == respond
    assert caller.send("POST", f"holds/{hold.uid}/decide/", {"disposition": "scrap", "reason": "x"})[0] == decide
    assert Disposition.objects.count() == 0


def test_a_session_signs_with_its_password_and_proves_where_it_comes_from(hold, manager, settings):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(manager)
    path = f"/api/v1/holds/{hold.uid}/decide/"
    body = {"disposition": "scrap", "reason": "Leaking"}

    def decide(extra, **headers):
        response = browser.post(path, body | extra, content_type="application/json", headers=headers)
        return response.status_code, response.json()

    status, answer = decide({"password": "holdfast-test"})
    assert (status, answer["code"]) == (403, "permission_denied")
    browser.get("/api/v1/docs/")
    token = {"X-CSRFToken": browser.cookies[settings.CSRF_COOKIE_NAME].value}
    for extra in ({}, {"password": "wrong"}):
        status, answer = decide(extra, **token)
        assert (status, fields(answer)) == (400, [("password", "wrong_password")])
    status, answer = decide({"password": "holdfast-test"}, **token)
    assert (status, answer["dispositions"][0]["signature"]) == (200, "password")


def test_guesses_that_are_refused_with_their_whole_request_are_counted_all_the_same(hold, manager):
    browser = Client()
    browser.force_login(manager)

    def decide(password, key):
        body = {"disposition": "scrap", "reason": "Leaking", "password": password}
        return browser.post(
            f"/api/v1/holds/{hold.uid}/decide/", body, content_type="application/json", headers={"Idempotency-Key": key}
        ).json()

    codes = [fields(decide(f"guess {n}", f"k{n}"))[0][1] for n in range(6)]

    assert codes == ["wrong_password"] * 5 + ["too_many_attempts"]
    locked = decide("holdfast-test", "k9")
    assert (locked["status"], fields(locked)) == (429, [("password", "too_many_attempts")])
    assert Disposition.objects.count() == 0


def test_holds_are_filtered_and_take_the_same_statements(hold, product, manager, boss, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(boss.send("GET", "holds/")[1]["results"]) == 1
    for number in ("B-2", "B-3"):
        place_hold(batch=make_batch(number, product=product), note="Wet", actor=manager, at=NOON)
    with django_assert_num_queries(2):
        assert len(boss.send("GET", "holds/")[1]["results"]) == 3

    def found(query):
        return [row["code"] for row in boss.send("GET", f"holds/?{query}")[1]["results"]]

    assert found("reason=critical") == ["B-2611-042-H1"]
    assert found("batch=B-3") == ["B-3-H1"]
    assert found("state=ended") == []
    assert found("supplier=HAILAN&product=HL-KT17-W") == ["B-3-H1", "B-2-H1", "B-2611-042-H1"]
