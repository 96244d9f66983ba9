"""Addresses of the packs' pages."""

from django.urls import path

from xirang.project.packs import pages

app_name = "packs"
urlpatterns = [
    path("packs/", pages.packs, name="packs"),
    path("packs/<slug:pack>/", pages.pack, name="pack"),
    path("packs/<slug:pack>/activate/", pages.activate, name="activate"),
    path("packs/<slug:pack>/retire/", pages.retire, name="retire"),
    path("packs/switch/", pages.switch, name="switch"),
    path("schema/<slug:name>.json", pages.schema, name="schema"),
]
