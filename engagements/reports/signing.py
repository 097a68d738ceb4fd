"""Sign certificates so that anybody can check them without us: Ed25519, as compact JSON Web Signatures.

Nothing here knows what is signed. The key comes from the setting ``CERTIFICATE_KEY``, or from the secret key where that
is not set. RFC 7515 (signatures), RFC 8037 (Ed25519 in them), RFC 7638 (thumbprints).
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

ALGORITHM = "EdDSA"
SEED_BYTES = 32
Jwk = dict[str, str]


class BadSignature(Exception):
    """A signed text is not what one of the given keys signed; says in words what is wrong."""


@dataclass(frozen=True)
class Signed:
    """What a valid signed text says, and the id of the key that vouches for it."""

    payload: dict[str, Any]
    key_id: str


@cache
def signing_key() -> Ed25519PrivateKey:
    """Return the key that signs from now on."""
    if settings.CERTIFICATE_KEY:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.CERTIFICATE_KEY))
    derive = HKDF(algorithm=hashes.SHA256(), length=SEED_BYTES, salt=None, info=b"diaspora-net certificates")
    return Ed25519PrivateKey.from_private_bytes(derive.derive(settings.SECRET_KEY.encode()))


def public_jwk(key: Ed25519PrivateKey) -> Jwk:
    """Return the public half of ``key`` as a JSON Web Key."""
    return {"kty": "OKP", "crv": "Ed25519", "x": _encoded(key.public_key().public_bytes_raw())}


def key_id(jwk: Mapping[str, str]) -> str:
    """Return the thumbprint of a public key, its name wherever it is used."""
    required = {name: jwk[name] for name in ("crv", "kty", "x")}
    return _encoded(hashlib.sha256(_json(required)).digest())


def sign(payload: Mapping[str, Any], *, key_address: str) -> str:
    """Return ``payload`` as a compact signed text; the same payload always gives the same text.

    ``key_address`` is the public address of the key, which the header names beside the key itself.
    """
    key = signing_key()
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key_address, "jwk": public_jwk(key)}
    unsigned = f"{_encoded(_json(header))}.{_encoded(_json(payload))}"
    return f"{unsigned}.{_encoded(key.sign(unsigned.encode()))}"


def verify(token: str, keys: Mapping[str, Jwk]) -> Signed:
    """Return what ``token`` says when one of ``keys``, by their ids, signed exactly that. Raises BadSignature.

    The key inside the token is only used to choose among ``keys``: nobody vouches for themselves.
    """
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise BadSignature("This is not a signed certificate: it must be three parts with dots between them.")
    try:
        header, payload = (json.loads(_decoded(part)) for part in parts[:2])
        signature, named = _decoded(parts[2]), key_id(header["jwk"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadSignature("This is not a signed certificate: its parts cannot be read.") from error
    if not isinstance(payload, dict) or header.get("alg") != ALGORITHM:
        raise BadSignature("This is not a certificate that was signed with Ed25519.")
    if named not in keys:
        raise BadSignature("It was signed with a key that is not among those of this network.")
    try:
        public = Ed25519PublicKey.from_public_bytes(_decoded(keys[named]["x"]))
        public.verify(signature, f"{parts[0]}.{parts[1]}".encode())
    except (InvalidSignature, ValueError) as error:
        raise BadSignature("The signature does not fit: it was changed after it was signed.") from error
    return Signed(payload, named)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """Decode base64url strictly: one text for one value, so that no bit of a token can be changed unnoticed."""
    data = base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    if _encoded(data) != text:
        raise ValueError("not in the canonical form")
    return data
