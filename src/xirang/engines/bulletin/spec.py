"""What other engines and packs may ask of the bulletin: the effect `Notify`, and how a line of wiring asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from xirang.foundation.filling import check_party, check_text, filled, find_party
from xirang.foundation.packs import Complain, PackContents, WiredEffect

_RECIPIENTS = ("account", "person", "unit")


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell one account, person or unit something.

    subject: at most 200 characters; body: plain text, at most 2,000. Exactly one of the three recipients is named.
    `about` is the (kind, id) of what it is about, `url` the page to open.
    """

    KIND: ClassVar[str] = "bulletin.notify"
    subject: str
    body: str
    to_account_id: UUID | None = None
    to_person_id: UUID | None = None
    to_unit_id: UUID | None = None
    about: tuple[str, str] = ("", "")
    url: str = ""
    area_id: UUID | None = None


def _check(event_type: type, args: Mapping[str, Any], contents: PackContents, complain: Complain) -> None:
    check_party(event_type, str(args["to"]), _RECIPIENTS, complain)
    check_text(event_type, str(args["text"]), contents, complain)


def _build(event: Any, args: Mapping[str, Any], contents: PackContents) -> Notify | None:
    """`bulletin.notify(to='holder', text='texts/assigned.md')`: to whom the event names, in the pack's words."""
    recipient = find_party(event, args["to"], _RECIPIENTS)
    if recipient is None:
        return None
    subject, body = filled(contents, args["text"], event)
    return Notify(
        subject=subject,
        body=body,
        about=getattr(event, "subject", ("", "")),
        url=getattr(event, "url", ""),
        area_id=event.area_id,
        to_account_id=recipient[1] if recipient[0] == "account" else None,
        to_person_id=recipient[1] if recipient[0] == "person" else None,
        to_unit_id=recipient[1] if recipient[0] == "unit" else None,
    )


WIRED = (WiredEffect(question=Notify, arguments={"to": True, "text": True}, check=_check, build=_build),)
