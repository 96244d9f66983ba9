"""All addresses of the site: those that the engines bring, and those of the house."""

from __future__ import annotations

from django.urls import include, path

from xirang.foundation.addresses import Urls
from xirang.foundation.engines import every
from xirang.project import pages
from xirang.project.api import api, openapi

handler400 = "xirang.project.errors.bad_request"
handler403 = "xirang.project.errors.not_allowed"
handler404 = "xirang.project.errors.not_found"
handler500 = "xirang.project.errors.fault"

urlpatterns = [
    *(path(one.prefix, include(one.module)) for one in every(Urls)),
    path("api/openapi.json", openapi, name="openapi"),
    path("api/", api.urls),
    path("language/", pages.set_language, name="set_language"),
    path("healthz", pages.healthz, name="healthz"),
    path("about/<slug:topic>/", pages.about, name="about"),
    path("relief/", pages.relief, name="relief"),
]
