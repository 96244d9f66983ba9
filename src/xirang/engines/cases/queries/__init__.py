"""All reads of the cases engine."""

from xirang.engines.cases.queries.caused import find_source, list_caused
from xirang.engines.cases.queries.clocks import list_cases_with_marks, lock_due
from xirang.engines.cases.queries.declared import DeclaredView, NoFilterError, read_view
from xirang.engines.cases.queries.detail import CaseView, get_case_view
from xirang.engines.cases.queries.figures import count_cases, get_figures
from xirang.engines.cases.queries.lists import (
    CAP,
    CaseFilter,
    Figures,
    count_lists,
    count_open,
    list_cases,
)
from xirang.engines.cases.queries.portal import get_public_figures, list_public_months
from xirang.engines.cases.queries.searching import (
    count_unkept_events,
    find_case_by_number,
    list_cases_by_phone,
    search_cases,
)
from xirang.engines.cases.queries.single import (
    NoSuchCaseError,
    Receipt,
    WrongReceiptError,
    find_case_by_receipt,
    get_attachment,
    get_case,
    get_receipt,
    lock_case,
    lock_case_unscoped,
    process_of_case,
    receipt_actor,
    sees_case,
)
from xirang.engines.cases.queries.speech import retell_processes, speak_records

__all__ = [
    "CAP",
    "CaseFilter",
    "CaseView",
    "DeclaredView",
    "Figures",
    "NoFilterError",
    "NoSuchCaseError",
    "Receipt",
    "WrongReceiptError",
    "count_cases",
    "count_lists",
    "count_open",
    "count_unkept_events",
    "find_case_by_number",
    "find_case_by_receipt",
    "find_source",
    "get_attachment",
    "get_case",
    "get_case_view",
    "get_figures",
    "get_public_figures",
    "get_receipt",
    "list_cases",
    "list_cases_by_phone",
    "list_cases_with_marks",
    "list_caused",
    "list_public_months",
    "lock_case",
    "lock_case_unscoped",
    "lock_due",
    "process_of_case",
    "read_view",
    "receipt_actor",
    "retell_processes",
    "search_cases",
    "sees_case",
    "speak_records",
]
