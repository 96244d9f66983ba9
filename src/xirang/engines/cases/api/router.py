"""The open interface in JSON for portals and applications: what may be asked, asking, following, confirming, rating."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Header, Path, Router, Schema, Status
from pydantic import ConfigDict

from xirang.areas.queries import find_area_by_code, get_area, root_area
from xirang.engines.cases import commands, policy, queries
from xirang.engines.cases.commands import Opening, PlaceGiven
from xirang.engines.cases.limits import guessing, repeat_key, take_report
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.words import OUTCOMES, titled
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import installed
from xirang.engines.cases.queries.portal import expected_due
from xirang.foundation.actor import PUBLIC
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import InvalidError, NotFoundError
from xirang.foundation.pages import now
from xirang.ui.wording import reader_language

router = Router(tags=["办件"])
MOST_ANSWERS = 60


class Strict(Schema):
    """What comes in: a name that nobody knows is refused, it would be lost silently."""

    model_config = ConfigDict(extra="forbid")


class ProblemBody(Schema):
    """Why something was refused: the kind, a stable code, and the sentence to show."""

    kind: Literal["not_found", "not_allowed", "invalid", "conflict", "unavailable"]
    code: str
    message: str
    zh: str
    en: str
    fields: dict[str, str] | None = None


class Problem(Schema):
    """Every refusal has this form."""

    error: ProblemBody


class ChoiceOut(Schema):
    code: str
    title: str


class FieldOut(Schema):
    """One question: its kind says what an answer looks like (see docs/open311.md)."""

    code: str
    title: str
    help: str
    kind: str
    required: bool
    min: int | None
    max: int | None
    personal: bool
    choices: list[ChoiceOut]


class ServiceOut(Schema):
    process: str
    title: str
    help: str
    service_code: str
    open_to_anyone: bool


class ServiceDetail(ServiceOut):
    fields: list[FieldOut]
    expected: str
    expected_at: datetime | None


Text = Annotated[str, Field(max_length=4000)]
Answer = Text | bool | int | list[Annotated[str, Field(max_length=80)]]
Code = Annotated[str, Field(max_length=64)]


class PlaceIn(Strict):
    """Words, a point, or both; `system` says in which coordinates the point is given."""

    address: Annotated[str, Field(max_length=300)] = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    system: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"


class Ask(Strict):
    """A new request. `area_code` is a division code of the district or below; the district itself when left out."""

    process: Code
    answers: Annotated[dict[Code, Answer], Field(max_length=MOST_ANSWERS)] = {}
    places: Annotated[dict[Code, PlaceIn], Field(max_length=5)] = {}
    area_code: Annotated[str, Field(max_length=16)] = ""


class Act(Strict):
    """Answers to what the action asks. `seq` of the state last seen refuses to act on what has changed since."""

    answers: Annotated[dict[Code, Answer], Field(max_length=MOST_ANSWERS)] = {}
    seq: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class Note(Strict):
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class Receipt(Schema):
    """What the requester keeps: with number and query code the request is followed, confirmed or reopened."""

    number: str
    query_code: str
    title: str
    opened_at: datetime
    due_at: datetime | None


class Stage(Schema):
    code: str
    title: str
    kind: Literal["open", "waiting", "done"]


class ShownOut(Schema):
    code: str
    title: str
    text: str


class StepOut(Schema):
    at: datetime
    title: str
    unit: str
    answers: list[ShownOut]


class ActionOut(Schema):
    code: str
    title: str
    asks: list[FieldOut]


class RequestOut(Schema):
    """A request as its requester may see it now; personal answers are masked."""

    number: str
    process: str
    service: str
    title: str
    stage: Stage
    outcome: str
    outcome_title: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    reopened: int
    seq: int
    fields: list[ShownOut]
    history: list[StepOut]
    actions: list[ActionOut]
    can_note: bool


REFUSED = {frozenset({400, 403, 404, 409, 413, 429, 503}): Problem}
# Answers of these kinds are references that only a page resolves; taken as they come they would be anything at all.
BY_PAGES_ONLY = ("files", "organisation", "person", "unit")
QueryCode = Annotated[str, Header(alias="X-Query-Code", max_length=40)]
Number = Annotated[str, Path(max_length=80)]


@router.get("/services", response={200: list[ServiceOut], **REFUSED}, summary="本区开通的服务")
def list_services(request: HttpRequest) -> Any:
    """Services in use in the district, those open to anyone first."""
    root = root_area(local_date(now()))
    path = root.path if root else []
    found = [active.process for active in installed.active_processes() if active.area_id in path]
    return [_service(one) for one in sorted(found, key=lambda one: (not one.anonymous, one.code))]


@router.get("/services/{process}", response={200: ServiceDetail, **REFUSED}, summary="一项服务要填什么、多久办")
def get_service(request: HttpRequest, process: Annotated[str, Path(max_length=64)]) -> Any:
    """What a service asks, and until when an answer may be expected if asked now."""
    moment = now()
    root = root_area(local_date(moment))
    if root is None:
        raise NotFoundError()
    found = installed.get_active(process, root.path).process
    expected = expected_due(found, moment, _language())
    return _service(found) | {
        "fields": [_field(spec) for spec in found.fields.values()],
        "expected": expected.sentence if expected else "",
        "expected_at": expected.due_at if expected else None,
    }


@router.post("/requests", response={201: Receipt, **REFUSED}, summary="提交一件")
def open_request(
    request: HttpRequest,
    body: Ask,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", max_length=200)] = "",
) -> Any:
    """Open a request without an account; the same `Idempotency-Key` with the same content gives the same receipt."""
    moment = now()
    take_report(request, moment)
    area_id = _area(body.area_code, moment)
    fields = installed.get_active(body.process, get_area(area_id).path).process.fields
    _refuse_other_kinds(fields, body.answers, body.places)
    opening = Opening(
        process=body.process,
        area_id=area_id,
        answers=body.answers,
        places={code: PlaceGiven(**place.dict()) for code, place in body.places.items()},
        channel="api",
    )
    key = repeat_key("api", idempotency_key, body.dict()) if idempotency_key else None
    case_id = commands.open_case.once(key, actor=PUBLIC, opening=opening, now=moment)
    return Status(201, queries.get_receipt(case_id))


@router.get("/requests/{number}", response={200: RequestOut, **REFUSED}, summary="凭编号和查询码查询")
def get_request(request: HttpRequest, number: Number, code: QueryCode) -> Any:
    """The request as its requester may see it, with what the requester may do now."""
    case = _found(request, number, code)
    return _shown(case.pk)


@router.post(
    "/requests/{number}/actions/{action}", response={200: RequestOut, **REFUSED}, summary="确认、重开、评价、补充、撤回"
)
def act_on_request(
    request: HttpRequest, number: Number, action: Annotated[str, Path(max_length=64)], code: QueryCode, body: Act
) -> Any:
    """One of the actions that the request offers its requester; a rating is an answer to what confirming asks."""
    case = _found(request, number, code)
    spec = installed.process_of(case.process_id).actions.get(action)
    _refuse_other_kinds(spec.asks if spec else {}, body.answers)
    commands.act_on_case(
        actor=queries.receipt_actor(case.pk),
        case_id=case.pk,
        action=action,
        answers=body.answers,
        seq=body.seq,
        now=now(),
    )
    return _shown(case.pk)


@router.post("/requests/{number}/notes", response={200: RequestOut, **REFUSED}, summary="补充说明")
def note_request(request: HttpRequest, number: Number, code: QueryCode, body: Note) -> Any:
    """A word of the requester that those who handle the request read; nothing moves by it."""
    case = _found(request, number, code)
    actor = queries.receipt_actor(case.pk)
    commands.add_note(actor=actor, case_id=case.pk, text=body.text, internal=False, now=now())
    return _shown(case.pk)


def _found(request: HttpRequest, number: str, code: str) -> Case:
    with guessing(request, number, now()):
        return queries.find_case_by_receipt(number=number, code=code)


def _refuse_other_kinds(
    specs: Mapping[str, FieldSpec], answers: Mapping[str, Any], places: Mapping[str, Any] | None = None
) -> None:
    """Places answer fields of that kind and nothing else does; what only pages can answer is refused here."""
    wrong = {}
    for code in answers:
        if code in specs and (specs[code].kind in BY_PAGES_ONLY or specs[code].kind == "place"):
            wrong[code] = "地点请填在 places 里。" if specs[code].kind == "place" else "这一项不能通过接口填写。"
    for code in places or {}:
        if code in specs and specs[code].kind != "place":
            wrong[code] = "这一项不是地点。"
    if wrong:
        raise InvalidError(fields=wrong, zh=f"有 {len(wrong)} 处需要改正。", en="Some answers are of the wrong kind.")


def _area(code: str, moment: datetime) -> UUID:
    root = root_area(local_date(moment))
    if root is None:
        raise NotFoundError()
    area = find_area_by_code(code, local_date(moment)) if code else root
    if area is None or root.pk not in area.path:
        sentence = "没有这个区域代码，或它不在本区。"
        raise InvalidError(fields={"area_code": sentence}, zh=sentence, en="No such area in this district.")
    return area.pk


def _language() -> str:
    return reader_language()


def _service(process: ProcessType) -> dict[str, Any]:
    return {
        "process": process.code,
        "title": process.title.text(_language()),
        "help": process.help.text(_language()) if process.help else "",
        "service_code": process.service_code,
        "open_to_anyone": policy.can_open_case(PUBLIC, process, ()),
    }


def _field(spec: FieldSpec) -> dict[str, Any]:
    language = _language()
    items = spec.choices.items if spec.choices else ()
    day = local_date(now()).isoformat()
    return {
        "code": spec.code,
        "title": spec.title.text(language),
        "help": spec.help.text(language) if spec.help else "",
        "kind": spec.kind,
        "required": spec.required,
        "min": spec.min,
        "max": spec.max,
        "personal": bool(spec.personal),
        "choices": [
            {"code": item.code, "title": item.title.text(language)}
            for item in items
            if not item.until or item.until >= day
        ],
    }


def _shown(case_id: UUID) -> dict[str, Any]:
    language = _language()
    view = queries.get_case_view(actor=queries.receipt_actor(case_id), case_id=case_id, now=now(), language=language)
    case, stage = view.case, view.process.stages[view.state.stage]
    return {
        "number": case.number,
        "process": case.process_code,
        "service": view.process.title.text(language),
        "title": case.title,
        "stage": {"code": stage.code, "title": stage.title.text(language), "kind": stage.kind},
        "outcome": case.outcome,
        "outcome_title": titled(OUTCOMES, case.outcome, language) if case.outcome else "",
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "closed_at": case.closed_at,
        "reopened": case.reopened,
        "seq": view.state.seq,
        "fields": [_text(one) for one in view.fields],
        "history": [
            {"at": entry.at, "title": entry.title, "unit": entry.unit, "answers": [_text(one) for one in entry.answers]}
            for entry in view.entries
        ],
        "actions": [_action(one) for one in view.allowed],
        "can_note": view.can_note,
    }


def _text(shown: Any) -> dict[str, str]:
    return {"code": shown.code, "title": shown.title, "text": shown.text or "、".join(one.name for one in shown.files)}


def _action(action: ActionSpec) -> dict[str, Any]:
    return {
        "code": action.code,
        "title": action.title.text(_language()),
        "asks": [_field(spec) for spec in action.asks.values()],
    }


REASONS = {
    "list_services": "公开接口，不看 Cookie，以公众身份读取。",
    "get_service": "公开接口，不看 Cookie，以公众身份读取。",
    "open_request": "公开接口，以公众身份提交，按来源限速；流程不对公众开放的由命令拒绝。",
    "get_request": "凭编号和查询码，以求助人身份读取，按来源和编号限速。",
    "act_on_request": "凭编号和查询码，以求助人身份办理，由流程决定能办什么，按来源和编号限速。",
    "note_request": "凭编号和查询码，以求助人身份补充，按来源和编号限速。",
}
"""Why the operations state no policy as pages do, and what guards each instead."""
