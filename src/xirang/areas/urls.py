"""Addresses of the area chooser."""

from django.urls import path

from xirang.areas import pages

app_name = "areas"
urlpatterns = [path("areas/options/", pages.options, name="options")]
