"""Read certificates: anyone who has the code may check one."""

from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import Certificate, Engagement, Outcome, Participant, SigningKey
from engagements.queries.work import visible_engagements
from engagements.reports.badge import STATUS_LIST_BITS
from engagements.reports.signing import Jwk, public_jwk, signing_key
from engagements.states import CertificateState

# What people read for a character of the code alphabet, which has no i, l, o, u.
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})


def clean_code(typed: str) -> str:
    """Return the code meant by what was typed: any case, o for 0, i and l for 1, u for v, anything between them."""
    return "".join(letter for letter in typed.lower() if letter.isascii() and letter.isalnum()).translate(_MISREAD)


def find_certificate(code: str) -> Certificate | None:
    """Return the certificate with this code, or None. Queries: 1."""
    return Certificate.objects.filter(code=clean_code(code)).select_related("engagement__need__organisation").first()


def get_certificate(code: str) -> Certificate:
    """Return the certificate with this code, for anybody. Raises Http404 when there is none. Queries: 1."""
    certificate = find_certificate(code)
    if certificate is None:
        raise Http404
    return certificate


def valid_certificate_of(engagement: Engagement) -> Certificate | None:
    """Return the expert's valid certificate, or None. Queries: 1."""
    return Certificate.objects.filter(
        engagement=engagement, participant__isnull=True, state=CertificateState.ISSUED
    ).first()


def get_file_certificate(viewer: User | None, code: str) -> Certificate:
    """Return the certificate whose file ``viewer`` may have: while it is valid, who has the code.

    Where the holder keeps parts from the check page, only those who may see the engagement have it, since the file
    tells everything. Raises Http404 otherwise. Queries: 1, or 3.
    """
    certificate = get_certificate(code)
    if certificate.state != CertificateState.ISSUED:
        raise Http404
    if certificate.is_open:
        return certificate
    if viewer is None:
        raise Http404
    return get_visible_certificate(viewer, certificate.code)


def participants_of(engagement: Engagement) -> list[Participant]:
    """Return who takes or took part, by name, each with ``valid_certificates`` (none or one) and ``is_unreached``.

    That is who a mail was given up to. Queries: 2.
    """
    valid = Certificate.objects.filter(state=CertificateState.ISSUED)
    prefetch = Prefetch("certificates", queryset=valid, to_attr="valid_certificates")
    failed = Outcome.objects.filter(participant=OuterRef("pk"), failed_at__isnull=False)
    return list(engagement.participants.annotate(is_unreached=Exists(failed)).prefetch_related(prefetch))


def get_participant(viewer: User, reference: str) -> Participant:
    """Return the participant when ``viewer`` may see the engagement. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(
        Participant.objects.filter(
            reference=reference, engagement__in=visible_engagements(viewer).values("pk")
        ).select_related("engagement__need__organisation", "engagement__expert__user", "engagement__proposal")
    )


def signing_keys() -> list[Jwk]:
    """Return the public keys that certificates are and were signed with, the oldest first. Queries: 1."""
    known = [
        {"kty": "OKP", "crv": "Ed25519", "x": public}
        for public in SigningKey.objects.order_by("first_used_at", "pk").values_list("public", flat=True)
    ]
    present = public_jwk(signing_key())
    return known if present in known else [*known, present]


def withdrawn_places(number: int) -> set[int]:
    """Return the places of status list ``number`` whose certificates hold no more. Queries: 1."""
    start = number * STATUS_LIST_BITS
    withdrawn = Certificate.objects.exclude(state=CertificateState.ISSUED).filter(
        status_index__gte=start, status_index__lt=start + STATUS_LIST_BITS
    )
    return {index for index in withdrawn.values_list("status_index", flat=True) if index is not None}


def get_visible_certificate(viewer: User, code: str) -> Certificate:
    """Return the certificate when ``viewer`` may see its engagement. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(
        Certificate.objects.filter(code=code, engagement__in=visible_engagements(viewer).values("pk")).select_related(
            "engagement__need__organisation", "engagement__expert__user", "engagement__conversation"
        )
    )
