"""Settings of that small site: no database, no sessions, the strict policy of the real one."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse

from xirang.foundation.actor import PUBLIC

SECRET_KEY = "only-for-looking-at-components"
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
ROOT_URLCONF = "xirang.ui.tests.urls"
INSTALLED_APPS = ["django.contrib.messages", "xirang.ui"]
MIDDLEWARE = [
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "xirang.ui.tests.site.policy",
]
TEMPLATES = [
    {
        "BACKEND": "xirang.ui.jinja.Pages",
        "APP_DIRS": True,
        "DIRS": [Path(__file__).parent / "jinja2"],
        "OPTIONS": {
            "environment": "xirang.ui.jinja.environment",
            "context_processors": ["django.contrib.messages.context_processors.messages"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.Jinja2"
DATABASES: dict = {}
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
STATIC_URL = "/static/"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parents[2] / "project" / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"


def policy(get_response):
    """Sets the public actor and the content policy, as the real site does."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = PUBLIC
        response = get_response(request)
        response["Content-Security-Policy"] = (
            "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'"
        )
        return response

    return middleware
