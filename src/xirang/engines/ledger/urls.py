"""Addresses of the ledger."""

from django.urls import path

from xirang.engines.ledger import pages

app_name = "ledger"
urlpatterns = [
    path("records/", pages.records, name="records"),
    path("records/<slug:kind>/<str:subject_id>/", pages.records_of, name="records_of"),
]
