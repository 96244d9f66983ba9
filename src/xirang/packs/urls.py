"""Addresses of the packs' pages."""

from django.urls import path

from xirang.packs import pages

app_name = "packs"
urlpatterns = [
    path("packs/", pages.packs, name="packs"),
    path("packs/install/", pages.install, name="install"),
    path("packs/<slug:pack>/", pages.pack, name="pack"),
    path("packs/<slug:pack>/activate/", pages.activate, name="activate"),
    path("packs/<slug:pack>/retire/", pages.retire, name="retire"),
    path("packs/<slug:pack>/retry/", pages.retry, name="retry"),
    path("packs/<slug:pack>/switch/", pages.switch, name="switch"),
    path("schema/<slug:name>.schema.json", pages.schema, name="schema"),
]
