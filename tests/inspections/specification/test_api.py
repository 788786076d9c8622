"""What loosens waits for the signature of a second person, over the API as well."""

import pytest

from accounts.roles import Role
from tests.caller import Caller
from tests.factories import make_product, make_user

pytestmark = pytest.mark.django_db
SCHEME = {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}}
SAFE = {"code": "SAFE", "name": "No sharp edge", "aspect": "function", "class": "critical", "measured": False}
CORD = {
    "code": "CORD", "name": "Cord length", "aspect": "dimension", "class": "major", "measured": True,
    "lower": 70, "upper": 80, "unit": "cm",
}  # fmt: skip
ADDRESS, SIGN = "products/K-1/specification/", "products/K-1/specification/sign/"


@pytest.fixture
def merchant(merchandiser):
    make_product("K-1")
    caller = Caller(merchandiser)
    body = {"characteristics": [SAFE, CORD], "scheme": SCHEME}
    assert caller.send("PUT", ADDRESS, body)[0] == 200
    return caller


def in_force(caller) -> tuple[int, list[str]]:
    answer = caller.send("GET", ADDRESS)[1]
    return answer["version"], [each["code"] for each in answer["characteristics"]]


def shown(caller) -> str:
    return caller.send("GET", SIGN)[1]["digest"]


@pytest.mark.parametrize(
    ("characteristics", "scheme", "loosens"),
    [
        ([CORD], SCHEME, [("SAFE", "gone")]),
        ([SAFE | {"class": "major"}, CORD], SCHEME, [("SAFE", "nonconformity_class")]),
        ([SAFE, CORD | {"lower": 69}], SCHEME, [("CORD", "lower")]),
        ([SAFE, CORD | {"upper": None}], SCHEME, [("CORD", "upper")]),
        ([SAFE | {"name": "Colour is nice"}, CORD], SCHEME, [("SAFE", "name")]),
        ([SAFE | {"name_zh": "颜色好看", "name": ""}, CORD], SCHEME, [("SAFE", "name"), ("SAFE", "name_zh")]),
        ([SAFE | {"aspect": "appearance"}, CORD], SCHEME, [("SAFE", "aspect")]),
        ([SAFE | {"method": "Look at the box"}, CORD], SCHEME, [("SAFE", "method")]),
        ([SAFE, CORD | {"unit": "m"}], SCHEME, [("CORD", "unit")]),
        ([SAFE, CORD | {"unit": "mm"}], SCHEME, [("CORD", "unit")]),
        ([SAFE, CORD], SCHEME | {"aql": {"major": "4.0", "minor": "4.0"}}, [("", "major")]),
    ],
)
def test_a_looser_version_waits_and_is_never_active_at_once(merchant, characteristics, scheme, loosens):
    body = {"characteristics": characteristics, "scheme": scheme}

    answers = [merchant.send("PUT", ADDRESS, body) for _n in range(2)]

    for status, answer in answers:
        assert (status, answer["version"], answer["state"], answer["waits_for_signature"]) == (202, 2, "draft", True)
        assert [(each["characteristic"], each["what"]) for each in answer["loosens"]] == loosens
        assert all(each["detail"] for each in answer["loosens"])
    assert in_force(merchant) == (1, ["SAFE", "CORD"])


def test_a_second_person_who_may_decide_holds_signs_it(merchant, manager, inspector):
    merchant.send("PUT", ADDRESS, {"characteristics": [CORD], "scheme": SCHEME})
    quality = Caller(manager)
    asked = {"version": 2, "reason": "Made without a blade from now on", "digest": shown(quality)}

    assert merchant.send("POST", SIGN, asked)[0] == 403
    assert Caller(inspector).send("POST", SIGN, asked)[0] == 403
    assert quality.send("POST", SIGN, asked | {"reason": " "})[0] == 400
    assert quality.send("GET", SIGN)[1]["version"] == 2
    assert in_force(merchant)[0] == 1
    status, answer = quality.send("POST", SIGN, asked)

    assert (status, answer["state"], answer["signed_by"]) == (200, "active", "manager")
    assert (answer["waits_for_signature"], answer["signed_reason"]) == (False, asked["reason"])
    assert in_force(merchant) == (2, ["CORD"])
    assert quality.send("POST", SIGN, asked)[1]["code"] == "not_a_draft"
    assert quality.send("GET", SIGN)[0] == 404


def test_who_drafted_it_does_not_sign_it(merchant, manager):
    quality = Caller(manager)
    quality.send("PUT", ADDRESS, {"characteristics": [CORD], "scheme": SCHEME})

    status, answer = quality.send("POST", SIGN, {"version": 2, "reason": "Mine", "digest": shown(quality)})

    assert (status, answer["code"]) == (403, "drafter_may_not_sign")
    assert in_force(merchant)[0] == 1
    second = Caller(make_user(Role.MANAGER))
    assert (
        second.send("POST", SIGN, {"version": 2, "reason": "Agreed", "digest": shown(quality)})[1]["state"] == "active"
    )


def test_what_only_tightens_or_adds_is_active_at_once_and_signs_nothing(merchant, manager):
    seam = SAFE | {"code": "SEAM", "class": "minor"}
    body = {"characteristics": [SAFE, CORD | {"upper": 79}, seam], "scheme": SCHEME | {"level": "III"}}

    status, answer = merchant.send("PUT", ADDRESS, body)

    assert (status, answer["state"], answer["waits_for_signature"], answer["loosens"]) == (200, "active", False, [])
    status, answer = Caller(manager).send("POST", SIGN, {"version": 2, "reason": "Unasked", "digest": "0"})
    assert (status, answer["code"]) == (409, "not_a_draft")


@pytest.mark.parametrize(
    "then",
    [
        {"characteristics": [CORD], "scheme": SCHEME | {"aql": {"major": "10", "minor": "10"}}},
        {"characteristics": [CORD | {"name": "Cord"}], "scheme": SCHEME},
        {"characteristics": [CORD | {"lower": 1}], "scheme": SCHEME},
    ],
)
def test_what_was_sent_again_after_it_was_read_is_not_signed(merchant, manager, then):
    quality = Caller(manager)
    assert merchant.send("PUT", ADDRESS, {"characteristics": [CORD], "scheme": SCHEME})[0] == 202
    read = {"version": 2, "reason": "Seen", "digest": shown(quality)}
    assert merchant.send("PUT", ADDRESS, then)[1]["version"] == 3

    status, answer = quality.send("POST", SIGN, read)

    assert (status, answer["code"]) == (409, "changed_meanwhile")
    assert in_force(merchant) == (1, ["SAFE", "CORD"])
    assert quality.send("POST", SIGN, {"version": 2, "reason": "Seen"})[0] == 400
    assert quality.send("POST", SIGN, read | {"digest": shown(quality)})[0] == 200
