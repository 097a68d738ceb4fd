"""Reminders and expiry: once each, whatever runs twice."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from diaspora_net import schedule
from diaspora_net.core.models import AuditEntry
from engagements import tasks
from engagements.actions.proposals import decline_proposal
from engagements.models import Proposal
from messaging.models import Notification
from tests import world as story
from tests.world import World

pytestmark = pytest.mark.django_db


def test_it_expires_once_when_nobody_answered_and_the_sweep_runs_twice(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    assert tasks.expire_proposals() == 0
    Proposal.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    assert tasks.expire_proposals() == 1
    assert tasks.expire_proposals() == 0

    proposal.refresh_from_db()
    assert (proposal.state, proposal.conversation.state) == ("expired", "closed")
    assert AuditEntry.objects.filter(verb="engagements.proposal.expired", actor=None).count() == 1
    told = Notification.objects.filter(verb="engagements.proposal.expired")
    assert {news.user_id for news in told} == {world.amina.pk, world.bereket.pk}


def test_an_answered_one_stays_when_its_time_has_passed(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    decline_proposal(actor=world.bereket, proposal=proposal, reason="no_time")
    Proposal.objects.update(expires_at=timezone.now() - timedelta(days=1))

    assert tasks.expire_proposals() == 0
    assert Proposal.objects.get().state == "declined"


def test_the_receiver_is_reminded_once_when_two_days_have_passed(world: World) -> None:
    story.after_proposal_sent(world)
    assert tasks.remind_proposals() == 0
    Proposal.objects.update(expires_at=F("expires_at") - timedelta(days=2, minutes=1))

    assert tasks.remind_proposals() == 1
    assert tasks.remind_proposals() == 0

    news = Notification.objects.get(verb="engagements.proposal.reminded")
    assert news.user_id == world.bereket.pk


def test_the_beat_table_names_tasks_that_exist_when_the_worker_starts() -> None:
    named = {name for name in schedule.SWEEPS if name.startswith("engagements.tasks.")}
    assert named >= {
        tasks.expire_proposals.name,
        tasks.remind_proposals.name,
        tasks.tell_saved_searches.name,
        tasks.send_digests.name,
    }
    assert named <= set(tasks.expire_proposals.app.tasks)
