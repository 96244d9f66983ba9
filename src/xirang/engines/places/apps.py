"""Registers the places engine with Django."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "xirang.engines.places"
    label = "places"
    verbose_name = "地点"
