"""Settings. Every value has a default that works; `.env.example` tells what may be set."""

from __future__ import annotations

from functools import partial
from logging import LogRecord
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from ai4artsed import __version__
from ai4artsed.database import database_from_url
from ai4artsed.local import OwnHosts, secret_key
from pipelines.engines.table import SETTINGS as ENGINE_SETTINGS

# Makes Django's generic classes take their parameters at run time, as their types have them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
env.read_env(BASE_DIR / ".env")


def _path(name: str, default: Path) -> Path:
    return Path(BASE_DIR, env.str(name, default=str(default))).resolve()


def _number(kind: type[int] | type[float], name: str, default: float) -> Any:
    text = env.str(name, default="") or str(default)
    try:
        return kind(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name}: a number is needed, not “{text}”.") from None


def _is_news(record: LogRecord) -> bool:
    """Tell what happened from what who asks every second is told anyway: that this is not ready."""
    request = getattr(record, "request", None)
    return getattr(record, "status_code", 0) != 503 or getattr(request, "path", "") != "/healthz"


# Each run records which version made it.
VERSION = __version__

# Where things lie ---------------------------------------------------------------------------
# To read the settings makes nothing; who needs a folder makes it.
VAR_DIR = _path("VAR_DIR", BASE_DIR / "var")
ARCHIVE_ROOT = _path("ARCHIVE_ROOT", BASE_DIR / "exports")
# Further archives, which are only read.
ARCHIVES = [BASE_DIR / root.strip() for root in env.list("ARCHIVES", default=[]) if root.strip()]
SEALS_FILE = VAR_DIR / "seals.jsonl"
THUMBNAIL_DIR = VAR_DIR / "thumbnails"
SCHEMA_DIRS = [(BASE_DIR / folder).resolve() for folder in env.list("SCHEMA_DIRS", default=[])]

# The site -----------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
# Read, or made, when something is signed for the first time.
SECRET_KEY = env.str("SECRET_KEY", default="") or SimpleLazyObject(
    partial(secret_key, VAR_DIR / "secret_key")
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or OwnHosts()
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HOST = env.str("HOST", default="0.0.0.0")  # noqa: S104  the iPads in the room must reach it
PORT = _number(int, "PORT", 8000)
# Behind a proxy that speaks HTTPS: it must set X-Forwarded-Proto and drop the client's own.
HTTPS = env.bool("HTTPS", default=False)

ROOT_URLCONF = "ai4artsed.urls"
ASGI_APPLICATION = "ai4artsed.asgi.application"
INSTALLED_APPS = [
    "ai4artsed.apps.SiteConfig",
    "ai4artsed.apps.AdminConfig",
    "ai4artsed.facilitation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "devices",
    "runs",
    "pipelines",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "web.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "web.parsing.NulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "ai4artsed.errors.ProblemMiddleware",
    "web.methods.OptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "devices.identity.DeviceCookieMiddleware",
]
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
                "ai4artsed.context_processors.version",
            ],
        },
    },
]
APPEND_SLASH = False

# The database: an index of the archive and the queue ------------------------------------------
DATABASES = {
    "default": database_from_url(
        env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Safety in transport ------------------------------------------------------------------------
# A school's network speaks plain HTTP to this machine, so cookies are marked as secure and
# browsers told to stay with HTTPS only where the operator says that a proxy provides it.
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = _number(int, "SECURE_HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SILENCED_SYSTEM_CHECKS = (
    [] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
AUTHENTICATION_BACKENDS = ["web.logins.ThrottledBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Languages and time -------------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Berlin")

# Static files -------------------------------------------------------------------------------
# Served ahead of Django, see ai4artsed/static.py.
STATIC_URL = "static/"
STATIC_ROOT = _path("STATIC_ROOT", VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ai4artsed.static.ModuleAwareStorage"},
}

# The API ------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["web.parsing.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "web.logins.BasicAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "web.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ai4artsed",
    "DESCRIPTION": "Runs of arts-education workshops: making, watching, finding and fetching them.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Workshops and the queue --------------------------------------------------------------------
# The level in force where no workshop says otherwise: the strictest.
SAFETY_LEVEL = env.str("SAFETY_LEVEL", default="kids")
MAX_IDEA_CHARACTERS = _number(int, "MAX_IDEA_CHARACTERS", 2_000)
MAX_PROMPT_CHARACTERS = _number(int, "MAX_PROMPT_CHARACTERS", 8_000)
MAX_UPLOAD_BYTES = _number(int, "MAX_UPLOAD_BYTES", 12_000_000)
MAX_OUTSTANDING_RUNS = _number(int, "MAX_OUTSTANDING_RUNS", 3)
# How long a link to one work, as its card bears it, opens that work.
SHARE_DAYS = _number(float, "SHARE_DAYS", 30)
LEASE_SECONDS = _number(float, "LEASE_SECONDS", 15)
WAIT_SECONDS = _number(float, "WAIT_SECONDS", 900)
LIVE_POLL_SECONDS = _number(float, "LIVE_POLL_SECONDS", 0.1)
TEXT_STREAMS = _number(int, "TEXT_STREAMS", 32)
# The Wortwerkstatt would be done at once; at this pace a reader can watch the words change.
WORDS_PER_SECOND = _number(float, "WORDS_PER_SECOND", 14)

# Engines ------------------------------------------------------------------------------------
# What connects them, as the table of engines names it: addresses as lists, all else as text.
globals().update(
    {
        setting.name: env.list(setting.name, default=[])
        if setting.is_list
        else env.str(setting.name, default=setting.default)
        for setting in ENGINE_SETTINGS
    }
)
CLOUD_RUNS = _number(int, "CLOUD_RUNS", 4)
# Which language model does what, as engine:model. Text falls to the first in the house.
TEXT_MODEL = env.str("TEXT_MODEL", default="")
CODE_MODEL = env.str("CODE_MODEL", default="")
SAFETY_MODEL = env.str("SAFETY_MODEL", default="")
VISION_MODEL = env.str("VISION_MODEL", default="")
# A server is asked so often how it is; runs that wait only for unavailable ones fail after this.
PROBE_SECONDS = _number(float, "PROBE_SECONDS", 10)
PATIENCE_SECONDS = _number(float, "PATIENCE_SECONDS", 60)

# Logs: events and their identifiers, never what a person wrote ----------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "filters": {"news": {"()": "django.utils.log.CallbackFilter", "callback": _is_news}},
    "loggers": {"django.request": {"filters": ["news"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
