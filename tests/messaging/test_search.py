"""Search: found whatever the accents, only what one may read now, marked, and led to its place."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from diaspora_net.accounts.models import User
from messaging import tasks as messaging_tasks
from messaging.actions.conversations import leave_conversation, open_conversation
from messaging.actions.edits import delete_message, edit_message
from messaging.actions.indexing import MESSAGES_OF_A_TALK, TALKS, index_messages
from messaging.actions.messages import post_event
from messaging.models import Conversation, Message, MessageWords
from messaging.queries.search import PAGE, search_messages, segments
from tests.messaging.test_actions import in_threads, write

SignIn = Callable[[User | None], Client]


def found(viewer: User, text: str) -> list[int]:
    return [row.seq for row in search_messages(viewer, text).rows]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("L'équipe médicale est déjà prête", "EQUIPE deja"),
        ("l'equipe medicale", "Équipe médicâle"),
        ("Programação e saúde", "programacao saude"),
        ("El niño mañana", "nino manana"),
        ("Le cœur et l'œuvre", "coeur oeuvre"),
        ("أَهْلًا وَسَهْلًا", "اهلا وسهلا"),
        ("إلى المستشفى الجامعي", "مستشفي"),
        ("المدرسة", "مدرسه"),
        ("مدرسه", "المدرسة"),
        ("مـــرحبا", "مرحبا"),
        ("آخر مسؤول قائمة", "اخر مسوول قايمه"),
        ("الساعة ١٧:٣٠", "17"),
        ("Bonjour, مرحبا à tous", "مرحبا bonjour"),
        ("Le protocole", "proto"),
        ("A cardiologist in Lyon", "card lyo"),
        ("full-width ＡＢＣ", "abc"),
    ],
)
def test_message_is_found_whatever_form_its_words_have(
    said: str, asked: str, amina: User, salma: User, talk: Conversation
) -> None:
    write(amina, talk, said)
    write(amina, talk, "Something else altogether")
    assert found(salma, asked) == [1]


@pytest.mark.parametrize(
    "asked", ["lyon xyz", "yon", "", "  ", "!?", "'", "\\", "a & ! b:*", "%s", "x" * 200, "\u0640"]
)
def test_nothing_is_found_and_nothing_breaks_by_other_words(asked: str, amina: User, talk: Conversation) -> None:
    write(amina, talk, "A cardiologist in Lyon")
    assert found(amina, asked) == []


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200))
@pytest.mark.django_db
def test_words_are_stable_and_never_break(text: str) -> None:
    """What was brought into one form stays as it is, so a copied result finds its message again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(messaging_words(%s))", [text])
        [(words,)] = cursor.fetchall()
        cursor.execute("SELECT messaging_words(%s) @@ messaging_words(%s)::text::tsquery", ["a", "a"])
        for word in words:
            cursor.execute("SELECT tsvector_to_array(messaging_words(%s))", [word])
            [(again,)] = cursor.fetchall()
            # An article in front of an article may go, too.
            assert again in ([word], []) or word.startswith(("ال", "وال", "فال", "بال", "كال"))


def test_only_what_may_be_read_now_is_found(amina: User, salma: User, dana: User, talk: Conversation) -> None:
    write(amina, talk, "The secret protocol")
    assert (found(amina, "secret"), found(salma, "secret"), found(dana, "secret")) == ([1], [1], [])
    leave_conversation(conversation=talk, user=salma)
    assert found(salma, "secret") == []
    post_event(conversation=talk, text="A secret event.")
    assert found(amina, "secret") == [1]


def test_edited_words_are_found_and_deleted_ones_are_not(amina: User, salma: User, talk: Conversation) -> None:
    write(amina, talk, "We meet on Monday")
    message = edit_message(actor=amina, message=Message.objects.get(), text="We meet on Tuesday")
    assert (found(salma, "monday"), found(salma, "tuesday")) == ([], [1])
    delete_message(actor=amina, message=message)
    assert found(salma, "tuesday") == []


def indexed() -> list[int]:
    """Return the numbers of the messages whose words are written down."""
    return list(MessageWords.objects.order_by("message__seq").values_list("message__seq", flat=True))


def test_message_is_found_before_its_words_are_written_down_and_after(
    amina: User, salma: User, talk: Conversation
) -> None:
    write(amina, talk, "Équipe one")
    post_event(conversation=talk, text="An equipe event.")
    assert (found(salma, "equipe"), indexed()) == ([1], [])
    assert (index_messages(), index_messages()) == (1, 0)
    write(amina, talk, "Équipe three")
    assert (found(salma, "equipe"), indexed()) == ([3, 1], [1])
    assert (messaging_tasks.index_messages(), found(salma, "equipe"), indexed()) == (1, [3, 1], [1, 3])
    # Built anew from nothing, and beside what was there, it is the same.
    Conversation.objects.update(indexed_seq=0)
    assert (found(salma, "equipe"), index_messages(), indexed()) == ([3, 1], 2, [1, 3])
    MessageWords.objects.all().delete()
    Conversation.objects.update(indexed_seq=0)
    assert (found(salma, "equipe"), index_messages(), indexed()) == ([3, 1], 2, [1, 3])


def test_changed_words_are_never_found_by_what_was_written_down(amina: User, salma: User, talk: Conversation) -> None:
    write(amina, talk, "We meet on Monday")
    index_messages()
    message = edit_message(actor=amina, message=Message.objects.get(), text="We meet on Tuesday")
    assert (found(salma, "monday"), found(salma, "tuesday"), indexed()) == ([], [1], [1])
    delete_message(actor=amina, message=message)
    assert (found(salma, "tuesday"), indexed()) == ([], [])
    write(amina, talk, "Somewhere")
    index_messages()
    # Whoever changes a text behind the actions is followed as well.
    Message.objects.filter(seq=2).update(text="Elsewhere")
    assert (found(salma, "somewhere"), found(salma, "elsewhere")) == ([], [2])
    Message.objects.filter(seq=2).delete()
    assert indexed() == []


def test_much_is_written_down_conversation_by_conversation(amina: User, salma: User, talk: Conversation) -> None:
    count = 2 * MESSAGES_OF_A_TALK + 1
    Message.objects.bulk_create(
        Message(conversation=talk, seq=seq, sender=amina, text=f"number {seq}") for seq in range(1, count + 1)
    )
    Conversation.objects.filter(pk=talk.pk).update(last_seq=count)
    for _talk in range(TALKS):
        write(salma, open_conversation(participants=[amina, salma], topic="x", state="open"), "number")
    assert index_messages() == count + TALKS
    assert not Conversation.objects.filter(last_seq__gt=F("indexed_seq")).exists()


@pytest.mark.django_db(transaction=True)
def test_text_that_changes_while_it_is_written_down_is_not_found_by_its_old_words(
    amina: User, salma: User, talk: Conversation
) -> None:
    """Who changes a text, even without the conversation's lock, comes either before the sweep or after it."""
    write(amina, talk, "Monday")
    has_read, may_commit = threading.Event(), threading.Event()

    def sweep() -> None:
        with transaction.atomic():
            index_messages()
            has_read.set()
            may_commit.wait(10)
        connection.close()

    sweeping = threading.Thread(target=sweep)
    sweeping.start()
    assert has_read.wait(10)
    changing = threading.Thread(target=lambda: (Message.objects.update(text="Tuesday"), connection.close()))
    changing.start()
    changing.join(0.5)
    assert changing.is_alive()  # it waits for the sweep
    may_commit.set()
    for thread in (sweeping, changing):
        thread.join(10)
    assert (found(salma, "monday"), found(salma, "tuesday"), indexed()) == ([], [1], [1])


@pytest.mark.django_db(transaction=True)
def test_conversation_that_somebody_holds_is_left_to_the_next_sweep(amina: User, talk: Conversation) -> None:
    write(amina, talk, "Monday")
    with transaction.atomic():
        Conversation.objects.select_for_update().get(pk=talk.pk)
        [count] = in_threads(lambda _number: index_messages(), 1)
        assert count == 0
    assert index_messages() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_search_takes_the_same_queries_when_more_is_found(
    count: int, amina: User, salma: User, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        write(amina, open_conversation(participants=[amina, salma], topic="x", state="open"), "Bonjour")
    with django_assert_num_queries(3):
        assert len(search_messages(salma, "bonjour").rows) == count


def test_newest_comes_first_and_older_pages_follow(amina: User, talk: Conversation) -> None:
    Message.objects.bulk_create(
        Message(conversation=talk, seq=seq, sender=amina, text=f"number {seq}") for seq in range(1, PAGE + 4)
    )
    Conversation.objects.filter(pk=talk.pk).update(last_seq=PAGE + 3)
    first, second = search_messages(amina, "number"), search_messages(amina, "number", 2)
    assert [row.seq for row in first.rows] == list(range(PAGE + 3, 3, -1))
    assert ([row.seq for row in second.rows], first.has_more, second.has_more) == ([3, 2, 1], True, False)


def test_index_answers_when_there_is_much(amina: User, talk: Conversation) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT FROM messaging_messagewords WHERE words @@ (SELECT 'a:*'::tsquery)")
        assert "message_words" in "\n".join(row[0] for row in cursor.fetchall())


def test_hits_are_marked_with_what_stands_around_them() -> None:
    text = " ".join(["before"] * 40 + ["Équipe,"] + ["after"] * 60)
    parts = segments(text, {"Équipe,"})
    assert [part.text for part in parts if part.is_hit] == ["Équipe,"]
    assert parts[0].text.startswith("… before before")
    assert "".join(part.text for part in parts).endswith("after …")
    assert sum(len(part.text) for part in parts) < 240
    assert "".join(part.text for part in segments("a b", set())) == "a b"
    assert segments("", set())[0].text == ""


def test_page_marks_the_hit_and_leads_to_its_place(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    Message.objects.bulk_create(
        Message(conversation=talk, seq=seq, sender=amina, text=f"no {seq}." if seq != 12 else "<b>Éléphant</b>")
        for seq in range(1, 101)
    )
    Conversation.objects.filter(pk=talk.pk).update(last_seq=100)
    client = as_person(salma)
    html = client.get("/messages/search/", {"q": "elephant"}).content.decode()
    assert "<mark>&lt;b&gt;Éléphant&lt;/b&gt;</mark>" in html
    assert f'href="/messages/{talk.pk}/?at=12#m12"' in html
    place = client.get(f"/messages/{talk.pk}/?at=12").content.decode()
    for text in ('id="m12"', "no 1.", "no 26.", "?at=", "Newest messages"):
        assert text in place
    assert "no 60." not in place
    newest = client.get(f"/messages/{talk.pk}/?at=95").content.decode()
    assert 'id="m95"' in newest
    assert "chat.js" in newest
    assert "Nothing in your messages" in client.get("/messages/search/", {"q": "giraffe"}).content.decode()
    assert client.get("/messages/search/", {"q": "x" * 201}).status_code == 422
    assert client.get("/messages/search/", {"q": "a\0"}).status_code == 422
    assert client.get(f"/messages/{talk.pk}/?at=x").status_code == 200
    assert 'action="/messages/search/"' in client.get("/messages/").content.decode()
