"""What the ledger's records of cases say to a person: in the words of the case's own process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xirang.engines.cases.logic.dispatching import because_of
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.sentences import answer_text, step_title
from xirang.engines.cases.logic.words import CHANNELS, titled
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import installed
from xirang.foundation.ids import is_uuid
from xirang.foundation.records import Entry, Retold, Said
from xirang.people.queries import names_of_organisations
from xirang.ui.wording import listed, speaks_english

Facts = list[tuple[str, str]]


def speak_records(records: Sequence[Entry]) -> dict[int, Said]:
    """Records of cases by number; two queries: the processes of the cases, and the units that are named.

    What somebody else has recorded of a case is left to plain words.
    """
    rows = Case.objects.all_unscoped("records beside which this stands were scoped already")
    versions = rows.filter(pk__in={record.subject_id for record in records}).values_list("pk", "process")
    processes = {str(pk): installed.process_of(version) for pk, version in versions}
    units = names_of_organisations({UUID(one) for record in records for one in _ids(record.body.get("answers", {}))})
    names = {str(pk): name for pk, name in units.items()}
    return {
        record.pk: _say(record.body, process, names)
        for record in records
        if "number" in record.body and (process := processes.get(record.subject_id)) is not None
    }


def retell_processes(records: Sequence[Entry]) -> list[Entry]:
    """Records of processes with the title in place of the code; the registry knows all of them."""
    at = 1 if speaks_english() else 0
    titles = {code: pair[at] or pair[0] for code, pair in installed.titles().items()}
    return [
        Retold(one.pk, one.action, one.subject_kind, titles.get(one.subject_id, one.subject_id), one.body)
        for one in records
    ]


def _ids(answers: Mapping[str, Any]) -> Iterable[str]:
    return [value for value in answers.values() if is_uuid(value)]


def _say(body: Mapping[str, Any], process: ProcessType, names: Mapping[str, str]) -> Said:
    language = "en" if speaks_english() else "zh"
    kind = _kind_of(body)
    action = body.get("clock", "") if kind == "marked" else body.get("action", "")
    # A record does not tell an internal note from an answer: whoever may read it learns that there was one.
    title = _("留言或备注") if kind == "noted" else step_title(process, kind, action, body, language=language)
    facts = _opening(body, process, language) if kind == "opened" else _step(body, process, names, language)
    return Said(title, tuple(facts), f"{_('办件')} {body['number']}")


def _kind_of(body: Mapping[str, Any]) -> str:
    if "process" in body:
        return "opened"
    if "note" in body:
        return "noted"
    return "marked" if "verb" in body else "acted"


def _opening(body: Mapping[str, Any], process: ProcessType, language: str) -> Facts:
    asked = [process.fields[code].title.text(language) for code in body["fields"] if code in process.fields]
    return [
        (_("类别"), process.title.text(language)),
        (_("来源"), titled(CHANNELS, body["channel"], language)),
        (_("填写"), listed(asked)),
    ]


def _step(body: Mapping[str, Any], process: ProcessType, names: Mapping[str, str], language: str) -> Facts:
    facts: Facts = []
    before, after = (process.stages[body[end]].title.text(language) for end in ("from", "to"))
    if before != after:
        facts.append((_("阶段"), f"{before} → {after}"))
    asks = process.actions[body["action"]].asks if body.get("action") in process.actions else {}
    for code, value in body.get("answers", {}).items():
        if code in asks:
            facts.append((asks[code].title.text(language), _answer(asks[code], value, names, language)))
    if 0 < body.get("rule", 0) <= len(process.dispatch):
        because = because_of(process.dispatch[body["rule"] - 1], body["rule"])[language == "en"]
        facts.append((_("依据"), _("第 %(rule)s 条规则，%(because)s") % {"rule": body["rule"], "because": because}))
    return facts


def _answer(spec: FieldSpec, value: Any, names: Mapping[str, str], language: str) -> str:
    """An answer as far as the record keeps it: of words only their number, of a rating only that it was given."""
    if isinstance(value, dict) and "characters" in value:
        return _("%(count)s 字") % {"count": value["characters"]}
    if isinstance(value, dict) and "given" in value:
        return _("已填")
    return answer_text(spec, value, names, language)
