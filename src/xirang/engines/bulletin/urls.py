"""Addresses of the bulletin."""

from django.urls import path

from xirang.engines.bulletin import pages

app_name = "bulletin"
urlpatterns = [
    path("messages/", pages.messages, name="messages"),
    path("messages/read/", pages.mark_all_read, name="mark_all_read"),
    path("messages/<uuid:message_id>/open/", pages.open_message, name="open_message"),
]
