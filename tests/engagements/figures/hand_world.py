"""A small world whose numbers are counted by hand, in the comments beside what makes them."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from engagements.actions.participants import add_participant
from engagements.actions.sessions import confirm_session, log_session
from engagements.models import Attendance, Engagement, Need, Session
from engagements.queries.counted_rows import Period, Scope
from messaging.actions.messages import post_message
from messaging.models import Message
from tests import world as story
from tests.world import World

QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))
TUNISIA = Scope(frozenset({"TN"}))
OPENED = datetime(2026, 1, 10, 12, tzinfo=UTC)


def live_a_quarter(world: World) -> None:
    """Four needs are opened in the quarter, one before it.

    A is answered by a message after 2 days, accepted after 6, begun after 10, completed after 60.
    B is accepted after 9 days (no contact within 7), begun after 12 and runs on.
    C has an application that nobody answered. D has nothing. E, of December, was accepted in January.
    """
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    completed = story.after_completion(world, title="A", kind="training").engagement
    _place(completed, opened=0, match=6, begun=10, ended=60)
    _write(world, completed, OPENED + timedelta(days=2))
    running = story.after_engagement_started(world, title="B", kind="training")
    _place(running, opened=0, match=9, begun=12)
    unanswered = story.after_proposal_sent(world, title="C").need
    nothing = story.after_need_published(world, title="D")
    Need.objects.filter(pk__in=[unanswered.pk, nothing.pk]).update(published_at=OPENED)
    december = story.after_proposal_accepted(world, title="E")
    _place(december, opened=-20, match=1)
    _hours(world, completed, running)


def _place(
    engagement: Engagement, *, opened: int, match: int, begun: int | None = None, ended: int | None = None
) -> None:
    def on(days: int | None) -> datetime | None:
        return None if days is None else OPENED + timedelta(days=days)

    Need.objects.filter(pk=engagement.need_id).update(published_at=on(opened))
    Engagement.objects.filter(pk=engagement.pk).update(created_at=on(match), started_at=on(begun), ended_at=on(ended))


def _write(world: World, engagement: Engagement, moment: datetime) -> None:
    post_message(
        actor=world.bereket,
        conversation=engagement.conversation,
        client_id=uuid4(),
        text="Thank you, when can we talk?",
    )
    Message.objects.filter(conversation=engagement.conversation, sender=world.bereket).update(created_at=moment)


def _hours(world: World, completed: Engagement, running: Engagement) -> None:
    """Hours: January 1.5 confirmed (A), February 2 confirmed (B) on one day on site, 1 not confirmed, April 3."""
    Session.objects.filter(engagement=completed).update(held_on=date(2026, 1, 25))
    leila = add_participant(actor=world.bereket, engagement=running, name="Leïla", role="mentee")
    twice = [
        log_session(
            actor=world.amina,
            engagement=running,
            held_on=date(2026, 2, 3),
            minutes=minutes,
            kind="training",
            is_on_site=True,
        )
        for minutes in (50, 70)
    ]
    for session in twice:
        confirm_session(actor=world.bereket, session=session)
    log_session(actor=world.amina, engagement=running, held_on=date(2026, 2, 4), minutes=60, kind="training")
    late = log_session(actor=world.amina, engagement=running, held_on=date(2026, 4, 1), minutes=180, kind="training")
    for session in [*twice, late]:
        Attendance.objects.create(session=session, participant=leila)
