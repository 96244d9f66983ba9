"""A small site around the face alone, for its own tests and for looking at it before the whole site stands."""

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from django.views.i18n import set_language
from django.views.static import serve

from xirang.foundation.errors import NotFoundError
from xirang.ui import assets, gallery_data


def public(request: HttpRequest) -> HttpResponse:
    """The public shell with a form."""
    context = gallery_data.everything(request.GET, large=request.GET.get("large") == "1")
    return render(request, "ui/tests/public.html", context | {"shell": gallery_data.public_shell(request.GET)})


def bare(request: HttpRequest) -> HttpResponse:
    """The bare shell around a short form."""
    return render(request, "ui/tests/bare.html", {"shell": gallery_data.public_shell(request.GET)})


def error(request: HttpRequest, status: int) -> HttpResponse:
    """The error page for one status."""
    context = {
        "error": NotFoundError(),
        "sentence": "没有这件，或者不在您的范围内。请核对编号。",
        "status": status,
        "reference": "7F3A9C21",
        "shell": gallery_data.public_shell(request.GET),
    }
    return render(request, "ui/error.html", context, status=status)


def take(request: HttpRequest) -> HttpResponse:
    """Counts what a form sends, so that a test can see how often it was sent."""
    take.taken.append(request.POST.get("story", ""))
    time.sleep(0.4)
    return render(request, "ui/tests/taken.html", {"shell": gallery_data.public_shell({})})


take.taken = []


def form(request: HttpRequest) -> HttpResponse:
    """A public form with a draft."""
    return render(request, "ui/tests/form.html", {"shell": gallery_data.public_shell(request.GET)})


urlpatterns = [
    path("take/", take),
    path("form/", form),
    re_path(r"^static/ui/(?P<path>.*)$", serve, {"document_root": assets.FOLDER}),
    path("", include("xirang.ui.urls")),
    path("public/", public),
    path("bare/", bare),
    path("error/<int:status>/", error),
    path("language/", set_language, name="set_language"),
]
