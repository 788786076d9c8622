import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from tests.factories import make_user

PASSWORD = "holdfast-test"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _attempts_start_at_zero(db):
    cache.clear()


def sign_in(client, login: str, password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": login, "password": password, "next": "/products/"})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("role", Role.values)
def test_every_role_signs_in_and_sees_which_role_it_is(client, role):
    make_user(Role(role), "somebody")

    assert sign_in(client, "somebody").url == "/products/"
    assert f"<small>{Role(role).label}</small>" in client.get("/products/").content.decode()


def test_sign_in_by_e_mail(client, manager):
    manager.email = "manager@example.com"
    manager.save()

    sign_in(client, "Manager@example.com")

    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, manager):
    answers = [sign_in(client, name, "wrong").content.decode() for name in ("manager", "nobody")]

    said = [re.search(r'<ul class="errorlist nonfield".*?</ul>', answer, re.S)[0] for answer in answers]
    assert said[0] == said[1]
    assert not is_signed_in(client)


def test_after_five_wrong_passwords_even_the_right_one_is_refused_and_others_are_not(client, manager, inspector):
    for _attempt in range(5):
        assert "Too many" not in sign_in(client, "manager", "wrong").content.decode()

    assert "Too many wrong passwords for this account. Wait five minutes" in sign_in(client, "manager").content.decode()
    assert not is_signed_in(client)
    sign_in(client, "inspector")
    assert is_signed_in(client)


def test_an_inactive_account_does_not_sign_in(client, manager):
    User.objects.filter(pk=manager.pk).update(is_active=False)

    sign_in(client, "manager")

    assert not is_signed_in(client)


def test_nobody_signs_up(client):
    page = client.get(reverse("account_signup"))
    client.post(
        reverse("account_signup"),
        {"email": "new@example.com", "username": "new", "password1": "holdfast-new", "password2": "holdfast-new"},
    )

    assert "Sign Up Closed" in page.content.decode()
    assert not User.objects.exists()


def test_a_forgotten_password_is_set_anew_by_mail(client, manager):
    manager.email = "manager@example.com"
    manager.save()

    client.post(reverse("account_reset_password"), {"email": "manager@example.com"})
    link = re.search(r"http://127.0.0.1:8000(\S+)", mail.outbox[0].body)[1]
    form = client.get(link)  # the key goes into the session, out of the address
    client.post(form.url, {"password1": "a-new-password-9", "password2": "a-new-password-9"})
    sign_in(client, "manager", "a-new-password-9")

    assert mail.outbox[0].to == ["manager@example.com"]
    assert mail.outbox[0].subject.startswith("Holdfast: ")
    assert is_signed_in(client)


def test_a_link_to_set_a_password_works_once(client, manager):
    manager.email = "manager@example.com"
    manager.save()
    client.post(reverse("account_reset_password"), {"email": "manager@example.com"})
    link = re.search(r"http://127.0.0.1:8000(\S+)", mail.outbox[0].body)[1]
    form = client.get(link)
    client.post(form.url, {"password1": "a-new-password-9", "password2": "a-new-password-9"})
    client.logout()

    assert client.get(link).status_code == 200  # says that the link was used, instead of leading to the form


def test_an_unknown_address_gets_no_mail_and_the_page_does_not_say_so(client, manager):
    manager.email = "manager@example.com"
    manager.save()

    known, unknown = (
        client.post(reverse("account_reset_password"), {"email": f"{name}@example.com"}) for name in ("manager", "nobody")
    )  # fmt: skip

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [["manager@example.com"]]


@pytest.mark.parametrize(
    "name",
    [
        "account_email", "account_change_password", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn",
        "mfa_list_webauthn",
    ],
)  # fmt: skip
def test_the_pages_of_an_account_open_without_inline_scripts(client, manager, name):
    sign_in(client, "manager")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/account/"})

    response = client.get(reverse(name))

    page = response.content.decode()
    assert response.status_code == 200
    assert [tag for tag in re.findall(r"<script\b[^>]*>", page) if "src=" not in tag and "json" not in tag] == []
    assert " style=" not in page


def test_a_second_factor_is_set_up_only_after_the_password_was_typed_again(client, manager):
    sign_in(client, "manager")

    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert client.get(reverse(name)).url.startswith(reverse("account_reauthenticate"))


def test_a_second_factor_is_asked_for_once_it_is_set_up(client, manager):
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})

    assert sign_in(client, "manager").url.startswith(reverse("mfa_authenticate"))
    assert not is_signed_in(client)
    assert "Too many" not in client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert not is_signed_in(client)


def test_the_sign_in_page_offers_a_passkey(client):
    page = client.get(reverse("account_login")).content.decode()

    assert 'id="passkey_login"' in page
    assert client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"}).status_code == 200


def test_an_e_mail_of_somebody_else_cannot_be_taken(client, manager, inspector):
    User.objects.filter(pk=inspector.pk).update(email="inspector@example.com")
    sign_in(client, "manager")

    client.post(reverse("account_email"), {"action_add": "", "email": "Inspector@example.com"})
    client.post(reverse("account_email"), {"action_primary": "", "email": "Inspector@example.com"})

    manager.refresh_from_db()
    assert manager.email == ""


def test_signing_out_empties_the_browser_s_cache_and_nothing_else_does(client, inspector):
    client.force_login(inspector)

    assert "Clear-Site-Data" not in client.get(reverse("account_logout"))
    assert client.post(reverse("account_logout"))["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get(reverse("account_login"))
