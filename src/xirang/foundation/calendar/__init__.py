"""Working time as Chinese offices keep it: holidays, make-up working days, office hours, terms and their ruler."""

from xirang.foundation.calendar.days import DayKind, published_until
from xirang.foundation.calendar.ruler import RulerDay, ruler
from xirang.foundation.calendar.sentences import remaining_sentence, term_sentence
from xirang.foundation.calendar.term import Term, TermError, mark_at
from xirang.foundation.calendar.working import SHANGHAI, WorkingCalendar, local_date

__all__ = [
    "SHANGHAI",
    "DayKind",
    "RulerDay",
    "Term",
    "TermError",
    "WorkingCalendar",
    "local_date",
    "mark_at",
    "published_until",
    "remaining_sentence",
    "ruler",
    "term_sentence",
]
