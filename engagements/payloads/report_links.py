"""The address at which somebody outside opens a report that was sent to them: a signed reference, not a stored secret.

Whether it still opens anything stands in the row: it ends with a day, and can be taken back before.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from engagements.models import SentReport

_SIGNER = signing.Signer(salt="engagements.sent-report", sep="~")


def token_of(sent: SentReport) -> str:
    """Return what stands in the link."""
    return _SIGNER.sign(sent.reference)


def reference_in(token: str) -> str:
    """Return the reference that a token names, empty for one that was not signed here for this."""
    try:
        return _SIGNER.unsign(token)
    except signing.BadSignature:
        return ""


def link_of(sent: SentReport) -> str:
    """Return the whole address."""
    return settings.BASE_URL + reverse("engagements:sent-report", args=[token_of(sent)])
