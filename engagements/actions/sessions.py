"""Log sessions, and confirm or dispute their hours. Hours count only when the other side confirms them."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import add_line, tell_about_work
from engagements.actions.participants import mark_attendance
from engagements.models import Engagement, NeedSkill, Session
from engagements.rules import work as rules
from engagements.states import (
    ANSWERING_STATES,
    ENGAGEMENT_TRANSITIONS,
    HOURS_TRANSITIONS,
    LOGGING_STATES,
    EngagementState,
    HoursState,
    SessionKind,
)

LEAST_MINUTES, MOST_MINUTES = 5, 1440
MOST_PEOPLE = 1000
MAX_SUMMARY, MAX_NOTE = 200, 300
# Work often begins before its papers do.
DAYS_BEFORE = 60
# The same log twice within this time is one log whose button was pressed twice.
DOUBLE_PRESS = timedelta(minutes=2)


@transaction.atomic
def log_session(
    *,
    actor: User,
    engagement: Engagement,
    held_on: date,
    minutes: int,
    kind: str,
    people_present: int = 1,
    summary: str = "",
    is_on_site: bool = False,
    skills: Collection[int] = (),
    attended: Collection[int] = (),
) -> Session:
    """Log a session that was held; the first one starts an engagement that is only agreed.

    ``skills`` are ids of skills the need asks for, ``attended`` of the engagement's participants. Pressing the button
    twice logs once. Raises NotAllowed unless ``actor`` is a side, Conflict unless the work is
    agreed or under way, Invalid with the problem of each field. Effects: session, state, audit entries, line, news.
    """
    side = rules.side_of(actor, engagement)
    if side is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    present = lock(engagement)
    if present.state not in LOGGING_STATES:
        raise Conflict(_("Sessions are logged while the work is agreed or under way."))
    people_present = max(people_present, len(set(attended)))
    _check_session(actor, present, held_on, minutes, kind, people_present)
    asked = _asked_skills(present, skills)
    values = {
        "held_on": held_on,
        "minutes": minutes,
        "kind": kind,
        "people_present": people_present,
        "is_on_site": is_on_site,
        "summary": summary.strip()[:MAX_SUMMARY],
        "logged_by": actor,
        "logged_side": side,
    }
    now = timezone.now()
    twin = Session.objects.filter(engagement=engagement, logged_at__gt=now - DOUBLE_PRESS, **values).first()
    if twin is not None:
        return twin
    session = Session.objects.create(engagement=engagement, logged_at=now, **values)
    session.skills.set(asked)
    if attended:
        mark_attendance(actor=actor, session=session, present=attended)
    if present.state == EngagementState.SCHEDULED:
        _begin(actor, engagement)
    else:
        _touch(engagement)
    entry = audit.record(actor=actor, verb="engagements.session.logged", obj=session, minutes=minutes)
    add_line(engagement, gettext_noop("A session was logged. The other side confirms its hours."))
    news = gettext_noop("A session for “%(need)s” was logged. Confirm its hours with one tap.")
    ask = f"session:{session.reference}"
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news, ask=ask)
    return session


def _asked_skills(engagement: Engagement, skills: Collection[int]) -> set[int]:
    wanted = NeedSkill.objects.filter(content_object=engagement.need_id, tag__in=skills)
    asked = set(wanted.values_list("tag", flat=True))
    if asked != set(skills):
        problem = _("Choose among the skills that the need asks for.")
        raise Invalid(problem, fields={"skills": problem})
    return asked


def _begin(actor: User, engagement: Engagement) -> None:
    now = timezone.now()
    advance(engagement, EngagementState.ACTIVE, ENGAGEMENT_TRANSITIONS, started_at=now, last_activity_at=now)
    audit.record(actor=actor, verb="engagements.engagement.active", obj=engagement)


def _touch(engagement: Engagement) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=timezone.now())


def _check_session(
    actor: User, engagement: Engagement, held_on: date, minutes: int, kind: str, people_present: int
) -> None:
    problems: dict[str, str] = {}
    if held_on > timezone.now().astimezone(actor.zone).date():
        problems["held_on"] = _("This day is still to come. Log a session once it was held.")
    elif held_on < engagement.created_at.date() - timedelta(days=DAYS_BEFORE):
        problems["held_on"] = _("This day lies long before the engagement. Check the year.")
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        problems["minutes"] = _("Enter between 5 minutes and 24 hours.")
    if kind not in SessionKind.values:
        problems["kind"] = _("Choose what was done.")
    if not 1 <= people_present <= MOST_PEOPLE:
        problems["people_present"] = _("Enter how many people took part, 1 or more.")
    if problems:
        raise Invalid(_("Look at the session again."), fields=problems)


def _open(session: Session) -> Engagement:
    """Lock the session's engagement and refuse when its hours are settled."""
    engagement = lock(session.engagement)
    if engagement.state not in ANSWERING_STATES:
        raise Conflict(_("This engagement is closed, so its hours stay as they are."))
    return engagement


@transaction.atomic
def confirm_session(*, actor: User, session: Session) -> Session:
    """Confirm the hours the other side logged; from now on they count.

    Raises NotAllowed for the side that logged them, Conflict when they are settled. Effects: state, audit entry, news.
    """
    if not rules.can_answer_session(actor, session):
        raise NotAllowed(_("The other side confirms these hours."))
    engagement = _open(session)
    now = timezone.now()
    session = advance(
        session, HoursState.CONFIRMED, HOURS_TRANSITIONS, answered_by=actor, answered_at=now, dispute_note=""
    )
    _touch(engagement)
    entry = audit.record(actor=actor, verb="engagements.session.confirmed", obj=session, minutes=session.minutes)
    tell_about_work(
        actor=actor, engagement=engagement, entry=entry, text=gettext_noop("Your hours for “%(need)s” are confirmed.")
    )
    return session


@transaction.atomic
def dispute_session(*, actor: User, session: Session, note: str) -> Session:
    """Say that the hours the other side logged are not right, and what is wrong.

    Raises NotAllowed for the side that logged them, Invalid without a note, Conflict when they are settled. Effects:
    state with note, audit entry, news.
    """
    if not rules.can_answer_session(actor, session):
        raise NotAllowed(_("The other side confirms these hours."))
    text = note.strip()
    if not text or len(text) > MAX_NOTE:
        problem = _("Say in up to %(limit)s characters what is wrong.") % {"limit": MAX_NOTE}
        raise Invalid(problem, fields={"note": problem})
    engagement = _open(session)
    session = advance(
        session,
        HoursState.DISPUTED,
        HOURS_TRANSITIONS,
        answered_by=actor,
        answered_at=timezone.now(),
        dispute_note=text,
    )
    _touch(engagement)
    entry = audit.record(actor=actor, verb="engagements.session.disputed", obj=session)
    news = gettext_noop("The other side sees hours for “%(need)s” differently. Correct them, or talk about it.")
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news)
    return session


@transaction.atomic
def correct_session(*, actor: User, session: Session, minutes: int) -> Session:
    """Correct the minutes of a session one logged; the other side confirms them anew.

    Raises NotAllowed for everybody else, Conflict when the hours are confirmed or settled, Invalid for the minutes.
    Effects: minutes, state, audit entry, news.
    """
    if not rules.can_correct_session(actor, session):
        raise NotAllowed(_("Only who logged a session corrects it."))
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        problem = _("Enter between 5 minutes and 24 hours.")
        raise Invalid(problem, fields={"minutes": problem})
    engagement = _open(session)
    present = lock(session)
    if present.state == HoursState.CONFIRMED:
        raise Conflict(_("These hours are confirmed already."))
    if present.state == HoursState.DISPUTED:
        session = advance(
            session, HoursState.UNCONFIRMED, HOURS_TRANSITIONS, answered_by=None, answered_at=None, dispute_note=""
        )
    Session.objects.filter(pk=session.pk).update(minutes=minutes)
    session.refresh_from_db()
    _touch(engagement)
    entry = audit.record(
        actor=actor, verb="engagements.session.corrected", obj=session, minutes_before=present.minutes, minutes=minutes
    )
    news = gettext_noop("Hours for “%(need)s” were corrected. Confirm them with one tap.")
    ask = f"session:{session.reference}"
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news, ask=ask)
    return session
