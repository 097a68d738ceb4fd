"""Links in e-mails that answer without signing in: what they hold, and what they ask.

A link is a signed text, not a row: who, what for, about what, and the state the object was in. Everything that can end
it stands in rows already: the object moves on when it is answered, the person loses a right, is suspended or changes
their address. A row for each link would be a second truth about the same, and a secret in the database. Links made
twice for the same thing are equal in rights, so a mail that leaves twice does no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode

from diaspora_net.accounts.models import User
from engagements.models import Participant
from engagements.states.answers import Purpose, lasts
from messaging.reports.letters import Ask, Button

_SALT = "engagements.answers"
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link says of itself: ``person`` (``account:`` and public id, or ``participant:`` and reference),
    ``purpose``, ``key`` of the object (``session:k3x…``), the ``stamp`` of the state it was made for, whether its mail
    named names, and the ``address`` it was sent to, as a mark.
    """

    person: str
    purpose: str
    key: str
    stamp: str
    is_named: bool
    address: str

    def token(self) -> str:
        """Return the signed text that stands in the link."""
        return signing.dumps([getattr(self, name) for name in self.__slots__], salt=_SALT, compress=True)

    @classmethod
    def read(cls, token: str) -> tuple[Self, bool] | None:
        """Return what a token says and whether it is still in time; None for what was not signed here for this."""
        try:
            claim = cls(*signing.loads(token, salt=_SALT))
        except (signing.BadSignature, ValueError, TypeError):
            return None
        try:
            signing.loads(token, salt=_SALT, max_age=lasts(claim.purpose))
        except signing.SignatureExpired:
            return claim, False
        return claim, True


def address_mark(email: str) -> str:
    """Return a short mark of an address, so that a link ends with the address it was sent to."""
    return salted_hmac(_SALT, email.lower()).hexdigest()[:12]


@dataclass(frozen=True)
class Asked:
    """One thing that is asked of one person, as its mail and its answer page tell it, in the active language.

    ``thing`` is the row it is about, ``locks`` the rows an answer locks, in the order of ARCHITECTURE.md. ``stamp``
    changes with every turn. ``purposes`` are the answers there are now, none when nothing waits for this person.
    ``times`` are the instants to choose among, with their words. ``page`` is where signed-in people answer the same.
    """

    key: str
    thing: models.Model
    stamp: str
    words: str
    page: str
    facts: Facts = ()
    purposes: tuple[Purpose, ...] = ()
    times: tuple[tuple[datetime, str], ...] = ()
    locks: Sequence[models.Model] = field(default_factory=tuple)
    values: dict[str, Any] = field(default_factory=dict)


def person_key(person: User | Participant) -> str:
    """Return how a link names whom it speaks for."""
    if isinstance(person, Participant):
        return f"participant:{person.reference}"
    return f"account:{person.public_id.hex}"


def claim_url(
    person: User | Participant, key: str, purpose: Purpose, *, stamp: str, is_named: bool, **query: str
) -> str:
    """Return the whole address that opens the page of one answer for one person."""
    claim = Claim(person_key(person), purpose.value, key, stamp, is_named, address_mark(person.email))
    address = settings.BASE_URL + reverse("engagements:answer", args=[claim.token()])
    return f"{address}?{urlencode(query)}" if query else address


def in_mail(person: User | Participant, asked: Asked, *, is_named: bool) -> Ask | None:
    """Return what a mail asks and offers; None when nothing waits for this person."""
    if not asked.purposes:
        return None
    buttons = []
    for purpose in asked.purposes:
        if purpose == Purpose.CHOOSE:
            buttons += [
                Button(words, _url(person, asked, purpose, is_named=is_named, time=moment.isoformat()))
                for moment, words in asked.times
            ]
        else:
            buttons.append(Button(str(purpose.label), _url(person, asked, purpose, is_named=is_named)))
    return Ask(asked.words, asked.facts, tuple(buttons))


def _url(person: User | Participant, asked: Asked, purpose: Purpose, *, is_named: bool, **query: str) -> str:
    return claim_url(person, asked.key, purpose, stamp=asked.stamp, is_named=is_named, **query)


def short_name(person: User | Participant) -> str:
    """Return a name as a page tells whom it answers for: “Amina B.”."""
    first, *others = str(person).split()
    return f"{first} {others[0][0]}." if others else first
