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
from engagements.states.answers import LINK_LASTS, Purpose
from messaging.reports.letters import Ask, Button

_SALT = "engagements.answers"
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link says of itself: ``person`` (public id), ``purpose``, ``key`` of the object (``session:k3x…``), the
    ``stamp`` of the state it was made for, whether its mail named names, and the ``address`` it was sent to, as a mark.
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
        is_in_time = True
        try:
            try:
                values = signing.loads(token, salt=_SALT, max_age=LINK_LASTS)
            except signing.SignatureExpired:
                is_in_time, values = False, signing.loads(token, salt=_SALT)
            return cls(*values), is_in_time
        except (signing.BadSignature, ValueError, TypeError):
            return None


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


def answer_url(user: User, asked: Asked, purpose: Purpose, *, is_named: bool, **query: str) -> str:
    """Return the whole address that opens the page of one answer for one person."""
    mark = address_mark(user.email)
    claim = Claim(user.public_id.hex, purpose.value, asked.key, asked.stamp, is_named, mark)
    address = settings.BASE_URL + reverse("engagements:answer", args=[claim.token()])
    return f"{address}?{urlencode(query)}" if query else address


def in_mail(user: User, asked: Asked, *, is_named: bool) -> Ask | None:
    """Return what a mail asks and offers; None when nothing waits for this person."""
    if not asked.purposes:
        return None
    buttons = []
    for purpose in asked.purposes:
        if purpose == Purpose.CHOOSE:
            buttons += [
                Button(words, answer_url(user, asked, purpose, is_named=is_named, time=moment.isoformat()))
                for moment, words in asked.times
            ]
        else:
            buttons.append(Button(str(purpose.label), answer_url(user, asked, purpose, is_named=is_named)))
    return Ask(asked.words, asked.facts, tuple(buttons))


def short_name(user: User) -> str:
    """Return a name as a page tells whom it answers for: “Amina B.”."""
    first, *others = str(user).split()
    return f"{first} {others[0][0]}." if others else first
