"""A django-helpdesk as its handbook sets it up: runs in an environment of its own, knows nothing of Xirang.

`python helpdesk_site.py prepare` makes tables, a public queue and a member of staff; `python helpdesk_site.py fill N`
adds N tickets at once; gunicorn serves `helpdesk_site:application`. DATABASE is libpq's connection string in parts.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

STAFF, PASSWORD = "staff", "bench-only-password"
_address = urlsplit(os.environ["DATABASE_URL"])
INSTALLED = """django.contrib.admin django.contrib.auth django.contrib.contenttypes django.contrib.humanize
django.contrib.messages django.contrib.sessions django.contrib.sites django.contrib.staticfiles rest_framework
django_cleanup helpdesk"""
MIDDLEWARE = """django.middleware.security.SecurityMiddleware django.contrib.sessions.middleware.SessionMiddleware
django.middleware.common.CommonMiddleware django.middleware.csrf.CsrfViewMiddleware
django.contrib.auth.middleware.AuthenticationMiddleware django.contrib.messages.middleware.MessageMiddleware
django.middleware.clickjacking.XFrameOptionsMiddleware"""

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _address.path.strip("/"),
            "USER": _address.username,
            "HOST": parse_qs(_address.query)["host"][0],
            "CONN_MAX_AGE": 60,
        }
    },
    DEBUG=False,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    HELPDESK_TEAMS_MODE_ENABLED=False,  # The package of teams is an extra.
    INSTALLED_APPS=INSTALLED.split(),
    LOGIN_URL="/login/",
    MEDIA_ROOT=str(Path(os.environ["HOME_FOLDER"]) / "media"),
    MIDDLEWARE=MIDDLEWARE.split(),
    ROOT_URLCONF="helpdesk_site_urls",
    SECRET_KEY="x" * 50,
    SITE_ID=1,
    STATIC_URL="/static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                    "django.template.context_processors.request",
                ]
            },
        }
    ],
    USE_TZ=True,
)
application = get_wsgi_application()


def prepare() -> None:
    """Tables, one queue for everybody, one member of staff."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from helpdesk.models import Queue

    call_command("migrate", verbosity=0, interactive=False)
    Queue.objects.create(title="Public", slug="public", allow_public_submission=True)
    User.objects.create_superuser(STAFF, "staff@example.org", PASSWORD)


def fill(total: int) -> None:
    """Tickets by bulk_create, six of a hundred open, as many as there are cases on the other side."""
    from django.utils import timezone
    from helpdesk.models import Queue, Ticket

    queue, now = Queue.objects.get(slug="public"), timezone.now()
    for begin in range(0, total, 5000):
        Ticket.objects.bulk_create(
            Ticket(
                queue=queue,
                title=f"Noise at night, number {serial}",
                description="A building site works after ten.",
                submitter_email=f"citizen{serial}@example.org",
                status=Ticket.OPEN_STATUS if serial % 100 < 6 else Ticket.CLOSED_STATUS,
                secret_key=f"{serial:036d}",
                created=now - timedelta(minutes=serial),
                modified=now,
            )
            for serial in range(begin, min(total, begin + 5000))
        )


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "prepare":
        prepare()
    else:
        fill(int(sys.argv[2]))
