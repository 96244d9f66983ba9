"""One case as anybody may read it: public fields, never a person; where nothing is public, a neutral title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from xirang.areas.models import Area
from xirang.areas.queries import full_name
from xirang.engines.cases.api.open311.services import Places
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.words import OUTCOMES, titled
from xirang.engines.cases.models import Case, CaseEvent
from xirang.engines.cases.queries import installed

DECIMALS = 6  # A tenth of a metre; more would claim what no telephone knows.


class Publisher:
    """Turns cases into what the book calls requests; remembers the names of areas for one answer."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._areas: dict[UUID, str] = {}

    def requests(self, cases: Iterable[Case]) -> list[dict[str, Any]]:
        """Each case as one request, in the same order."""
        return [self.request(case) for case in cases]

    def request(self, case: Case) -> dict[str, Any]:
        """One request as GET requests shows it."""
        process = installed.process_of(case.process_id)
        latitude, longitude = self._point(case, process)
        return {
            "service_request_id": case.number,
            "status": "closed" if case.stage_kind == "done" else "open",
            "status_notes": self._status_notes(case, process),
            "service_name": process.title.text(self.language),
            "service_code": process.service_code,
            "description": self._description(case, process),
            "agency_responsible": case.holder_unit.name if case.holder_unit else None,
            "service_notice": None,
            "requested_datetime": case.opened_at,
            "updated_datetime": case.updated_at,
            "expected_datetime": case.due_at,
            "address": self._address(case, process),
            "address_id": None,
            "zipcode": None,
            "lat": latitude,
            "long": longitude,
            "media_url": None,
        }

    def updates(self, steps: Sequence[CaseEvent], logs: dict[UUID, list[CaseEvent]]) -> list[dict[str, Any]]:
        """Steps as FixMyStreet reads them: what was done, and whether the case was open or closed afterwards."""
        return [self._update(step, logs[step.case_id]) for step in steps]

    def _update(self, step: CaseEvent, log: Sequence[CaseEvent]) -> dict[str, Any]:
        process = installed.process_of(step.case.process_id)
        action = process.actions[step.action]
        said = [
            self._text(spec, step.body.get("answers", {}).get(code))
            for code, spec in action.asks.items()
            if spec.public
        ]
        return {
            "update_id": f"{step.case.number}-{step.seq}",
            "service_request_id": step.case.number,
            "status": _status_after(process, log, step.seq),
            "updated_datetime": step.at,
            "description": "：".join([action.title.text(self.language), *filter(None, said)]),
            "media_url": None,
        }

    def _status_notes(self, case: Case, process: ProcessType) -> str:
        stage = process.stages[case.stage].title.text(self.language) if case.stage in process.stages else ""
        outcome = titled(OUTCOMES, case.outcome, self.language) if case.outcome else ""
        return "：".join(dict.fromkeys(filter(None, [stage, outcome])))

    def _description(self, case: Case, process: ProcessType) -> str:
        """The text that was asked for, where the pack lets it be public; otherwise what kind of matter it is."""
        spec = process.fields.get(Places.of(process).description)
        said = case.fields.get(spec.code) if spec and _is_public(spec) else None
        if isinstance(said, str):
            return said
        chosen = [
            self._text(spec, case.fields.get(code))
            for code, spec in process.fields.items()
            if spec.public and spec.is_choice
        ]
        return "：".join([process.title.text(self.language), *filter(None, chosen)])

    def _address(self, case: Case, process: ProcessType) -> str:
        """Never empty: an old validator insists. Where the place itself is not public, the area that it lies in."""
        spec = process.fields.get(Places.of(process).place)
        if spec is not None and _is_public(spec):
            given = case.fields.get(spec.code)
            if case.place and case.place.address_text:
                return case.place.address_text
            if isinstance(given, dict) and "place" not in given and given.get("address"):
                return str(given["address"])
        return self._area(case.area)

    def _area(self, area: Area) -> str:
        if area.pk not in self._areas:
            self._areas[area.pk] = full_name(area)
        return self._areas[area.pk]

    def _point(self, case: Case, process: ProcessType) -> tuple[float | None, float | None]:
        if (
            case.place is None
            or case.place.latitude is None
            or case.place.longitude is None
            or not _is_public(process.fields.get(Places.of(process).place))
        ):
            return None, None
        return round(case.place.latitude, DECIMALS), round(case.place.longitude, DECIMALS)

    def _text(self, spec: FieldSpec, value: Any) -> str:
        """A public answer as text; references to persons and files say nothing here."""
        if value is None or isinstance(value, dict) or spec.personal or spec.kind in ("files", "person", "phone"):
            return ""
        if spec.is_choice and spec.choices:
            codes = value if isinstance(value, list) else [value]
            return "、".join(spec.choices.title(str(code), self.language) for code in codes)
        return str(value)


def _is_public(spec: FieldSpec | None) -> bool:
    return spec is not None and spec.public and not spec.personal


def _status_after(process: ProcessType, log: Sequence[CaseEvent], seq: int) -> str:
    stage = process.first_stage.code
    for event in log:
        if event.seq > seq:
            break
        action = process.actions.get(event.action)
        stage = process.leads_to(action, stage) if action else stage
    return "closed" if process.stages[stage].kind == "done" else "open"
