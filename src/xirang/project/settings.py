"""Django's settings: few, each overridable by one environment variable that docs/operate.md names."""

from __future__ import annotations

import os
import re

from csp.constants import NONE, SELF

from xirang.foundation.terminal import StartupError
from xirang.project.keeping import database, folders, secrets

VAR = folders.var_folder()
FILES_ROOT = folders.files_folder()
PACKS_ROOT = folders.packs_folder()

SECRETS = secrets.load(VAR)
VAULT_OLDER_KEYS = secrets.next_master_keys(VAR)  # Other keys by which persons' keys may be wrapped.
SECRET_KEY = SECRETS.secret_key
DEBUG = False
# Off unless asked for: only the command `xirang`, with its built-in database, turns it on by itself.
DEMO = os.environ.get("XIRANG_DEMO", "0") == "1"
DISTRICT_NAME = os.environ.get("XIRANG_DISTRICT", "禾澜区产业社区公共服务平台")
DISTRICT_PREFIX = os.environ.get("XIRANG_PREFIX", "HL")
if not re.fullmatch("[A-Z]{2}", DISTRICT_PREFIX):
    raise StartupError(
        f"XIRANG_PREFIX 应为两个大写字母（办件编号的开头），现为“{DISTRICT_PREFIX}”。",
        f"XIRANG_PREFIX must be two capital letters (they begin every case number); it is “{DISTRICT_PREFIX}”.",
    )

ALLOWED_HOSTS = os.environ.get("XIRANG_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("XIRANG_ORIGINS", "").split(",") if o]
BEHIND_TLS = os.environ.get("XIRANG_TLS", "0") == "1"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "procrastinate.contrib.django",
    "xirang.foundation",
    "xirang.ui",
    "xirang.areas",
    "xirang.people",
    "xirang.engines.ledger",
    "xirang.engines.places",
    "xirang.engines.cases",
    "xirang.engines.bulletin",
    "xirang.engines.cockpit",
    "xirang.packs",
    "xirang.project.imports",
    "xirang.project",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xirang.foundation.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "xirang.people.middleware.ActorMiddleware",
    "xirang.foundation.middleware.ErrorMiddleware",
]

ROOT_URLCONF = "xirang.project.urls"
WSGI_APPLICATION = "xirang.project.running.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "xirang.ui.jinja.Pages",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "xirang.ui.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "xirang.project.shell.shell",
            ],
            "compiled": VAR / "pages",
        },
    },
]
# Inputs of forms are drawn by Jinja2, too: by Django's own language they cost a fifth of a public form.
FORM_RENDERER = "django.forms.renderers.Jinja2"

DATABASES = {"default": database.database_settings(os.environ)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["xirang.people.authentication.AccountBackend"]
LOGIN_URL = "people:sign_in"
# Outside of a demonstration nobody administers the platform with a password alone.
TOTP_REQUIRED_ROLES = () if DEMO else ("system_admin", "security_admin", "audit_admin")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "title_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_ENGINE = "xirang.people.sessions"
SESSION_COOKIE_NAME = "xirang_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_TLS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "xirang_csrf"
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "xirang.project.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_SIZE_LIMIT = 20 * 1024 * 1024
CLAMD_SOCKET = os.environ.get("XIRANG_CLAMD", "")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "xirang_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_SECURE = BEHIND_TLS
LOCALE_PATHS = [folders.PACKAGE / "project" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = folders.PACKAGE / "ui" / "static"
# The build names every file by its content, so a browser may keep it for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[-.][0-9A-Za-z]{8,12}\..+$"
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# For how many days is kept what has served its time; docs/operate.md says what each is good for. Jobs that went well
# are gone at once: `finished_jobs` are those that were cancelled, or that an older version left.
KEEP_DAYS = {"delivered_events": 30, "finished_jobs": 7, "failed_jobs": 90, "idempotency_keys": 7, "rate_windows": 1}

# Keys of systems that may report through Open311, `key` or `key:account`; none means that anybody may.
OPEN311_KEYS = [key.strip() for key in os.environ.get("XIRANG_OPEN311_KEYS", "").split(",") if key.strip()]
OPEN311_JURISDICTION = os.environ.get("XIRANG_OPEN311_JURISDICTION", "")
OPEN311_CONTACT = os.environ.get("XIRANG_OPEN311_CONTACT", DISTRICT_NAME)

XIRANG_OIDC = {
    "issuer": os.environ.get("XIRANG_OIDC_ISSUER", ""),
    "client_id": os.environ.get("XIRANG_OIDC_CLIENT_ID", ""),
    "client_secret": os.environ.get("XIRANG_OIDC_CLIENT_SECRET", ""),
    "username_claim": os.environ.get("XIRANG_OIDC_USERNAME_CLAIM", "preferred_username"),
    "title": os.environ.get("XIRANG_OIDC_TITLE", "统一身份认证"),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("XIRANG_LOG", "WARNING")},
}
