"""Who is asked at which of the three points, once each, and what follows from the answers."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import engagements as work
from engagements.actions import supervision
from engagements.actions.outcomes import Level, give_outcome, give_participant_outcome
from engagements.actions.participants import add_participant, remove_participant, set_email
from engagements.models import Engagement, Outcome, OutcomeLevel, Participant
from engagements.tasks import ask_outcomes
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.factories import make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db


def named(world: World, engagement: Engagement, email: str = "leila@example.org") -> Participant:
    return add_participant(
        actor=world.bereket,
        engagement=engagement,
        name="Leïla Trabelsi",
        role="counterpart",
        language="fr",
        email=email,
        has_consented=True,
    )


def rows(moment: str) -> dict[str, str]:
    """Return the states of the rows of a moment, by who is asked."""
    return dict(Outcome.objects.filter(moment=moment).values_list("respondent", "state"))


def asked() -> list[tuple[str, str]]:
    """Return whom news asked, and about which engagement page."""
    told = Notification.objects.filter(verb="engagements.outcome.asked").order_by("pk")
    return [(one.user.email.partition("@")[0], one.url.rstrip("/").rpartition("/")[2]) for one in told]


def later(**ahead: float) -> AbstractContextManager[object]:
    return time_machine.travel(timezone.now() + timedelta(**ahead), tick=True)


def report(world: World, engagement: Engagement, **more: Any) -> None:
    for person in (world.amina, world.bereket):
        give_outcome(
            actor=person,
            engagement=engagement,
            result="achieved",
            effects=["knowledge"],
            text="They read them.",
            **more,
        )


def completed(world: World) -> Engagement:
    engagement = story.after_engagement_started(world)
    named(world, engagement)
    engagement = work.wrap_up_engagement(actor=world.amina, engagement=engagement)
    report(world, engagement)
    work.complete_engagement(actor=world.amina, engagement=engagement)
    return Engagement.objects.get()


def test_start_is_asked_of_everybody_once_both_have_agreed(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    named(world, engagement)
    assert not Outcome.objects.exists()
    story.agreements.agree_engagement(actor=world.amina, engagement=engagement)
    story.agreements.agree_engagement(actor=world.bereket, engagement=engagement)
    assert rows("start") == {"expert": "planned", "institution": "planned", "counterpart": "planned"}
    assert ask_outcomes() == 3
    assert asked() == [("amina", "start"), ("bereket", "start")]
    assert [letter.to for letter in mail.outbox] == [["leila@example.org"]]
    assert ask_outcomes() == 0
    assert len(asked()) == 2
    assert len(mail.outbox) == 1


def test_end_closes_what_was_not_answered_at_the_start(world: World) -> None:
    engagement = story.after_engagement_started(world)
    named(world, engagement)
    ask_outcomes()
    give_outcome(actor=world.amina, engagement=engagement, moment="start", levels=[])
    work.wrap_up_engagement(actor=world.amina, engagement=engagement)
    assert rows("start") == {"expert": "answered", "institution": "closed", "counterpart": "closed"}
    assert rows("end") == {"expert": "open", "institution": "open", "counterpart": "planned"}
    with refused(Conflict):
        give_outcome(actor=world.bereket, engagement=engagement, moment="start")


def test_a_year_later_everybody_is_asked_and_the_answers_follow_the_engagement_up(world: World) -> None:
    engagement = completed(world)
    assert rows("later") == {"expert": "planned", "institution": "planned", "counterpart": "planned"}
    leila = Participant.objects.get()
    with later(days=364):
        ask_outcomes()
        assert ("amina", "later") not in asked()
        with refused(Conflict):
            give_outcome(actor=world.amina, engagement=engagement, moment="later", still_in_use="yes")
    with later(days=366):
        assert ask_outcomes() == 3
        assert asked()[-2:] == [("amina", "later"), ("bereket", "later")]
        assert rows("end")["counterpart"] == "closed"
        give_outcome(actor=world.amina, engagement=engagement, moment="later", still_in_use="yes")
        give_outcome(actor=world.bereket, engagement=engagement, moment="later", still_in_use="partly")
        assert Engagement.objects.get().state == "completed"
        give_participant_outcome(participant=leila, moment="later", still_in_use="yes", text="Every week.")
        assert Engagement.objects.get().state == "followed_up"
    assert AuditEntry.objects.filter(verb="engagements.engagement.followed_up").count() == 1


def test_coordinator_closes_the_follow_up_when_nobody_answers(world: World) -> None:
    engagement = completed(world)
    with later(days=366):
        ask_outcomes()
        supervision.follow_up_engagement(actor=world.chidi, engagement=engagement)
        assert set(rows("later").values()) == {"closed"}
        assert Engagement.objects.get().state == "followed_up"
        with refused(Conflict):
            give_outcome(actor=world.amina, engagement=engagement, moment="later", still_in_use="yes")


def test_what_is_not_answered_is_asked_twice_more(world: World) -> None:
    engagement = story.after_engagement_started(world)
    named(world, engagement)
    ask_outcomes()
    give_outcome(actor=world.amina, engagement=engagement, moment="start")
    counts = []
    for days in (6, 8, 20, 23, 60):
        with later(days=days):
            ask_outcomes()
            ask_outcomes()
            counts.append((len(asked()), len(mail.outbox)))
    assert counts == [(2, 1), (3, 2), (3, 2), (4, 3), (4, 3)]


def test_work_that_ends_early_asks_nothing_more(world: World) -> None:
    engagement = story.after_engagement_started(world)
    work.end_engagement_early(actor=world.amina, engagement=engagement, reason="no_time")
    assert set(rows("start").values()) == {"closed"}
    assert ask_outcomes() == 0


def test_held_and_suspended_work_is_not_asked_until_it_goes_on(world: World) -> None:
    engagement = story.after_engagement_started(world)
    supervision.hold_engagement(actor=world.chidi, engagement=engagement)
    assert ask_outcomes() == 0
    supervision.release_engagement(actor=world.chidi, engagement=engagement)
    type(world.hospital).objects.update(state="suspended")
    assert ask_outcomes() == 0
    type(world.hospital).objects.update(state="applied")
    story.after_verification(world, world.hospital)
    assert ask_outcomes() == 2


def test_counterpart_who_comes_later_is_asked_what_the_others_are(world: World) -> None:
    engagement = story.after_engagement_started(world)
    ask_outcomes()
    quiet = add_participant(actor=world.bereket, engagement=engagement, name="Mounir", role="mentee")
    named(world, engagement)
    assert rows("start")["counterpart"] == "planned"
    assert Outcome.objects.filter(participant=quiet).count() == 0
    set_email(actor=world.bereket, participant=quiet, email="mounir@example.org", has_consented=True)
    assert Outcome.objects.filter(participant=quiet).count() == 1
    remove_participant(actor=world.bereket, participant=quiet)
    assert Outcome.objects.get(participant=quiet).state == "closed"
    assert ask_outcomes() == 1
    assert [letter.to for letter in mail.outbox] == [["leila@example.org"]]


@pytest.mark.parametrize(
    "values", [{"email": "nobody", "has_consented": True}, {"email": "a@example.org", "has_consented": False}]
)
def test_address_needs_to_be_one_and_agreed_to(world: World, values: dict[str, Any]) -> None:
    engagement = story.after_engagement_started(world)
    with refused(Invalid):
        add_participant(actor=world.bereket, engagement=engagement, name="Leïla", role="mentee", **values)
    leila = add_participant(actor=world.bereket, engagement=engagement, name="Leïla", role="mentee")
    with refused(Invalid):
        set_email(actor=world.bereket, participant=leila, **values)
    with refused(NotAllowed):
        set_email(actor=world.amina, participant=leila, email="a@example.org", has_consented=True)


def test_levels_of_agreed_skills_are_kept_before_and_now(world: World) -> None:
    skills = make_vocabulary()
    engagement = story.after_engagement_started(world)
    ask_outcomes()
    ecg, foreign = skills["interpret-ecg"].pk, skills["grid-operation"].pk
    give_outcome(actor=world.amina, engagement=engagement, moment="start", levels=[Level(ecg, 0), Level(foreign, 1)])
    assert OutcomeLevel.objects.values_list("skill", "level").get() == (ecg, 0)
    wrong = [Level(ecg, 7)]
    with refused(Invalid):
        give_outcome(actor=world.bereket, engagement=engagement, result="achieved", text="Yes.", levels=wrong)
    level = Level(ecg, 2, 0, "Nine of ten strips read right.")
    give_outcome(actor=world.bereket, engagement=engagement, result="achieved", text="Yes.", levels=[level])
    kept = OutcomeLevel.objects.get(outcome__moment="end")
    assert (kept.before, kept.level, kept.evidence) == (0, 2, "Nine of ten strips read right.")


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": ""},
        {"still_in_use": "yes"},
        {"feedback": "A word"},
        {"feedback": "x" * 301, "feedback_to": "coordinator"},
        {"effects": ["magic"]},
        {"levels": [Level(1, 2, None, "x" * 201)]},
    ],
)
def test_answer_that_does_not_fit_writes_nothing(world: World, wrong: dict[str, Any]) -> None:
    engagement = story.after_engagement_started(world)
    answers = {"result": "achieved", "text": "They read them.", **wrong}
    with refused(Invalid):
        give_outcome(actor=world.amina, engagement=engagement, **answers)
