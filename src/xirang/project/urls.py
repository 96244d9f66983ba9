"""All addresses of the site, engine by engine."""

from __future__ import annotations

from django.urls import include, path

from xirang.project import pages
from xirang.project.api import api, openapi

handler400 = "xirang.project.errors.bad_request"
handler403 = "xirang.project.errors.not_allowed"
handler404 = "xirang.project.errors.not_found"
handler500 = "xirang.project.errors.fault"

urlpatterns = [
    path("", include("xirang.engines.cases.urls")),
    path("", include("xirang.engines.cockpit.urls")),
    path("", include("xirang.engines.bulletin.urls")),
    path("", include("xirang.engines.ledger.urls")),
    path("", include("xirang.people.urls")),
    path("", include("xirang.areas.urls")),
    path("", include("xirang.ui.urls")),
    path("", include("xirang.packs.urls")),
    path("open311/", include("xirang.engines.cases.api.open311.urls")),
    path("api/openapi.json", openapi, name="openapi"),
    path("api/", api.urls),
    path("language/", pages.set_language, name="set_language"),
    path("healthz", pages.healthz, name="healthz"),
    path("about/<slug:topic>/", pages.about, name="about"),
    path("relief/", pages.relief, name="relief"),
]
