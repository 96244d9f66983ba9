"""Addresses of the cockpit."""

from django.urls import path

from xirang.engines.cockpit import pages

app_name = "cockpit"
urlpatterns = [path("overview/", pages.overview, name="overview")]
