"""Exports of a conversation: everything said, on the reader's clock, for the people in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone, translation
from pypdf import PdfReader

from diaspora_net.accounts.models import User
from messaging.actions.edits import delete_message, edit_message
from messaging.actions.file_checks import check_files
from messaging.actions.messages import post_event
from messaging.models import Conversation, Message
from messaging.queries.conversations import others_in
from messaging.queries.files import files_of
from messaging.queries.messages import newest_messages
from messaging.reports.pages import is_rtl, render_pages
from messaging.reports.record import make_record
from tests.messaging.test_actions import write
from tests.messaging.test_files import say, send

SignIn = Callable[[User | None], Client]


@pytest.fixture
def spoken(amina: User, salma: User, talk: Conversation) -> Conversation:
    """Return a conversation with a bit of everything, said at half past eleven at night UTC."""
    write(amina, talk, "Bonjour\nà tous")
    say(salma, talk, send(salma, talk, "خطة.txt"), text="السلام عليكم، الخطة مرفقة")
    check_files()
    write(amina, talk, "Typo")
    write(amina, talk, "Gone")
    edit_message(actor=amina, message=Message.objects.get(seq=3), text="No typo")
    delete_message(actor=amina, message=Message.objects.get(seq=4))
    post_event(conversation=talk, text="The session was confirmed.")
    Message.objects.update(created_at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    return talk


def test_text_says_all_that_was_said_on_the_readers_clock(salma: User, spoken: Conversation, as_person: SignIn) -> None:
    User.objects.filter(pk=salma.pk).update(time_zone="Africa/Tunis")
    answer = as_person(salma).get(f"/messages/{spoken.pk}/export/txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Cache-Control"] == "no-store, private"
    text = answer.content.decode()
    for line in (
        "Salma Gharbi, Amina Ben Salah\nDialysis in Jendouba\nSaved by Salma Gharbi on ",
        "All times are those of Africa/Tunis.",
        "Tuesday 3 March 2026\n\n00:30 Amina Ben Salah: Bonjour\n      à tous\n",
        "00:30 Salma Gharbi: السلام عليكم، الخطة مرفقة\n      [File: خطة.txt (Text, 31 bytes)]",
        "00:30 Amina Ben Salah: No typo\n      [Edited]",
        "00:30 Amina Ben Salah: Message deleted",
        "00:30 The session was confirmed.",
    ):
        assert line in text
    for word in ("Gone", "Typo\n", "earlier"):
        assert word not in text


def _words_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_pdf_is_made_for_every_script(amina: User, spoken: Conversation, as_person: SignIn) -> None:
    answer = as_person(amina).get(f"/messages/{spoken.pk}/export/pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith('.pdf"')
    assert answer.content.startswith(b"%PDF-")
    assert len(answer.content) < 200_000
    assert "□" not in _words_of(answer.content)
    write(amina, spoken, "ሰላም 👍🏽\tBonjour")
    words = _words_of(as_person(amina).get(f"/messages/{spoken.pk}/export/pdf").content)
    assert "□□□ □ Bonjour" in words
    assert "cannot show stand as □. The text file has them all." in words
    # A pile of marks, which nobody could read and which takes long to set, is cut.
    write(amina, spoken, "Z" + "\u0301" * 3999)
    assert len(as_person(amina).get(f"/messages/{spoken.pk}/export/pdf").content) < len(answer.content) + 5_000
    assert (is_rtl("السلام"), is_rtl("  12 السلام"), is_rtl("Bonjour السلام"), is_rtl("12")) == (
        True,
        True,
        False,
        False,
    )


def test_record_says_what_is_not_in_it(amina: User, spoken: Conversation) -> None:
    messages, omitted = newest_messages(amina, spoken, 2, 1000)
    assert ([message.seq for message in messages], omitted) == ([4, 5], 3)
    assert [message.seq for message in newest_messages(amina, spoken, 9, 40)[0]] == [3, 4, 5]
    record = make_record(amina, spoken, others_in(spoken, amina), messages, files_of(messages), omitted)
    assert "3 earlier messages are not in this file." in record.head
    with translation.override("ar"):
        assert render_pages(record).startswith(b"%PDF-")


def test_nobody_else_takes_a_conversation_along(dana: User, spoken: Conversation, as_person: SignIn) -> None:
    for form, status in (("txt", 404), ("pdf", 404)):
        assert as_person(dana).get(f"/messages/{spoken.pk}/export/{form}").status_code == status
        answer = as_person(None).get(f"/messages/{spoken.pk}/export/{form}")
        assert answer.status_code == 302


def test_other_forms_are_not_there(amina: User, spoken: Conversation, as_person: SignIn) -> None:
    assert as_person(amina).get(f"/messages/{spoken.pk}/export/docx").status_code == 404
    assert timezone.is_aware(Message.objects.get(seq=1).created_at)
