"""The same link sent twice at the same moment, on real connections: exactly one effect."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from diaspora_net.core.models import AuditEntry
from engagements.models import Engagement, ProposalQuestion, Session
from engagements.payloads.answer_links import Claim
from messaging.models import Notification
from tests import world as story
from tests.engagements.answers.letters import links, mail_to, sent
from tests.threads import at_once
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    cache.clear()
    return make_world()


def statuses(path: str, **values: str) -> list[int]:
    press: Callable[[], object] = lambda: sent(path, **values).status_code  # noqa: E731
    return sorted(int(str(status)) for status in at_once([press] * 4))


def test_yes_has_one_effect(world: World) -> None:
    story.after_proposal_sent(world)
    path = links(mail_to(world.bereket))["Accept"]
    assert statuses(path) == [200, 409, 409, 409]
    assert Engagement.objects.count() == 1
    assert AuditEntry.objects.filter(verb="engagements.proposal.accepted").count() == 1


def test_question_is_asked_once(world: World) -> None:
    story.after_proposal_sent(world)
    path = links(mail_to(world.bereket))["Tell me more"]
    assert statuses(path, text="Which machines?") == [200, 409, 409, 409]
    assert ProposalQuestion.objects.count() == 1


def test_hours_are_confirmed_once(world: World) -> None:
    story.after_session_logged(world)
    path = links(mail_to(world.bereket))["Confirm the hours"]
    assert statuses(path) == [200, 409, 409, 409]
    assert AuditEntry.objects.filter(verb="engagements.session.confirmed").count() == 1
    assert Notification.objects.filter(verb="engagements.session.confirmed").count() == 1


def test_yes_and_no_at_once_leave_one_answer(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    offered = links(mail_to(world.bereket))
    yes, no = offered["Accept"], offered["No thanks"]
    answers = at_once(
        [lambda: sent(yes).status_code, lambda: sent(no, reason="no_time").status_code] * 2  # type: ignore[list-item]
    )
    assert sorted(int(str(status)) for status in answers) == [200, 409, 409, 409]
    proposal.refresh_from_db()
    assert proposal.state in {"converted", "declined"}
    assert Session.objects.count() == 0
    assert Claim.read(yes.split("/")[2]) is not None
