"""What the environment may say, and what is told where it says something else."""

import pytest

from config.environment import mail_of, sends_password_in_clear, wrong

REAL = {
    "SECRET_KEY": "0123456789" * 5,
    "SITE_URL": "https://holdfast.example",
    "ALLOWED_HOSTS": "holdfast.example, .holdfast.example",
    "DATABASE_URL": "postgresql://holdfast:p%40ss@db:5432/holdfast?sslmode=verify-full",
    "REDIS_URL": "rediss://:secret@redis:6379/0",
    "EMAIL_URL": "smtp+starttls://user:pass@mail.example",
}
DEMO = {"DEMO": "1", "DATABASE_URL": "postgresql:///holdfast?host=/run", "REDIS_URL": "unix:///run/redis.sock"}


def test_what_is_right():
    assert list(wrong(REAL)) == []
    assert list(wrong(DEMO)) == []
    more = {"LOG_LEVEL": "info", "API_WRITES": "", "CLAMD_URL": "tcp://clamd:3310", "TIME_ZONE": "Europe/Berlin"}
    more |= {"DEFAULT_FROM_EMAIL": "Holdfast <holdfast@holdfast.example>", "EMAIL_URL": "console:", "WEB_WORKERS": "4"}
    assert list(wrong(REAL | more)) == []


def test_all_that_is_missing_is_told_at_once():
    assert [line.partition(" ")[0] for line in wrong({})] == list(REAL)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "x"),
        ("SECRET_KEY", "x" * 60),
        ("SECRET_KEY_FALLBACKS", "short"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "holdfast.example:8443"),
        ("ALLOWED_HOSTS", "https://holdfast.example"),
        ("SITE_URL", ""),
        ("SITE_URL", "holdfast.example"),
        ("SITE_URL", "https://holdfast.example/app"),
        ("SITE_URL", "ftp://holdfast.example"),
        ("DATABASE_URL", "mysql://u:p@db/holdfast"),
        ("DATABASE_URL", "postgresql://u:p@db"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "unix://"),
        ("EMAIL_URL", ""),
        ("EMAIL_URL", "smtp+tls://mail.example"),
        ("EMAIL_URL", "smtps://user:pa#ss@mail.example"),
        ("EMAIL_URL", "smtps://user:pa/ss@mail.example"),
        ("DEFAULT_FROM_EMAIL", "not an address"),
        ("CLAMD_URL", "clamd:3310"),
        ("CLAMD_URL", "tcp://clamd"),
        ("TIME_ZONE", "Shanghai"),
        ("LOG_LEVEL", "loud"),
        ("API_WRITES", "1200"),
        ("API_WRITES", "many/min"),
        ("WEB_WORKERS", "0"),
        ("WEB_THREADS", "four"),
        ("PORT", "70000"),
    ],
)
def test_a_wrong_setting_is_named_and_no_other(name, value):
    assert [line.partition(" ")[0] for line in wrong(REAL | {name: value})] == [name]


def test_a_demo_that_others_reach_has_to_be_meant():
    reached = DEMO | {"SITE_URL": "https://holdfast.example"}

    assert [line.partition(" ")[0] for line in wrong(reached)] == ["SITE_URL"]
    assert list(wrong(reached | {"DEMO_IN_PUBLIC": "1"})) == []


@pytest.mark.parametrize(
    ("url", "port", "ssl", "starttls"),
    [
        ("smtps://qa%40example.com:p%40s%23s%2F%3F@mail.example", 465, True, False),
        ("smtp+starttls://qa%40example.com:p%40s%23s%2F%3F@mail.example", 587, False, True),
        ("smtp://qa%40example.com:p%40s%23s%2F%3F@mail.example:2525", 2525, False, False),
    ],
)
def test_the_address_of_the_mail_server(url, port, ssl, starttls):
    assert mail_of(url) == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example",
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": "qa@example.com",
        "EMAIL_HOST_PASSWORD": "p@s#s/?",
        "EMAIL_USE_SSL": ssl,
        "EMAIL_USE_TLS": starttls,
    }
    assert sends_password_in_clear(url) is not (ssl or starttls)
