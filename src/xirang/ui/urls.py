"""Addresses of the face itself: the switch for large text, and the gallery of components."""

from django.urls import path

from xirang.ui import pages, searching

app_name = "ui"

urlpatterns = [
    path("large-text/", pages.set_large_text, name="set_large_text"),
    path("search/", searching.search, name="search"),
    path("gallery/", pages.gallery, name="gallery"),
    path("gallery/drawer/<str:number>/", pages.gallery_drawer, name="gallery_drawer"),
]
