"""Tell people's calendars by e-mail when an appointment is agreed, moved or called off.

Rows say what is due; several sweeps may run at once. Per person and change, in this order: lease the row; look whether
they may and want to be written to; send; write what was told. A crash between the last two sends once more, with the
same Message-ID, and calendars take it as the same change.
"""

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import EmailChoice
from engagements.actions.announcements import talkers_of
from engagements.models import Invitation, Meeting
from engagements.queries.calendar import due_invitations, entry_for
from engagements.reports.calendar import invitation, method_of, told_time
from engagements.states import MeetingState
from messaging.actions.emails import CalendarPart, send_neutral
from messaging.actions.pokes import poke
from messaging.queries.emails import has_verified_address, quiet_end

logger = logging.getLogger(__name__)

SWEEP = "engagements.tasks.send_invitations"
# Longer than the mail server may take, so that nobody sends again what is still being sent.
LEASE = timedelta(minutes=2)
TRIES = 8
PAUSE = timedelta(minutes=2)
# A sweep ends before Celery's soft limit and leaves the rest to the next.
SWEEP_SECONDS = 45.0


def plan_invitations(meeting: Meeting) -> None:
    """Note that calendars must learn of a change: the expert's, of who talks for the organisation, of who agreed it.

    Effects: a row for each of them; after commit the sweep runs.
    """
    engagement = meeting.engagement
    people = [engagement.expert.user, *talkers_of(engagement.need), meeting.proposed_by, meeting.agreed_by]
    now = timezone.now()
    rows = [Invitation(meeting=meeting, user_id=pk, mail_at=now) for pk in sorted({one.pk for one in people if one})]
    Invitation.objects.bulk_create(rows, ignore_conflicts=True)
    # Whoever was told of it once is told of its changes, too.
    Invitation.objects.filter(meeting=meeting).update(mail_at=now, lease_until=None, tries=0)

    def run() -> None:
        poke(SWEEP)

    transaction.on_commit(run, robust=True)


def send_due_invitations() -> int:
    """Send the invitations that are due; return how many left."""
    sent = 0
    until = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < until:
        row = _lease()
        if row is None:
            break
        sent += _deliver(row)
    return sent


@transaction.atomic
def _lease() -> Invitation | None:
    """Take the invitation that has been due longest; rows that another sweep holds are passed over."""
    row = due_invitations().select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        Invitation.objects.filter(pk=row.pk).update(lease_until=timezone.now() + LEASE, tries=F("tries") + 1)
    return row


def _deliver(row: Invitation) -> bool:
    """Send one invitation when there is something to tell; say whether it left."""
    meeting, user, now = row.meeting, row.user, timezone.now()
    is_cancel = method_of(meeting) == "CANCEL"
    is_known = meeting.sequence <= row.sent_sequence or (is_cancel and not row.sent_sequence)
    if is_known or meeting.starts_at is None or meeting.starts_at <= now or not _may_be_mailed(user):
        _finish(row, row.sent_sequence)
        return False
    if end := quiet_end(user, now):
        _again(row, mail_at=end, tries=row.tries)
        return False
    try:
        _send(user, meeting)
    except Exception:
        # Whatever the mail server's side raises, the row stays due and the next try comes later.
        logger.warning("invitation %d did not leave", row.pk, exc_info=True)
        if row.tries + 1 < TRIES:
            _again(row, mail_at=now + PAUSE, tries=row.tries + 1)
        else:
            _finish(row, row.sent_sequence)
        return False
    _finish(row, meeting.sequence)
    return True


def _may_be_mailed(user: User) -> bool:
    return user.is_active and user.news_emails != EmailChoice.OFF and has_verified_address(user)


def _finish(row: Invitation, sequence: int) -> None:
    """Note what was told; a change that came meanwhile has made the row due anew and keeps it so."""
    Invitation.objects.filter(pk=row.pk).update(sent_sequence=sequence)
    Invitation.objects.filter(pk=row.pk, mail_at=row.mail_at).update(mail_at=None, lease_until=None)


def _again(row: Invitation, *, mail_at: datetime, tries: int) -> None:
    Invitation.objects.filter(pk=row.pk, mail_at=row.mail_at).update(mail_at=mail_at, lease_until=None, tries=tries)


def _words(meeting: Meeting) -> tuple[str, str]:
    """Return what a mail is about: its subject and its first line, in the active language."""
    if method_of(meeting) == "CANCEL":
        return _("A session was called off"), _("A session at Diaspora Net does not take place:")
    if meeting.state == MeetingState.PROPOSED:
        return _("A session is to be moved"), _("Other times are proposed for a session at Diaspora Net. So far it is:")
    return _("The time of a session"), _("The time of a session at Diaspora Net is agreed:")


def _send(user: User, meeting: Meeting) -> None:
    with translation.override(user.language):
        entry = entry_for(user, meeting)
        subject, what = _words(meeting)
        body = _("Hello,\n\n%(what)s\n%(when)s\n%(link)s\n\nThe attached file keeps your calendar right.\n") % {
            "what": what,
            "when": told_time(user, entry),
            "link": settings.BASE_URL + reverse("engagements:meeting", args=[meeting.reference]),
        }
        calendar = CalendarPart(method_of(meeting), invitation(user, entry))
        key = f"session-{meeting.reference}-{user.pk}-{meeting.sequence}"
        send_neutral(user=user, key=key, subject=subject, body=body, kind="news", calendar=calendar)
