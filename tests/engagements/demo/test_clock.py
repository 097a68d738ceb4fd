"""The turned-back clock."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from engagements.demo.clock import Calendar, at
from messaging.actions.conversations import open_conversation
from messaging.actions.messages import post_event, post_message
from messaging.models import Message
from tests.factories import make_person

LAST_SPRING = datetime(2024, 4, 2, 9, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_rows_and_messages_carry_the_moment_when_the_clock_is_turned_back() -> None:
    with at(LAST_SPRING):
        person = make_person("early@example.org", "Early")
        conversation = open_conversation(participants=[person], topic="Then", state="open")
        post_message(actor=person, conversation=conversation, client_id=uuid.uuid4(), text="Hello")
    with at(LAST_SPRING + timedelta(days=1)):
        post_event(conversation=conversation, text="Something happened.")
    conversation.refresh_from_db()
    assert person.joined_at == conversation.created_at == LAST_SPRING
    dated = Message.objects.filter(conversation=conversation).order_by("seq").values_list("created_at", flat=True)
    assert list(dated) == [LAST_SPRING, LAST_SPRING + timedelta(days=1)]
    assert conversation.last_message_at == LAST_SPRING + timedelta(days=1)


@pytest.mark.django_db
def test_the_clock_goes_on_when_the_past_is_over() -> None:
    with at(LAST_SPRING):
        assert timezone.now() == LAST_SPRING
        assert timezone.localdate() == LAST_SPRING.date()
    assert timezone.now() - datetime.now(UTC) < timedelta(seconds=1)


def test_it_refuses_when_the_moment_is_too_recent() -> None:
    with pytest.raises(ValueError, match="not past enough"), at(timezone.now() - timedelta(minutes=5)):
        pass


def test_days_count_from_the_moment_of_seeding() -> None:
    calendar = Calendar(datetime(2026, 3, 1, 15, 0, tzinfo=UTC))
    assert calendar.ago(2, "08:10") == datetime(2026, 2, 27, 8, 10, tzinfo=UTC)
    assert calendar.ago(1.5) == datetime(2026, 2, 28, 3, 0, tzinfo=UTC)
    assert str(calendar.ahead(-1)) == "2026-02-28"
    assert calendar.ahead(None) is None
