"""Nobody agrees to be in two sessions at once: said in words here, kept by constraints in the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict
from engagements.models import Meeting
from engagements.queries.diaries import sessions_across
from engagements.states import Side

CONSTRAINTS = ("meeting_expert_once_at_a_time", "meeting_host_once_at_a_time")


def people_there(actor: User, present: Meeting) -> dict[Side, User]:
    """Return who will be there when ``actor`` accepts a time: the expert, and who speaks for the institution."""
    host = present.proposed_by if present.proposed_side == Side.INSTITUTION else actor
    return {Side.EXPERT: present.engagement.expert.user, Side.INSTITUTION: host}


@contextmanager
def free_at(actor: User, present: Meeting, starts_at: datetime, people: dict[Side, User]) -> Iterator[None]:
    """Let the caller agree on a time, unless somebody has agreed to be elsewhere then.

    Raises Conflict that says whose session is in the way, also when another one is agreed at this very moment.
    Queries: 1 and a savepoint.
    """
    across = sessions_across(present, starts_at, [person.pk for person in people.values()])
    taken = {person for one in across for person in (one.expert_there_id, one.host_there_id)}
    if taken:
        raise _taken(actor, is_own=actor.pk in taken)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not any(name in str(error) for name in CONSTRAINTS):
            raise
        is_expert = CONSTRAINTS[0] in str(error)
        raise _taken(actor, is_own=people[Side.EXPERT if is_expert else Side.INSTITUTION].pk == actor.pk) from None


def _taken(actor: User, *, is_own: bool) -> Conflict:
    if is_own:
        return Conflict(_("You have agreed to another session at this time. Choose another time, or move that one."))
    return Conflict(_("The other side has another session at this time. Choose another time, or propose others."))
