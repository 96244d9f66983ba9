"""All writes about people: organisations, persons and their vault, accounts, roles, stand-ins, signing in."""

from xirang.people.commands.accounts import (
    OpenedAccount,
    UsernameTakenError,
    WrongCodeError,
    change_password,
    choose_language,
    confirm_totp,
    disable_totp,
    lock_account,
    open_account,
    remove_view,
    reset_password,
    save_view,
    start_totp,
    unlock_account,
)
from xirang.people.commands.organisations import (
    OrganisationExistsError,
    OrganisationRow,
    UpsertOutcome,
    create_organisation,
    digest_of,
    retire_organisation,
    upsert_organisations,
)
from xirang.people.commands.preview import end_preview, start_preview
from xirang.people.commands.registration import register_resident
from xirang.people.commands.roles import (
    GrantOverlapsError,
    TwoAdministratorsError,
    decide_role_requests,
    end_role,
    grant_role,
    request_role,
)
from xirang.people.commands.signing import SignInOutcome, sign_in, sign_in_by_oidc, sign_in_second, sign_out
from xirang.people.commands.staff import ImportedAccount, SheetHasFaultsError, StaffImport, import_staff
from xirang.people.commands.stand_ins import StandInRefusedError, end_stand_in, set_stand_in
from xirang.people.commands.vault import (
    PurposeMissingError,
    create_person,
    erase_person,
    keep_fields,
    reveal_field,
)

__all__ = [
    "GrantOverlapsError", "ImportedAccount", "OpenedAccount", "OrganisationExistsError", "OrganisationRow",
    "PurposeMissingError", "SheetHasFaultsError", "SignInOutcome", "StaffImport", "StandInRefusedError",
    "TwoAdministratorsError", "UpsertOutcome", "UsernameTakenError", "WrongCodeError", "change_password",
    "choose_language", "confirm_totp", "create_organisation", "create_person", "decide_role_requests", "digest_of",
    "disable_totp", "end_preview", "end_role", "end_stand_in", "erase_person", "grant_role", "import_staff",
    "keep_fields", "lock_account", "open_account", "register_resident", "remove_view", "request_role",
    "reset_password", "retire_organisation", "reveal_field", "save_view", "set_stand_in", "sign_in",
    "sign_in_by_oidc", "sign_in_second", "sign_out", "start_preview", "start_totp", "unlock_account",
    "upsert_organisations",
]
