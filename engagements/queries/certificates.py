"""Read certificates: anyone who has the code may check one."""

from django.http import Http404

from diaspora_net.accounts.models import User
from engagements.models import Certificate, Engagement
from engagements.queries.work import visible_engagements
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
    """Return the engagement's valid certificate, or None. Queries: 1."""
    return Certificate.objects.filter(engagement=engagement, state=CertificateState.ISSUED).first()


def get_valid_certificate(code: str) -> Certificate:
    """Return the certificate with this code while it is valid. Raises Http404 otherwise. Queries: 1."""
    certificate = get_certificate(code)
    if certificate.state != CertificateState.ISSUED:
        raise Http404
    return certificate


def get_visible_certificate(viewer: User, code: str) -> Certificate:
    """Return the certificate when ``viewer`` may see its engagement. Raises Http404 otherwise. Queries: 2."""
    certificate = (
        Certificate.objects.filter(code=code, engagement__in=visible_engagements(viewer).values("pk"))
        .select_related("engagement__need__organisation", "engagement__expert__user", "engagement__conversation")
        .first()
    )
    if certificate is None:
        raise Http404
    return certificate
