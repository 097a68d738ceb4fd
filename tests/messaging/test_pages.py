"""Conversations by page and by API: without any script, and with one answer for what is not there and not theirs."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from diaspora_net.accounts.models import User
from messaging.actions.conversations import change_conversation_state, open_conversation
from messaging.actions.messages import post_event
from messaging.models import Conversation, Message, Participant
from messaging.queries.conversations import conversation_list
from messaging.queries.messages import messages_after, messages_before
from tests.messaging.test_actions import write

SignIn = Callable[[User | None], Client]


def api(talk: Conversation | uuid.UUID) -> str:
    return f"/api/v1/conversations/{getattr(talk, 'pk', talk)}/messages"


def page(talk: Conversation | uuid.UUID) -> str:
    return f"/messages/{getattr(talk, 'pk', talk)}/"


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_list_says_who_what_and_how_much_is_unread_when_opened(
    amina: User, salma: User, dana: User, talk: Conversation, as_person: SignIn
) -> None:
    write(amina, talk, "Quand commençons-nous ?")
    write(amina, talk, "<b>Lundi</b> ?")
    [row] = conversation_list(salma)
    assert (row.names, row.unread, row.last_is_mine, row.last_text) == (["Amina Ben Salah"], 2, False, "<b>Lundi</b> ?")
    html = as_person(salma).get("/messages/").content.decode()
    for text in ("Amina Ben Salah", "Dialysis in Jendouba", "&lt;b&gt;Lundi&lt;/b&gt; ?"):
        assert text in html
    assert "Amina" not in as_person(dana).get("/messages/").content.decode()
    assert conversation_list(amina)[0].unread == 0


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_when_it_is_longer(
    count: int, amina: User, salma: User, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        write(amina, open_conversation(participants=[amina, salma], topic="x", state="open"))
    with django_assert_num_queries(3):
        assert len(conversation_list(salma)) == count


def test_message_is_written_once_when_the_form_is_sent_twice(
    amina: User, talk: Conversation, as_person: SignIn
) -> None:
    client = as_person(amina)
    assert 'name="client_id"' in client.get(page(talk)).content.decode()
    values = {"text": "Bonjour\r\nSalma", "client_id": str(uuid.uuid4())}
    for _time in range(2):
        answer = client.post(page(talk), values)
        assert (answer.status_code, answer["Location"]) == (303, page(talk))
    assert list(talk.messages.values_list("text", flat=True)) == ["Bonjour\nSalma"]


@pytest.mark.parametrize(
    ("values", "status"),
    [({"text": "  "}, 422), ({"text": "x" * 4001}, 422), ({"text": "Kept", "client_id": "no"}, 422)],
)
def test_what_was_typed_is_kept_when_the_form_is_refused(
    values: dict[str, str], status: int, amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    answer = as_person(amina).post(page(talk), {"client_id": str(uuid.uuid4()), **values})
    assert answer.status_code == status
    assert values["text"].strip() in answer.content.decode()
    assert f"<title>Error: {salma}" in answer.content.decode()
    assert not talk.messages.exists()


@pytest.mark.parametrize(
    ("state", "sentence"), [("proposed", "once the proposal is accepted"), ("paused", "closed"), ("closed", "closed")]
)
def test_one_sentence_stands_for_the_composer_when_nobody_can_write(
    state: str, sentence: str, amina: User, salma: User, as_person: SignIn
) -> None:
    talk = open_conversation(participants=[amina, salma], topic="", state=state)
    html = as_person(amina).get(page(talk)).content.decode()
    assert sentence in html
    assert "<textarea" not in html
    answer = as_person(amina).post(page(talk), {"text": "My long text", "client_id": str(uuid.uuid4())})
    assert answer.status_code == 409
    assert "My long text" in answer.content.decode()


def test_new_is_marked_and_then_read_when_the_page_is_opened(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    write(salma, talk, "First")
    write(amina, talk, "Second")
    html = as_person(salma).get(page(talk)).content.decode()
    assert html.index('auto">First') < html.index('id="new"') < html.index('auto">Second')
    assert Participant.objects.get(conversation=talk, user=salma).read_seq == 2
    assert 'id="new"' not in as_person(salma).get(page(talk)).content.decode()
    assert "Read" in as_person(amina).get(page(talk)).content.decode()
    User.objects.filter(pk=salma.pk).update(shares_receipts=False)
    assert '<span class="message-state">Read' not in as_person(amina).get(page(talk)).content.decode()


def test_earlier_messages_are_a_link_when_there_are_many(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    Message.objects.bulk_create(
        Message(conversation=talk, seq=seq, sender=amina, text=f"no {seq}.") for seq in range(1, 41)
    )
    Conversation.objects.filter(pk=talk.pk).update(last_seq=40)
    # Who comes back after long finds all that is new on one page, and a page of it later on.
    html = as_person(salma).get(page(talk)).content.decode()
    assert html.index('id="new"') < html.index("no 1.")
    assert "?before=" not in html
    html = as_person(salma).get(page(talk)).content.decode()
    assert "no 11." in html
    assert "no 10." not in html
    assert 'href="?before=11"' in html
    html = as_person(salma).get(page(talk) + "?before=11").content.decode()
    assert "no 1." in html
    assert "no 11." not in html
    assert "?before=" not in html
    assert as_person(salma).get(page(talk) + "?before=x").status_code == 200
    assert [message.seq for message in messages_before(salma, talk, 5, 2)] == [3, 4]
    assert [message.seq for message in messages_after(salma, talk, 38)] == [39, 40]


def test_event_stands_in_the_page_when_something_happened(amina: User, talk: Conversation, as_person: SignIn) -> None:
    post_event(conversation=talk, text="The session was confirmed.")
    assert "The session was confirmed." in as_person(amina).get(page(talk)).content.decode()


def test_time_there_is_said_when_it_is_another_than_here(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    assert " there" not in as_person(amina).get(page(talk)).content.decode()
    User.objects.filter(pk=salma.pk).update(time_zone="Asia/Kathmandu")
    assert " there" in as_person(amina).get(page(talk)).content.decode()


def test_unseen_and_unknown_look_the_same_when_asked_for(
    amina: User, dana: User, talk: Conversation, as_person: SignIn
) -> None:
    client = as_person(dana)
    for address in (page, api):
        unseen, unknown = client.get(address(talk)), client.get(address(uuid.uuid4()))
        assert unseen.status_code == unknown.status_code == 404
        if address is api:
            assert unseen.content == unknown.content
    values = {"text": "Hello", "client_id": str(uuid.uuid4())}
    assert client.post(page(talk), values).status_code == 404
    assert client.post(api(talk), values, content_type="application/json").status_code == 404
    assert not talk.messages.exists()


@pytest.mark.parametrize("url", ["/messages/", "/messages/00000000-0000-0000-0000-000000000000/", "/notifications/"])
def test_nobody_is_sent_to_sign_in_when_a_page_is_asked_for(url: str, db: None, as_person: SignIn) -> None:
    answer = as_person(None).get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


# ── API ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_api_writes_once_and_reads_on_when_asked(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    client, values = as_person(amina), {"text": "Bonjour", "client_id": str(uuid.uuid4())}
    first, again = (client.post(api(talk), values, content_type="application/json") for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["seq"], again.json()["dup"]) == (1, True)
    answer = client.post(api(talk), {**values, "text": "Bonsoir"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_mismatch")
    write(salma, talk, "Oui")
    read = as_person(salma).get(api(talk), {"after": 1}).json()
    assert (read["last_seq"], [message["text"] for message in read["messages"]]) == (2, ["Oui"])
    assert len(as_person(salma).get(api(talk), {"limit": 1}).json()["messages"]) == 1
    [row] = as_person(salma).get("/api/v1/conversations").json()["conversations"]
    assert (row["names"], row["unread"], row["last_seq"]) == (["Amina Ben Salah"], 1, 2)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "invalid"),
        ("[]", 422, "invalid"),
        ({"text": "x"}, 422, "invalid"),
        ({"text": "x", "client_id": "no"}, 422, "invalid"),
        ({"text": "x", "client_id": str(uuid.uuid4()), "extra": 1}, 422, "invalid"),
        ({"text": " ", "client_id": str(uuid.uuid4())}, 422, "invalid"),
        ({"text": "x" * 4001, "client_id": str(uuid.uuid4())}, 422, "too_long"),
    ],
)
def test_api_answers_one_shape_when_it_refuses(
    body: Any, status: int, code: str, amina: User, talk: Conversation, as_person: SignIn
) -> None:
    answer = as_person(amina).post(api(talk), body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message"}
    assert not talk.messages.exists()


def test_api_refuses_when_nobody_or_a_foreign_page_asks(amina: User, talk: Conversation) -> None:
    values = {"text": "x", "client_id": str(uuid.uuid4())}
    strict = Client(enforce_csrf_checks=True)
    for path in (api(talk), "/api/v1/conversations"):
        answer = strict.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
    strict.force_login(amina, backend="django.contrib.auth.backends.ModelBackend")
    answer = strict.post(api(talk), values, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert not talk.messages.exists()


def test_closed_is_said_when_the_api_writes_into_it(amina: User, talk: Conversation, as_person: SignIn) -> None:
    change_conversation_state(conversation=talk, to="closed")
    values = {"text": "x", "client_id": str(uuid.uuid4())}
    answer = as_person(amina).post(api(talk), values, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
