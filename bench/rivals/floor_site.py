"""The least that Django can do for a create: one row, one commit, no form, no session. The floor under both sides."""

import json
import os
import sys
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path

_address = urlsplit(os.environ["DATABASE_URL"])
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
    ROOT_URLCONF=__name__,
    SECRET_KEY="x" * 50,
)


def create(request: HttpRequest) -> JsonResponse:
    """Keep the words that came, and say under which number."""
    words = json.loads(request.body)["words"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into floor (id, words) values (%s, %s) returning number", [uuid4(), words])
        return JsonResponse({"number": cursor.fetchone()[0]}, status=201)


urlpatterns = [path("create/", create)]
application = get_wsgi_application()

if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        with connection.cursor() as made:
            made.execute("create table floor (id uuid primary key, number bigserial, words text, at timestamptz"
                         " default now())")  # fmt: skip
