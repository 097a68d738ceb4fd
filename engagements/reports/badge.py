"""A certificate as an Open Badge 3.0: a W3C verifiable credential which any badge wallet reads.

Source of names and shapes: Open Badges 3.0 (1EdTech, 2024) §8.2 for the proof, Verifiable Credentials 2.0 and Bitstring
Status List 1.0 (W3C) for the rest. Texts stand in the certificate's language.
"""

import base64
import gzip
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import pgettext

from engagements.models import Certificate
from engagements.payloads.durations import duration
from engagements.reports.signing import Jwk, key_id, public_jwk, sign, signing_key
from engagements.states import CertificateKind

ISSUER = "Diaspora Net"
CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
# The least that the standard allows, so that nobody can be told from a short list.
STATUS_LIST_BITS = 131_072


def issuer_id() -> str:
    """Return who issues: the ``did:web`` name of this site."""
    return f"did:web:{quote(urlsplit(settings.BASE_URL).netloc, safe='')}"


def key_address(name: str) -> str:
    """Return the public address of a key of ours."""
    return f"{issuer_id()}#{name}"


def did_document(keys: Iterable[Jwk]) -> dict[str, Any]:
    """Return the document that says which keys are ours, as ``did:web`` asks for it."""
    methods = [
        {
            "id": key_address(key_id(jwk)),
            "type": "JsonWebKey",
            "controller": issuer_id(),
            "publicKeyJwk": jwk,
        }
        for jwk in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": issuer_id(),
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def signed_badge(certificate: Certificate) -> str:
    """Return the certificate as a signed badge; ``code``, ``facts``, ``issued_at`` and ``status_index`` must be set."""
    with translation.override(certificate.language):
        badge = _badge(certificate)
    claims = {"iss": badge["issuer"]["id"], "jti": badge["id"], "nbf": int(certificate.issued_at.timestamp())}
    return _signed(badge | claims)


def signed_status_list(number: int, withdrawn: Collection[int], *, at: datetime) -> str:
    """Return the signed list that marks the ``withdrawn`` places (``status_index``) of list ``number``."""
    bits = bytearray(STATUS_LIST_BITS // 8)
    for index in withdrawn:
        place = index % STATUS_LIST_BITS
        bits[place // 8] |= 128 >> place % 8
    packed = base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()
    address = _status_address(number)
    status = {
        "@context": CONTEXT[:1],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id(),
        "validFrom": _instant(at),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": f"u{packed}",
        },
    }
    claims = {"iss": issuer_id(), "jti": address, "sub": f"{address}#list", "nbf": int(at.timestamp())}
    return _signed(status | claims)


def _signed(payload: Mapping[str, Any]) -> str:
    return sign(payload, key_address=key_address(key_id(public_jwk(signing_key()))))


def _badge(certificate: Certificate) -> dict[str, Any]:
    address = settings.BASE_URL + reverse("engagements:certificate", args=[certificate.code])
    number, place = divmod(certificate.status_index or 0, STATUS_LIST_BITS)
    return {
        "@context": CONTEXT,
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": title_of(certificate),
        "issuer": {"id": issuer_id(), "type": ["Profile"], "name": ISSUER, "url": settings.BASE_URL},
        "validFrom": _instant(certificate.issued_at),
        "credentialSubject": _subject(certificate) | {"achievement": _achievement(certificate, address)},
        "credentialStatus": {
            "id": f"{_status_address(number)}#{place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(place),
            "statusListCredential": _status_address(number),
        },
    }


def _subject(certificate: Certificate) -> dict[str, Any]:
    """Return whose badge it is and for which work, by name: an address or number of theirs is nobody's business."""
    facts = certificate.facts
    name = {"type": "IdentityObject", "hashed": False, "identityHash": facts["holder"], "identityType": "ext:name"}
    days = {"activityStartDate": facts["first_day"], "activityEndDate": facts["last_day"]}
    return {
        "type": ["AchievementSubject"],
        "identifier": [name],
        "narrative": f"{facts['title']} · {facts['organisation']} · {duration(facts['minutes'])}",
        **{field: f"{day}T00:00:00Z" for field, day in days.items() if day},
    }


def _achievement(certificate: Certificate, address: str) -> dict[str, Any]:
    """Return what was achieved, with the skills and their ESCO addresses."""
    skills = [*certificate.facts["skills"], *certificate.facts["transferable"]]
    is_contribution = certificate.kind == CertificateKind.CONTRIBUTION
    return {
        "id": f"{address}#achievement",
        "type": ["Achievement"],
        "achievementType": "CommunityService" if is_contribution else "LearningProgram",
        "name": title_of(certificate),
        "description": note_of(certificate),
        "criteria": {"narrative": pgettext("certificate", "Both sides confirmed the hours.")},
        "alignment": [
            {
                "type": ["Alignment"],
                "targetName": skill["label"],
                "targetUrl": skill["uri"],
                "targetFramework": "ESCO",
                "targetType": "CFItem",
            }
            for skill in skills
            if skill["uri"]
        ],
        "tag": [skill["label"] for skill in skills],
    }


def title_of(certificate: Certificate) -> str:
    """Return what the certificate is called, in the active language."""
    if certificate.kind == CertificateKind.PARTICIPATION:
        return pgettext("certificate", "Certificate of participation")
    return pgettext("certificate", "Certificate of contribution")


def note_of(certificate: Certificate) -> str:
    """Return what the certificate is and is not, in the active language."""
    return pgettext(
        "certificate",
        "This is evidence of work whose hours both sides confirmed. It is not a formal recognition of a qualification.",
    )


def _status_address(number: int) -> str:
    return settings.BASE_URL + reverse("engagements:certificate-status", args=[number])


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
