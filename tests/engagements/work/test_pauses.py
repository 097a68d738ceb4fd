"""Work rests until a day, goes on for longer than agreed, and is noticed when nothing happens any more."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements import tasks
from engagements.actions import engagements as work
from engagements.actions.agreements import agree_engagement, change_terms, extend_engagement, terms_of
from engagements.actions.pauses import pause_engagement
from engagements.actions.sessions import log_session
from engagements.actions.supervision import hold_engagement
from engagements.models import Engagement, Need, Programme
from engagements.queries.activity import engagements_at_risk
from engagements.queries.agreements import agreement_of, latest_version
from engagements.queries.desk import desk
from engagements.rules.activity import is_at_risk
from messaging.models import Conversation, Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.factories import make_programme
from tests.messaging.test_actions import in_threads
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def soon(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def told(user: User, verb: str) -> int:
    return Notification.objects.filter(user=user, verb=f"engagements.engagement.{verb}").count()


def page(engagement: Engagement) -> str:
    return reverse("engagements:engagement", args=[engagement.reference])


# ── Pauses ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_work_rests_until_its_day_and_goes_on_by_itself_once(world: World) -> None:
    engagement = story.after_engagement_started(world)
    engagement = pause_engagement(actor=world.amina, engagement=engagement, until=soon(10), reason="waiting")
    assert (engagement.state, engagement.paused_until, engagement.pause_reason) == ("paused", soon(10), "waiting")
    assert (told(world.bereket, "paused"), told(world.amina, "paused")) == (1, 0)
    assert tasks.resume_engagements() == 0
    Engagement.objects.update(paused_until=soon(0))
    told_before = told(world.amina, "active"), told(world.bereket, "active")

    assert tasks.resume_engagements() == 1

    assert tasks.resume_engagements() == 0
    engagement.refresh_from_db()
    assert (engagement.state, engagement.paused_until, engagement.pause_reason) == ("active", None, "")
    assert (told(world.amina, "active"), told(world.bereket, "active")) == (told_before[0] + 1, told_before[1] + 1)


@pytest.mark.parametrize("way", ["resume", "end", "hold"])
def test_the_pause_is_over_whichever_way_it_ends(world: World, way: str) -> None:
    engagement = story.after_pause(world, story.after_engagement_started(world))
    if way == "resume":
        work.resume_engagement(actor=world.bereket, engagement=engagement)
    elif way == "end":
        work.end_engagement_early(actor=world.bereket, engagement=engagement, reason="no_time")
    else:
        hold_engagement(actor=world.chidi, engagement=engagement)
    engagement.refresh_from_db()
    assert (engagement.paused_until, engagement.pause_reason) == (None, "")
    Engagement.objects.filter(state="paused").update(paused_until=soon(0))
    assert tasks.resume_engagements() == 0


def test_pauses_are_refused_without_a_trace(world: World) -> None:
    engagement = story.after_engagement_started(world)
    for person in (world.chidi, world.dana):
        with refused(NotAllowed):
            pause_engagement(actor=person, engagement=engagement, until=soon(9), reason="waiting")
    for until, reason in ((soon(0), "waiting"), (soon(-3), "waiting"), (soon(400), "waiting"), (soon(9), "magic")):
        with refused(Invalid):
            pause_engagement(actor=world.amina, engagement=engagement, until=until, reason=reason)
    story.after_pause(world, engagement)
    with refused(InvalidTransition):
        pause_engagement(actor=world.amina, engagement=engagement, until=soon(9), reason="waiting")


def test_the_database_refuses_a_pause_of_work_that_does_not_rest(world: World) -> None:
    engagement = story.after_engagement_started(world)
    for wrong in ({"paused_until": soon(9)}, {"pause_reason": "waiting"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Engagement.objects.filter(pk=engagement.pk).update(**wrong)


def test_one_sweep_resumes_when_several_run_at_the_same_moment(transactional_db: None) -> None:
    world = make_world()
    engagement = story.after_pause(world, story.after_engagement_started(world))
    Engagement.objects.update(paused_until=soon(0))
    before = told(world.bereket, "active")
    assert sum(int(str(answer)) for answer in in_threads(lambda _n: tasks.resume_engagements(), 4)) == 1
    engagement.refresh_from_db()
    assert engagement.state == "active"
    assert told(world.bereket, "active") == before + 1


def test_a_pause_is_made_and_read_on_the_page(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    client, address = as_person(world.amina), reverse("engagements:engagement-pause", args=[engagement.reference])
    refusal = client.post(address, {"until": soon(-1), "reason": "waiting"})
    assert refusal.status_code == 422
    assert "Choose a day from tomorrow on, within a year." in refusal.content.decode()
    assert client.post(address, {"until": soon(9)}).status_code == 422
    assert client.post(address, {"until": soon(9), "reason": "waiting"}).status_code == 302
    shown = as_person(world.bereket).get(page(engagement)).content.decode()
    assert "Waiting for something that is needed" in shown
    assert "and then goes on by itself" in shown


def test_why_it_stopped_is_read_by_both_sides_and_the_coordinator(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    work.end_engagement_early(actor=world.amina, engagement=engagement, reason="no_time")
    for person in (world.amina, world.bereket, world.chidi):
        assert "No time any more." in as_person(person).get(page(engagement)).content.decode()


# ── Longer ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_extension_holds_once_the_other_side_accepts_it(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    client, address = as_person(world.amina), reverse("engagements:engagement-extend", args=[engagement.reference])
    seen = str(latest_version(engagement).number)
    assert "Go on for longer" in client.get(page(engagement)).content.decode()
    sent = {"hours_planned": "20", "ends_on": soon(90), "seen": seen}

    assert client.post(address, sent).status_code == 302

    engagement.refresh_from_db()
    assert (engagement.hours_planned, engagement.ends_on) == (12, None)
    assert agreement_of(engagement).waits_for("institution")
    assert not agreement_of(engagement).waits_for("expert")
    assert "Go on for longer" not in client.get(page(engagement)).content.decode()
    agree_engagement(actor=world.bereket, engagement=engagement)
    engagement.refresh_from_db()
    assert (engagement.state, engagement.hours_planned, engagement.ends_on) == ("active", 20, soon(90))


def test_an_extension_that_is_none_is_refused_without_a_trace(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    for hours, ends in ((12, None), (11, soon(90))):
        with refused(Invalid):
            extend_engagement(actor=world.amina, engagement=engagement, hours_planned=hours, ends_on=ends)
    with refused(NotAllowed):
        extend_engagement(actor=world.chidi, engagement=engagement, hours_planned=20)
    terms = terms_of(latest_version(engagement))
    change_terms(actor=world.bereket, engagement=engagement, terms=type(terms)(**{**vars(terms), "goal": "Another"}))
    with refused(Conflict):
        extend_engagement(actor=world.amina, engagement=engagement, hours_planned=20, seen="1")
    address = reverse("engagements:engagement-extend", args=[engagement.reference])
    answer = as_person(world.amina).post(address, {"hours_planned": "12", "seen": "2"})
    assert answer.status_code == 422
    assert "Enter more hours than agreed, or a later end." in answer.content.decode()


# ── Silence ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def make_quiet(days: int = 22) -> None:
    """Let the last act and the last message lie so many days back."""
    moment = timezone.now() - timedelta(days=days)
    Engagement.objects.update(last_activity_at=moment)
    Conversation.objects.update(last_message_at=moment)


def test_quiet_work_is_flagged_and_told_once(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    make_quiet(20)
    assert tasks.flag_engagements() == 0
    make_quiet()

    assert tasks.flag_engagements() == 1

    assert tasks.flag_engagements() == 0
    assert (told(world.amina, "at_risk"), told(world.bereket, "at_risk")) == (1, 1)
    assert AuditEntry.objects.filter(verb="engagements.engagement.at_risk").count() == 1
    assert [one.pk for one in engagements_at_risk(world.chidi)] == [engagement.pk]
    assert not engagements_at_risk(world.dana)
    assert [item.url for item in desk(world.chidi, "quiet").items] == [page(engagement)]
    for person in (world.amina, world.bereket, world.chidi):
        assert "At risk" in as_person(person).get(page(engagement)).content.decode()


@pytest.mark.parametrize("act", ["session", "message", "pause"])
def test_any_act_clears_the_flag(world: World, as_person: SignIn, act: str) -> None:
    engagement = story.after_engagement_started(world)
    make_quiet()
    tasks.flag_engagements()
    engagement.refresh_from_db()
    assert is_at_risk(engagement)
    if act == "session":
        log_session(actor=world.amina, engagement=engagement, held_on=timezone.localdate(), minutes=60, kind="training")
    elif act == "message":
        Conversation.objects.update(last_message_at=timezone.now())
    else:
        story.after_pause(world, engagement)
    engagement = Engagement.objects.select_related("conversation").get()
    assert not is_at_risk(engagement)
    assert not engagements_at_risk(world.chidi)
    assert "At risk" not in as_person(world.amina).get(page(engagement)).content.decode()
    assert tasks.flag_engagements() == 0
    make_quiet()
    Engagement.objects.update(at_risk_at=timezone.now() - timedelta(days=40))
    assert tasks.flag_engagements() == (0 if act == "pause" else 1)


def test_work_with_a_session_to_come_or_at_rest_is_not_at_risk(world: World) -> None:
    meeting = story.after_time_agreed(world)
    resting = story.after_pause(world, story.after_engagement_started(world, title="At rest"))
    make_quiet()
    assert tasks.flag_engagements() == 0
    meeting.starts_at = timezone.now() - timedelta(days=23)
    meeting.save(update_fields=["starts_at"])
    assert tasks.flag_engagements() == 1
    assert Engagement.objects.get(at_risk_at__isnull=False).pk != resting.pk


def test_the_list_of_engagements_at_risk_costs_two_queries(world: World) -> None:
    story.after_engagement_started(world)
    make_quiet()
    tasks.flag_engagements()
    with CaptureQueriesContext(connection) as queries:
        assert [str(one.expert.user) for one in engagements_at_risk(world.chidi)]
    assert len(queries) == 2


def test_a_programme_says_when_its_work_is_at_risk(world: World, as_person: SignIn) -> None:
    """Its own days count in both directions; elsewhere the network's 21 do."""
    elsewhere = story.after_engagement_started(world, title="Elsewhere")
    engagement = story.after_engagement_started(world)
    programme = make_programme(world.chidi, waits={"quiet": 30})
    Need.objects.filter(pk=engagement.need_id).update(programme=programme)
    make_quiet(29)
    assert tasks.flag_engagements() == 1
    assert [one.pk for one in engagements_at_risk(world.chidi)] == [elsewhere.pk]
    make_quiet(31)
    assert tasks.flag_engagements() == 1
    assert "Nothing has happened for 31 days." in as_person(world.amina).get(page(engagement)).content.decode()

    Engagement.objects.update(at_risk_at=None)
    Programme.objects.update(waits={"quiet": 7})
    make_quiet(8)
    assert tasks.flag_engagements() == 1
    assert [one.pk for one in engagements_at_risk(world.chidi)] == [engagement.pk]
