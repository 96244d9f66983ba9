"""What the registers would answer in a told story; a story that says more than they hold is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from xirang.engines.cases.logic.ground import DRAWERS, Ground, requester_kind
from xirang.engines.cases.logic.names import PERSONAL_FACTS, about_names
from xirang.engines.cases.logic.opening import ASKING_FOR_OTHERS
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.relations import FIRM_ROLE
from xirang.engines.cases.logic.words import ABOUT
from xirang.foundation.declarations import did_you_mean
from xirang.foundation.packs import TellingError

PERSON = "story"
"""The one natural person of a story; the drawers stand in the teller's memory."""

REQUESTER_FACTS = (*PERSONAL_FACTS, "organisation")
# Whoever registers gives both; a story in which one is not on file says `requester: {phone: null}`.
_REGISTERED_WITH = {"name": True, "phone": True}


def check_facts(process: ProcessType, facts: Mapping[str, Any]) -> None:
    """TellingError where `about` or `requester` say what no register answers."""
    about, requester = facts.get("about", {}), facts.get("requester", {})
    if about and process.about == "none":
        raise TellingError(
            "given/about",
            f"写了 about，但流程“{process.title.zh}”不关于任何登记的对象。请删去 about，或在 cases.yaml 里写 about。",
            f'gives facts about a subject, but "{process.code}" is about nothing. Remove about, or declare it.',
        )
    register = ABOUT[process.about]
    _check("about", about, about_names(process.about), (f"{register[0]}登记", f"the register of {register[1]}"))
    _check("requester", requester, REQUESTER_FACTS, ("账号登记", "the register of accounts"))


def ground_of(
    process: ProcessType,
    facts: Mapping[str, Any],
    roles: Collection[str],
    *,
    signed_in: bool,
    contact: Iterable[str] = (),
) -> Ground:
    """What the ground knows when somebody with these roles opens a case, as `queries.prefill` finds it for real.

    `contact` are the classes of personal answers that whoever asks left without an account. The public is not known at
    all; an organisation's matter is known where a firm speaks, or somebody who takes down what others ask.
    """
    if not signed_in:
        left = {DRAWERS[one]: True for one in contact}
        return Ground({}, left | requester_kind(account=False, person=bool(left)))
    given = {**_REGISTERED_WITH, **(facts.get("requester") or {})}
    if FIRM_ROLE in roles:
        given.setdefault("organisation", FIRM_ROLE)
    requester = {**given, **requester_kind(account=True, person=True)}
    about = facts.get("about") or {}
    if process.about == "person":
        own = {name: given.get(name) for name in PERSONAL_FACTS}
        return Ground({**own, **about}, requester, PERSON, PERSON)
    known = process.about == "organisation" and {FIRM_ROLE, *ASKING_FOR_OTHERS} & set(roles)
    return Ground(about if known else {}, requester, "", PERSON)


def _check(key: str, told: Any, names: Iterable[str], register: tuple[str, str]) -> None:
    if not isinstance(told, Mapping):
        raise TellingError(f"given/{key}", f"的 {key} 写成“名称: 值”。", f"writes {key} as “name: value”.")
    for name in told:
        if name not in names:
            zh, en = did_you_mean(name, names)
            raise TellingError(
                f"given/{key}/{name}",
                f"的 {key} 写了 {name}，{register[0]}里没有这一项{zh}",
                f'says "{name}" in {key}, which {register[1]} does not hold{en}',
            )
