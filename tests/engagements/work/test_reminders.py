"""Reminders of everything that waits: who, what, at which hour, once each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.actions.engagements import wrap_up_engagement
from engagements.actions.mornings import next_office_hour
from engagements.actions.needs import request_changes
from engagements.actions.outcomes import give_outcome
from engagements.actions.reminders import remind_waiting
from engagements.models import Meeting, Need, Reminder
from engagements.payloads.waiting_words import REMINDERS
from engagements.states.clocks import CLOCKS, WaitingKind
from messaging.queries.notifications import in_words
from tests import world as story
from tests.engagements.work.days import later, told
from tests.factories import make_organisation
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def unanswered(world: World) -> None:
    story.after_proposal_sent(world)


def unsigned(world: World) -> None:
    story.after_proposal_accepted(world)


def unconfirmed(world: World) -> None:
    story.after_session_logged(world)


def untold(world: World) -> None:
    story.after_time_agreed(world)
    Meeting.objects.update(starts_at=timezone.now())


def unreported(world: World) -> None:
    engagement = wrap_up_engagement(actor=world.amina, engagement=story.after_engagement_started(world))
    give_outcome(actor=world.amina, engagement=engagement, result="achieved", effects=["knowledge"], text="It works.")


def unwanted(world: World) -> None:
    story.after_need_published(world)


def past(world: World) -> None:
    story.after_need_published(world)
    Need.objects.update(closes_on=timezone.now().date() - timedelta(days=1))


def unchecked(world: World) -> None:
    story.after_need_submitted(world)


def unchanged(world: World) -> None:
    request_changes(actor=world.chidi, need=story.after_need_submitted(world), note="Which hours?")


def unverified(world: World) -> None:
    make_organisation(world.dana, name="Clinique de Sfax")


CASES = [
    (WaitingKind.REPLY, unanswered, {"bereket"}),
    (WaitingKind.AGREEMENT, unsigned, {"amina", "bereket"}),
    (WaitingKind.HOURS, unconfirmed, {"bereket"}),
    (WaitingKind.SESSION, untold, {"amina", "bereket"}),
    (WaitingKind.OUTCOME, unreported, {"bereket"}),
    (WaitingKind.PROPOSALS, unwanted, {"bereket"}),
    (WaitingKind.CLOSING, past, {"bereket"}),
    (WaitingKind.CHECK, unchecked, {"chidi"}),
    (WaitingKind.CHANGES, unchanged, {"bereket"}),
    (WaitingKind.VERIFICATION, unverified, {"chidi"}),
]


@pytest.mark.parametrize(("kind", "wait", "people"), CASES, ids=[kind.value for kind, _wait, _people in CASES])
def test_who_is_waited_for_is_reminded_twice_with_a_link_that_opens(
    world: World, as_person: SignIn, kind: WaitingKind, wait: Callable[[World], None], people: set[str]
) -> None:
    """On a Monday at noon nothing waits longer than this week and the next, whatever the weekend."""
    names = {person.pk: name for name, person in world.people.items()}
    with time_machine.travel(datetime(2026, 6, 8, 10, tzinfo=UTC), tick=True):
        wait(world)
        for number, days in enumerate((CLOCKS[kind].first, CLOCKS[kind].second), start=1):
            weekends = 2 * (days // 5)
            with later(max(0, days + weekends - 0.6) if number == 2 or days else 0):
                if days:
                    remind_waiting()
            assert len(told(kind.value)) == (number - 1) * len(people)
            with later(days + weekends + 0.1):
                remind_waiting()
                remind_waiting()
            news = told(kind.value)[-len(people) :]
            assert {names[one.user_id] for one in news} == people
            assert len(told(kind.value)) == number * len(people)
            for one in news:
                assert one.text == REMINDERS[kind][number - 1]
                assert "%(" not in in_words(one)
                assert as_person(one.user).get(one.url).status_code == 200


def test_work_done_meanwhile_is_not_reminded_of(world: World) -> None:
    story.after_completion(world)
    with later(40):
        assert remind_waiting() == 0


def test_every_kind_has_its_words_and_clocks_in_order() -> None:
    assert set(REMINDERS) == set(CLOCKS) == set(WaitingKind)
    for clock in CLOCKS.values():
        assert clock.first < clock.second <= clock.end
        assert 0 < clock.target <= clock.end


def test_a_clock_that_jumps_ahead_and_back_reminds_nobody_twice(world: World) -> None:
    story.after_proposal_sent(world)
    with later(5):
        remind_waiting()
        first = len(told("reply"))
    with later(300):
        remind_waiting()
    assert first == 1
    assert len(told("reply")) == 2
    for days in (5, 12):
        with later(days):
            assert remind_waiting() == 0
    assert Reminder.objects.filter(kind="reply").count() == 2


@pytest.mark.parametrize(
    ("now", "country", "zone", "mail"),
    [
        ("2026-06-10 10:30", "FR", "Europe/Paris", "2026-06-10 10:30"),
        ("2026-06-10 06:59", "FR", "Europe/Paris", "2026-06-10 08:00"),
        ("2026-06-10 23:10", "FR", "Europe/Paris", "2026-06-11 08:00"),
        ("2026-06-12 19:00", "FR", "Europe/Paris", "2026-06-15 08:00"),
        ("2026-06-13 10:00", "FR", "Europe/Paris", "2026-06-15 08:00"),
        ("2026-06-11 18:00", "EG", "Africa/Cairo", "2026-06-14 08:00"),
        ("2026-06-14 18:00", "IN", "Asia/Kolkata", "2026-06-15 08:00"),
    ],
)
def test_reminders_are_mailed_when_people_work(now: str, country: str, zone: str, mail: str) -> None:
    place = timezone.zoneinfo.ZoneInfo(zone)
    moment = datetime.fromisoformat(now).replace(tzinfo=place)
    assert next_office_hour(moment, country, place) == datetime.fromisoformat(mail).replace(tzinfo=place)


@time_machine.travel("2026-06-12T17:30:00Z", tick=False)
def test_a_reminder_of_a_friday_evening_is_mailed_on_monday_morning(world: World) -> None:
    with time_machine.travel("2026-06-10T17:29:00Z", tick=False):
        story.after_proposal_sent(world)
    remind_waiting()
    [news] = told("reply")
    assert news.created_at == timezone.now()
    assert news.email_due_at == datetime(2026, 6, 15, 7, tzinfo=UTC)
