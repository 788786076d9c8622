import re

import pytest
from django.urls import reverse

from accounts.models import Token, digest_of
from accounts.services import create_token
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def type_password(client, password: str = "holdfast-test"):
    """As every page asks that changes who may come in."""
    return client.post(reverse("account_reauthenticate"), {"password": password, "next": "/account/"})


def key_on(response) -> str | None:
    found = re.search(r"hf_[0-9a-f]{48}", response.content.decode())
    return found and found[0]


def test_the_account_page_shows_who_one_is_and_where_to_change_it(client, supplier_user):
    client.force_login(supplier_user)

    page = client.get(reverse("account")).content.decode()

    assert re.search(r"<dd>\s*Supplier\s*</dd>", page)
    for name in ("account_email", "account_change_password", "mfa_index", "language", "theme", "token-create"):
        assert f'"{reverse(name)}"' in page


def test_a_key_is_shown_once_and_opens_until_it_is_revoked(client, manager, event_kinds):
    client.force_login(manager)
    type_password(client)

    created = client.post(reverse("token-create"), {"name": "warehouse"})
    key = key_on(created)
    token = manager.tokens.get()

    assert "no-store" in created["Cache-Control"]
    assert token.digest == digest_of(key)
    assert key_on(client.get(reverse("account"))) is None
    client.post(reverse("token-revoke", args=[token.uid]))
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert event_kinds("user:manager") == ["token.created", "token.revoked"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "This field is required"), ("taken", "You have a token of this name"), ("x" * 61, "at most 60")],
)
def test_a_name_that_cannot_be_used_is_said_beside_it(client, manager, name, message):
    create_token(user=manager, name="taken", at=NOON)
    client.force_login(manager)
    type_password(client)

    response = client.post(reverse("token-create"), {"name": name})

    page = response.content.decode()
    assert message in page
    assert key_on(response) is None
    assert f'value="{name}"' in page or not name
    assert manager.tokens.count() == 1


def test_a_token_of_somebody_else_is_neither_seen_nor_revoked(client, manager, inspector):
    token = create_token(user=manager, name="warehouse", at=NOON)
    client.force_login(inspector)

    assert "warehouse" not in client.get(reverse("account")).content.decode().split('id="tokens"')[1].split("<form")[0]
    assert client.post(reverse("token-revoke", args=[token.uid])).status_code == 404
    assert Token.objects.get().revoked_at is None


def test_a_link_alone_makes_and_revokes_nothing(client, manager):
    token = create_token(user=manager, name="warehouse", at=NOON)
    client.force_login(manager)

    assert client.get(reverse("token-create")).status_code == 405
    assert client.get(reverse("token-revoke", args=[token.uid])).status_code == 405


def test_nobody_has_no_account_page(client):
    assert client.get(reverse("account")).url.startswith(reverse("account_login"))


def test_the_language_is_kept_with_the_account(client, manager):
    client.force_login(manager)

    response = client.post(reverse("language"), {"language": "zh-hans", "next": "/account/"})

    manager.refresh_from_db()
    assert (response.url, manager.language) == ("/account/", "zh-hans")
    assert '<html lang="zh-hans"' in client.get(reverse("account")).content.decode()
    assert client.post(reverse("language"), {"language": "xx"}).status_code == 400


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_choice_leads_to_our_own_pages_alone(client, manager, target):
    client.force_login(manager)

    assert client.post(reverse("theme"), {"theme": "dark", "next": target}).url == "/"


def test_the_theme_is_kept_in_the_browser(client, manager):
    client.force_login(manager)

    client.post(reverse("theme"), {"theme": "dark"})
    assert 'data-theme="dark"' in client.get(reverse("account")).content.decode()
    client.post(reverse("theme"), {"theme": ""})
    assert "data-theme=" not in client.get(reverse("account")).content.decode().split("<head>")[0]
