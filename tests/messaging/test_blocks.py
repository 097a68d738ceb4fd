"""Blocks, pauses and goodbyes: nobody writes after them, and to the other side all look like a closed conversation."""

import itertools
import random
import re
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from diaspora_net.accounts.actions.blocks import block_person, unblock_person
from diaspora_net.accounts.models import Block, User
from diaspora_net.core.errors import Conflict, DomainError
from diaspora_net.core.models import AuditEntry
from messaging.actions import messages
from messaging.actions.conversations import (
    add_participant,
    change_conversation_state,
    leave_conversation,
    open_conversation,
)
from messaging.actions.messages import mark_read, post_message
from messaging.actions.pauses import lift_pause, pause_conversation
from messaging.models import Conversation, Message, Pause
from messaging.queries.messages import messages_after, unread_badge
from messaging.rules import can_write
from tests.messaging.test_actions import in_threads

SignIn = Callable[..., Client]


def write(actor: User, talk: Conversation, text: str = "Hello") -> int:
    return post_message(actor=actor, conversation=talk, client_id=uuid.uuid4(), text=text).seq


def block(amina: User, salma: User, talk: Conversation) -> None:
    block_person(actor=amina, person=salma)


def close(amina: User, salma: User, talk: Conversation) -> None:
    change_conversation_state(conversation=talk, to="closed")


def rest(amina: User, salma: User, talk: Conversation) -> None:
    change_conversation_state(conversation=talk, to="paused")


def stop(amina: User, salma: User, talk: Conversation) -> None:
    pause_conversation(actor=amina, conversation=talk, reason="Looked into.")


def delete(amina: User, salma: User, talk: Conversation) -> None:
    User.objects.filter(pk=amina.pk).update(is_active=False)


ENDS = [close, block, rest, stop, delete]


@pytest.mark.parametrize("end", ENDS)
def test_nobody_of_the_two_writes_when_the_conversation_has_ended(
    end: Callable[..., None], amina: User, salma: User, talk: Conversation
) -> None:
    write(salma, talk)
    end(amina, salma, talk)
    for person in (salma,) if end is delete else (amina, salma):
        with pytest.raises(Conflict) as refused:
            write(person, talk)
        assert refused.value.code == "closed"
        assert not can_write(person, talk)
    assert talk.messages.count() == 1


def _without_chance(content: bytes, talk: Conversation) -> bytes:
    """Return what an answer says, without the ids and tokens that differ between any two conversations."""
    content = content.replace(str(talk.pk).encode(), b"TALK")
    content = re.sub(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", b"ID", content)
    content = re.sub(rb'value="[A-Za-z0-9]{64}"', b"TOKEN", content)
    content = re.sub(rb'data-now="\d+"', b"NOW", content)
    content = re.sub(rb"\d{4}-\d\d-\d\dT[0-9:.+]+(Z|\b)", b"TIME", content)
    return re.sub(rb"\b\d\d:\d\d\b", b"TIME", content)


def test_every_end_gives_the_other_side_the_same_bytes_when_it_looks(
    amina: User, salma: User, as_person: SignIn
) -> None:
    """Pages, list, search, export, API and refusals; Amina has read Salma's message before, and reads on afterwards."""
    client = as_person(salma)
    answers = []
    for end in ENDS:
        sid = transaction.savepoint()
        talk = open_conversation(participants=[amina, salma], topic="Dialysis", state="open")
        write(salma, talk, "Are you there?")
        mark_read(actor=amina, conversation=talk, seq=1)
        end(amina, salma, talk)
        url, api = f"/messages/{talk.pk}/", f"/api/v1/conversations/{talk.pk}/messages"
        form = {"text": "Hello?", "client_id": uuid.uuid4()}
        body = {"text": "Hello?", "client_id": str(uuid.uuid4())}
        got = [
            client.get(url),
            client.get("/messages/"),
            client.get(api),
            client.get("/api/v1/conversations"),
            client.get(f"{url}people/"),
            client.get(f"{url}report/"),
            client.get("/messages/search/?q=there"),
            client.get(f"{url}export/txt"),
            client.get(f"/api/v1/conversations/{talk.pk}/people"),
            client.post(url, form),
            client.post(api, body, content_type="application/json"),
        ]
        answers.append([(one.status_code, _without_chance(one.content, talk)) for one in got])
        transaction.savepoint_rollback(sid)
    assert [status for status, _content in answers[0]] == [200] * 9 + [409, 409]
    for end, answer in zip(ENDS[1:], answers[1:], strict=True):
        for mine, closed in zip(answer, answers[0], strict=True):
            assert mine == closed, end.__name__


def test_both_write_again_when_the_block_is_taken_back(amina: User, salma: User, talk: Conversation) -> None:
    for _time in range(2):
        block_person(actor=amina, person=salma)
    assert Block.objects.count() == 1
    assert AuditEntry.objects.filter(verb="accounts.person.blocked").count() == 1
    block_person(actor=salma, person=amina)
    unblock_person(actor=amina, person=salma)
    with pytest.raises(Conflict):
        write(amina, talk)
    unblock_person(actor=salma, person=amina)
    assert write(amina, talk) == 1
    with pytest.raises(Conflict):
        block_person(actor=amina, person=amina)


def test_pause_keeps_its_reason_and_its_end_when_lifted(amina: User, salma: User, talk: Conversation) -> None:
    first = pause_conversation(actor=amina, conversation=talk, reason="A report is looked into.")
    again = pause_conversation(actor=salma, conversation=talk, reason="Another reason")
    assert again == first
    change_conversation_state(conversation=talk, to="paused")
    change_conversation_state(conversation=talk, to="open")
    with pytest.raises(Conflict):
        write(salma, talk)
    for _time in range(2):
        lift_pause(actor=salma, conversation=talk)
    assert Pause.objects.get().lifted_by == salma
    assert write(salma, talk) == 1
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["messaging.conversation.paused", "messaging.conversation.pause_lifted"]


# ── groups ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def group(amina: User, salma: User, dana: User) -> Conversation:
    return open_conversation(participants=[amina, salma, dana], topic="Dialysis", state="open", is_group=True)


def test_blocked_person_is_folded_for_the_blocker_only_when_in_a_group(
    amina: User, salma: User, dana: User, group: Conversation, as_person: SignIn
) -> None:
    block_person(actor=amina, person=salma)
    write(salma, group, "Words of Salma")
    write(amina, group, "Words of Amina")
    assert unread_badge(amina).messages == 0
    assert (unread_badge(salma).messages, unread_badge(dana).messages) == (1, 2)
    marks = {
        person.email: [message.is_folded for message in messages_after(person, group, 0)]  # type: ignore[attr-defined]
        for person in (amina, salma, dana)
    }
    assert marks == {amina.email: [True, False], salma.email: [False, False], dana.email: [False, False]}
    mine = as_person(amina).get(f"/api/v1/conversations/{group.pk}/messages").json()["messages"]
    assert (mine[0]["text"], mine[0]["folded"], "folded" in mine[1]) == ("", True, False)
    assert b"Words of Salma" not in as_person(amina).get("/messages/").content
    page = as_person(amina).get(f"/messages/{group.pk}/").content.decode()
    assert re.search(r"<details[^>]*>\s*<summary>[^<]+</summary>.*Words of Salma", page, re.DOTALL)


def test_new_member_reads_from_their_joining_on_when_let_into_a_group(
    amina: User, salma: User, as_person: SignIn, db: None
) -> None:
    group = open_conversation(participants=[amina], topic="Dialysis", state="open", is_group=True)
    write(amina, group, "Canary one")
    write(amina, group, "Canary two")
    add_participant(conversation=group, user=salma)
    assert unread_badge(salma).messages == 0
    assert messages_after(salma, group, 0) == []
    client = as_person(salma)
    assert b"canary" not in client.get(f"/messages/{group.pk}/").content.lower()
    assert b"canary" not in client.get("/messages/").content.lower()
    write(amina, group, "Welcome")
    answer = client.get(f"/api/v1/conversations/{group.pk}/messages").json()
    assert [(one["seq"], one["text"], one.get("first")) for one in answer["messages"]] == [(3, "Welcome", True)]
    assert unread_badge(salma).messages == 1
    leave_conversation(conversation=group, user=salma)
    write(amina, group, "While away")
    add_participant(conversation=group, user=salma)
    assert messages_after(salma, group, 0) == []
    add_participant(conversation=group, user=salma)
    assert group.participants.get(user=salma).joined_seq == 4


def test_everything_said_is_there_when_somebody_comes_into_a_talk_of_two_sides(
    amina: User, salma: User, talk: Conversation, dana: User
) -> None:
    write(amina, talk, "Before")
    add_participant(conversation=talk, user=dana)
    assert [message.text for message in messages_after(dana, talk, 0)] == ["Before"]


# ── races ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("end", [block, stop, close])
@pytest.mark.django_db(transaction=True)
def test_nothing_is_accepted_after_the_end_when_five_hundred_are_being_sent(
    end: Callable[..., None], amina: User, salma: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end notes the newest number under the conversation's lock, so every higher number is of a later commit."""
    monkeypatch.setattr("messaging.actions.drafts.MESSAGES_PER_MINUTE", 1000)
    count, writers = 500, 4
    is_under_way = threading.Event()
    last: list[int] = []

    def send(number: int) -> int:
        accepted = 0
        for turn in range(count // writers):
            if number == 0 and turn == 20:
                is_under_way.set()
            try:
                write((amina, salma)[number % 2], talk, f"{number}/{turn}")
            except Conflict:
                continue
            accepted += 1
        return accepted

    def finish() -> None:
        is_under_way.wait(30)
        with transaction.atomic():
            end(amina, salma, talk)
            # Whoever holds the row now is the last to write before the end is committed.
            last.append(Conversation.objects.select_for_update().get(pk=talk.pk).last_seq)

    answers = in_threads(lambda number: finish() if number == writers else send(number), writers + 1)
    [newest] = last
    accepted = [answer for answer in answers if isinstance(answer, int)]
    assert len(accepted) == writers, answers
    assert Message.objects.count() == sum(accepted) == newest
    assert 20 <= newest < count
    with pytest.raises(Conflict):
        write(salma, talk)


@pytest.mark.parametrize("pair", list(itertools.permutations(["block", "leave", "close", "post"], 2)), ids="-".join)
@pytest.mark.django_db(transaction=True)
def test_outcome_is_that_of_one_order_when_two_acts_meet(
    pair: tuple[str, str], amina: User, salma: User, talk: Conversation
) -> None:
    """Two acts at the same moment, five times; whatever the order, none fails but a post, and none after an end."""
    acts: dict[str, Callable[[Conversation], object]] = {
        "block": lambda talk: block_person(actor=amina, person=salma),
        "leave": lambda talk: leave_conversation(conversation=talk, user=salma),
        "close": lambda talk: change_conversation_state(conversation=talk, to="closed"),
        "post": lambda talk: write(salma, talk),
    }
    for _round in range(5):
        Block.objects.all().delete()
        talk = open_conversation(participants=[amina, salma], topic="", state="open")
        answers = in_threads(lambda number, talk=talk: acts[pair[number]](talk), 2)  # type: ignore[misc]
        for name, answer in zip(pair, answers, strict=True):
            assert not isinstance(answer, Exception) or (name == "post" and isinstance(answer, DomainError)), answers
        with pytest.raises(DomainError):
            write(salma, talk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("looks_again", [True, False], ids=["ours", "control"])
@pytest.mark.parametrize("end", [block, leave_conversation])
def test_a_post_that_waited_for_the_lock_looks_again_when_rights_changed_meanwhile(
    end: Callable[..., None],
    looks_again: bool,
    amina: User,
    salma: User,
    talk: Conversation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control, without the second look, judges by what it read before it waited, and the message passes."""
    if not looks_again:
        blind = messages.POST.replace("WHEN held.rights <> known.rights THEN 'stale'", "")
        monkeypatch.setattr(messages, "POST", blind)
    waits = threading.Event()

    def post() -> object:
        waits.wait(10)
        return write(salma, talk)

    def finish() -> object:
        with transaction.atomic():
            if end is leave_conversation:
                leave_conversation(conversation=talk, user=salma)
            else:
                end(amina, salma, talk)
            waits.set()
            with connection.cursor() as cursor:
                for _attempt in range(100):
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                    if cursor.fetchone()[0]:
                        break
                    cursor.execute("SELECT pg_sleep(0.05)")
                else:
                    pytest.fail("the post did not wait")
        return None

    posted, ended = in_threads(lambda number: (post, finish)[number](), 2)
    assert ended is None
    assert isinstance(posted, DomainError) == looks_again
    assert Message.objects.exists() != looks_again


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_in_a_circle_when_two_block_each_other(amina: User, salma: User) -> None:
    talks = [open_conversation(participants=[amina, salma], topic="", state="open") for _number in range(5)]
    pairs = [(amina, salma), (salma, amina)]

    def act(number: int) -> None:
        chance = random.Random(number)
        for _turn in range(10):
            if number < 2:
                block_person(actor=pairs[number][0], person=pairs[number][1])
                unblock_person(actor=pairs[number][0], person=pairs[number][1])
            else:
                leave_conversation(conversation=chance.choice(talks), user=salma)
                add_participant(conversation=chance.choice(talks), user=salma)
        connections.close_all()

    assert in_threads(act, 4) == [None] * 4
    assert not Block.objects.exists()


def test_block_shuts_a_talk_of_three_to_the_two_it_parts_and_tells_only_who_blocked(
    amina: User, salma: User, dana: User, as_person: SignIn
) -> None:
    talk = open_conversation(participants=[amina, salma, dana], topic="Dialysis", state="open")
    block_person(actor=amina, person=salma)
    for person in (amina, salma):
        with pytest.raises(Conflict):
            write(person, talk)
    write(dana, talk, "Is anybody there?")
    assert [message.text for message in talk.messages.all()] == ["Is anybody there?"]
    told = "so neither of you can write here. The others still can, and you can still read it."
    page = {person: as_person(person).get(f"/messages/{talk.pk}/").content.decode() for person in (amina, salma, dana)}
    assert f"You have blocked <bdi>{salma}</bdi>, {told}" in page[amina]
    assert "This conversation is closed. You can still read it." in page[salma]
    assert "blocked" not in page[salma].split('class="thread-foot"')[1].split("</div>")[0]
    assert 'name="text"' in page[dana]
    unblock_person(actor=amina, person=salma)
    assert write(amina, talk, "Yes") == 2
