"""What can be imported: the intakes of the engines, by the word that names them on the command line."""

from __future__ import annotations

from typing import Any

from xirang.foundation.errors import NotFoundError
from xirang.foundation.intake import Intake
from xirang.people.intake import EnterpriseIntake

INTAKES: tuple[Intake[Any], ...] = (EnterpriseIntake(),)


def get_intake(code: str) -> Intake[Any]:
    """The intake of that code; NotFoundError when no engine brings one."""
    for intake in INTAKES:
        if intake.code == code:
            return intake
    raise NotFoundError(
        code="no_such_intake", zh="没有“{kind}”这种导入。", en="There is no import of “{kind}”.", kind=code
    )
