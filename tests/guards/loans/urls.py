"""The address of the page."""

from django.urls import path
from xirang.engines.loans import pages

app_name = "loans"
urlpatterns = [path("loans/", pages.loans, name="loans")]
