"""All reads about people; each takes the actor and applies policy and scope, or says why it needs none."""

from xirang.people.queries.accounts import (
    AccountRow,
    Colleague,
    NoSuchAccountError,
    NoSuchViewError,
    actor_of,
    describe_account,
    find_account,
    get_account,
    is_office,
    list_accounts,
    list_colleagues,
    list_demo_accounts,
    list_grants,
    list_holders,
    list_role_requests,
    list_saved_views,
    list_stand_ins,
    local_day,
    may_see_account,
    names_of_accounts,
    preview_actor,
    roles_of,
)
from xirang.people.queries.organisations import (
    NoSuchOrganisationError,
    describe_organisation,
    facts_of_organisation,
    find_organisation_by_credit_code,
    find_unit,
    get_organisation,
    list_organisations,
    list_units,
    names_of_organisations,
    search_organisations,
)
from xirang.people.queries.staff import BadSheetError, CheckedRow, CheckedSheet, check_staff
from xirang.people.queries.vault import (
    NoSuchPersonError,
    facts_of_person,
    find_accounts_by_phone,
    find_person,
    masked_fields,
)

__all__ = [
    "AccountRow", "BadSheetError", "CheckedRow", "CheckedSheet", "Colleague", "NoSuchAccountError",
    "NoSuchOrganisationError", "NoSuchPersonError", "NoSuchViewError", "actor_of", "check_staff", "describe_account",
    "describe_organisation", "facts_of_organisation", "facts_of_person", "find_account", "find_accounts_by_phone",
    "find_organisation_by_credit_code", "find_person", "find_unit", "get_account", "get_organisation", "is_office",
    "list_accounts", "list_colleagues", "list_demo_accounts", "list_grants", "list_holders", "list_organisations",
    "list_role_requests", "list_saved_views", "list_stand_ins", "list_units", "local_day", "masked_fields",
    "may_see_account", "names_of_accounts", "names_of_organisations", "preview_actor", "roles_of",
    "search_organisations",
]
