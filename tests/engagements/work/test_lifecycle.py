"""A proposal on its whole way: from sent to the certificate."""

import pytest

from engagements.models import Engagement, Need, Proposal
from mentors.models import ExpertProfile
from messaging.models import Conversation, Message
from tests import world as story
from tests.world import World

pytestmark = pytest.mark.django_db


def test_everything_is_in_place_when_an_engagement_is_completed(world: World) -> None:
    certificate = story.after_completion(world)

    engagement = Engagement.objects.get()
    assert engagement.state == "completed"
    assert engagement.started_at is not None
    assert engagement.ended_at is not None
    assert Proposal.objects.get().state == "converted"
    assert Need.objects.get().state == "filled"
    assert ExpertProfile.objects.get(pk=world.profile.pk).open_engagements == 0
    assert Conversation.objects.get().state == "open"
    assert certificate.facts["minutes"] == 90
    assert Message.objects.filter(kind="event").count() >= 6
