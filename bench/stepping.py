"""The steps of an enterprise's request by commands, in a process of its own: open, assign, accept, answer, confirm.

It says `ready`, waits for a line with the seconds it may take, and prints how many requests it finished and what
processor time that took. Several of them at once are several officials at work.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django

from bench.rivals.paced import work

STEPS = 5
FIRM, DESK, HANDLER = "shenmingzhe", "hejing", "zhouyutong"
ANSWER = {"outcome": "solved", "reply": "已经联系好三千平方米的场地，请查看。"}


class Office:
    """The three who take part, and where they are."""

    def __init__(self) -> None:
        from xirang.areas.models import Area
        from xirang.areas.spec import Level
        from xirang.people.queries import actor_of, find_account

        moment = datetime.now(UTC)
        found = {name: find_account(name) for name in (FIRM, DESK, HANDLER)}
        self.actors: dict[str, Any] = {
            name: actor_of(account, now=moment) for name, account in found.items() if account is not None
        }
        self.area: UUID = Area.objects.filter(level=Level.GRID.value).order_by("pk")[0].pk

    def finish_one(self) -> None:
        """One request from asking to the firm's confirmation, each step committed by itself."""
        from xirang.engines.cases import commands
        from xirang.engines.cases.commands import Opening

        answers = {"topic": "space", "need": "二期厂房没有场地，想找三千平方米。"}
        opening = Opening(process="enterprise_help", area_id=self.area, answers=answers)
        case_id = commands.open_case(actor=self.actors[FIRM], opening=opening, now=datetime.now(UTC))
        for who, action, given in (
            (DESK, "assign", {"unit": "unit/power_supply"}),
            (HANDLER, "accept", {}),
            (HANDLER, "answer", ANSWER),
            (FIRM, "confirm", {"rating": "5"}),
        ):
            actor = self.actors[who]
            commands.act_on_case(actor=actor, case_id=case_id, action=action, answers=given, now=datetime.now(UTC))


def main() -> None:
    """Work for as long as we are told."""
    django.setup()
    work(Office().finish_one)


if __name__ == "__main__":
    main()
