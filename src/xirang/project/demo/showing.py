"""What a visitor is told at the start: as whom to sign in, and what is worth trying."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import check_password

from xirang.people.models import Account
from xirang.people.spec import role_title
from xirang.project.demo.cast import CAST, TRY
from xirang.project.demo.password import find_password

CHANGED = "（口令已另设）"


def identities() -> list[tuple[str, str, str, str]]:
    """(role and name, user name, password, what to try); a password that was changed since is not shown."""
    if not settings.DEMO:
        return []
    rows = Account.objects.all_unscoped("demo identities are printed at the start").filter(is_demo=True, is_active=True)
    encoded = dict(rows.values_list("username", "password"))
    present = [one for one in CAST if one.shown and one.username in encoded]
    word = find_password()
    # One hash is checked, not twenty: after a restore from elsewhere the word would be wrong for all of them.
    if word and present and not check_password(word, encoded[present[0].username]):
        word = ""
    return [(f"{role_title(one.role)}　{one.name}", one.username, word or CHANGED, TRY[one.role]) for one in present]
