"""Wrong passwords are limited where they come from: nobody locks out somebody elsewhere."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.client import client_address
from accounts.models import User
from tests.accounts.test_sign_in import PASSWORD, is_signed_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _behind_one_proxy(db, settings):
    cache.clear()
    settings.PROXIES = 1


def at(address: str) -> Client:
    """A client whose own X-Forwarded-For is a lie; the proxy adds the truth."""
    return Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": f"203.0.113.9, {address}"})


def said(response) -> str:
    return response.content.decode()


def test_a_stranger_locks_out_nobody_elsewhere(manager, inspector):
    stranger = at("198.51.100.1")
    for number in range(40):
        sign_in(stranger, f"nobody{number}", "wrong")
    assert "from your network address" in said(sign_in(stranger, "manager"))

    own = at("198.51.100.2")
    sign_in(own, "manager")

    assert is_signed_in(own)


def test_an_account_is_locked_where_wrong_passwords_were_typed_alone(manager):
    stranger, own = at("198.51.100.1"), at("198.51.100.2")
    for _attempt in range(5):
        sign_in(stranger, "manager", "wrong")
    assert "Too many wrong passwords for this account. Wait five minutes" in said(sign_in(stranger, "manager"))

    sign_in(own, "manager")

    assert is_signed_in(own)


@pytest.mark.parametrize("forged", ["10.0.0.{}", "10.0.0.{}, 10.1.1.1"])
def test_a_forged_address_is_not_believed(manager, forged):
    for number in range(5):
        claims = {"X-Forwarded-For": f"{forged.format(number)}, 198.51.100.1"}
        sign_in(Client(headers=claims), "manager", "wrong")

    assert "Too many wrong passwords for this account" in said(sign_in(at("198.51.100.1"), "manager"))


def test_no_other_name_or_host_of_the_site_starts_a_new_count(manager, settings):
    settings.ALLOWED_HOSTS = ["*"]
    User.objects.filter(pk=manager.pk).update(email="manager@example.com")
    for number, name in enumerate(["manager", "Manager@example.com", "manager@example.com"] * 2):
        client = at("198.51.100.1")
        client.defaults["HTTP_HOST"] = f"127.0.0.1:{9000 + number}"
        answer = said(sign_in(client, name, "wrong"))

    assert "Too many wrong passwords for this account" in answer


def test_many_addresses_together_guess_no_password_and_lock_out_nobody_where_he_signed_in_before(manager):
    known = at("192.0.2.1")
    sign_in(known, "manager")
    for number in range(50):
        sign_in(at(f"198.51.100.{number + 1}"), "manager", "wrong")

    assert "from several places" in said(sign_in(at("198.51.100.200"), "manager"))
    again = at("192.0.2.1")
    sign_in(again, "manager")
    assert is_signed_in(again)


def test_many_made_up_names_do_not_push_out_what_was_counted(manager):
    for _attempt in range(5):
        sign_in(at("198.51.100.1"), "manager", "wrong")
    for number in range(400):
        cache.set(f"made-up-{number}", 1, 300)

    assert "Too many" in said(sign_in(at("198.51.100.1"), "manager"))


def test_who_set_a_new_password_by_mail_need_not_wait(manager):
    User.objects.filter(pk=manager.pk).update(email="manager@example.com")
    own = at("198.51.100.1")
    for _attempt in range(5):
        sign_in(own, "manager", "wrong")
    own.post("/accounts/password/reset/", {"email": "manager@example.com"})
    link = next(word for word in mail.outbox[0].body.split() if "/accounts/password/reset/key/" in word)
    form = own.get(link.removeprefix("http://127.0.0.1:8000"))
    own.post(form.url, {"password1": "a-new-password-9", "password2": "a-new-password-9"})

    sign_in(own, "manager", "a-new-password-9")

    assert (is_signed_in(own), PASSWORD) == (True, "holdfast-test")


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "10.0.0.1", "198.51.100.1"),
        (1, "127.0.0.1", "10.0.0.1, 198.51.100.1", "198.51.100.1"),
        (2, "127.0.0.1", "10.0.0.1, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        (2, "127.0.0.1", "10.9.9.9", "127.0.0.1"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (1, "127.0.0.1", "nonsense", "127.0.0.1"),
        (1, "127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        (1, "127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        (0, "::ffff:198.51.100.1", "", "198.51.100.1"),
        (0, "", "", "0.0.0.0"),
    ],
)
def test_the_address_is_what_the_outermost_of_our_proxies_saw(rf, settings, proxies, remote, forwarded, expected):
    settings.PROXIES = proxies

    assert client_address(rf.get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})) == expected
