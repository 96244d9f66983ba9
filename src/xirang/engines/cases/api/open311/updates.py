"""FixMyStreet's updates, the way in: what a requester says about a case, by the token that the receipt gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xirang.engines.cases import commands, queries
from xirang.engines.cases.api.open311.asking import BadParameterError
from xirang.engines.cases.logic.process import ActionSpec
from xirang.engines.cases.models import Case
from xirang.foundation.errors import ConflictError, NotFoundError
from xirang.foundation.ids import QUERY_LENGTH

LONGEST_TOKEN = 60


class NoSuchTokenError(NotFoundError):
    code = "no_such_token"
    zh = "没有找到这个 token。它由编号、短横和查询码组成，例如 HL-260918-0417-P-K7M3QA。"
    en = "The token was not found. It is the number, a hyphen and the query code: HL-260918-0417-P-K7M3QA."


class NotNowError(ConflictError):
    code = "not_now"
    zh = "这件办件目前不能改为 {status}。请先查询最新状态。"
    en = "The request cannot become {status} now. Please look at its present status."


def find_by_token(token: str) -> Case:
    """The case of a token; BadParameterError where there is none, NoSuchTokenError for whatever is wrong with it."""
    token = token.strip()
    if not token:
        raise BadParameterError("token", "请填写受理时得到的 token。", "give the token that came with the request.")
    if len(token) <= QUERY_LENGTH or len(token) > LONGEST_TOKEN:
        raise NoSuchTokenError()
    try:
        return queries.find_case_by_receipt(number=token[:-QUERY_LENGTH], code=token[-QUERY_LENGTH:])
    except NotFoundError as error:
        raise NoSuchTokenError() from error


def receive_update(case: Case, form: Mapping[str, str], now: datetime, *, language: str) -> str:
    """Take an update and return its id: `closed` confirms, `open` reopens what was answered, words alone are a note.

    Whoever has the token of `case` speaks as the requester; NotNowError where the process has no such step at present.
    """
    status, said = (form.get(name, "").strip() for name in ("status", "description"))
    if form.get("service_request_id", "").strip() not in ("", case.number):
        raise NoSuchTokenError()
    if status.lower() not in ("", "open", "closed"):
        raise BadParameterError("status", "只能是 open 或 closed。", "must be open or closed.")
    actor = queries.receipt_actor(case.pk)
    view = queries.get_case_view(actor=actor, case_id=case.pk, now=now, language=language)
    action = _action(view, status.lower(), said)
    if action is None:
        commands.add_note(actor=actor, case_id=case.pk, text=said, internal=False, now=now)
    else:
        answers = _answers(action, said, form)
        commands.act_on_case(
            actor=actor, case_id=case.pk, action=action.code, answers=answers, seq=view.state.seq, now=now
        )
    return f"{case.number}-{queries.get_case(actor=actor, case_id=case.pk).last_seq}"


def _action(view: queries.CaseView, status: str, said: str) -> ActionSpec | None:
    """The step that the status asks for, or None for words that change nothing."""
    closed = view.state.stage_kind == "done"
    if status == "closed" and not closed:
        found = next((one for one in view.allowed if _ends(view, one) and one.outcome != "withdrawn"), None)
        if found is None:
            raise NotNowError(status="closed")
        return found
    if status == "open":
        found = next((one for one in view.allowed if _begins_again(view, one)), None)
        if found is not None or not closed:
            return found
        raise NotNowError(status="open")
    if not said:
        raise BadParameterError("description", "请写明要补充的内容。", "say what is to be added.")
    return None


def _ends(view: queries.CaseView, action: ActionSpec) -> bool:
    return bool(action.to) and view.process.stages[action.to].kind == "done"


def _begins_again(view: queries.CaseView, action: ActionSpec) -> bool:
    if action.outcome == "reopened":
        return True
    closed = view.state.stage_kind == "done"
    return closed and bool(action.to) and view.process.stages[action.to].kind != "done"


def _answers(action: ActionSpec, said: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The words answer the first text that the step asks for; anything else comes as attribute[code]."""
    answers = {code: form[f"attribute[{code}]"] for code in action.asks if form.get(f"attribute[{code}]")}
    text = next((code for code, spec in action.asks.items() if spec.kind == "text"), "")
    if said and text:
        answers.setdefault(text, said)
    return answers
