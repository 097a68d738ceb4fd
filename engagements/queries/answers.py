"""What is asked of people by e-mail, and what a link in a mail opens."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from engagements.models import Participant
from engagements.payloads.answer_links import Asked, Claim, address_mark, in_mail
from engagements.payloads.waiting_words import NEUTRAL, REMINDERS, time_left
from engagements.queries.asked.agreements import asked_agreement
from engagements.queries.asked.broadcasts import asked_broadcast
from engagements.queries.asked.foreseen import asked_foreseen
from engagements.queries.asked.interest import asked_interest
from engagements.queries.asked.lacks import asked_lacks
from engagements.queries.asked.meetings import asked_meeting
from engagements.queries.asked.outcomes import asked_of_participant, asked_outcome
from engagements.queries.asked.proposals import asked_proposal
from engagements.queries.asked.sessions import asked_session
from engagements.queries.waiting import waiting_step
from engagements.states.answers import Purpose
from engagements.states.clocks import WaitingKind
from engagements.states.outcomes import OutcomeMoment
from messaging.queries.asks import REMINDER
from messaging.reports.letters import Ask, Button

# How a step that waits is named as something to answer: a noun of ``_FINDERS``, and its reference.
_KEYS = {
    WaitingKind.REPLY: "proposal:{}",
    WaitingKind.INFORMATION: "proposal:{}",
    WaitingKind.AGREEMENT: "agreement:{}",
    WaitingKind.TIME: "meeting:{}",
    WaitingKind.SESSION: "meeting:{}",
    WaitingKind.HOURS: "session:{}",
    WaitingKind.OUTCOME: f"outcome:{{}}:{OutcomeMoment.END}",
}
_FINDERS: dict[str, Callable[..., Asked | None]] = {
    "proposal": asked_proposal,
    "agreement": asked_agreement,
    "meeting": asked_meeting,
    "session": asked_session,
    "outcome": asked_outcome,
    "foreseen": asked_foreseen,
    "lacks": asked_lacks,
    "broadcast": asked_broadcast,
    "interest": asked_interest,
}


def asked_of(user: User, key: str, *, is_named: bool) -> Asked | None:
    """Return what ``key`` (``proposal:k3x…``) asks of a person; None when it is not theirs to answer.

    Queries: at most 7, and those of an expert's card.
    """
    noun, _colon, reference = key.partition(":")
    finder = _FINDERS.get(noun)
    return finder(user, reference, is_named=is_named) if finder and user.is_active else None


def asks_in_mail(user: User, keys: Sequence[str], *, is_named: bool, most: int) -> list[Ask]:
    """Return the first ``most`` that still wait for the person, with links that answer them, each once.

    Queries: those of ``asked_of`` for each key it looks at.
    """
    asks: list[Ask] = []
    for key in keys:
        is_reminder = key.startswith(REMINDER)
        ask = _ask_of_step(user, key, is_named=is_named) if is_reminder else _ask(user, key, is_named=is_named)
        if ask and ask not in asks:
            asks.append(ask)
        if len(asks) == most:
            break
    return asks


def _ask(user: User, key: str, *, is_named: bool) -> Ask | None:
    asked = asked_of(user, key, is_named=is_named)
    return in_mail(user, asked, is_named=is_named) if asked else None


def reminder_key(kind: WaitingKind, row: int, since: datetime) -> str:
    """Return the key of a step that waits since a moment."""
    return f"{REMINDER}{kind.value}:{row}:{since.isoformat()}"


def _ask_of_step(user: User, key: str, *, is_named: bool) -> Ask | None:
    """Return what a step that waits asks: its own answers, else the way to its page; None when it waits no longer.

    This is the one place where a reminder gets its buttons. Queries: at most 5, and those of ``asked_of``.
    """
    kind, row, since = key.removeprefix(REMINDER).split(":", 2)
    step = waiting_step(WaitingKind(kind), int(row), datetime.fromisoformat(since))
    if step is None or user not in step.people:
        return None
    if step.kind in _KEYS and (ask := _ask(user, _KEYS[step.kind].format(step.reference), is_named=is_named)):
        return ask
    names = {"need": step.title, "organisation": step.organisation.name}
    text, _later = REMINDERS[step.kind]
    words = _(text) % names if is_named else _(NEUTRAL[step.kind])
    left = time_left(step.due_at, timezone.now(), place=step.place, zone=step.zone)
    button = Button(_("Sign in and look"), settings.BASE_URL + step.answer_url)
    return Ask(words, (("", left),), (button,), is_answered_here=False)


@dataclass(frozen=True)
class Opened:
    """What a link opens now: whom it answers for, what for, and what is asked of them."""

    claim: Claim
    person: User | Participant
    purpose: Purpose
    asked: Asked
    is_in_time: bool

    @property
    def is_open(self) -> bool:
        """Say whether it can be answered as it was when the link was made."""
        return self.is_in_time and self.purpose in self.asked.purposes and self.asked.stamp == self.claim.stamp

    @property
    def has_changed(self) -> bool:
        """Say whether something is asked of the person still, but not what the link was made for."""
        return bool(self.asked.purposes) and not self.is_open

    @property
    def has_account(self) -> bool:
        """Say whether the person can sign in."""
        return isinstance(self.person, User)


def person_of(claim: Claim) -> User | Participant | None:
    """Return whom a link speaks for: an active person, or somebody who takes part, still at the address it was sent to.

    Queries: 1.
    """
    kind, _colon, name = claim.person.partition(":")
    person: User | Participant | None = None
    if kind == "participant":
        taking_part = Participant.objects.filter(reference=name, left_at__isnull=True).exclude(email="")
        person = taking_part.select_related("engagement__need__organisation", "engagement__expert__user").first()
    elif kind == "account":
        number = _uuid(name)
        person = User.objects.filter(public_id=number, is_active=True).first() if number else None
    return person if person and address_mark(person.email) == claim.address else None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def over(token: str) -> Claim | None:
    """Return what the link of somebody without an account claims when its time is over; None for every other link.

    Queries: 0.
    """
    read = Claim.read(token)
    claim, is_in_time = read or (None, True)
    return claim if claim and not is_in_time and claim.person.startswith("participant:") else None


def opened(token: str) -> tuple[Claim, User | Participant, bool] | None:
    """Return what a token claims, for whom, and whether in time; None for a dead one. Queries: 0 or 1."""
    read = Claim.read(token)
    if read is None:
        return None
    claim, is_in_time = read
    person = person_of(claim)
    return (claim, person, is_in_time) if person and claim.purpose in Purpose.values else None


def open_claim(claim: Claim, person: User | Participant, *, is_in_time: bool) -> Opened | None:
    """Return what a claim opens in the active language; None when it is dead. Queries: those of ``asked_of``."""
    if isinstance(person, Participant):
        asked = asked_of_participant(person, claim.key)
    else:
        asked = asked_of(person, claim.key, is_named=claim.is_named)
    return Opened(claim, person, Purpose(claim.purpose), asked, is_in_time) if asked else None
