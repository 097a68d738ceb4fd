"""Mails that rows say are due: leased, sent, tried again for about a day, and given up where somebody can read it.

Every sweep that owes one mail to one row works here. News (``messaging.actions.news_emails``) puts many rows into one
mail and takes the pauses and refusals from here.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any, TypeVar

from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from diaspora_net.core.leases import LONGEST_LEASE, is_free
from diaspora_net.core.sweeps import in_turns

logger = logging.getLogger(__name__)

# Longer than the mail server may take (EMAIL_TIMEOUT), so that nobody sends again what is still being sent.
LEASE = timedelta(minutes=2)
# Pauses double up to an hour, so that a mail server may be away for most of a day and nothing is lost.
FIRST_PAUSE, TRIES = timedelta(seconds=10), 32
# No mail is planned further ahead; one that is was planned on a clock that was ahead, and is due.
LONGEST_WAIT = timedelta(days=31)
PERMANENT = 500


class DueMail(models.Model):
    """A row that owes somebody a mail at ``mail_at``, None when it owes none.

    A sweep holds it until ``lease_until``; ``tries`` counts what did not leave. ``failed_at`` is when a mail was given
    up, until another is owed and leaves. Written by ``send_due_mails``, and with ``newly_due``.
    """

    mail_at = models.DateTimeField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=DueMail)


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that may leave now; ``then`` is called when it has left, and returns what else is written on the row."""

    mail: EmailMessage
    then: Callable[[], dict[str, Any]] = dict


def newly_due(at: datetime) -> dict[str, Any]:
    """Return what is written on a row that owes a mail from a moment on, whatever became of an earlier one."""
    return {"mail_at": at, "lease_until": None, "tries": 0, "failed_at": None}


def send_due_mails(
    rows: QuerySet[Row],
    write: Callable[[Row], Ready | datetime | None],
    *,
    give_up: Callable[[Row], dict[str, Any]] = lambda _row: {},
) -> int:
    """Send the mails that ``rows`` owe now, the longest due first; return how many left. May run twice or at once.

    Per row, in this order: lease it; let ``write`` look at it again, which returns the mail, the moment until which it
    waits, or None when nothing is to leave any more; send; note it, in one transaction with what ``then`` writes. A
    crash between the last two sends once more, so the Message-ID has to come from the row. A row that came due anew
    meanwhile stays due. What the mail server's side does not take comes later, later each time; after TRIES, or at
    once when it refuses the address for good, ``failed_at`` says so, beside what ``give_up`` returns. Any other error
    ends this run and counts as a try; the row stays leased, so those behind it leave with the next run.
    """

    def step() -> bool | None:
        row = _lease(rows)
        return None if row is None else _deliver(row, write, give_up)

    return in_turns(step)


@transaction.atomic
def _lease(rows: QuerySet[Row]) -> Row | None:
    """Take the row that has been due longest; those that another sweep holds are passed over."""
    now = timezone.now()
    due = rows.filter(is_free(now), Q(mail_at__lte=now) | Q(mail_at__gt=now + LONGEST_WAIT))
    row = due.order_by("mail_at", "pk").select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        _update(row, lease_until=now + LEASE, tries=F("tries") + 1)
    return row


def _deliver(
    row: Row, write: Callable[[Row], Ready | datetime | None], give_up: Callable[[Row], dict[str, Any]]
) -> bool:
    """Send one mail; say whether it left."""
    if row.tries >= TRIES:  # whoever took it died, or met an error of ours
        return _fail(row, give_up(row))
    ready = write(row)
    if not isinstance(ready, Ready):
        _settle(row, mail_at=ready, tries=row.tries if ready else 0)
        return False
    try:
        ready.mail.send()
    except OSError as error:  # smtplib's errors are such, too
        logger.warning("mail about %s %s did not leave", row._meta.label, row.pk, exc_info=True)
        if row.tries + 1 >= TRIES or is_refused(error):
            return _fail(row, give_up(row))
        _update(row, lease_until=timezone.now() + pause_after(row.tries + 1))
        return False
    with transaction.atomic():
        _settle(row, failed_at=None, **ready.then())
    return True


def _fail(row: DueMail, values: dict[str, Any]) -> bool:
    logger.error("mail about %s %s was given up", row._meta.label, row.pk)
    _settle(row, failed_at=timezone.now(), **values)
    return False


def _settle(row: DueMail, **values: Any) -> None:
    _update(row, **{"mail_at": None, "lease_until": None, "tries": 0, **values})


def _update(row: DueMail, **values: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk, mail_at=row.mail_at).update(**values)


def pause_after(tries: int) -> timedelta:
    """Return how long a mail waits that did not leave so many times; a part of it is chance, so that not all come at
    once.
    """
    longest = min(LONGEST_LEASE, FIRST_PAUSE * (1 << (tries - 1)))
    return longest * random.uniform(0.5, 1)  # noqa: S311 - no secret


def is_refused(error: OSError) -> bool:
    """Say whether the mail server takes no mail for any of the addresses (RFC 5321: replies from 500 on).

    Trying again is what makes servers refuse all of ours.
    """
    if not isinstance(error, SMTPRecipientsRefused) or not error.recipients:
        return False
    return all(code >= PERMANENT for code, _said in error.recipients.values())
