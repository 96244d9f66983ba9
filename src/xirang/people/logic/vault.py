"""The cryptography of the vault for personal data: a key per person, wrapped by a master key, and blind indexes.

Every person has a random data key. It seals each value of that person together with the person's id and the field's
name, so that a sealed value moved to another person or field no longer opens. The data key itself is stored wrapped by
the master key and bound to the person's id; deleting it makes everything sealed under it unreadable for ever.

Layout, all lengths in bytes:
    sealed value   "XV" 1 version(1) · nonce(12) · AES-256-GCM ciphertext with tag
    wrapped key    "XK" 1 version(1) · master key id(8) · nonce(12) · AES-256-GCM ciphertext with tag
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
INDEX_BYTES = 16
LONGEST_VALUE = 16_384
_NONCE_BYTES = 12
_KEY_ID_BYTES = 8
_TAG_BYTES = 16
_SEAL_HEADER = b"XV\x01"
_WRAP_HEADER = b"XK\x01"
# Values are padded to steps of this many bytes, so that the length of a ciphertext does not tell a name from a phone.
_PAD_STEP = 32


class VaultError(Exception):
    """Something of the vault cannot be opened; `zh` and `en` say what it means, never what was inside."""

    zh = "密存内容无法读取，请联系安全管理员。"
    en = "A protected value cannot be read. Please tell the security administrator."


class TamperedError(VaultError):
    """The bytes were changed, or belong to another person, field or key."""

    zh = "密存内容校验不符，可能被改动或错放。请联系安全管理员。"
    en = "A protected value fails its check: it was changed or misplaced. Please tell the security administrator."


class UnknownKeyError(VaultError):
    """The key was wrapped by a master key that is not at hand."""

    zh = "找不到加密这份内容的主密钥。请安全管理员检查主密钥设置。"
    en = "The master key that protects this value is not configured. The security administrator must restore it."


def new_key() -> bytes:
    """Return a fresh random key of 32 bytes, for a person or as a master key."""
    return secrets.token_bytes(KEY_BYTES)


def _check_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise ValueError("keys of the vault have 32 bytes")


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"xirang master key id\x00" + key).digest()[:_KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The current master key, and older ones that still open what has not been rewrapped yet."""

    current: bytes = field(repr=False)
    older: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        for key in (self.current, *self.older):
            _check_key(key)

    def find(self, key_id: bytes) -> bytes:
        """Return the key with this id; UnknownKeyError when it is not at hand."""
        for key in (self.current, *self.older):
            if hmac.compare_digest(_key_id(key), key_id):
                return key
        raise UnknownKeyError


def _bound_to(label: bytes, *parts: bytes) -> bytes:
    """Join what a ciphertext is bound to; each part carries its length, so that no two lists read alike."""
    return label + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _encrypt(key: bytes, header: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, header: bytes, whole: bytes, bound: bytes) -> bytes:
    nonce = whole[len(header) : len(header) + _NONCE_BYTES]
    try:
        return AESGCM(key).decrypt(nonce, whole[len(header) + _NONCE_BYTES :], bound)
    except InvalidTag:
        raise TamperedError from None


def wrap_key(master: MasterKeys, data_key: bytes, person_id: UUID) -> bytes:
    """Return the person's data key sealed by the current master key and bound to the person."""
    _check_key(data_key)
    header = _WRAP_HEADER + _key_id(master.current)
    return _encrypt(master.current, header, data_key, _bound_to(header, person_id.bytes))


def unwrap_key(master: MasterKeys, wrapped: bytes, person_id: UUID) -> bytes:
    """Return the person's data key; TamperedError or UnknownKeyError when it cannot be had."""
    wrapped = bytes(wrapped)
    header_length = len(_WRAP_HEADER) + _KEY_ID_BYTES
    if len(wrapped) != header_length + _NONCE_BYTES + KEY_BYTES + _TAG_BYTES or wrapped[:3] != _WRAP_HEADER:
        raise TamperedError
    header = wrapped[:header_length]
    key = master.find(header[len(_WRAP_HEADER) :])
    return _decrypt(key, header, wrapped, _bound_to(header, person_id.bytes))


def needs_rewrap(master: MasterKeys, wrapped: bytes) -> bool:
    """Say whether a wrapped key still hangs on an older master key."""
    return bytes(wrapped)[len(_WRAP_HEADER) : len(_WRAP_HEADER) + _KEY_ID_BYTES] != _key_id(master.current)


def rewrap_key(master: MasterKeys, wrapped: bytes, person_id: UUID) -> bytes:
    """Return the same data key wrapped by the current master key; values sealed under it stay as they are."""
    return wrap_key(master, unwrap_key(master, wrapped, person_id), person_id)


def _pad(plain: bytes) -> bytes:
    return plain + b"\x80" + b"\x00" * (-(len(plain) + 1) % _PAD_STEP)


def _unpad(padded: bytes) -> bytes:
    plain, mark, rest = padded.rpartition(b"\x80")
    if not mark or rest.strip(b"\x00"):
        raise TamperedError
    return plain


def seal(data_key: bytes, value: str, person_id: UUID, field_name: str) -> bytes:
    """Return a value encrypted under the person's key and bound to person and field; ValueError beyond 16 KiB."""
    _check_key(data_key)
    plain = value.encode()
    if len(plain) > LONGEST_VALUE:
        raise ValueError(f"a value of the vault has at most {LONGEST_VALUE} bytes")
    bound = _bound_to(_SEAL_HEADER, person_id.bytes, field_name.encode())
    return _encrypt(data_key, _SEAL_HEADER, _pad(plain), bound)


def open_sealed(data_key: bytes, sealed: bytes, person_id: UUID, field_name: str) -> str:
    """Return the value; TamperedError when it was changed or belongs to another person, field or key."""
    _check_key(data_key)
    sealed = bytes(sealed)
    if not sealed.startswith(_SEAL_HEADER) or len(sealed) < len(_SEAL_HEADER) + _NONCE_BYTES + _TAG_BYTES:
        raise TamperedError
    bound = _bound_to(_SEAL_HEADER, person_id.bytes, field_name.encode())
    return _unpad(_decrypt(data_key, _SEAL_HEADER, sealed, bound)).decode()


def blind_index(index_key: bytes, kind: str, value: str) -> bytes:
    """Return the 16 bytes by which a normalised value is found without being readable (HMAC-SHA256, truncated).

    `kind` keeps equal texts of different fields apart. The index key is not the master key: it outlives a rotation.
    """
    _check_key(index_key)
    message = _bound_to(b"xirang blind index 1\x00", kind.encode(), value.encode())
    return hmac.new(index_key, message, hashlib.sha256).digest()[:INDEX_BYTES]
