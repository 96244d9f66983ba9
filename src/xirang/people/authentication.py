"""Whose session Django accepts: asked again at every request, so that a lock or the end of demo mode acts at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from xirang.foundation.pages import now
from xirang.people import queries
from xirang.people.models import Account


class AccountBackend(ModelBackend):
    """Django's own way to find the account of a session, with our rule for who may be signed in."""

    def get_user(self, user_id: Any) -> Account | None:
        """The account of a session, with its unit and grants; None once it may no longer be signed in."""
        account = queries.find_visitor(user_id, now=now())
        return account if account is not None and account.may_sign_in else None

    def user_can_authenticate(self, user: Any) -> bool:
        """True for an account that may sign in now."""
        return isinstance(user, Account) and user.may_sign_in
