"""Who sits down at an open session has neither the account nor its signature: the password is asked for again."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import create_token
from accounts.signature import require_signature
from activity.errors import InvalidInput
from activity.models import Event
from compliance.board.services import make_feed
from tests.accounts.test_account import type_password
from tests.caller import Caller, fields
from tests.factories import NOON, inspect

pytestmark = pytest.mark.django_db
PASSWORD = "holdfast-test"
OLD, NEW = "manager@example.com", "new@example.com"


@pytest.fixture(autouse=True)
def _attempts_start_at_zero(db):
    cache.clear()


@pytest.fixture
def session(client, manager):
    """Signed in long ago, at an account as an administrator makes it: its address was never confirmed."""
    User.objects.filter(pk=manager.pk).update(email=OLD)
    client.force_login(manager)
    return client


def program(token) -> Caller:
    caller = Caller()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return caller


def asks_for_the_password(response) -> bool:
    return response.status_code == 302 and response.url.startswith(reverse("account_reauthenticate"))


def change_address(client, action: str, email: str = NEW):
    return client.post(reverse("account_email"), {f"action_{action}": "", "email": email})


def address_of(user) -> str:
    return User.objects.get(pk=user.pk).email


def link_in(message, path: str) -> str:
    return re.search(rf"http://127\.0\.0\.1:8000({path}\S+)", message.body)[1]


@pytest.mark.parametrize("action", ["add", "primary", "remove"])
def test_an_address_is_changed_only_after_the_password(session, manager, action):
    EmailAddress.objects.create(user=manager, email="mine@example.com", verified=True)
    added = "mine@example.com" if action != "add" else NEW

    assert asks_for_the_password(change_address(session, action, added))

    assert address_of(manager) == OLD
    assert EmailAddress.objects.filter(email="mine@example.com").exists()
    assert not EmailAddress.objects.filter(email=NEW).exists()


def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(session, manager):
    type_password(session)
    change_address(session, "add")
    confirmation = mail.outbox[-1]
    change_address(session, "primary")
    assert address_of(manager) == OLD
    assert confirmation.to == [NEW]

    session.post(link_in(confirmation, "/accounts/confirm-email/"))
    assert address_of(manager) == OLD
    change_address(session, "primary")

    assert address_of(manager) == NEW
    told = mail.outbox[-1]
    assert (told.to, NEW in told.body) == ([OLD], True)
    events = Event.objects.filter(stream="user:manager").order_by("id")
    assert [event.kind for event in events] == ["user.email_added", "user.email_confirmed", "user.email_changed"]
    assert (events[2].data, events[2].actor) == ({"changes": {"email": [OLD, NEW]}}, manager)


def test_an_address_that_was_only_added_gets_no_link_for_a_new_password(session, manager):
    type_password(session)
    change_address(session, "add")
    session.logout()
    mail.outbox.clear()

    session.post(reverse("account_reset_password"), {"email": NEW})
    session.post(reverse("account_reset_password"), {"email": OLD})

    assert [message.to for message in mail.outbox] == [[OLD]]


def test_an_address_that_is_taken_away_is_told(session, manager):
    type_password(session)

    change_address(session, "remove", OLD)

    assert address_of(manager) == ""
    assert [message.to for message in mail.outbox] == [[OLD]]
    assert Event.objects.get(kind="user.email_changed").data == {"changes": {"email": [OLD, ""]}}


def test_a_second_factor_is_switched_off_only_after_the_password_and_is_told(session, manager):
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    page = reverse("mfa_deactivate_totp")

    assert asks_for_the_password(session.post(page))
    assert Authenticator.objects.exists()
    type_password(session)
    session.post(page)

    assert not Authenticator.objects.exists()
    assert [message.to for message in mail.outbox] == [[OLD]]
    assert Event.objects.get(stream="user:manager").data == {"type": "totp"}


def test_a_passkey_is_removed_only_after_the_password(session, manager):
    key = Authenticator.objects.create(user=manager, type=Authenticator.Type.WEBAUTHN, data={"name": "phone"})

    assert asks_for_the_password(session.post(reverse("mfa_remove_webauthn", args=[key.pk])))
    assert Authenticator.objects.exists()


def test_the_addresses_of_a_passkey_do_not_say_the_number_of_its_row(session, manager):
    key = Authenticator.objects.create(user=manager, type=Authenticator.Type.WEBAUTHN, data={"name": "phone"})
    type_password(session)
    page = session.get(reverse("mfa_list_webauthn")).content.decode()
    addresses = re.findall(r'href="(/accounts/2fa/webauthn/keys/[^"]+)"', page)

    assert len(addresses) == 2
    assert [session.get(address).status_code for address in addresses] == [200, 200]
    for what in ("remove", "edit"):
        assert reverse(f"mfa_{what}_webauthn", args=[key.pk]) in addresses
        assert session.get(f"/accounts/2fa/webauthn/keys/{key.pk}/{what}/").status_code == 404


def test_a_token_is_made_only_after_the_password(session, manager):
    assert asks_for_the_password(session.post(reverse("token-create"), {"name": "t"}))
    assert not manager.tokens.exists()

    resumed = type_password(session)  # goes on with what was asked for, where it leads back to the same page
    session.post(reverse("token-create"), {"name": "t"})

    assert resumed.status_code == 302
    assert manager.tokens.get().name == "t"


def test_a_locked_signature_stays_locked_by_every_way(session, manager, batch, inspector):
    inspect(batch, actor=inspector, LEAK=[3])
    hold = batch.holds.get()
    token = create_token(user=manager, name="before", at=NOON)
    type_password(session)  # fresh: a token could be made without typing it again
    for password in ["wrong"] * 5 + [PASSWORD]:
        with pytest.raises(InvalidInput) as refused:
            require_signature(actor=manager, password=password)

    assert refused.value.errors[0].code == "too_many_attempts"
    assert "Too many wrong passwords" in session.post(reverse("token-create"), {"name": "t"}).content.decode()
    assert "Too many wrong passwords" in type_password(session).content.decode()
    status, answer = program(token).send(
        "POST", f"holds/{hold.uid}/decide/", {"disposition": "scrap", "reason": "Leaks"}
    )
    assert (status, fields(answer)) == (429, [("password", "too_many_attempts")])
    assert list(manager.tokens.values_list("name", flat=True)) == ["before"]
    hold.refresh_from_db()
    assert hold.status == "open"


def test_wrong_old_passwords_lock_as_wrong_signatures_do(session, manager):
    change = {"oldpassword": "wrong", "password1": "a-new-password-9", "password2": "a-new-password-9"}
    for _attempt in range(5):
        session.post(reverse("account_change_password"), change)

    assert "Too many wrong passwords" in type_password(session).content.decode()


@pytest.mark.parametrize(("ticked", "works"), [(True, 401), (False, 200)])
def test_a_changed_password_ends_tokens_where_that_is_ticked(session, manager, ticked, works):
    token = create_token(user=manager, name="warehouse", at=NOON)
    calendar = reverse("calendar-feed", args=[make_feed(user=manager, at=NOON).key])
    other = Client()
    other.force_login(manager)
    page = session.get(reverse("account_change_password")).content.decode()
    assert re.search(r'<input[^>]*name="ends_tokens"[^>]*checked', page)

    change = {"oldpassword": PASSWORD, "password1": "a-new-password-9", "password2": "a-new-password-9"}
    session.post(reverse("account_change_password"), change | ({"ends_tokens": "on"} if ticked else {}))

    assert program(token).send("GET", "batches/")[0] == works
    assert Client().get(calendar).status_code == (404 if ticked else 200)
    assert session.get(reverse("account")).status_code == 200
    assert other.get(reverse("account")).status_code == 302
    told = Event.objects.get(kind="user.password_changed")
    assert told.data == {"tokens": ["warehouse"] if ticked else []}
    assert ("warehouse" in mail.outbox[-1].body, mail.outbox[-1].to) == (ticked, [OLD])


def test_a_reset_ends_tokens_and_sessions_and_says_so(session, manager):
    token = create_token(user=manager, name="warehouse", at=NOON)
    calendar = reverse("calendar-feed", args=[make_feed(user=manager, at=NOON).key])
    other = Client()
    other.post(reverse("account_reset_password"), {"email": OLD})
    form = other.get(link_in(mail.outbox[-1], "/accounts/password/reset/key/"))

    other.post(form.url, {"password1": "a-new-password-9", "password2": "a-new-password-9"})

    assert program(token).send("GET", "batches/")[0] == 401
    assert Client().get(calendar).status_code == 404
    assert Event.objects.filter(kind="calendar_feed.revoked", actor=manager).exists()
    assert session.get(reverse("account")).status_code == 302
    assert Event.objects.get(kind="user.password_reset").data == {"tokens": ["warehouse"]}
    assert "warehouse" in mail.outbox[-1].body


def test_links_in_mails_lead_to_the_site_whatever_host_was_asked(session, manager, settings):
    settings.ALLOWED_HOSTS = ["*"]
    asked = {"HTTP_HOST": "127.0.0.1:9999"}
    session.post(reverse("account_reset_password"), {"email": OLD}, **asked)
    session.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/account/"}, **asked)
    session.post(reverse("account_email"), {"action_add": "", "email": NEW}, **asked)

    assert [message.to for message in mail.outbox] == [[OLD], [NEW]]
    for message in mail.outbox:
        assert "http://127.0.0.1:8000/accounts/" in message.body
        assert "9999" not in message.body
