"""What a text may hold when it comes in, and how it leaves."""

import base64
import json

import pytest
from django import forms

from activity.opaque import hide, reveal
from activity.texts import cleaned, harmless
from inspections.models import Batch
from tests.caller import Caller, fields
from tests.factories import make_batch


@pytest.mark.parametrize(
    "text",
    [
        "=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "\n\n =1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20a", "\u00a0=1",
        "\u200b=1", "\ufeff=1", "\u3000\uff1d1", "\u0001=1", "\n", "\u22121", "\ufe631", "|calc", "%0a", "'=1",
    ],
)  # fmt: skip
def test_every_way_to_begin_a_formula_is_taken_away(text):
    assert harmless(text) == f"'{cleaned(text)}"


@pytest.mark.parametrize("text", ["", "kettle", "A-1", "1=1", "电热水壶", "(=)", "“kettle”"])
def test_other_texts_stay_as_they_are(text):
    assert harmless(text) == text


@pytest.mark.parametrize("number", [0, 1, 2, 4711, 2**31, 2**63 - 1])
def test_a_hidden_number_comes_back_and_is_not_seen(number):
    assert reveal(hide(number)) == number
    assert f"{number:016x}" not in hide(number)


@pytest.mark.parametrize("text", ["", "1", "0" * 24, "x" * 24, hide(1)[:-1], hide(1).upper() + "0", "１" * 24])
def test_a_number_that_was_not_hidden_here_is_none(text):
    assert reveal(text) is None


def test_a_cursor_does_not_name_the_row(db, product, manager):
    for _each in range(3):
        make_batch(product=product)
    caller, seen, path = Caller(manager), [], "batches/?page_size=1"
    while path:
        _status, answer = caller.send("GET", path)
        seen += [row["number"] for row in answer["results"]]
        path = (answer["next"] or "").partition("/api/v1/")[2]
        if path:
            pk = Batch.objects.get(number=seen[-1]).pk
            cursor = base64.b64decode(
                path.partition("cursor=")[2].partition("&")[0].replace("%3D", "=") + "=="
            ).decode()
            assert f"p={pk}&" not in f"{cursor}&"
            assert "p=" in cursor

    assert seen == list(Batch.objects.order_by("-id").values_list("number", flat=True))
    assert fields(caller.send("GET", f"batches/?cursor={base64.b64encode(b'p=1').decode()}")[1]) == [
        ("cursor", "invalid")
    ]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('{"code": "A", "name": "one", "name": "two"}', ("name", "duplicate_key")),
        ('{"code": "A", "code": "B", "name": "one"}', ("code", "duplicate_key")),
        ('{"code": "A", "name": "a\\u0001b"}', ("name", "control_character")),
        ('{"code": "A", "name": "a\\u000bb"}', ("name", "control_character")),
        ('{"code": "A", "name": "a\\fb"}', ("name", "control_character")),
        ('{"code": "A", "name": "a\u0085b"}', ("name", "control_character")),
        ('{"code": "A", "name": "a\\u0000b"}', ("name", "control_character")),
        ('{"code": "A", "name": "a\\r\\nb"}', ("name", "control_character")),
        ('{"code": "A", "name": "a\\tb"}', ("name", "control_character")),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_by_the_name_of_the_field(manager, body, named):
    status, answer = Caller(manager).send("POST", "suppliers/", body)

    assert (status, fields(answer)) == (400, [named])


def test_a_key_that_stands_twice_deep_inside_is_refused(batch, inspector):
    body = '{"batch": "B-2611-042", "results": [{"characteristic": "LEAK", "nonconforming_units": [], "nonconforming_units": [1]}]}'

    status, answer = Caller(inspector).send("POST", "inspections/", body)

    assert (status, fields(answer)) == (400, [("nonconforming_units", "duplicate_key")])


def test_a_reason_may_have_lines(batch, manager):
    path = f"batches/{batch.number}/hold/"

    assert Caller(manager).send("POST", path, json.dumps({"note": "one\ntwo"}))[0] == 201


def test_no_form_takes_a_control_character(db, client, manager):
    client.force_login(manager)

    page = client.post("/suppliers/+/", {"code": "A", "name": "a\u0001b"}).content.decode()

    assert "control characters" in page


def test_a_form_takes_lines_where_they_are_meant():
    class Story(forms.Form):
        text = forms.CharField(widget=forms.Textarea)

    assert Story({"text": "one\ntwo"}).is_valid()
    assert not Story({"text": "one\u0001two"}).is_valid()
