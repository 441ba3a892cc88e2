"""Encryption at rest for what must not stand in the database in clear: sealed sources, attachments, uploaded tables.

AES-256-GCM. Every value has a key of its own, wrapped by the key from the environment (CASETRACKER_SEALING_KEY), and
is bound to its place by associated data (table, column, key of the row): moved, cut or swapped, it does not open.
"""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"
_NONCE = 12
_WRAPPED = 32 + 16


class SealBroken(ValueError):
    """The value was altered, cut, moved, or sealed with another key."""


def _wrapping_key() -> AESGCM:
    return AESGCM(hashlib.sha256(b"casetracker sealing " + settings.SEALING_KEY.encode()).digest())


def seal(content: bytes, *, place: str) -> bytes:
    """`content` encrypted for `place` (for example `attachment:<id>:<case id>`): version, two nonces, key, text."""
    key, nonce, wrap_nonce = AESGCM.generate_key(256), os.urandom(_NONCE), os.urandom(_NONCE)
    bound = place.encode()
    wrapped = _wrapping_key().encrypt(wrap_nonce, key, bound)
    return _VERSION + wrap_nonce + wrapped + nonce + AESGCM(key).encrypt(nonce, content, bound)


def unseal(sealed: bytes, *, place: str) -> bytes:
    """The content of what `seal` made for the same `place`. Raises SealBroken."""
    sealed, bound = bytes(sealed), place.encode()
    wrap_nonce, rest = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    wrapped, nonce, text = rest[:_WRAPPED], rest[_WRAPPED : _WRAPPED + _NONCE], rest[_WRAPPED + _NONCE :]
    try:
        if sealed[:1] != _VERSION:
            raise SealBroken("Sealed in a form this version does not know.")
        return AESGCM(_wrapping_key().decrypt(wrap_nonce, wrapped, bound)).decrypt(nonce, text, bound)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("This does not open: altered, moved, or sealed with another key.") from error
