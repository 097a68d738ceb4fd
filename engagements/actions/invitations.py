"""Tell people's calendars by e-mail when an appointment is agreed, moved or called off."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import EmailChoice
from diaspora_net.core.mails import Ready, newly_due, send_due_mails
from engagements.actions.announcements import talkers_of
from engagements.models import Invitation, Meeting
from engagements.queries.calendar import entry_for, loaded_invitations
from engagements.reports.calendar import invitation, method_of, told_time
from engagements.states import MeetingState
from messaging.actions.emails import CalendarPart, neutral_mail
from messaging.actions.pokes import poke
from messaging.queries.emails import has_verified_address, quiet_end

SWEEP = "engagements.tasks.send_invitations"


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
    Invitation.objects.filter(meeting=meeting).update(**newly_due(now))

    def run() -> None:
        poke(SWEEP)

    transaction.on_commit(run, robust=True)


def send_due_invitations() -> int:
    """Send the invitations that are due, as ``core.mails`` does; return how many left.

    They wait for the end of quiet hours; calendars take the same Message-ID as the same change.
    """
    return send_due_mails(loaded_invitations(), _ready)


def _ready(row: Invitation) -> Ready | datetime | None:
    meeting, user, now = row.meeting, row.user, timezone.now()
    is_cancel = method_of(meeting) == "CANCEL"
    is_known = meeting.sequence <= row.sent_sequence or (is_cancel and not row.sent_sequence)
    if is_known or meeting.starts_at is None or meeting.starts_at <= now or not _may_be_mailed(user):
        return None
    return quiet_end(user, now) or Ready(_mail(user, meeting), lambda: _told(row, meeting.sequence))


def _may_be_mailed(user: User) -> bool:
    return user.is_active and user.news_emails != EmailChoice.OFF and has_verified_address(user)


def _told(row: Invitation, sequence: int) -> dict[str, Any]:
    """Note what was told, even when another change came meanwhile."""
    Invitation.objects.filter(pk=row.pk).update(sent_sequence=sequence)
    return {}


def _words(meeting: Meeting) -> tuple[str, str]:
    """Return what a mail is about: its subject and its first line, in the active language."""
    if method_of(meeting) == "CANCEL":
        return _("A session was called off"), _("A session at Diaspora Net does not take place:")
    if meeting.state == MeetingState.PROPOSED:
        return _("A session is to be moved"), _("Other times are proposed for a session at Diaspora Net. So far it is:")
    return _("The time of a session"), _("The time of a session at Diaspora Net is agreed:")


def _mail(user: User, meeting: Meeting) -> EmailMessage:
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
        return neutral_mail(user=user, key=key, subject=subject, body=body, kind="news", calendar=calendar)
