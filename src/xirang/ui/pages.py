"""The two pages of the face: the switch for large text, and the gallery that shows every component in every state."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from xirang.foundation.pages import Asked, anyone, page
from xirang.ui import gallery_data

LARGE_COOKIE = "xirang_large"
YEAR = 365 * 24 * 3600


def is_large(request: Asked) -> bool:
    """Whether this browser asked for large text."""
    return request.COOKIES.get(LARGE_COOKIE) == "1"


@page(anyone)
@require_POST
def set_large_text(request: Asked) -> HttpResponse:
    """Switch large text on or off for this browser and go back to where the reader was."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    if request.POST.get("large") == "1":
        response.set_cookie(LARGE_COOKIE, "1", max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    else:
        response.delete_cookie(LARGE_COOKIE, samesite="Lax")
    return response


@page(anyone)
@require_GET
def gallery(request: Asked) -> HttpResponse:
    """Every component in every state; needs no database."""
    return render(request, "ui/gallery.html", gallery_data.everything(request.GET, large=is_large(request)))


@page(anyone)
@require_GET
def gallery_drawer(request: Asked, number: str) -> HttpResponse:
    """The drawer of one row of the gallery's list, as the fragment htmx asks for."""
    row = gallery_data.find_row(number)
    if row is None:
        raise Http404
    return render(request, "ui/gallery_drawer.html", {"row": row} | gallery_data.drawer_parts())
