"""Whose session Django accepts: asked again at every request, so that a lock or the end of demo mode acts at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from xirang.people.models import Account


class AccountBackend(ModelBackend):
    """Django's own way to find the account of a session, with our rule for who may be signed in."""

    def user_can_authenticate(self, user: Any) -> bool:
        """True for an account that may sign in now."""
        return isinstance(user, Account) and user.may_sign_in
