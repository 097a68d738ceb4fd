"""A picture of everything that work writes, to show that a refusal leaves no trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from diaspora_net.core.errors import DomainError
from diaspora_net.core.models import AuditEntry
from engagements.models import (
    AgreementAcceptance,
    AgreementVersion,
    Certificate,
    Engagement,
    Goal,
    KitItem,
    Meeting,
    MeetingTime,
    Milestone,
    Need,
    Outcome,
    OutcomeLevel,
    Proposal,
    Session,
    SharedFile,
)
from mentors.models import ExpertProfile
from messaging.models import Conversation, File, Message, Notification

AGREED = (AgreementVersion, AgreementAcceptance, Goal, Milestone)
HELD = (SharedFile, KitItem, File)
WORK = (Proposal, Engagement, Session, Outcome, OutcomeLevel, Certificate, Meeting, MeetingTime, *AGREED)
COUNTED = (*WORK, *HELD, Conversation, Message, Notification, AuditEntry)
WITH_STATE = (Proposal, Need, Engagement, Session, Certificate, Meeting, Goal, Milestone, Outcome, Conversation)


def _picture() -> list[object]:
    rows: list[object] = [model.objects.count() for model in COUNTED]
    states = [list(model.objects.order_by("pk").values_list("pk", "state")) for model in WITH_STATE]
    times = list(MeetingTime.objects.order_by("pk").values_list("meeting", "starts_at"))
    places = list(ExpertProfile.objects.order_by("pk").values_list("open_engagements", flat=True))
    return [*rows, *states, times, places, list(Need.objects.order_by("pk").values_list("places_taken", flat=True))]


@contextmanager
def refused(error: type[DomainError]) -> Iterator[None]:
    """Expect a refusal that leaves no trace at all."""
    before = _picture()
    with pytest.raises(error):
        yield
    assert _picture() == before
