"""What can be imported: the intakes of the engines, by the word that names them on the command line."""

from __future__ import annotations

from typing import Any

from xirang.foundation.engines import every
from xirang.foundation.errors import NotFoundError
from xirang.foundation.intake import Importer, Intake


def intakes() -> list[Intake[Any]]:
    """Every kind of file that an installed engine can take in."""
    return [importer.intake for importer in every(Importer)]


def get_intake(code: str) -> Intake[Any]:
    """The intake of that code; NotFoundError when no engine brings one."""
    for intake in intakes():
        if intake.code == code:
            return intake
    raise NotFoundError(
        code="no_such_intake", zh="没有“{kind}”这种导入。", en="There is no import of “{kind}”.", kind=code
    )
