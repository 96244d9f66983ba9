"""Importing staff from a sheet: template, dry run, import, and the faults as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xirang.foundation.errors import XirangError
from xirang.foundation.pages import Asked, now, page, roles
from xirang.people import commands, queries
from xirang.people.commands import SheetHasFaultsError
from xirang.people.forms import StaffSheetForm, show_error
from xirang.people.logic.staff_sheet import EXAMPLE, HEADINGS, MOST_BYTES, CellFault, write_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FAULTS = "staff_faults"


@require_http_methods(["GET", "POST"])
@page(roles("system_admin"))
def import_staff(request: Asked) -> HttpResponse:
    """Check a sheet (`try`) or import it; faults are shown by cell and kept for download."""
    form = StaffSheetForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "checked": None, "faults": ()}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["file"].read(MOST_BYTES + 1)
        try:
            if "try" in request.POST:
                checked = queries.check_staff(request.actor, data, now=now())
                context |= {"checked": checked, "faults": _keep(request, checked.faults)}
            else:
                done = commands.import_staff(
                    actor=request.actor,
                    data=data,
                    now=now(),
                    only_good=form.cleaned_data["only_good"],
                )
                _keep(request, done.faults)
                return render(request, "people/staff_imported.html", {"done": done})
        except SheetHasFaultsError as error:
            form.add_error(None, error.sentence())
            context["faults"] = _keep(request, error.faults)
        except XirangError as error:
            show_error(form, error)
    return render(request, "people/import_staff.html", context)


def _keep(request: Asked, faults: tuple[CellFault, ...]) -> tuple[CellFault, ...]:
    request.session[FAULTS] = [[fault.row, fault.heading, fault.zh] for fault in faults[:1000]]
    return faults


@require_safe
@page(roles("system_admin"))
def template(request: Asked) -> HttpResponse:
    """The empty sheet with one example row."""
    return _file(write_sheet("人员", HEADINGS, [EXAMPLE]), "staff-template.xlsx")


@require_safe
@page(roles("system_admin"))
def faults(request: Asked) -> HttpResponse:
    """The faults of the last sheet, to correct it beside them."""
    kept = request.session.get(FAULTS)
    if not kept:
        messages.info(request, _("没有可下载的错误清单。"))
        return HttpResponseRedirect(reverse("people:import_staff"))
    return _file(write_sheet("错误", ("行", "列", "问题"), kept), "staff-faults.xlsx")


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
