"""Links for people whom a list named: what they hold, and the mark by which an address is known without being kept."""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from engagements.models import ListedPerson

_SALT = "engagements.listed"


def address_mark(email: str) -> str:
    """Return a mark of an address from which nobody can tell the address."""
    return salted_hmac(_SALT, email.strip().lower(), algorithm="sha256").hexdigest()


def listed_token(person: ListedPerson) -> str:
    """Return the signed text that stands in the person's link: who, and the address it was sent to."""
    return signing.dumps([person.reference, address_mark(person.email)[:12]], salt=_SALT)


def read_token(token: str) -> tuple[str, str] | None:
    """Return the reference and the mark of the address that a token holds; None for what was not signed here."""
    try:
        reference, mark = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(reference), str(mark)


def listed_url(person: ListedPerson) -> str:
    """Return the whole address of the page on which the person confirms or deletes what a list said of them."""
    return settings.BASE_URL + reverse("engagements:listed", args=[listed_token(person)])
