"""Commitments: what a body hides, where it stood, and what checking finds afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import count

import pytest

from xirang.engines.ledger.logic import ReservedWordError, commit, commitment, commitments_in, judge, opened
from xirang.foundation.actor import Ref
from xirang.foundation.sealing import Sealed, sealed

BODY = {"code": "a-1", "address": Sealed("澄湖路 18 号"), "deep": [{"a/b~c": Sealed("甲")}, 3], "none": None}


def salts() -> Callable[[], bytes]:
    numbers = count(1)
    return lambda: bytes([next(numbers)]) * 32


def test_every_sealed_value_leaves_a_commitment_and_stands_beside_with_its_path():
    body, sides = commit(BODY, salts())
    assert body["address"] == {"sealed": hashlib.sha256(b"\x01" * 32 + "澄湖路 18 号".encode()).hexdigest()}
    assert (body["code"], body["none"], body["deep"][1]) == ("a-1", None, 3)
    assert [(side.path, side.value.text) for side in sides] == [("/address", "澄湖路 18 号"), ("/deep/0/a~1b~0c", "甲")]
    assert dict(commitments_in(body)).keys() == {side.path for side in sides}
    assert commit({"code": "a"}, salts()) == ({"code": "a"}, [])


def test_equal_values_are_not_seen_to_be_equal():
    body, _sides = commit({"one": Sealed("同"), "other": Sealed("同")}, salts())
    assert body["one"] != body["other"]


def test_a_body_reads_as_it_was_until_values_are_erased():
    body, sides = commit(BODY, salts())
    values = {side.path: side.value.text for side in sides}
    plain = {"code": "a-1", "address": "澄湖路 18 号", "deep": [{"a/b~c": "甲"}, 3], "none": None}
    assert opened(body, values, "—") == plain
    del values["/address"]
    assert opened(body, values, "—") == plain | {"address": "—"}


def test_checking_tells_erased_from_forged():
    body, sides = commit(BODY, salts())
    beside = {side.path: (side.salt, side.value.text) for side in sides}
    whole = judge(leaf=True, body=body, sides=beside)
    assert (whole.sound, whole.kept) == (True, ("/address", "/deep/0/a~1b~0c"))
    erased = judge(leaf=True, body=body, sides={"/address": beside["/address"]})
    assert (erased.sound, erased.erased) == (True, ("/deep/0/a~1b~0c",))
    for changed in (
        beside | {"/address": (b"\x01" * 32, "澄湖路 19 号")},
        beside | {"/address": (b"\x09" * 32, "澄湖路 18 号")},
        beside | {"/code": (b"\x01" * 32, "a-1")},
    ):
        assert not judge(leaf=True, body=body, sides=changed).sound
    assert not judge(leaf=False, body=body, sides=beside).sound


def test_no_body_may_speak_of_something_sealed_in_plain():
    with pytest.raises(ReservedWordError):
        commit({"deep": {"sealed": "0" * 64}}, salts())


def test_a_sealed_value_shows_itself_nowhere():
    one = sealed("13700001234", about=Ref("person", "1"))
    assert "13700001234" not in f"{one} {one!r} {[one]}"
    assert one == sealed("13700001234", about=Ref("person", "1")) != sealed("13700001234")
    assert sealed("") is None
    assert commitment(b"\x00" * 32, "甲") != commitment(b"\x01" * 32, "甲")
