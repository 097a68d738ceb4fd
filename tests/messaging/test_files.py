"""Files in conversations: sent in pieces or by form, tied to a message, had by whom may have them and nobody else."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, DomainError, Invalid, SlowDown
from messaging.actions import files as actions
from messaging.actions.conversations import add_participant, change_conversation_state, leave_conversation
from messaging.actions.edits import delete_message
from messaging.actions.file_checks import check_files
from messaging.actions.files import (
    discard_file,
    finish_file,
    post_message_with_files,
    receive_part,
    start_file,
)
from messaging.models import Conversation, File, FilePart, Message
from messaging.queries.conversations import conversation_list
from messaging.queries.messages import messages_after
from tests.core.uploads.corpus import CANARY, office, pdf, pdf_with, picture, placed_picture
from tests.messaging.test_actions import in_threads

SignIn = Callable[[User | None], Client]
TEXT = "Bonjour à tous, voici le plan.".encode()


def send(actor: User, talk: Conversation, name: str = "plan.txt", content: bytes = TEXT, piece: int = 10_000) -> File:
    """Send a whole file; it waits to be checked."""
    file = start_file(
        actor=actor, conversation=talk, name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest()
    )
    for begins in range(0, len(content), piece):
        receive_part(actor=actor, file=file, begins=begins, data=content[begins : begins + piece])
    return finish_file(actor=actor, file=file)


def say(actor: User, talk: Conversation, *files: File, text: str = "", client_id: uuid.UUID | None = None) -> Message:
    posted = post_message_with_files(
        actor=actor,
        conversation=talk,
        client_id=client_id or uuid.uuid4(),
        text=text,
        files=[file.pk for file in files],
    )
    return Message.objects.get(pk=posted.id)


def checked(file: File) -> File:
    check_files()
    return File.objects.get(pk=file.pk)


def stored() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


# ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_file_comes_through_when_sent_in_pieces(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    file = send(amina, talk, content=TEXT, piece=7)
    assert (file.state, file.received) == ("checking", len(TEXT))
    message = say(amina, talk, file, text="Le plan")
    file = checked(file)
    assert (file.state, file.message_id, file.reason) == ("ready", message.pk, "")
    assert not FilePart.objects.exists()
    answer = as_person(salma).get(f"/messages/files/{file.pk}/")
    assert answer.content == TEXT


def test_sending_goes_on_where_it_stood_when_the_line_was_lost(amina: User, talk: Conversation) -> None:
    values: dict[str, Any] = {"name": "plan.txt", "size": len(TEXT), "sha256": hashlib.sha256(TEXT).hexdigest()}
    file = start_file(actor=amina, conversation=talk, **values)
    receive_part(actor=amina, file=file, begins=0, data=TEXT[:10])
    again = start_file(actor=amina, conversation=talk, **values)
    assert (again.pk, again.received) == (file.pk, 10)
    for wrong in (0, 5, 11):
        with pytest.raises(Conflict) as refused:
            receive_part(actor=amina, file=file, begins=wrong, data=TEXT[:5])
        assert refused.value.code == "wrong_offset"
    with pytest.raises(Conflict) as refused:
        finish_file(actor=amina, file=file)
    assert refused.value.code == "incomplete"
    with pytest.raises(Invalid):
        receive_part(actor=amina, file=file, begins=10, data=TEXT)
    receive_part(actor=amina, file=file, begins=10, data=TEXT[10:])
    assert finish_file(actor=amina, file=file).state == finish_file(actor=amina, file=file).state == "checking"
    with pytest.raises(Conflict):
        receive_part(actor=amina, file=file, begins=len(TEXT), data=b"x")


def test_pieces_arrive_once_when_sent_at_the_same_moment(
    transactional_db: None, amina: User, talk: Conversation
) -> None:
    file = start_file(actor=amina, conversation=talk, name="a.txt", size=20, sha256="0" * 64)
    answers = in_threads(lambda _n: receive_part(actor=amina, file=file, begins=0, data=b"x" * 10), 6)
    assert sum(isinstance(answer, File) for answer in answers) == 1
    assert all(isinstance(answer, File) or answer.code == "wrong_offset" for answer in answers)  # type: ignore[attr-defined]
    file.refresh_from_db()
    assert (file.received, file.parts.count()) == (10, 1)


def test_file_begins_anew_when_it_did_not_arrive_as_it_was_sent(amina: User, talk: Conversation) -> None:
    file = start_file(actor=amina, conversation=talk, name="a.txt", size=3, sha256="0" * 64)
    receive_part(actor=amina, file=file, begins=0, data=b"abc")
    with pytest.raises(Conflict) as refused:
        finish_file(actor=amina, file=file)
    assert refused.value.code == "broken"
    file.refresh_from_db()
    assert (file.state, file.received, file.parts.count()) == ("receiving", 0, 0)


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [
        ("plan.exe", 10, "not_allowed"),
        ("plan.pdf.exe", 10, "not_allowed"),
        ("plan.svg", 10, "not_allowed"),
        ("plan\u202efdp.exe", 10, "not_allowed"),
        ("...", 10, "no_name"),
        ("plan.pdf", 0, "empty"),
        ("plan.pdf", 10 * 1024 * 1024 + 1, "too_big"),
    ],
)
def test_announcement_is_refused_in_words_when_it_cannot_be_taken(
    name: str, size: int, code: str, amina: User, talk: Conversation
) -> None:
    with pytest.raises(Invalid) as refused:
        start_file(actor=amina, conversation=talk, name=name, size=size, sha256="0" * 64)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
    assert not File.objects.exists()


def test_largest_file_is_taken(amina: User, talk: Conversation) -> None:
    assert start_file(actor=amina, conversation=talk, name="a.pdf", size=10 * 1024 * 1024, sha256="0" * 64).pk


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_nothing_is_taken_when_nobody_can_write(state: str, amina: User, talk: Conversation) -> None:
    file = start_file(actor=amina, conversation=talk, name="a.txt", size=3, sha256="0" * 64)
    change_conversation_state(conversation=talk, to=state)
    file = File.objects.get(pk=file.pk)
    for act in (
        lambda: start_file(actor=amina, conversation=Conversation.objects.get(), name="b.txt", size=3, sha256="1" * 64),
        lambda: receive_part(actor=amina, file=file, begins=0, data=b"abc"),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "closed"
    assert not FilePart.objects.exists()


# ── Quota ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def fill(actor: User, talk: Conversation, left: int) -> None:
    """Leave ``left`` bytes of somebody's quota, spent days ago."""
    size, spent = 10_000_000, actions.QUOTA_BYTES - left
    sizes = [size] * (spent // size) + ([spent % size] if spent % size else [])
    ago = timezone.now() - timedelta(days=3)
    File.objects.bulk_create(
        File(conversation=talk, owner=actor, name="a.txt", kind="txt", size=each, sha256="0" * 64, started_at=ago)
        for each in sizes
    )


def test_exactly_one_is_taken_when_twenty_begin_at_the_edge_of_the_quota(
    transactional_db: None, amina: User, talk: Conversation
) -> None:
    fill(amina, talk, 1999)
    before = File.objects.count()

    def begin(number: int) -> object:
        return start_file(actor=amina, conversation=talk, name=f"{number}.txt", size=1000, sha256=f"{number:064x}")

    answers = in_threads(begin, 20)
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == 19
    assert {error.code for error in refused} == {"quota"}
    assert "999 bytes" in refused[0].message
    assert File.objects.count() == before + 1


def test_quota_counts_what_is_gone_and_forgets_after_a_month(amina: User, talk: Conversation) -> None:
    fill(amina, talk, 500)
    file = send(amina, talk, content=b"x" * 500)
    discard_file(actor=amina, file=file)
    with pytest.raises(Conflict):
        start_file(actor=amina, conversation=talk, name="b.txt", size=1, sha256="0" * 64)
    File.objects.update(started_at=timezone.now() - timedelta(days=31))
    assert start_file(actor=amina, conversation=talk, name="b.txt", size=1, sha256="0" * 64)


def test_sender_is_slowed_down_when_many_files_come_within_an_hour(
    amina: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "FILES_PER_HOUR", 2)
    for number in range(2):
        start_file(actor=amina, conversation=talk, name=f"{number}.txt", size=1, sha256="0" * 64)
    with pytest.raises(SlowDown):
        start_file(actor=amina, conversation=talk, name="2.txt", size=1, sha256="0" * 64)


# ── Messages ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_text_may_be_empty_only_when_there_are_files(amina: User, talk: Conversation) -> None:
    with pytest.raises(Invalid):
        say(amina, talk)
    message = say(amina, talk, send(amina, talk))
    assert (message.text, message.file_count) == ("", 1)
    assert conversation_list(amina)[0].last_text == "1 file"


def test_message_with_files_is_the_same_when_sent_again(amina: User, talk: Conversation) -> None:
    first, second = send(amina, talk, "a.txt"), send(amina, talk, "b.txt")
    client_id = uuid.uuid4()
    message = say(amina, talk, second, first, client_id=client_id)
    assert say(amina, talk, second, first, client_id=client_id) == message
    assert [file.name for file in message.files.order_by("position")] == ["b.txt", "a.txt"]
    third = send(amina, talk, "c.txt")
    for other in ((first,), (), (first, second, third)):
        with pytest.raises(DomainError):
            say(amina, talk, *other, text="", client_id=client_id)
    assert talk.messages.count() == 1
    assert File.objects.get(pk=third.pk).message_id is None


def test_nothing_is_written_when_a_file_cannot_be_tied(amina: User, salma: User, talk: Conversation) -> None:
    sent, theirs = send(amina, talk, "sent.txt"), send(salma, talk, "theirs.txt")
    say(amina, talk, sent)
    half = start_file(actor=amina, conversation=talk, name="half.txt", size=3, sha256="0" * 64)
    bad = checked(send(amina, talk, "bad.pdf", b"no pdf"))
    gone = send(amina, talk, "gone.txt", b"gone")
    discard_file(actor=amina, file=gone)
    good = send(amina, talk, "good.txt", b"good")
    for wrong, code in (
        (sent, "gone"),
        (theirs, "gone"),
        (half, "incomplete"),
        (bad, "mismatch"),
        (gone, "gone"),
        (good, "gone"),
    ):
        with pytest.raises(DomainError) as refused:
            say(amina, talk, good, wrong, text="Hello")
        assert refused.value.code == code
    with pytest.raises(Invalid) as refused:
        say(amina, talk, *[good] * 6)
    assert refused.value.code == "too_many"
    assert talk.messages.count() == 1
    assert File.objects.get(pk=good.pk).message_id is None


def test_database_itself_refuses_a_sixth_file_and_a_half_one(amina: User, talk: Conversation) -> None:
    files = [send(amina, talk, f"{number}.txt", b"x") for number in range(5)]
    message = say(amina, talk, *files)
    extra = send(amina, talk, "extra.txt")
    for values in ({"position": 4, "message": message}, {"position": 5, "message": message}, {"state": "ready"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            File.objects.filter(pk=extra.pk).update(**values)
    half = start_file(actor=amina, conversation=talk, name="half.txt", size=3, sha256="0" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        File.objects.filter(pk=half.pk).update(message=message, position=0)


# ── By form, without script ─────────────────────────────────────────────────────────────────────────────────────────
def uploads(**files: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name.replace("_dot_", "."), content) for name, content in files.items()]


def test_form_sends_files_once_when_it_is_sent_twice(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    client, client_id = as_person(amina), str(uuid.uuid4())
    for _time in range(2):
        values = {
            "text": "",
            "client_id": client_id,
            "files": uploads(plan_dot_pdf=pdf(), photo_dot_jpg=picture("JPEG")),
        }
        assert client.post(f"/messages/{talk.pk}/", values).status_code == 303
    [message] = talk.messages.all()
    assert [file.name for file in message.files.order_by("position")] == ["plan.pdf", "photo.jpg"]
    assert check_files() == 2
    html = as_person(salma).get(f"/messages/{talk.pk}/").content.decode()
    assert "plan.pdf" in html
    assert "PDF, " in html
    assert html.count('loading="lazy"') == 1


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a_dot_exe": b"MZ"}, "Files of this kind are not accepted"),
        ({"a_dot_pdf": b""}, "empty"),
        ({f"{n}_dot_txt": b"x" for n in range(6)}, "A message can hold 5 files"),
    ],
)
def test_form_says_why_and_keeps_the_text_when_a_file_is_refused(
    files: dict[str, bytes], sentence: str, amina: User, talk: Conversation, as_person: SignIn
) -> None:
    values = {"text": "My long text", "client_id": str(uuid.uuid4()), "files": uploads(**files)}
    answer = as_person(amina).post(f"/messages/{talk.pk}/", values)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert sentence in html
    assert "My long text" in html
    assert not talk.messages.exists()
    assert not File.objects.exists()


# ── Having them ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_picture_leaves_without_what_it_told_beside_itself(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    file = send(amina, talk, "photo.jpg", placed_picture())
    say(amina, talk, file)
    file = checked(file)
    assert (file.state, bool(file.small_name)) == ("ready", True)
    for address, kind in (
        (f"/messages/files/{file.pk}/", "image/jpeg"),
        (f"/messages/files/{file.pk}/small/", "image/webp"),
    ):
        answer = as_person(salma).get(address)
        assert answer["Content-Type"] == kind
        assert CANARY not in answer.content
    assert all(CANARY not in path.read_bytes() for path in stored())


def test_answer_is_sealed_when_a_file_is_had(amina: User, talk: Conversation, as_person: SignIn) -> None:
    file = send(amina, talk, "خطة «العمل».txt", b"<script>alert(1)</script>")
    say(amina, talk, file)
    check_files()
    answer = as_person(amina).get(f"/messages/files/{file.pk}/")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%D8%AE")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store, private"
    assert "session" not in answer.cookies


def test_file_is_theirs_who_are_in_the_conversation_now(
    amina: User, salma: User, dana: User, talk: Conversation, as_person: SignIn
) -> None:
    file = send(amina, talk, "photo.png", picture("PNG"))
    addresses = [f"/messages/files/{file.pk}/", f"/messages/files/{file.pk}/small/"]

    def answers(user: User) -> list[int]:
        return [as_person(user).get(address).status_code for address in addresses]

    assert answers(amina) == answers(salma) == [404, 404]  # not checked
    check_files()
    assert (answers(amina), answers(salma), answers(dana)) == ([200, 200], [404, 404], [404, 404])  # not sent yet
    message = say(amina, talk, file)
    assert (answers(amina), answers(salma), answers(dana)) == ([200, 200], [200, 200], [404, 404])
    leave_conversation(conversation=talk, user=salma)
    assert answers(salma) == [404, 404]
    add_participant(conversation=talk, user=salma)
    assert answers(salma) == [200, 200]
    piece = f"/messages/{talk.pk}/{message.seq}/files/"
    assert as_person(salma).get(piece).status_code == 200
    # Who is let into a group later knows nothing of what was said before, not even what its files are called.
    Conversation.objects.update(is_group=True)
    add_participant(conversation=talk, user=dana)
    assert answers(dana) == [404, 404]
    assert as_person(dana).get(piece).status_code == 404
    unknown = as_person(dana).get(f"/messages/files/{uuid.uuid4()}/")
    assert unknown.status_code == 404
    delete_message(actor=amina, message=message)
    assert answers(amina) == answers(salma) == [404, 404]


def test_nobody_has_a_file_when_it_was_rejected(
    amina: User, salma: User, talk: Conversation, as_person: SignIn
) -> None:
    script = pdf_with(b"9 0 obj\n<</S /JavaScript /JS (app.alert\\(1\\))>>\nendobj")
    file = send(amina, talk, "plan.pdf", script)
    say(amina, talk, file)
    file = checked(file)
    assert (file.state, file.reason, file.stored_name) == ("rejected", "active", "")
    assert not file.parts.exists()
    for person in (amina, salma):
        assert as_person(person).get(f"/messages/files/{file.pk}/").status_code == 404
        html = as_person(person).get(f"/messages/{talk.pk}/").content.decode()
        assert "macros, scripts or commands" in html
        assert f"/messages/files/{file.pk}/" not in html


def test_pictures_wait_for_a_tap_when_the_device_saves_data(amina: User, talk: Conversation, as_person: SignIn) -> None:
    file = send(amina, talk, "photo.png", picture("PNG"))
    say(amina, talk, file)
    check_files()
    page, piece = f"/messages/{talk.pk}/", f"/messages/{talk.pk}/1/files/"
    for address in (page, piece):
        assert "Show the picture" not in as_person(amina).get(address).content.decode()
        assert "Show the picture" in as_person(amina).get(address, headers={"Save-Data": "on"}).content.decode()
    assert as_person(amina).get(f"/messages/{talk.pk}/9/files/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_when_there_are_more_files(
    count: int, amina: User, talk: Conversation, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        say(amina, talk, send(amina, talk, f"{number}.txt", str(number).encode()))
    messages = messages_after(amina, talk, 0)
    with django_assert_num_queries(1):
        found = actions_files_of(messages)
    assert len(found) == count
    with django_assert_num_queries(0):
        assert not actions_files_of([])


def actions_files_of(messages: list[Message]) -> dict[uuid.UUID, list[File]]:
    from messaging.queries.files import files_of

    return files_of(messages)


# ── API ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_device_sends_a_file_and_its_message(amina: User, salma: User, talk: Conversation, as_person: SignIn) -> None:
    client, content = as_person(amina), office()
    base = f"/api/v1/conversations/{talk.pk}"
    announced = {"name": "plan.docx", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    answer = client.post(f"{base}/files", announced, content_type="application/json")
    assert answer.status_code == 201
    file = answer.json()
    assert {key: file[key] for key in ("name", "kind", "state", "received", "size", "problem")} == {
        "name": "plan.docx",
        "kind": "docx",
        "state": "receiving",
        "received": 0,
        "size": len(content),
        "problem": "",
    }
    one = f"/api/v1/files/{file['id']}"
    assert (
        client.put(f"{one}?begins=0", content[:300], content_type="application/octet-stream").json()["received"] == 300
    )
    wrong = client.put(f"{one}?begins=0", content[:300], content_type="application/octet-stream")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_offset")
    assert client.get(one).json()["received"] == 300
    client.put(f"{one}?begins=300", content[300:], content_type="application/octet-stream")
    assert client.post(f"{one}/finish").json()["state"] == "checking"
    message = {"client_id": str(uuid.uuid4()), "text": "", "files": [file["id"]]}
    statuses = [client.post(f"{base}/messages", message, content_type="application/json").status_code for _ in range(2)]
    assert statuses == [201, 200]
    check_files()
    [read] = as_person(salma).get(f"{base}/messages").json()["messages"]
    assert read["files"] == [
        {"id": file["id"], "name": "plan.docx", "size": len(content), "kind": "docx", "state": "ready"}
    ]
    assert client.delete(one).status_code == 409


def test_files_of_others_are_not_there_for_the_api(
    amina: User, salma: User, dana: User, talk: Conversation, as_person: SignIn
) -> None:
    file = start_file(actor=amina, conversation=talk, name="a.txt", size=3, sha256="0" * 64)
    one = f"/api/v1/files/{file.pk}"
    for person in (salma, dana):
        client = as_person(person)
        octets = {"content_type": "application/octet-stream"}
        answers = [
            client.get(one),
            client.put(f"{one}?begins=0", b"abc", **octets),
            client.post(f"{one}/finish"),
            client.delete(one),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
    announced = {"name": "a.txt", "size": 3, "sha256": "0" * 64}
    answer = as_person(dana).post(f"/api/v1/conversations/{talk.pk}/files", announced, content_type="application/json")
    assert answer.status_code == 404
    assert as_person(None).get(one).status_code == 401
    assert not FilePart.objects.exists()
    assert as_person(amina).delete(one).status_code == 204
    assert as_person(amina).get(one).status_code == 404


@pytest.mark.parametrize(
    "announced",
    [
        {"name": "a.txt", "size": 3},
        {"name": "a.txt", "size": -1, "sha256": "0" * 64},
        {"name": "a.txt", "size": "x", "sha256": "0" * 64},
        {"name": ["a"], "size": 3, "sha256": "0" * 64},
        {"name": "a.txt", "size": 3, "sha256": "z" * 64},
        {"name": "a.txt", "size": 3, "sha256": "0" * 64, "more": 1},
        {"name": "\ud800.exe", "size": 3, "sha256": "0" * 64},
        {"name": "a" * 1001, "size": 3, "sha256": "0" * 64},
    ],
)
def test_announcement_that_is_none_is_refused(
    announced: dict[str, Any], amina: User, talk: Conversation, as_person: SignIn
) -> None:
    answer = as_person(amina).post(f"/api/v1/conversations/{talk.pk}/files", announced, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert not File.objects.exists()


def test_piece_is_refused_when_it_is_empty_or_too_large(amina: User, talk: Conversation, as_person: SignIn) -> None:
    file = start_file(actor=amina, conversation=talk, name="a.txt", size=5_000_000, sha256="0" * 64)
    client = as_person(amina)
    for size, status in ((0, 422), (actions.MOST_PART, 200), (actions.MOST_PART + 1, 422), (2_000_000, 400)):
        begins = File.objects.get(pk=file.pk).received
        answer = client.put(
            f"/api/v1/files/{file.pk}?begins={begins}", b"x" * size, content_type="application/octet-stream"
        )
        assert answer.status_code == status
    assert (
        client.put(f"/api/v1/files/{file.pk}?begins=x", b"x", content_type="application/octet-stream").status_code
        == 422
    )
