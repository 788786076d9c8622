"""Settings come from the environment alone, and are strict: what is missing or wrong stops the start.

DEMO=1 (what `make run` sets) is the only mode that runs without a SECRET_KEY of its own.
"""

import os
import secrets
import warnings
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import environment, waits

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    """The variable, its default, or a refusal that names it."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}. See deploy/README.md for all of them.")
    return value


def env_flag(name: str) -> bool:
    value = env(name, "0").lower()
    if value not in {"0", "1", "true", "false"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value in {"1", "true"}


def env_count(name: str) -> int:
    value = env(name, "0")
    if not (value.isascii() and value.isdigit() and int(value) < 10):
        raise ImproperlyConfigured(f"{name} must be a number from 0 to 9, not {value!r}.")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def secret_key() -> str:
    """The key from the environment; in demo mode one that is made once and kept beside the demo data."""
    if "SECRET_KEY" in os.environ or not DEMO:
        return env("SECRET_KEY")
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


if found := list(environment.wrong(os.environ)):
    raise ImproperlyConfigured("\n".join(["The settings cannot be used (deploy/README.md has all of them):", *found]))
DEMO = env_flag("DEMO")
DEBUG = env_flag("DEBUG")
DATA_DIR = Path(env("DATA_DIR", str(BASE_DIR / "var")))
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost" if DEMO or DEBUG else "")
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000" if DEMO or DEBUG else None).rstrip("/")
IS_HTTPS = urlsplit(SITE_URL).scheme == "https"
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "activity",
    "accounts",
    "imports",
    "suppliers",
    "inspections",
    "compliance",
]

MIDDLEWARE = [
    "activity.tracing.TraceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.compression.TextCompression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.UserLanguageMiddleware",
    "accounts.middleware.KeptPagesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "activity.middleware.OnceMoreMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "accounts.context.chrome",
            ],
        },
    },
]

# One PostgreSQL. Persistent connections per thread; a health check costs one round trip and saves a 500 after a restart.
# Behind a pooler that hands a connection to another with each transaction nothing may outlive a transaction: no cursor of
# the server, and no limit that is set for the connection.
_database = conninfo_to_dict(env("DATABASE_URL"))
DATABASE_POOLED = env_flag("DATABASE_POOLED")
WORK = env("WORK", "")
if WORK and WORK not in waits.LIMITS:
    raise ImproperlyConfigured(f"WORK must be one of {', '.join(waits.LIMITS)}, not {WORK!r}.")
if WORK and not DATABASE_POOLED:
    _database["options"] = f"{_database.get('options', '')} {waits.options_of(WORK)}".strip()
DATABASES = {
    "default": {
        "ENGINE": "config.postgres",
        "NAME": _database.pop("dbname"),
        "USER": _database.pop("user", ""),
        "PASSWORD": _database.pop("password", ""),
        "HOST": _database.pop("host", ""),
        "PORT": _database.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLED,
        "OPTIONS": {**_database, "connect_timeout": 2},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
# The first counts wrong passwords: in the database it survives a dead Redis and is shared by all workers. The other
# counts writes over the API, and may be lost.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # of 300 made-up names would push out what was counted
    },
    "counts": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.1, "socket_timeout": 0.1, "retry": Retry(NoBackoff(), 0)},
    },
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "visibility_timeout": 600}
# What is urgent, what waits for other people's servers, what is ordinary and what is heavy do not wait for each other:
# docs/decisions/queues.md, and config/workers.py for who reads what.
CELERY_TASK_DEFAULT_QUEUE = "ordinary"
CELERY_TASK_ROUTES = {
    "activity.tasks.deliver_events": {"queue": "urgent"},
    "activity.tasks.send_webhooks": {"queue": "webhooks"},
    "compliance.paper.tasks.read_documents": {"queue": "heavy"},
    "imports.tasks.run_imports": {"queue": "heavy"},
    "inspections.photo.tasks.process_waiting_photos": {"queue": "heavy"},
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "deliver-events": {"task": "activity.tasks.deliver_events", "schedule": 20.0, "options": {"expires": 20}},
    "send-webhooks": {"task": "activity.tasks.send_webhooks", "schedule": 5.0, "options": {"expires": 5}},
    "forget-old-answers": {"task": "activity.tasks.forget_old_answers", "schedule": crontab(minute=17)},
    "refresh-checklists": {
        "task": "compliance.checklist.tasks.refresh_due_checklists",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "refresh-gates": {"task": "compliance.gate.tasks.refresh_due_gates", "schedule": 60.0, "options": {"expires": 60}},
    "recompute-gates": {"task": "compliance.gate.tasks.recompute_gates", "schedule": crontab(hour=18, minute=30)},
    "remind-of-papers": {
        "task": "compliance.paper.tasks.remind_of_papers",
        "schedule": 1800.0,
        "options": {"expires": 1800},
    },
    "process-photos": {
        "task": "inspections.photo.tasks.process_waiting_photos",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "run-imports": {"task": "imports.tasks.run_imports", "schedule": 20.0, "options": {"expires": 20}},
    "read-documents": {"task": "compliance.paper.tasks.read_documents", "schedule": 60.0, "options": {"expires": 60}},
    "remind-of-samples": {
        "task": "inspections.sample.tasks.remind_of_samples",
        "schedule": 1800.0,
        "options": {"expires": 1800},
    },
    "expire-deviations": {
        "task": "inspections.hold.tasks.expire_deviations",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
CELERY_BEAT_SCHEDULER = "config.beat:Beat"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
}
# An open session alone changes no address, no second factor and no token; the address that counted so far is told.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Five wrong passwords for a name from one address, then five minutes of rest there. A whole factory may share an address.
# Over all addresses a name has a limit of its own, which does not hold where it signed in before (accounts/adapter.py).
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip",
    "login_failed_here": "5/300s/key",
    "login_failed_anywhere": "50/h/key",
    "reset_password": "20/m/ip,5/h/key",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Holdfast: "
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Holdfast"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or DEBUG

# Whether webhooks may lead into our own network, and without TLS. Else only to public addresses by https.
WEBHOOKS_MAY_BE_LOCAL = DEMO or env_flag("WEBHOOKS_MAY_BE_LOCAL")

LANGUAGE_CODE = "en"
# Of the pages, each under its own name; every one but English has a catalogue under locale/.
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
SUPPLIERS_LANGUAGE = "zh-hans"  # in which a supplier's people are written to who chose none
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's pages need our files
STATIC_ROOT = Path(env("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(DATA_DIR / "files")))
STORAGES = {
    # Uploads are private: no URL leads to the folder, views serve them after a permission check.
    "default": {"BACKEND": "config.files.WholeFiles"},
    "staticfiles": {"BACKEND": "config.storage.HashedStaticFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# A virus scanner for uploads, tcp://host:3310 or unix:///path/to/clamd.sock; without one files are not scanned.
CLAMD_URL = env("CLAMD_URL", "")

EMAIL_URL = env("EMAIL_URL", "console:")
if environment.sends_password_in_clear(EMAIL_URL):
    warnings.warn("EMAIL_URL sends its password in the clear: smtps:// or smtp+starttls:// would not.", stacklevel=1)
globals().update(environment.mail_of(EMAIL_URL))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "Holdfast <holdfast@localhost>")

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
# Over the host's other names we have no say: a company that puts this on its main name would lock its http hosts for a year.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS and env_flag("HSTS_SUBDOMAINS")
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # the same, that is
SECURE_REDIRECT_EXEMPT = [r"^(healthz|livez|metrics)$"]
PROXIES = env_count("BEHIND_PROXY")  # of our own, each of which adds who called it to X-Forwarded-For
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.Permitted"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.WritesByToken"],
    "DEFAULT_THROTTLE_RATES": {"writes": env("API_WRITES", "1200/min") or None},
    "DEFAULT_RENDERER_CLASSES": ["activity.api.ExactJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["activity.api.ExactJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "activity.api.Negotiation",
    "DEFAULT_METADATA_CLASS": "activity.api.NoMetadata",
    "DEFAULT_PAGINATION_CLASS": "activity.api.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["activity.api.StrictFilters"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "activity.api.problem_response",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Holdfast",
    "DESCRIPTION": "May this batch ship, may this product go live, and why not.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "activity.schema.document_problems",
        "activity.schema.describe_webhooks",
        "activity.schema.tidy",
    ],
    "ENUM_NAME_OVERRIDES": {
        "BatchState": "inspections.models.BatchState",
        "HoldState": "inspections.models.HoldStatus",
        "InspectionState": "inspections.models.InspectionStatus",
        "SpecificationState": "inspections.models.SpecificationStatus",
        "Verdict": "inspections.models.Verdict",
        "Severity": ["normal", "tightened", "reduced"],
        "SeverityNow": ["normal", "tightened", "reduced", "discontinued"],
        "Role": "accounts.roles.Role",
        "GateState": "compliance.models.GateState",
        "LiveState": "compliance.models.LiveState",
        "Standing": "compliance.models.Standing",
        "Aspect": "inspections.models.Aspect",
        "SampleAspect": "inspections.sample.api.sent.ASPECTS",
        "PilotVerdict": "inspections.models.PilotVerdict",
        "PhotoState": "inspections.models.PhotoStatus",
        "SampleState": "inspections.models.SampleStatus",
        "EvidenceState": "compliance.models.EvidenceState",
        "FindingState": "compliance.models.FindingState",
        "RequirementKind": "compliance.models.RequirementKind",
        "RequirementRowSeverityEnum": "compliance.models.Severity",
        "VerificationEnum": "compliance.models.Verification",
        "DeclarationKind": "compliance.models.DeclarationKind",
        "ImportKind": "imports.kinds.choices",
        "ImportState": "imports.models.ImportStatus",
        "AsideStepKind": "inspections.models.AsideStepKind",
        "ReturnKind": "inspections.models.ReturnKind",
        "ReversalKind": "inspections.models.ReversalKind",
        "CodeKind": "inspections.models.CodeKind",
        "InspectionLevel": "inspections.sampling.standard.LEVELS",
        "VariablesForm": [(1, 1), (2, 2)],
        "Outcome": [("accepted", "accepted"), ("rejected", "rejected"), ("next_sample", "take the next sample")],
    },
}

METRICS_TOKEN = env("METRICS_TOKEN", "")
SLOW_STATEMENTS = int(env("SLOW_STATEMENTS", "500"))  # milliseconds
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"of_request": {"()": "activity.tracing.OfRequest"}},
    "formatters": {
        "plain": {
            "()": "activity.tracing.Lines",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
        },
        "json": {"()": "activity.tracing.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env("LOG_FORMAT", "plain"),
            "filters": ["of_request"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", "INFO").upper()},
    # A day of ticks that find nothing to do is 7 MB.
    "loggers": {name: {"level": "WARNING"} for name in ("celery.worker.strategy", "celery.app.trace", "httpx")},
}
