"""Addresses of Open311: the ending of an address says in which form it answers."""

from django.urls import path, re_path

from xirang.engines.cases.api.open311 import pages

app_name = "open311"
FORM = r"\.(?P<form>xml|json)$"
urlpatterns = [
    re_path(rf"^discovery{FORM}", pages.discovery, name="discovery"),
    re_path(rf"^services{FORM}", pages.services, name="services"),
    re_path(rf"^services/(?P<code>[^/]+){FORM}", pages.service, name="service"),
    re_path(rf"^requests{FORM}", pages.requests, name="requests"),
    re_path(rf"^requests/(?P<number>[^/]+){FORM}", pages.one_request, name="request"),
    re_path(rf"^tokens/(?P<token>[^/]+){FORM}", pages.token, name="token"),
    re_path(rf"^servicerequestupdates{FORM}", pages.request_updates, name="request_updates"),
    path("<path:rest>", pages.unknown, name="unknown"),
]
