"""Ask at three points what came of an engagement: rows say what is due, sweeps ask, ask again and write to people.

Every sweep decides each row anew under the lock of its engagement, and may run twice or at once. The two sides are told
as news; counterparts and mentees, who have no account, by an e-mail of their own.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from diaspora_net.core.mails import Ready, newly_due, send_due_mails
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import people_of
from engagements.models import Engagement, Outcome, Participant
from engagements.queries.outcomes import due_outcomes, due_reminders, loaded_outcomes, unanswered
from engagements.reports.outcome_mail import participant_mail
from engagements.states import Side
from engagements.states.outcomes import (
    ANSWERED_IN,
    OUTCOME_TRANSITIONS,
    REMIND_AFTER,
    YEAR,
    OutcomeMoment,
    OutcomeState,
    Respondent,
)
from messaging.actions.notifications import notify
from messaging.actions.pokes import poke

SWEEP = "engagements.tasks.ask_outcomes"
AT_ONCE = 200

_TEXTS = {
    OutcomeMoment.START: gettext_noop("“%(need)s” begins. Where do things stand today? One minute."),
    OutcomeMoment.END: gettext_noop("The work on “%(need)s” is done. Say what came of it."),
    OutcomeMoment.LATER: gettext_noop("A year ago “%(need)s” was completed. Is the result still in use? One minute."),
}


def plan_outcomes(*, engagement: Engagement, moment: OutcomeMoment) -> None:
    """Note that everybody concerned is to be asked at a moment: now, or a year from now for the last one.

    Both sides, and the participants who have agreed to be written to; who is noted already stays so. The sides read of
    the end on their page and in their news, so their row is open at once. What was not answered at an earlier moment is
    closed when a later one is asked. The caller holds the engagement's lock. Effects: rows; the sweep after commit.
    """
    now = timezone.now()
    due_at = now + YEAR if moment == OutcomeMoment.LATER else now
    state = OutcomeState.OPEN if moment == OutcomeMoment.END else OutcomeState.PLANNED
    rows = [
        Outcome(engagement=engagement, moment=moment, respondent=side.value, state=state, due_at=due_at)
        for side in Side
    ]
    rows += [
        Outcome(engagement=engagement, moment=moment, respondent=Respondent.COUNTERPART, participant=one, due_at=due_at)
        for one in engagement.participants.filter(left_at__isnull=True).exclude(email="")
    ]
    Outcome.objects.bulk_create(rows, ignore_conflicts=True)
    if moment == OutcomeMoment.END:
        close_outcomes(engagement, moments=[OutcomeMoment.START])
    transaction.on_commit(_poke, robust=True)


def _poke() -> None:
    poke(SWEEP)


def close_outcomes(
    engagement: Engagement,
    *,
    moments: list[OutcomeMoment] | None = None,
    participant: Participant | None = None,
) -> int:
    """Close what was asked and is not answered: of an engagement, some moments of it, or one participant.

    Return how many. The caller holds the engagement's lock.
    """
    rows = unanswered(engagement)
    if moments is not None:
        rows = rows.filter(moment__in=moments)
    if participant is not None:
        rows = rows.filter(participant=participant)
    return rows.update(state=OutcomeState.CLOSED, remind_at=None, mail_at=None)


def ask_due_outcomes() -> int:
    """Ask what is due now, at most 200 in one run; return how many. Effects for each: state, news or a mail due."""
    return sum(_ask(row) for row in due_outcomes(AT_ONCE))


@transaction.atomic
def _ask(row: Outcome) -> bool:
    engagement, now = lock(row.engagement), timezone.now()
    present = lock(row)
    if present.state != OutcomeState.PLANNED or engagement.state not in ANSWERED_IN[row.moment]:
        return False
    if row.moment == OutcomeMoment.LATER:
        close_outcomes(engagement, moments=[OutcomeMoment.START, OutcomeMoment.END])
    advance(row, OutcomeState.OPEN, OUTCOME_TRANSITIONS, remind_at=now + REMIND_AFTER[0])
    _tell(row, now, count=0)
    return True


def remind_due_outcomes() -> int:
    """Ask again what was not answered, twice at most; return how many. Effects: row, news or a mail due."""
    return sum(_remind(row) for row in due_reminders(AT_ONCE))


@transaction.atomic
def _remind(row: Outcome) -> bool:
    engagement, now = lock(row.engagement), timezone.now()
    present = lock(row)
    is_due = present.remind_at is not None and present.remind_at <= now
    if not is_due or present.state != OutcomeState.OPEN or engagement.state not in ANSWERED_IN[row.moment]:
        return False
    count = present.reminders + 1
    following = now + REMIND_AFTER[count] if count < len(REMIND_AFTER) else None
    Outcome.objects.filter(pk=row.pk).update(reminders=count, remind_at=following)
    _tell(row, now, count=count)
    return True


def _tell(row: Outcome, now: datetime, *, count: int) -> None:
    """Ask who is asked: a side by news, a participant by a mail that is due now."""
    if row.participant_id is not None:
        Outcome.objects.filter(pk=row.pk).update(**newly_due(now))
        return
    engagement = row.engagement
    for person in people_of(Side(row.respondent), need=engagement.need, expert=engagement.expert):
        notify(
            user=person,
            verb="engagements.outcome.asked",
            text=_TEXTS[OutcomeMoment(row.moment)],
            params={"need": engagement.need.title},
            url=reverse("engagements:outcome-give", args=[engagement.reference, row.moment]),
            ask=f"outcome:{engagement.reference}:{row.moment}",
            event_key=f"outcome:{row.pk}:{count}",
        )


@transaction.atomic
def renew_links(*, participant: Participant) -> int:
    """Mail to a participant, at the address that is known, the links of whatever is asked of them now; return how many.

    Effects: mails due, the sweep after commit.
    """
    engagement = lock(participant.engagement)
    asked = [moment for moment, states in ANSWERED_IN.items() if engagement.state in states]
    rows = Outcome.objects.filter(participant=participant, state=OutcomeState.OPEN, moment__in=asked)
    count = rows.update(**newly_due(timezone.now()), renewals=F("renewals") + 1)
    if count:
        transaction.on_commit(_poke, robust=True)
    return count


def write_again(participant: Participant) -> None:
    """Let the mails that were given up leave to the address that is known now. Effects: mails due."""
    Outcome.objects.filter(participant=participant, failed_at__isnull=False).update(**newly_due(timezone.now()))


def send_participant_mails() -> int:
    """Send the mails to participants that are due, as ``core.mails`` does; return how many left."""
    return send_due_mails(loaded_outcomes(), _mail)


def _mail(row: Outcome) -> Ready | None:
    participant = row.participant
    is_asked = row.state == OutcomeState.OPEN and row.engagement.state in ANSWERED_IN[row.moment]
    if participant is None or not is_asked or participant.left_at is not None or not participant.email:
        return None
    return Ready(participant_mail(row, participant))
