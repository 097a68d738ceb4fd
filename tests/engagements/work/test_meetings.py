"""Appointments for sessions: who proposes, who chooses, how they move and end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements.actions import meeting_ends, meetings
from engagements.actions.supervision import hold_engagement
from engagements.models import Meeting, MeetingTime, Session
from engagements.states import MEETING_TRANSITIONS, MeetingState
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def url(name: str, *args: str) -> str:
    return reverse(f"engagements:{name}", args=args)


def soon(days: int = 3) -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)


def times_of(meeting: Meeting) -> list[datetime]:
    return [time.starts_at for time in MeetingTime.objects.filter(meeting=meeting)]


def begun(meeting: Meeting) -> Meeting:
    """Let the agreed start lie an hour back."""
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    meeting.refresh_from_db()
    return meeting


def test_a_session_is_logged_with_one_form_when_times_were_proposed_chosen_and_held(
    world: World, as_person: SignIn
) -> None:
    engagement = story.after_engagement_started(world)
    expert, institution = as_person(world.amina), as_person(world.bereket)
    page = expert.get(url("meeting-propose", engagement.reference))
    suggested = [value for value, _label in page.context["form"].fields["times"].choices]
    offer = {"minutes": "60", "times": suggested[:2], "place": "+216 71 123 456"}
    answer = expert.post(url("meeting-propose", engagement.reference), offer)
    meeting = Meeting.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("meeting", meeting.reference))
    assert [moment.isoformat() for moment in times_of(meeting)] == suggested[:2]

    offered = institution.get(url("engagement", engagement.reference)).content.decode()
    assert "Choose a time" in offered
    shown = institution.get(url("meeting", meeting.reference)).content.decode()
    assert "Tunis, you" in shown
    assert "Paris" in shown
    institution.post(url("meeting-choose", meeting.reference), {"time": suggested[1]})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.sequence, meeting.agreed_by) == ("confirmed", 1, world.bereket)
    assert meeting.starts_at is not None
    paris = meeting.starts_at.astimezone(world.amina.zone)
    assert meeting.expert_wall == f"{paris:%Y-%m-%dT%H:%M}"

    begun(meeting)
    answer = expert.post(url("meeting-held", meeting.reference))
    form = expert.get(answer["Location"].partition("#")[0]).context["session_form"]
    log = {name: form[name].value() for name in ("meeting", "held_on", "minutes", "kind", "people_present")}
    assert (log["meeting"], log["minutes"]) == (meeting.reference, "60")
    for _turn in range(2):
        assert expert.post(url("session-log", engagement.reference), log).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.session) == ("held", Session.objects.get())


def test_the_other_side_is_told_once_when_the_button_is_pressed_twice(world: World) -> None:
    engagement = story.after_engagement_started(world)
    for _turn in range(2):
        meetings.propose_meeting(actor=world.amina, engagement=engagement, times=[soon()], minutes=30)
    meeting = Meeting.objects.get()
    for _turn in range(2):
        meetings.choose_time(actor=world.bereket, meeting=meeting, starts_at=soon())
    told = Notification.objects.filter(verb__startswith="engagements.meeting.").order_by("pk")
    assert [(one.user, one.verb.rpartition(".")[2]) for one in told] == [
        (world.bereket, "proposed"),
        (world.amina, "confirmed"),
    ]
    # The invitation tells the second by e-mail.
    assert [one.email_due_at is not None for one in told] == [True, False]
    assert {one.url for one in told} == {url("meeting", meeting.reference)}


def test_only_the_other_side_chooses_when_times_are_proposed(world: World) -> None:
    meeting = story.after_times_proposed(world)
    for person in (world.amina, world.chidi, world.dana):
        with refused(NotAllowed):
            meetings.choose_time(actor=person, meeting=meeting, starts_at=times_of(meeting)[0])
    with refused(Conflict):
        meetings.choose_time(actor=world.bereket, meeting=meeting, starts_at=soon(9))


def test_a_time_that_is_over_or_withdrawn_is_refused_when_somebody_chooses_it(world: World) -> None:
    meeting = story.after_times_proposed(world)
    first = times_of(meeting)[0]
    meetings.offer_times(actor=world.bereket, meeting=meeting, times=[soon(5)], minutes=90)
    with refused(Conflict):
        meetings.choose_time(actor=world.amina, meeting=meeting, starts_at=first)
    with refused(NotAllowed):
        meetings.choose_time(actor=world.bereket, meeting=meeting, starts_at=soon(5))
    past = timezone.now() - timedelta(minutes=1)
    MeetingTime.objects.update(starts_at=past)
    with refused(Conflict):
        meetings.choose_time(actor=world.amina, meeting=meeting, starts_at=past)


def test_the_agreed_time_stays_known_when_it_is_moved(world: World) -> None:
    meeting = story.after_time_agreed(world)
    agreed = meeting.starts_at
    meeting = meetings.offer_times(actor=world.bereket, meeting=meeting, times=[soon(5), soon(6)], minutes=60)
    assert (meeting.state, meeting.starts_at, meeting.sequence) == ("proposed", agreed, 2)
    meeting = meetings.choose_time(actor=world.amina, meeting=meeting, starts_at=soon(6))
    assert (meeting.state, meeting.starts_at, meeting.sequence) == ("confirmed", soon(6), 3)


@pytest.mark.parametrize(("ahead", "is_late"), [(timedelta(hours=2, minutes=59), True), (timedelta(hours=4), False)])
def test_calling_off_counts_as_late_when_the_start_is_near(world: World, ahead: timedelta, is_late: bool) -> None:
    meeting = story.after_time_agreed(world)
    with refused(Invalid):
        meeting_ends.cancel_meeting(actor=world.amina, meeting=meeting, reason="engagement")
    Meeting.objects.update(starts_at=timezone.now() + ahead)
    meeting = meeting_ends.cancel_meeting(actor=world.amina, meeting=meeting, reason="ill")
    assert (meeting.state, meeting.reason, meeting.is_late, meeting.sequence) == ("cancelled", "ill", is_late, 2)
    with refused(Conflict):
        meeting_ends.cancel_meeting(actor=world.bereket, meeting=meeting, reason="ill")


def test_nobody_says_how_it_went_when_it_is_still_to_come(world: World) -> None:
    meeting = story.after_time_agreed(world)
    with refused(Conflict):
        meeting_ends.hold_meeting(actor=world.amina, meeting=meeting)
    with refused(Conflict):
        meeting_ends.miss_meeting(actor=world.amina, meeting=meeting, absent="institution")
    begun(meeting)
    with refused(Invalid):
        meeting_ends.miss_meeting(actor=world.amina, meeting=meeting, absent="nobody")
    with refused(NotAllowed):
        meeting_ends.hold_meeting(actor=world.chidi, meeting=meeting)
    with refused(Conflict):
        meeting_ends.cancel_meeting(actor=world.amina, meeting=meeting, reason="ill")
    with refused(Conflict):
        meetings.offer_times(actor=world.amina, meeting=meeting, times=[soon()], minutes=60)
    meeting = meeting_ends.miss_meeting(actor=world.amina, meeting=meeting, absent="institution")
    assert (meeting.state, meeting.absent_side) == ("no_show", "institution")


def test_a_log_of_another_engagement_is_refused_when_it_names_this_appointment(world: World) -> None:
    meeting = begun(story.after_time_agreed(world))
    other = story.after_engagement_started(world, title="Another need")
    log: dict[str, Any] = {"held_on": timezone.localdate(), "minutes": 60, "kind": "training"}
    with refused(Conflict):
        meeting_ends.log_meeting(actor=world.amina, meeting=meeting, engagement=other, **log)


@pytest.mark.parametrize("times", [[], [soon(1), soon(2), soon(3), soon(4)], [soon(-1)], [soon(400)]])
def test_times_are_refused_when_they_are_none_too_many_over_or_far(world: World, times: list[datetime]) -> None:
    engagement = story.after_engagement_started(world)
    with refused(Invalid):
        meetings.propose_meeting(actor=world.amina, engagement=engagement, times=times, minutes=60)
    with refused(Invalid):
        meetings.propose_meeting(actor=world.amina, engagement=engagement, times=[soon()], minutes=61)


def test_appointments_are_called_off_when_the_work_rests_or_is_held(world: World) -> None:
    first = story.after_time_agreed(world)
    story.after_pause(world, first.engagement)
    second = story.after_times_proposed(world, title="Another need")
    hold_engagement(actor=world.chidi, engagement=second.engagement)
    first.refresh_from_db()
    second.refresh_from_db()
    assert [(one.state, one.reason) for one in (first, second)] == [("cancelled", "engagement")] * 2
    assert first.sequence == 2
    with refused(Conflict):
        meetings.propose_meeting(actor=world.amina, engagement=first.engagement, times=[soon()], minutes=60)


def test_what_nobody_answered_closes_once_when_the_sweep_runs_twice(world: World) -> None:
    meeting = story.after_times_proposed(world)
    assert meeting_ends.expire_due_meetings() == 0
    Meeting.objects.update(answer_by=timezone.now() - timedelta(minutes=1))
    assert [meeting_ends.expire_due_meetings() for _turn in range(2)] == [1, 0]
    meeting.refresh_from_db()
    assert meeting.state == "expired"
    told = Notification.objects.filter(verb="engagements.meeting.expired").values_list("user", flat=True)
    assert sorted(told) == sorted([world.amina.pk, world.bereket.pk])


@pytest.mark.parametrize(
    "values",
    [
        {"state": "confirmed"},
        {"state": "unheard"},
        {"minutes": 45},
        {"state": "no_show", "closed_at": timezone.now()},
        {"state": "cancelled", "closed_at": timezone.now()},
        {"state": "expired"},
        {"is_late": True},
        {"absent_side": "expert"},
    ],
)
def test_the_database_refuses_an_appointment_that_cannot_be(world: World, values: dict[str, Any]) -> None:
    meeting = story.after_times_proposed(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingTime.objects.create(meeting=meeting, position=4, starts_at=soon(8))


def test_every_state_is_reached_or_left_when_the_table_is_read(world: World) -> None:
    reached = {state for states in MEETING_TRANSITIONS.values() for state in states}
    assert reached | set(MEETING_TRANSITIONS) == set(MeetingState.values)


def test_what_was_typed_stays_when_the_times_are_refused(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    page = as_person(world.amina).post(
        url("meeting-propose", engagement.reference), {"minutes": "60", "place": "Room 12", "first": "2020-01-01T10:00"}
    )
    assert page.status_code == 422
    text = page.content.decode()
    assert "Room 12" in text
    assert "2020-01-01T10:00" in text
    assert "Choose times that are still to come." in text
    assert not Meeting.objects.exists()


def test_who_only_looks_on_sees_no_buttons_and_no_city_of_the_expert(world: World, as_person: SignIn) -> None:
    meeting = story.after_times_proposed(world)
    page = as_person(world.chidi).get(url("meeting", meeting.reference)).content.decode()
    assert "This one" not in page
    assert "Call it off" not in page


def in_state(world: World, name: str) -> Meeting:
    """Return an appointment that Amina proposed, in a state; “begun” is agreed and should be under way."""
    if name == "proposed":
        return story.after_times_proposed(world, title=name)
    meeting = story.after_time_agreed(world, title=name)
    if name == "confirmed":
        return meeting
    if name == "cancelled":
        return meeting_ends.cancel_meeting(actor=world.amina, meeting=meeting, reason="ill")
    if name == "expired":
        meeting = meetings.offer_times(actor=world.amina, meeting=meeting, times=[soon()], minutes=60)
        Meeting.objects.filter(pk=meeting.pk).update(answer_by=timezone.now())
        meeting_ends.expire_due_meetings()
    begun(meeting)
    if name == "held":
        return meeting_ends.hold_meeting(actor=world.amina, meeting=meeting)
    if name == "no_show":
        return meeting_ends.miss_meeting(actor=world.amina, meeting=meeting, absent="institution")
    return meeting


ACTS: dict[str, Callable[[User, Meeting], Meeting]] = {
    "choose": lambda actor, meeting: meetings.choose_time(
        actor=actor, meeting=meeting, starts_at=times_of(meeting)[-1]
    ),
    "offer": lambda actor, meeting: meetings.offer_times(actor=actor, meeting=meeting, times=[soon(7)], minutes=30),
    "cancel": lambda actor, meeting: meeting_ends.cancel_meeting(actor=actor, meeting=meeting, reason="ill"),
    "hold": lambda actor, meeting: meeting_ends.hold_meeting(actor=actor, meeting=meeting),
    "miss": lambda actor, meeting: meeting_ends.miss_meeting(actor=actor, meeting=meeting, absent="expert"),
}
# What each act of the institution makes of each state; what is not here is refused. “Held” said again changes nothing.
BECOMES = {
    "proposed": {"choose": "confirmed", "offer": "proposed", "cancel": "cancelled"},
    "confirmed": {"offer": "proposed", "cancel": "cancelled"},
    "begun": {"hold": "held", "miss": "no_show"},
    "held": {"hold": "held"},
    "no_show": {},
    "cancelled": {},
    "expired": {},
}


@pytest.mark.parametrize("state", BECOMES)
def test_each_act_does_what_its_state_allows_and_nothing_else(world: World, state: str) -> None:
    meeting = in_state(world, state)
    for name, act in ACTS.items():
        with transaction.atomic():
            fresh = Meeting.objects.get(pk=meeting.pk)
            if name in BECOMES[state]:
                assert act(world.bereket, fresh).state == BECOMES[state][name], name
            else:
                with refused(Conflict):
                    act(world.bereket, fresh)
            transaction.set_rollback(True)
