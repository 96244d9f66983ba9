"""Tables of people: organisations, persons with their vault, accounts, roles, stand-ins."""

from xirang.people.models.accounts import Account, Held, RecoveryCode, SavedView, SignInFailure
from xirang.people.models.organisations import Organisation
from xirang.people.models.persons import Person, PersonKey, VaultEntry
from xirang.people.models.roles import RoleGrant, RoleRequest, StandIn
from xirang.people.models.securing import SecuringRequest

__all__ = [
    "Account",
    "Held",
    "Organisation",
    "Person",
    "PersonKey",
    "RecoveryCode",
    "RoleGrant",
    "RoleRequest",
    "SavedView",
    "SecuringRequest",
    "SignInFailure",
    "StandIn",
    "VaultEntry",
]
