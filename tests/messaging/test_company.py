"""What a conversation says of the other side: their clock, how soon they answer, and times to talk."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.payloads import clock_there, on_every_clock
from messaging.actions.conversations import add_participant, change_conversation_state, open_conversation
from messaging.models import Conversation, Message
from messaging.queries.replies import usual_reply_days
from tests.factories import make_person
from tests.messaging.test_actions import write

SignIn = Callable[[User | None], Client]
NOON = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)


def person(time_zone: str) -> User:
    return User(full_name="Somebody", time_zone=time_zone)


# ── Clocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("zone", "is_exact", "sentence"),
    [
        ("Africa/Lagos", True, "13:00 there"),
        ("Asia/Kathmandu", True, "17:45 there"),
        ("Asia/Kathmandu", False, "about 18:00 there"),
        ("Pacific/Kiritimati", True, "It is 02:00 there. They will see it in the morning."),
        ("America/St_Johns", False, "about 10:00 there"),
        ("Pacific/Auckland", False, "It is about 00:00 there. They will see it in the morning."),
    ],
)
def test_clock_is_exact_only_for_who_may_know_it(zone: str, is_exact: bool, sentence: str) -> None:
    clock = clock_there(person("UTC"), person(zone), is_exact=is_exact, now=NOON)
    assert clock is not None
    assert clock.sentence == sentence
    assert is_exact or clock.offset % 60 == 0


def test_no_clock_when_it_shows_what_mine_does() -> None:
    assert clock_there(person("Europe/Paris"), person("Africa/Lagos"), is_exact=True, now=NOON) is not None
    winter = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)
    assert clock_there(person("Europe/Paris"), person("Africa/Lagos"), is_exact=True, now=winter) is None


def test_moment_names_each_clock_once_and_the_day_where_it_differs() -> None:
    people = [person("Europe/Paris"), person("Africa/Dakar"), person("Europe/Paris")]
    assert on_every_clock(NOON, people) == "Tuesday 9 June, 14:00 (Paris time) · 12:00 (Dakar time)"
    late = NOON + timedelta(hours=9)
    assert on_every_clock(late, [person("Europe/Paris"), person("Asia/Tokyo")]) == (
        "Tuesday 9 June, 23:00 (Paris time) · Wednesday 10 June, 06:00 (Tokyo time)"
    )


def test_page_rounds_the_clock_until_both_have_said_yes(amina: User, salma: User, as_person: SignIn) -> None:
    User.objects.filter(pk=salma.pk).update(time_zone="Asia/Kathmandu")
    talk = open_conversation(participants=[amina, salma], topic="", state="proposed")
    page = f"/messages/{talk.pk}/"
    html = as_person(amina).get(page).content.decode()
    assert "about " in html
    assert 'data-offset="360"' in html
    assert "Kathmandu" not in html
    change_conversation_state(conversation=talk, to="open")
    assert 'data-offset="345"' in as_person(amina).get(page).content.decode()
    change_conversation_state(conversation=talk, to="closed")
    assert "data-offset" not in as_person(amina).get(page).content.decode()


# ── How soon somebody answers ───────────────────────────────────────────────────────────────────────────────────────
def ask_and_answer(asker: User, answerer: User, hours: float) -> Conversation:
    talk = open_conversation(participants=[asker, answerer], topic="", state="open")
    asked_at = timezone.now() - timedelta(days=40)
    for seq, sender, at in ((1, asker, asked_at), (2, answerer, asked_at + timedelta(hours=hours))):
        Message.objects.create(conversation=talk, seq=seq, sender=sender, text="x", created_at=at)
    Conversation.objects.filter(pk=talk.pk).update(last_seq=2)
    return talk


@pytest.mark.parametrize(
    ("hours", "days"),
    [([1, 2], None), ([1, 2, 3], 1), ([1, 30, 500], 2), ([30, 50, 70, 90], 3), ([1] * 5 + [400] * 10, 17)],
)
def test_usual_reply_is_the_median_of_the_newest_in_whole_days(
    hours: list[float], days: int | None, amina: User, salma: User
) -> None:
    for wait in hours:
        ask_and_answer(amina, salma, wait)
    assert usual_reply_days(salma) == days


def test_usual_reply_is_said_in_open_conversations_of_two(amina: User, salma: User, as_person: SignIn) -> None:
    talks = [ask_and_answer(amina, salma, 5) for _time in range(3)]
    page = f"/messages/{talks[0].pk}/"
    assert "usually replies within a day" in as_person(amina).get(page).content.decode()
    # Amina wrote first everywhere: nobody knows how soon she answers.
    assert "usually replies" not in as_person(salma).get(page).content.decode()
    change_conversation_state(conversation=talks[0], to="closed")
    assert "usually replies" not in as_person(amina).get(page).content.decode()


# ── Proposing a time ────────────────────────────────────────────────────────────────────────────────────────────────
def test_times_become_a_message_to_be_sent_when_proposed(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    User.objects.filter(pk=amina.pk).update(time_zone="Europe/Paris")
    User.objects.filter(pk=salma.pk).update(time_zone="Africa/Dakar")
    client = as_person(User.objects.get(pk=amina.pk))
    assert "Paris" in client.get(f"/messages/{talk.pk}/time/").content.decode()
    html = client.post(f"/messages/{talk.pk}/time/", {"first": "2100-06-08T14:00"}).content.decode()
    assert "Could we talk at one of these times?" in html
    assert "Tuesday 8 June, 14:00 (Paris time) · 12:00 (Dakar time)" in html
    assert f'action="/messages/{talk.pk}/"' in html
    assert not talk.messages.exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({}, "required"), ({"first": "2020-01-01T10:00"}, "still to come"), ({"first": "soon"}, "valid date")],
)
def test_times_are_refused_with_what_is_wrong(
    values: dict[str, str], sentence: str, amina: User, talk: Conversation, as_person: SignIn
) -> None:
    answer = as_person(amina).post(f"/messages/{talk.pk}/time/", values)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_times_cannot_be_proposed_where_nobody_can_write(amina: User, talk: Conversation, as_person: SignIn) -> None:
    change_conversation_state(conversation=talk, to="closed")
    assert as_person(amina).get(f"/messages/{talk.pk}/time/").status_code == 409


# ── Reading by poll ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_pointer_moves_by_api_and_is_told_only_when_both_share(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    write(amina, talk, "Bonjour")
    api = f"/api/v1/conversations/{talk.pk}/messages"
    answer = as_person(salma).post(f"{api}/seen", {"read": 99}, content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"read": 1})
    assert as_person(amina).get(api, {"after": 1}).json()["read_by_others"] == 1
    User.objects.filter(pk=salma.pk).update(shares_receipts=False)
    assert as_person(amina).get(api, {"after": 1}).json()["read_by_others"] == 0
    stranger = make_person("eve@example.org", "Eve")
    answer = as_person(stranger).post(f"{api}/seen", {"read": 1}, content_type="application/json")
    assert answer.status_code == 404
    missing = f"/api/v1/conversations/{uuid.uuid4()}/messages/seen"
    assert as_person(stranger).post(missing, {"read": 1}, content_type="application/json").content == answer.content


def test_names_of_who_has_come_in_can_be_asked_for(
    amina: User, salma: User, dana: User, talk: Conversation, as_person: SignIn
) -> None:
    client, address = as_person(salma), f"/api/v1/conversations/{talk.pk}/people"
    assert client.get(address).json() == {"people": {str(amina.public_id): "Amina Ben Salah"}, "readers": ""}
    stranger = as_person(dana).get(address)
    missing = as_person(dana).get(f"/api/v1/conversations/{uuid.uuid4()}/people")
    assert (stranger.status_code, stranger.content) == (404, missing.content)
    add_participant(conversation=talk, user=dana)
    assert client.get(address).json()["people"][str(dana.public_id)] == "Dana Weiss"
