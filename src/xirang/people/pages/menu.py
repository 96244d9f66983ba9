"""What the floor of people adds to the frame of every page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from xirang.foundation.actor import Actor
from xirang.foundation.addresses import address_of
from xirang.foundation.pages import Asked
from xirang.people.queries import is_office
from xirang.people.spec import ADMINISTRATORS
from xirang.ui.shell import Entries, Home, NavItem


def entries(request: Asked, actor: Actor) -> Entries:
    """People and units for those who administer them; the own account at the foot of a phone."""
    if not is_office(actor):
        return Entries()
    url = address_of("people:accounts")
    nav: tuple[NavItem, ...] = ()
    if actor.holds(*ADMINISTRATORS, "unit_leader"):
        nav = (
            NavItem("accounts", _("人员与角色"), url, "people", line=True, order=30),
            NavItem("organisations", _("单位与企业"), address_of("people:organisations"), "building", order=30),
        )
    return Entries(nav=nav, tabs=(NavItem("accounts", _("人员"), url, "people", order=60),), home=Home(url, 60))
