"""The style guide, the sign-in pages and the error pages, as the server sends them."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

SIGNED_OUT = ["account_login", "account_reset_password", "account_reset_password_done"]
SIGNED_IN = [
    "styleguide",
    "account_email",
    "account_change_password",
    "mfa_index",
    "account_reauthenticate",
    "account_logout",
]


@pytest.mark.parametrize("name", SIGNED_OUT)
def test_a_page_before_signing_in_has_one_heading_and_the_language_switch(client, db, name):
    page = client.get(reverse(name)).content.decode()

    assert len(re.findall(r"<h1\b", page)) == 1
    assert f'action="{reverse("language")}"' in page
    assert f'action="{reverse("theme")}"' in page


@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_page_after_signing_in_has_one_heading_and_the_language_switch(client, manager, name):
    client.force_login(manager)

    response = client.get(reverse(name))
    page = response.content.decode()

    assert response.status_code == 200
    assert len(re.findall(r"<h1\b", page)) == 1
    assert f'action="{reverse("language")}"' in page


def test_the_page_speaks_the_language_of_the_reader_and_names_it(client, manager):
    client.force_login(manager)
    client.post(reverse("language"), {"language": "zh-hans"})

    page = client.get(reverse("styleguide")).content.decode()

    assert re.search(r'<html lang="zh-hans"[^>]*>', page)
    assert re.search(r'value="zh-hans"\s+lang="zh-hans"\s+aria-pressed="true"', page)
    assert re.search(r'value="en"\s+lang="en"\s+aria-pressed="false"', page)


@pytest.mark.parametrize(
    ("cookie", "theme"),
    [
        ("", []),
        ("light", ["light"]),
        ("dark", ["dark"]),
        ('"><script>', []),
    ],
)
def test_the_theme_is_in_the_first_byte_that_is_drawn(client, db, cookie, theme):
    client.cookies["theme"] = cookie

    tag = re.search(r'<html lang="en"[^>]*>', client.get(reverse("account_login")).content.decode())[0]
    assert re.findall(r'data-theme="(.*?)"', tag) == theme


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429", "500"])
def test_an_error_page_needs_no_request(code):
    page = render_to_string(f"{code}.html")

    assert len(re.findall(r"<h1>[^<]+</h1>", page)) == 1


def test_the_quantity_bar_is_as_long_as_its_parts_together():
    quantities = {
        "total": 1000, "shipped": 300, "available": 0, "on_hold": 628, "set_aside": 12, "awaiting": 0, "returned": 40, "scrapped": 20,
    }  # fmt: skip
    bar = render_to_string("components/quantity_bar.html", {"quantities": quantities})

    rects = re.findall(r'class="quantity-([a-z-]+)"\s+x="(\d+)"\s+y="0"\s+height="28"\s+width="(\d+)"', bar)

    assert rects == [
        ("shipped", "0", "3000"),
        ("on-hold", "3000", "6280"),
        ("set-aside", "9280", "120"),
        ("returned", "9400", "400"),
        ("scrapped", "9800", "200"),
    ]


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        ("accepted", "accepted"),
        ("on_hold", "stopped"),
        ("rejected", "stopped"),
        ("awaiting", "waiting"),
        ("abandoned", "warning"),
        ("accept", "waiting"),
        ("", "waiting"),
    ],
)
def test_a_state_has_its_tone_and_an_unknown_one_never_looks_accepted(state, tone):
    chip = render_to_string("components/state.html", {"state": state, "label": "as it is"})

    assert re.findall(r"tone-([a-z]+)", chip) == [tone]
    assert f"#{tone}" in chip
    assert "As it is" in chip


def test_a_form_field_ties_help_and_error_to_its_control(client, manager):
    client.force_login(manager)
    page = client.get(reverse("styleguide")).content.decode()

    control = re.search(r'<input[^>]*id="guide_wrong_quantity"[^>]*>', page).group()

    assert 'aria-describedby="guide_wrong_quantity_helptext guide_wrong_quantity_error"' in control
    assert 'aria-invalid="true"' in control
    assert 'id="guide_wrong_quantity_helptext"' in page
    assert 'id="guide_wrong_quantity_error"' in page
