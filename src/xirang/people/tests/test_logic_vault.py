"""The vault against an attacker who can write to the database: nothing moved, cut or changed ever opens."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xirang.people.logic import vault

SHEN, HE = UUID("01998b2a-0000-7000-8000-000000000001"), UUID("01998b2a-0000-7000-8000-000000000002")
MASTER = vault.MasterKeys(bytes(range(32)))
KEY, OTHER_KEY = b"k" * 32, b"o" * 32


@given(st.text(max_size=300), st.uuids(), st.text(min_size=1, max_size=20))
def test_what_is_sealed_opens_again(value, person, field):
    key = vault.new_key()
    sealed = vault.seal(key, value, person, field)
    assert vault.open_sealed(key, sealed, person, field) == value


def test_sealing_twice_gives_different_bytes_that_hide_the_value_and_its_length():
    first, second = (vault.seal(KEY, "13812342076", SHEN, "phone") for _ in range(2))
    assert first != second
    assert b"1381234" not in first
    assert len(vault.seal(KEY, "沈明哲", SHEN, "name")) == len(first)


def test_a_sealed_value_does_not_open_for_another_person_field_or_key():
    sealed = vault.seal(KEY, "13812342076", SHEN, "phone")
    for key, person, field in ((KEY, HE, "phone"), (KEY, SHEN, "name"), (OTHER_KEY, SHEN, "phone")):
        with pytest.raises(vault.TamperedError):
            vault.open_sealed(key, sealed, person, field)


def test_two_persons_values_cannot_be_swapped_even_when_the_keys_are_swapped_along():
    shens, hes = vault.new_key(), vault.new_key()
    sealed, wrapped = vault.seal(shens, "沈明哲", SHEN, "name"), vault.wrap_key(MASTER, shens, SHEN)
    with pytest.raises(vault.TamperedError):
        vault.unwrap_key(MASTER, wrapped, HE)
    with pytest.raises(vault.TamperedError):
        vault.open_sealed(hes, sealed, HE, "name")
    with pytest.raises(vault.TamperedError):
        vault.open_sealed(shens, sealed, HE, "name")


def test_person_and_field_cannot_be_shifted_against_each_other():
    sealed = vault.seal(KEY, "x", UUID(bytes=b"a" * 16), "bc")
    with pytest.raises(vault.TamperedError):
        vault.open_sealed(KEY, sealed, UUID(bytes=b"a" * 15 + b"b"), "c")


@pytest.mark.parametrize("made", ["seal", "wrap"])
def test_every_flipped_bit_and_every_cut_is_noticed(made):
    if made == "seal":
        whole = vault.seal(KEY, "沈明哲", SHEN, "name")
    else:
        whole = vault.wrap_key(MASTER, KEY, SHEN)

    def attempt(data: bytes) -> object:
        if made == "seal":
            return vault.open_sealed(KEY, data, SHEN, "name")
        return vault.unwrap_key(MASTER, data, SHEN)

    assert attempt(whole) in ("沈明哲", KEY)
    for place in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            with pytest.raises(vault.VaultError):
                attempt(bytes(changed))
        with pytest.raises(vault.VaultError):
            attempt(whole[:place])
    with pytest.raises(vault.VaultError):
        attempt(whole + b"\x00")


def test_keys_wrap_and_unwrap_also_from_a_database_buffer():
    wrapped = vault.wrap_key(MASTER, KEY, SHEN)
    assert KEY not in wrapped
    assert vault.unwrap_key(MASTER, memoryview(wrapped), SHEN) == KEY
    assert vault.open_sealed(KEY, memoryview(vault.seal(KEY, "值", SHEN, "name")), SHEN, "name") == "值"


def test_rotation_of_the_master_key():
    wrapped = vault.wrap_key(MASTER, KEY, SHEN)
    sealed = vault.seal(KEY, "沈明哲", SHEN, "name")
    rotated = vault.MasterKeys(vault.new_key(), older=(MASTER.current,))
    assert vault.needs_rewrap(rotated, wrapped)
    assert vault.unwrap_key(rotated, wrapped, SHEN) == KEY
    again = vault.rewrap_key(rotated, wrapped, SHEN)
    assert not vault.needs_rewrap(rotated, again)
    only_new = vault.MasterKeys(rotated.current)
    assert vault.open_sealed(vault.unwrap_key(only_new, again, SHEN), sealed, SHEN, "name") == "沈明哲"
    with pytest.raises(vault.UnknownKeyError):
        vault.unwrap_key(only_new, wrapped, SHEN)


def test_rewrapping_a_foreign_or_changed_key_is_refused():
    rotated = vault.MasterKeys(vault.new_key(), older=(MASTER.current,))
    with pytest.raises(vault.TamperedError):
        vault.rewrap_key(rotated, vault.wrap_key(MASTER, KEY, SHEN), HE)


def test_a_key_id_cannot_be_redirected_to_another_master_key():
    """The header is bound too: pointing a wrapped key at the other key of the ring opens nothing."""
    ring = vault.MasterKeys(vault.new_key(), older=(MASTER.current,))
    old, new = vault.wrap_key(MASTER, KEY, SHEN), vault.wrap_key(ring, KEY, SHEN)
    with pytest.raises(vault.TamperedError):
        vault.unwrap_key(ring, new[:11] + old[11:], SHEN)


def test_blind_indexes_find_equal_values_and_tell_kinds_keys_and_values_apart():
    index = vault.blind_index(KEY, "phone", "13812342076")
    assert len(index) == 16
    assert index == vault.blind_index(KEY, "phone", "13812342076")
    others = {
        vault.blind_index(KEY, "phone", "13812342077"),
        vault.blind_index(KEY, "identity_number", "13812342076"),
        vault.blind_index(KEY, "phone1", "3812342076"),
        vault.blind_index(OTHER_KEY, "phone", "13812342076"),
    }
    assert len(others) == 4
    assert index not in others


def test_weak_material_is_refused():
    for call in (
        lambda: vault.MasterKeys(b"short"),
        lambda: vault.seal(b"short", "x", SHEN, "name"),
        lambda: vault.blind_index(b"short", "phone", "x"),
        lambda: vault.wrap_key(MASTER, b"short", SHEN),
    ):
        with pytest.raises(ValueError, match="32 bytes"):
            call()


def test_too_long_values_are_refused_and_keys_do_not_show_in_a_trace():
    with pytest.raises(ValueError, match="16384"):
        vault.seal(KEY, "字" * 6000, SHEN, "name")
    assert "\\x01" not in repr(MASTER)
    assert repr(MASTER) == "MasterKeys()"
