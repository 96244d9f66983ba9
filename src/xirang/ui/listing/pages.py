"""The view of a declared list: the page itself, and its rows as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from xirang.foundation.errors import InvalidError
from xirang.foundation.pages import Asked, View, Who, now, page
from xirang.ui.commands import export_list
from xirang.ui.listing.asking import asking_of
from xirang.ui.listing.declaration import Asking, Listing
from xirang.ui.listing.drawing import drawn, filters_in_words
from xirang.ui.listing.exporting import TYPES, as_csv, as_workbook, lines_of
from xirang.ui.wording import listed, reader_language

_listings: dict[str, Listing[Any]] = {}


def list_page(who: Who, listing: Listing[Any]) -> View:
    """The view of a list for those who may open it. A post takes the rows that its address asks for as a file."""
    _listings[listing.name] = listing

    @page(who)
    def view(request: Asked, **args: Any) -> HttpResponse:
        asking = asking_of(request, listing, now=now(), language=reader_language(), args=args)
        if request.method != "POST":
            return _page(listing, asking)
        try:
            return _file(listing, asking)
        except InvalidError as error:
            return _page(listing, asking, wrong=error.sentence())

    return view


def declared_lists() -> dict[str, Listing[Any]]:
    """Every list that the program has, by the name of its view."""
    return dict(_listings)


def listing_titles() -> dict[str, str]:
    """What every list that the program has is called, by the name of its view, in the reader's language."""
    return {name: str(listing.title) for name, listing in _listings.items()}


def _page(listing: Listing[Any], asking: Asking, *, wrong: str = "") -> HttpResponse:
    context = {"list": drawn(listing, asking, wrong=wrong), "now": asking.now}
    if listing.more:
        context |= listing.more(asking)
    return render(asking.request, listing.template, context, status=InvalidError.status if wrong else 200)


def _file(listing: Listing[Any], asking: Asking) -> HttpResponse:
    """The file, recorded before anybody gets it."""
    form = asking.request.POST.get("form", "")
    if form not in TYPES or not listing.exports:
        raise InvalidError(code="no_such_file", zh="没有这种文件，请选 Excel 或 CSV。", en="Choose Excel or CSV.")
    lines, _more = lines_of(listing, asking)
    title = listing.called(asking)
    export_list(
        actor=asking.actor,
        listing=listing.name,
        form=form,
        rows=len(lines) - 1,
        filters=listed([*([title] if asking.args else []), *filter(None, [filters_in_words(listing, asking)])]),
        personal=any(column.personal for column in listing.columns(asking)),
        purpose=asking.request.POST.get("purpose", ""),
        now=asking.now,
    )
    content = as_csv(lines) if form == "csv" else as_workbook(lines, title)
    name = f"{title}-{timezone.localtime(asking.now):%Y%m%d-%H%M}.{form}"
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
