"""Keeping the words by which cases are found: from the log, in blocks, behind the commands that write it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from xirang.engines.cases.logic.searching import Told, pieces_of, terms_of
from xirang.engines.cases.models import Attachment, Case, CaseEvent, CaseWords, WordsMark
from xirang.engines.cases.queries import installed
from xirang.people.queries import names_of_organisations

BLOCK = 2000  # Events a block; a case has about five.
# An event's number is drawn before its transaction commits, so that it may appear below one that is there already:
# so many numbers back, and for so long after the last new one, every event is looked at again.
BACK, LONGEST = 10_000, timedelta(minutes=2)


def keep_words(*, now: datetime) -> bool:
    """Take in one block of the log: the words of the cases that it touches. Returns whether there may be more.

    It is no command: nothing of the field changes. The log says what there is to do, so an opening or a step costs
    nothing more, and cases from before there was a search are taken in like new ones. Safe to repeat.
    """
    with transaction.atomic():
        mark = WordsMark.objects.select_for_update().get_or_create(pk=1)[0]
        block = list(CaseEvent.objects.filter(id__gt=mark.done).order_by("id").values_list("id", flat=True)[:BLOCK])
        if not block and (mark.moved_at is None or now - mark.moved_at > LONGEST):
            return False
        last = block[-1] if block else mark.done
        looked_at = CaseEvent.objects.filter(id__gt=mark.done - BACK, id__lte=last)
        _keep(looked_at.exclude(case__words__seq__gte=F("seq")).values_list("case_id", flat=True).distinct())
        if block:
            mark.done, mark.moved_at = last, now
            mark.save()
    return len(block) == BLOCK


def _keep(case_ids: Iterable[UUID]) -> None:
    """Write the words of these cases anew."""
    rows = Case.objects.all_unscoped("words are kept of every case; whoever looks for them states a scope")
    if grown := list(rows.filter(pk__in=list(case_ids))):
        CaseWords.objects.bulk_create(
            _words_of(grown), update_conflicts=True, unique_fields=["case"], update_fields=["seq", "terms"]
        )


def _words_of(cases: list[Case]) -> list[CaseWords]:
    ids = [case.pk for case in cases]
    events: dict[UUID, list[CaseEvent]] = defaultdict(list)
    for event in CaseEvent.objects.filter(case_id__in=ids, kind__in=["acted", "noted"]).order_by("seq"):
        events[event.case_id].append(event)
    files: dict[UUID, list[Attachment]] = defaultdict(list)
    for file in Attachment.objects.filter(case_id__in=ids):
        files[file.case_id].append(file)
    firms = names_of_organisations({pk for case in cases for pk in firm_ids(case)})
    found = []
    for case in cases:
        names = [firms[pk] for pk in firm_ids(case) if pk in firms]
        told = Told(case.number, case.title, case.fields, events[case.pk], files[case.pk], names)
        pieces = pieces_of(installed.process_of(case.process_id), told)
        found.append(
            CaseWords(
                case=case,
                seq=case.last_seq,
                opened_at=case.opened_at,
                terms=terms_of(pieces, areas_of(case)),
            )
        )
    return found


def firm_ids(case: Case) -> list[UUID]:
    """Who asked and whom it is about, where that is an organisation."""
    both = (case.requester_organisation_id, case.about_organisation_id)
    return [one for one in dict.fromkeys(both) if one is not None]


def areas_of(case: Case) -> list[str]:
    """The areas by which a case is found: below the county, where they leave out most others."""
    return [str(one) for one in (case.town_id, case.village_id, case.area_id) if one is not None]
