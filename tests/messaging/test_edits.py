"""Editing and deleting what one wrote: by its author, within fifteen minutes, leaving number and place."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, DomainError, Invalid, NotAllowed, SlowDown
from messaging.actions.conversations import change_conversation_state, leave_conversation
from messaging.actions.edits import delete_message, edit_message
from messaging.actions.messages import post_event
from messaging.models import Conversation, Message
from messaging.queries.conversations import conversation_list
from messaging.queries.messages import unread_badge
from messaging.realtime import wakes
from tests.messaging.test_actions import write

SignIn = Callable[[User | None], Client]


@pytest.fixture
def said(amina: User, talk: Conversation) -> Message:
    write(amina, talk, "Tuesday at ten")
    return talk.messages.get(seq=1)


def age(message: Message, **time: int) -> None:
    Message.objects.filter(pk=message.pk).update(created_at=F("created_at") - timedelta(**time))


def test_text_changes_and_the_number_stays_when_the_author_edits(amina: User, said: Message) -> None:
    edited = edit_message(actor=amina, message=said, text="  Wednesday at ten ")
    said.refresh_from_db()
    assert (said.text, said.seq, said.deleted_at) == ("Wednesday at ten", 1, None)
    assert said.edited_at == edited.edited_at
    [entry] = audit.history_of(said)
    assert (entry.verb, entry.actor) == ("messaging.message.edited", amina)
    assert entry.changes == {"conversation": str(said.conversation_id), "seq": 1}


def test_nothing_is_written_when_the_text_is_the_same(amina: User, said: Message) -> None:
    assert edit_message(actor=amina, message=said, text="Tuesday at ten").edited_at is None
    assert not audit.history_of(said).exists()


def test_text_is_gone_everywhere_when_the_author_deletes(
    amina: User, salma: User, talk: Conversation, said: Message
) -> None:
    assert unread_badge(salma).messages == 1
    deleted = delete_message(actor=amina, message=said)
    again = delete_message(actor=amina, message=said)
    assert (deleted.text, again.deleted_at) == ("", deleted.deleted_at)
    assert audit.history_of(said).count() == 1
    [row] = conversation_list(salma)
    assert (row.last_text, row.unread, row.last_seq) == ("", 0, 1)
    assert unread_badge(salma).messages == 0
    assert write(salma, talk).seq == 2
    with pytest.raises(Conflict) as refused:
        edit_message(actor=amina, message=said, text="Back again")
    assert refused.value.code == "deleted"


def refusals() -> list[Any]:
    def too_late(message: Message) -> None:
        age(message, minutes=15, seconds=1)

    def closed(message: Message) -> None:
        change_conversation_state(conversation=message.conversation, to="closed")

    def left(message: Message) -> None:
        leave_conversation(conversation=message.conversation, user=message.sender)

    def suspended(message: Message) -> None:
        User.objects.filter(pk=message.sender_id).update(is_active=False)

    cases = [(too_late, Conflict, "too_late"), (closed, Conflict, "closed")]
    return [*cases, (left, NotAllowed, "forbidden"), (suspended, NotAllowed, "forbidden")]


@pytest.mark.parametrize(("happens", "error", "code"), refusals())
@pytest.mark.parametrize("act", ["edit", "delete"])
def test_nothing_changes_when_it_may_not(
    act: str, happens: Callable[[Message], None], error: type[DomainError], code: str, amina: User, said: Message
) -> None:
    happens(said)
    with pytest.raises(error) as refused:
        change(act, amina, said)
    assert refused.value.code == code
    unchanged(said)


def change(act: str, actor: User, message: Message) -> None:
    if act == "edit":
        edit_message(actor=actor, message=message, text="Changed")
    else:
        delete_message(actor=actor, message=message)


def unchanged(message: Message) -> None:
    message.refresh_from_db()
    assert (message.text, message.edited_at, message.sent_mark) == ("Tuesday at ten", None, None)
    assert not audit.history_of(message).exists()


@pytest.mark.parametrize("act", ["edit", "delete"])
def test_nothing_changes_when_somebody_else_tries(act: str, salma: User, dana: User, said: Message) -> None:
    for person in (salma, dana):
        with pytest.raises(NotAllowed):
            change(act, person, said)
    unchanged(said)


def test_message_changes_until_the_last_second_of_fifteen_minutes(amina: User, said: Message) -> None:
    age(said, minutes=14, seconds=55)
    assert edit_message(actor=amina, message=said, text="Just in time").text == "Just in time"


def test_event_is_nobodys_when_one_tries_to_change_it(amina: User, talk: Conversation) -> None:
    post_event(conversation=talk, text="The session was confirmed.")
    with pytest.raises(NotAllowed):
        delete_message(actor=amina, message=talk.messages.get())


@pytest.mark.parametrize("text", ["", " \n", "x" * 4001, "a\0b"])
def test_nothing_changes_when_the_text_cannot_be(text: str, amina: User, said: Message) -> None:
    with pytest.raises(Invalid):
        edit_message(actor=amina, message=said, text=text)
    unchanged(said)


def test_changes_are_slowed_down_when_they_follow_at_once(amina: User, said: Message) -> None:
    edit_message(actor=amina, message=said, text="One")
    with pytest.raises(SlowDown):
        edit_message(actor=amina, message=said, text="Two")
    Message.objects.filter(pk=said.pk).update(edited_at=F("edited_at") - timedelta(seconds=2))
    assert edit_message(actor=amina, message=said, text="Two").text == "Two"
    assert delete_message(actor=amina, message=said).text == ""


@pytest.mark.parametrize("act", ["edit", "delete"])
def test_resent_message_is_the_same_one_when_it_was_changed_meanwhile(
    act: str, amina: User, talk: Conversation
) -> None:
    client_id = uuid.uuid4()
    first = write(amina, talk, "Tuesday", client_id)
    change(act, amina, talk.messages.get())
    again = write(amina, talk, "Tuesday", client_id)
    assert (again.id, again.seq, again.is_duplicate) == (first.id, 1, True)
    for other in ("Changed", "Wednesday"):
        with pytest.raises(Conflict) as refused:
            write(amina, talk, other, client_id)
        assert refused.value.code == "idempotency_mismatch"
    assert talk.messages.count() == 1


def test_everybody_inside_is_woken_after_commit_when_a_message_changes(
    amina: User,
    salma: User,
    said: Message,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(wakes, "publish", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        edit_message(actor=amina, message=said, text="Secret words")
    [[wake]] = sent
    assert (wake.kind, sorted(wake.people), wake.number) == ("changed", sorted([amina.pk, salma.pk]), 1)
    assert "Secret" not in str(wake)


@pytest.mark.parametrize(
    "values", [{"deleted_at": "2026-01-01T00:00:00Z"}, {"edited_at": "2026-01-01T00:00:00Z"}, {"sent_mark": b"x"}]
)
def test_database_refuses_half_a_change(values: dict[str, Any], said: Message) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=said.pk).update(**values)


# ── By page and by API ──────────────────────────────────────────────────────────────────────────────────────────────
def test_author_edits_and_deletes_without_script(
    amina: User, salma: User, talk: Conversation, said: Message, as_person: SignIn
) -> None:
    client, address = as_person(amina), f"/messages/{talk.pk}/1/edit"
    assert address in client.get(f"/messages/{talk.pk}/").content.decode()
    assert address not in as_person(salma).get(f"/messages/{talk.pk}/").content.decode()
    assert "Tuesday at ten" in client.get(address).content.decode()
    refused = client.post(address, {"text": "x" * 4001})
    assert (refused.status_code, "x" * 4001 in refused.content.decode()) == (422, True)
    answer = client.post(address, {"text": "Wednesday"})
    assert (answer.status_code, answer["Location"]) == (303, f"/messages/{talk.pk}/#m1")
    html = as_person(salma).get(f"/messages/{talk.pk}/").content.decode()
    assert "Wednesday" in html
    assert "Edited" in html
    assert client.post(f"/messages/{talk.pk}/1/delete").status_code == 303
    html = client.get(f"/messages/{talk.pk}/").content.decode()
    assert "Message deleted" in html
    assert "Wednesday" not in html
    assert address not in html
    assert as_person(salma).get(address).status_code == 403
    assert client.get(f"/messages/{talk.pk}/9/edit").status_code == 404


def test_link_is_gone_and_the_page_says_why_when_it_is_too_late(
    amina: User, talk: Conversation, said: Message, as_person: SignIn
) -> None:
    age(said, minutes=16)
    client, address = as_person(amina), f"/messages/{talk.pk}/1/edit"
    assert address not in client.get(f"/messages/{talk.pk}/").content.decode()
    for answer in (client.get(address), client.post(address, {"text": "Late"})):
        assert answer.status_code == 409
        assert "15 minutes" in answer.content.decode()
    unchanged(said)


def test_api_answers_the_message_as_it_is_when_changed(
    amina: User, salma: User, talk: Conversation, said: Message, as_person: SignIn
) -> None:
    client, address = as_person(amina), f"/api/v1/conversations/{talk.pk}/messages/1"
    edited = client.patch(address, {"text": "Wednesday"}, content_type="application/json")
    assert (edited.status_code, edited.json()["text"], edited.json()["seq"]) == (200, "Wednesday", 1)
    assert edited.json()["edited_at"]
    read = as_person(salma).get(f"/api/v1/conversations/{talk.pk}/messages?after=0&limit=1").json()
    assert read["messages"] == [edited.json()]
    deleted = client.delete(address)
    assert (deleted.json()["text"], deleted.json()["deleted"]) == ("", True)
    assert client.delete(address).json() == deleted.json()
    assert as_person(salma).delete(address).json()["code"] == "forbidden"
    late = client.patch(address, {"text": "Again"}, content_type="application/json")
    assert (late.status_code, late.json()["code"]) == (409, "deleted")


def test_device_that_polls_hears_of_what_was_changed_before_its_newest(
    amina: User, salma: User, talk: Conversation, said: Message, as_person: SignIn
) -> None:
    write(amina, talk, "Another")
    client, address = as_person(salma), f"/api/v1/conversations/{talk.pk}/messages"
    before = client.get(address, {"after": 2}).json()
    assert (before["messages"], before["changed"]) == ([], [])
    edit_message(actor=amina, message=said, text="Wednesday")
    polled = client.get(address, {"after": 2, "since": before["at"]}).json()
    assert [(one["seq"], one["text"]) for one in polled["changed"]] == [(1, "Wednesday")]
    assert client.get(address, {"after": 0, "since": before["at"]}).json()["changed"] == []
    # It was changed long before this device asked last, so it knows.
    later = (timezone.now() + timedelta(minutes=5)).isoformat()
    assert client.get(address, {"after": 2, "since": later}).json()["changed"] == []
    assert client.get(address, {"after": 2, "since": "0001-01-01T00:00:00Z"}).json()["changed"] == polled["changed"]
    for bad in ("yesterday", "2026-01-01T00:00:00", "99999-01-01T00:00:00Z"):
        assert client.get(address, {"since": bad}).status_code == 422
    leave_conversation(conversation=talk, user=salma)
    assert client.get(address, {"after": 2}).status_code == 404
