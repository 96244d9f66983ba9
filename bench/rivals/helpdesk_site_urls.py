"""The addresses of the helpdesk: a form to sign in, and its own."""

from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = [
    path("login/", LoginView.as_view(template_name="helpdesk/registration/login.html"), name="login"),
    path("", include("helpdesk.urls", namespace="helpdesk")),
]
