"""Writing messages: right, state, idempotency, numbers, limits."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from django.db import connection, connections, transaction

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed, SlowDown
from messaging.actions import drafts
from messaging.actions.conversations import (
    add_participant,
    change_conversation_state,
    leave_conversation,
    open_conversation,
)
from messaging.actions.lane import Held
from messaging.actions.messages import Draft, mark_read, post_event, post_message, post_messages, post_or_pass
from messaging.models import Conversation, Message, Participant
from messaging.queries.pool import connection_values
from messaging.queries.sessions import find_entries
from messaging.realtime import wakes
from tests.liveserver import session_cookie


def write(actor: User, talk: Conversation, text: str = "Hello", client_id: uuid.UUID | None = None) -> drafts.Posted:
    return post_message(actor=actor, conversation=talk, client_id=client_id or uuid.uuid4(), text=text)


def in_threads(work: Callable[[int], object], count: int) -> list[object]:
    """Run ``work(0)``, ``work(1)``… at the same moment, each on a database connection of its own."""
    gate = threading.Barrier(count)

    def one(number: int) -> object:
        gate.wait()
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - what it raised is its answer
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_message_gets_the_next_number_when_written(amina: User, salma: User, talk: Conversation) -> None:
    first, second = write(amina, talk, "  One\r\ntwo "), write(salma, talk)
    assert (first.seq, second.seq, first.is_duplicate) == (1, 2, False)
    assert talk.messages.get(seq=1).text == "One\ntwo"
    talk.refresh_from_db()
    assert talk.last_seq == 2
    assert talk.last_message_at == second.at


def test_same_message_is_returned_when_sent_again(amina: User, talk: Conversation) -> None:
    client_id = uuid.uuid4()
    first, again = write(amina, talk, "Hello", client_id), write(amina, talk, "Hello ", client_id)
    assert (again.id, again.seq, again.at, again.is_duplicate) == (first.id, first.seq, first.at, True)
    assert talk.messages.count() == 1


def test_other_text_is_refused_for_ever_when_the_client_id_is_taken(amina: User, talk: Conversation) -> None:
    client_id = uuid.uuid4()
    write(amina, talk, "Hello", client_id)
    with pytest.raises(Conflict) as refused:
        write(amina, talk, "Goodbye", client_id)
    assert refused.value.code == "idempotency_mismatch"
    assert talk.messages.count() == 1


def test_client_id_of_another_person_is_not_theirs_when_reused(amina: User, salma: User, talk: Conversation) -> None:
    client_id = uuid.uuid4()
    assert [write(amina, talk, "A", client_id).seq, write(salma, talk, "B", client_id).seq] == [1, 2]


@pytest.mark.parametrize("state", ["proposed", "paused", "closed"])
def test_nothing_is_written_when_the_conversation_is_not_open(amina: User, salma: User, state: str) -> None:
    talk = open_conversation(participants=[amina, salma], topic="", state=state)
    with pytest.raises(Conflict) as refused:
        write(amina, talk)
    assert refused.value.code == "closed"
    assert not Message.objects.exists()
    talk.refresh_from_db()
    assert talk.last_seq == 0


def test_only_the_first_message_passes_when_the_conversation_is_proposed(amina: User, salma: User) -> None:
    talk = open_conversation(participants=[amina, salma], topic="", state="proposed")
    values = {"conversation": talk, "text": "I would like to help.", "even_if_proposed": True}
    post_event(conversation=talk, text="Proposal sent")
    assert post_message(actor=amina, client_id=uuid.uuid4(), **values).seq == 2
    for person in (amina, salma):
        with pytest.raises(Conflict):
            post_message(actor=person, client_id=uuid.uuid4(), **values)
    change_conversation_state(conversation=talk, to="open")
    assert write(salma, talk).seq == 3


@pytest.mark.parametrize("why", ["outsider", "left", "inactive"])
def test_nothing_is_written_when_the_person_has_no_right(why: str, amina: User, dana: User, talk: Conversation) -> None:
    actor = dana if why == "outsider" else amina
    if why == "left":
        leave_conversation(conversation=talk, user=amina)
    if why == "inactive":
        User.objects.filter(pk=amina.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        write(actor, talk)
    assert not talk.messages.exists()


def test_a_stored_message_is_not_confirmed_when_the_person_has_left(amina: User, talk: Conversation) -> None:
    client_id = uuid.uuid4()
    write(amina, talk, "Hello", client_id)
    leave_conversation(conversation=talk, user=amina)
    with pytest.raises(NotAllowed):
        write(amina, talk, "Hello", client_id)
    add_participant(conversation=talk, user=amina)
    assert write(amina, talk, "Hello", client_id).is_duplicate


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "invalid"), (" \n ", "invalid"), ("a\0b", "invalid"), ("a\ud800", "invalid"), ("é" * 4001, "too_long")],
)
def test_nothing_is_written_when_the_text_cannot_be(amina: User, talk: Conversation, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(amina, talk, text)
    assert refused.value.code == code
    assert not talk.messages.exists()


def test_the_longest_text_is_written_when_it_is_full_of_emoji(amina: User, talk: Conversation) -> None:
    assert write(amina, talk, "🩺" * 4000).seq == 1


def test_writer_is_slowed_down_when_above_the_limit(
    amina: User, salma: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MESSAGES_PER_MINUTE", 3)
    other = open_conversation(participants=[amina, salma], topic="", state="open")
    client_id = uuid.uuid4()
    write(amina, talk, "Hello", client_id)
    write(amina, other)
    write(amina, talk)
    with pytest.raises(SlowDown) as refused:
        write(amina, other)
    assert 50 <= refused.value.retry_after <= 60
    assert write(amina, talk, "Hello", client_id).is_duplicate
    assert write(salma, talk).seq == 3
    Message.objects.filter(client_id=client_id).update(created_at="2020-01-01T00:00:00Z")
    assert write(amina, talk).seq == 4


def test_nothing_is_published_when_the_transaction_is_rolled_back(
    amina: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    sent: list[object] = []
    monkeypatch.setattr(wakes, "publish", sent.append)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        write(amina, talk)
        transaction.set_rollback(True)
    assert not sent
    assert not talk.messages.exists()
    with django_capture_on_commit_callbacks(execute=True):
        write(amina, talk)
    [[wake]] = sent
    assert (wake.kind, wake.number, wake.conversation) == ("message", 1, str(talk.pk))
    assert "Hello" not in str(wake)


def test_post_is_quick_and_whole_when_valkey_is_dead(
    amina: User,
    talk: Conversation,
    settings: object,
    django_capture_on_commit_callbacks: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(wakes, "_bus", wakes._Bus())
    with django_capture_on_commit_callbacks(execute=True):
        assert write(amina, talk).seq == 1
    assert wakes.publish([wakes.Wake("badge", [amina.pk])]) is False


def test_read_pointer_only_rises_when_marked(amina: User, salma: User, talk: Conversation, dana: User) -> None:
    for _number in range(3):
        write(amina, talk)
    place = Participant.objects.get(conversation=talk, user=salma)
    for seq, expected in ((2, 2), (1, 2), (99, 3), (-5, 3)):
        mark_read(actor=salma, conversation=talk, seq=seq)
        place.refresh_from_db()
        assert place.read_seq == expected
    mark_read(actor=dana, conversation=talk, seq=3)
    assert not Participant.objects.filter(user=dana).exists()


# ── Several at once ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_eight_write_at_once(amina: User, salma: User, talk: Conversation) -> None:
    def work(number: int) -> list[int]:
        return [write((amina, salma)[number % 2], talk, f"{number}/{turn}").seq for turn in range(10)]

    answers = in_threads(work, 8)
    assert sorted(seq for seqs in answers for seq in seqs) == list(range(1, 81))
    assert all(seqs == sorted(seqs) for seqs in answers)
    assert list(talk.messages.order_by("seq").values_list("seq", flat=True)) == list(range(1, 81))


@pytest.mark.django_db(transaction=True)
def test_one_message_is_stored_when_eight_send_the_same_at_once(amina: User, talk: Conversation) -> None:
    client_id = uuid.uuid4()
    answers = in_threads(lambda _number: write(amina, talk, "Hello", client_id), 8)
    assert sorted(posted.is_duplicate for posted in answers) == [False] + [True] * 7
    assert {posted.seq for posted in answers} == {1}
    assert talk.messages.count() == 1


async def _batch(batch: list[Draft]) -> list[drafts.Verdict]:
    async with await psycopg.AsyncConnection.connect(**connection_values(), autocommit=True) as live:
        return await post_messages(live, batch)


@pytest.mark.django_db(transaction=True)
def test_a_batch_answers_each_draft_as_if_alone_when_some_are_refused(
    amina: User, salma: User, dana: User, talk: Conversation
) -> None:
    from asgiref.sync import async_to_sync

    closed = open_conversation(participants=[amina, salma], topic="", state="closed")
    known = uuid.uuid4()
    write(amina, talk, "Known", known)

    def draft(person: User, where: Conversation, text: str, client_id: uuid.UUID | None = None) -> Draft:
        return Draft(where.pk, person.pk, client_id or uuid.uuid4(), text)

    drafts = [
        draft(salma, talk, "One"),
        draft(dana, talk, "Outsider"),
        draft(amina, talk, "Known", known),
        draft(amina, talk, "Other text", known),
        draft(amina, closed, "Closed"),
        draft(amina, talk, "Two"),
        Draft(uuid.uuid4(), amina.pk, uuid.uuid4(), "Nowhere"),
    ]
    answers = async_to_sync(_batch)(drafts)
    assert [answer.code for answer in answers] == [
        "new", "forbidden", "duplicate", "idempotency_mismatch", "closed", "new", "forbidden",
    ]  # fmt: skip
    assert [answer.posted.seq if answer.posted else None for answer in answers] == [2, None, 1, None, None, 3, None]
    assert sorted(answers[0].people) == sorted([amina.pk, salma.pk])
    alone = [async_to_sync(_batch)([each])[0] for each in drafts[1:5]]
    assert [answer.code for answer in alone] == [answer.code for answer in answers[1:5]]
    assert list(talk.messages.order_by("seq").values_list("text", flat=True)) == ["Known", "One", "Two"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM messaging_message WHERE conversation_id = %s", [closed.pk])
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_a_new_message_is_for_readers_at_once_when_their_right_stands_and_all_read_the_same(
    amina: User, salma: User, dana: User, talk: Conversation
) -> None:
    from asgiref.sync import async_to_sync

    keys = [session_cookie(person).partition("=")[2] for person in (salma, dana)]

    async def readers(conversation: Conversation) -> list[list[bool]]:
        async with await psycopg.AsyncConnection.connect(**connection_values(), autocommit=True) as live:
            known, outsider = await find_entries(live, keys)
            assert known
            assert outsider
            others = ({"session_key": "ended"}, {"auth_epoch": 9}, {"password_mark": b""})
            asked = [*[replace(known, **other) for other in others], outsider, known]
            batch = [Draft(conversation.pk, amina.pk, uuid.uuid4(), "Hello", readers=asked) for _number in range(2)]
            answers = await post_or_pass(live, batch)
            return [[entry is known for entry in answer.readers] for answer in answers if not isinstance(answer, Held)]

    assert async_to_sync(readers)(talk) == [[True], [True]]
    group = open_conversation(participants=[amina, salma], topic="", state="open", is_group=True)
    assert async_to_sync(readers)(group) == [[], []]
