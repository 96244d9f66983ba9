"""Walks the resolver: every view states who may open it, and what cannot state it is listed with its reason."""

from __future__ import annotations

import pytest

from xirang.foundation.actor import PUBLIC
from xirang.foundation.pages import Who
from xirang.project.addresses import Address, list_addresses, without_policy

ADDRESSES = list_addresses()


def test_the_walk_reaches_every_engine() -> None:
    spaces = {address.name.partition(":")[0] for address in ADDRESSES}
    assert {"cases", "people", "areas", "ledger", "bulletin", "open311", "api", "ui"} <= spaces
    assert len(ADDRESSES) > 60


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda one: one.name or one.route)
def test_every_url_has_a_policy(address: Address) -> None:
    if address.name in without_policy():
        assert address.policy is None, f"{address.name} has a policy now: take it off the list"
        return
    assert isinstance(address.policy, Who), f"{address.route}: decorate the view with foundation.pages.page(...)"
    assert address.policy.label
    assert address.policy.zh


def test_every_url_has_a_name() -> None:
    assert [address.route for address in ADDRESSES if not address.name] == []


def test_the_list_of_exceptions_is_current() -> None:
    assert set(without_policy()) <= {address.name for address in ADDRESSES}
    assert all(reason.endswith("。") for reason in without_policy().values())


def test_what_is_not_public_refuses_the_public() -> None:
    assert [
        address.name for address in ADDRESSES if address.policy and address.policy.public != address.policy.test(PUBLIC)
    ] == []
