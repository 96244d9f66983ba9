"""What leaves the house from a page is recorded: who took which list, with how many rows, and for what."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import InvalidError
from xirang.foundation.permits import SIGNED_IN, Permit
from xirang.foundation.sealing import sealed

SHORTEST, LONGEST = 4, 200  # Letters of a purpose.


@command(_("导出列表"), permit=Permit((SIGNED_IN,), _("只有本人在页面上看得到的行和列，遮住的仍然遮住")))
def export_list(
    *,
    actor: Actor,
    listing: str,
    form: str,
    rows: int,
    filters: str,
    personal: bool,
    purpose: str,
    now: datetime,
) -> str:
    """Record that somebody takes `rows` rows of a list as a file, before they get it; returns the list's name.

    InvalidError where `personal` columns leave without a purpose of 4 to 200 letters; NotAllowedError for the public.
    """
    export_list.permit.require(actor)
    purpose = " ".join(purpose.split())
    if personal and not SHORTEST <= len(purpose) <= LONGEST:
        sentence = "文件里有个人信息，请写明用途，4 至 200 个字。"
        raise InvalidError(
            fields={"purpose": sentence},
            zh=sentence,
            en="The file holds personal data: say what it is for, in 4 to 200 letters.",
        )
    body = {
        "form": form,
        "rows": rows,
        # What somebody looked for may be a name.
        "filters": sealed(filters),
        "purpose": sealed(purpose[:LONGEST]),
    }
    record(Ref("list", listing), body)
    return listing
