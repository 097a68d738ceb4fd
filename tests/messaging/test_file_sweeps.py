"""What the worker does with files: checks them, each once, and removes what nobody can reach."""

import threading
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict
from diaspora_net.core.uploads.sandbox import Uninspected
from messaging import tasks
from messaging.actions import file_checks
from messaging.actions.edits import delete_message
from messaging.actions.file_checks import check_files
from messaging.actions.file_collecting import collect_files
from messaging.actions.files import start_file
from messaging.models import Conversation, File, FilePart, Message
from messaging.realtime import Wake
from tests.core.uploads.corpus import EICAR, picture
from tests.messaging.test_actions import in_threads
from tests.messaging.test_files import checked, say, send, stored


@pytest.fixture(autouse=True)
def empty_storage() -> None:
    """Begin without stored content, which no rollback removes."""
    for path in stored():
        path.unlink()


def later(**values: float) -> None:
    """Let time pass for all files."""
    ago = timedelta(**values)
    for file in File.objects.all():
        due = file.check_due_at and file.check_due_at - ago
        File.objects.filter(pk=file.pk).update(started_at=file.started_at - ago, check_due_at=due)


# ── Checking ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_each_file_is_checked_once_when_sweeps_run_at_once(
    transactional_db: None, amina: User, talk: Conversation
) -> None:
    for number in range(4):
        send(amina, talk, f"{number}.png", picture("PNG", (60 + number, 40)))
    assert sum(int(str(count)) for count in in_threads(lambda _n: tasks.check_files(), 3)) == 4
    assert len(stored()) == 8
    assert tasks.check_files() == 0
    assert not FilePart.objects.exists()


def test_file_is_checked_although_its_message_is_just_being_written(
    transactional_db: None, amina: User, talk: Conversation
) -> None:
    file = send(amina, talk)
    held, swept = threading.Event(), threading.Event()

    def hold(place: int) -> object:
        if place:
            held.wait(10)
            swept.set()
            return check_files()
        with transaction.atomic():
            File.objects.select_for_update(no_key=True).get(pk=file.pk)
            held.set()
            swept.wait(10)
            time.sleep(0.3)
        return 0

    assert in_threads(hold, 2) == [0, 1]


def test_everyone_in_the_conversation_is_told_when_there_is_a_verdict(
    amina: User,
    salma: User,
    talk: Conversation,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    wakes: list[Wake] = []
    monkeypatch.setattr(file_checks, "publish_after_commit", wakes.extend)
    send(amina, talk, "unsent.txt", b"unsent")
    message = say(amina, talk, send(amina, talk))
    check_files()
    [wake] = wakes
    assert (wake.kind, wake.conversation, wake.number) == ("changed", str(talk.pk), message.seq)
    assert set(wake.people) == {amina.pk, salma.pk}


def test_file_stays_unseen_and_is_tried_again_when_the_scanner_is_silent(
    amina: User, talk: Conversation, settings: Any, tmp_path: Path, as_person: Any
) -> None:
    settings.VIRUS_SCANNER = "/nowhere/clamscan"
    file = send(amina, talk, "eicar.txt", EICAR)
    say(amina, talk, file)
    for attempt in range(1, 8):
        assert check_files() == 0
        file.refresh_from_db()
        assert (file.state, file.check_attempts, file.stored_name) == ("checking", attempt, "")
        later(minutes=2)
    assert as_person(amina).get(f"/messages/files/{file.pk}/").status_code == 404
    assert "takes longer than usual" in as_person(amina).get(f"/messages/{talk.pk}/").content.decode()
    assert not stored()
    script = tmp_path / "scan"
    script.write_text('#!/bin/sh\n! grep -q EICAR-STANDARD "$1"\n')
    script.chmod(0o755)
    settings.VIRUS_SCANNER = str(script)
    other = send(amina, talk, "clean.txt", b"clean")
    assert check_files() == 2
    assert (checked(file).reason, checked(other).state) == ("virus", "ready")


def test_file_is_given_up_when_our_own_process_fails_again_and_again(
    amina: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_values: object) -> None:
        raise Uninspected("no")

    monkeypatch.setattr(file_checks, "inspect", fail)
    file = send(amina, talk)
    for _attempt in range(file_checks.TRIES - 1):
        assert check_files() == 0
        later(minutes=2)
    assert check_files() == 1
    file.refresh_from_db()
    assert (file.state, file.reason) == ("rejected", "unchecked")


def test_file_is_checked_by_another_when_a_worker_died_with_it(amina: User, talk: Conversation) -> None:
    file = send(amina, talk)
    file_checks._lease()
    assert check_files() == 0
    later(minutes=4)
    assert check_files() == 1
    assert checked(file).state == "ready"


def test_nothing_is_stored_twice_when_another_sweep_was_quicker(amina: User, talk: Conversation) -> None:
    send(amina, talk)
    leased = file_checks._lease()
    assert leased is not None
    later(minutes=4)
    assert check_files() == 1
    assert not file_checks._check(leased) or len(stored()) == 1
    assert len(stored()) == 1


# ── Collecting ──────────────────────────────────────────────────────────────────────────────────────────────────────
def age_content(*names: str) -> None:
    long_ago = (timezone.now() - timedelta(hours=30)).timestamp()
    for name in names:
        import os

        os.utime(Path(settings.MEDIA_ROOT) / name, (long_ago, long_ago))


def test_leftovers_go_after_a_day_and_nothing_else(
    amina: User, talk: Conversation, django_capture_on_commit_callbacks: Any
) -> None:
    kept = checked(send(amina, talk, "kept.png", picture("PNG")))
    say(amina, talk, kept)
    unsent = checked(send(amina, talk, "unsent.txt", b"unsent"))
    half = start_file(actor=amina, conversation=talk, name="half.txt", size=3, sha256="0" * 64)
    fresh_orphan = default_storage.save("messages/ab/fresh", ContentFile(b"x"))
    orphan = default_storage.save("messages/ab/orphan", ContentFile(b"x"))
    foreign = default_storage.save("elsewhere/foreign", ContentFile(b"x"))
    later(hours=23)
    assert collect_files() == []
    later(hours=2)
    age_content(orphan, foreign, kept.stored_name, kept.small_name)
    rehearsed = collect_files(is_rehearsal=True)
    assert sorted(rehearsed) == sorted([f"file {unsent.pk}", f"file {half.pk}", f"content {orphan}"])
    assert len(stored()) == 6
    out = StringIO()
    call_command("collect_files", "--rehearse", stdout=out)
    assert sorted(out.getvalue().split("\n")[:-1]) == sorted(rehearsed)
    with django_capture_on_commit_callbacks(execute=True):
        assert sorted(collect_files()) == sorted(rehearsed)
    left = {str(path.relative_to(settings.MEDIA_ROOT)) for path in stored()}
    assert left == {kept.stored_name, kept.small_name, fresh_orphan, foreign}
    states = dict(File.objects.values_list("name", "state"))
    assert states == {"kept.png": "ready", "unsent.txt": "gone", "half.txt": "gone"}
    assert collect_files() == []
    later(days=30)
    collect_files()
    assert list(File.objects.values_list("name", flat=True)) == ["kept.png"]


def test_file_goes_a_day_after_its_message_was_deleted(
    amina: User, talk: Conversation, django_capture_on_commit_callbacks: Any
) -> None:
    file = checked(send(amina, talk))
    message = say(amina, talk, file)
    later(days=2)
    delete_message(actor=amina, message=message)
    Message.objects.filter(pk=message.pk).update(deleted_at=timezone.now() - timedelta(hours=23))
    assert collect_files() == []
    Message.objects.filter(pk=message.pk).update(deleted_at=timezone.now() - timedelta(hours=25))
    with django_capture_on_commit_callbacks(execute=True):
        assert collect_files() == [f"file {file.pk}"]
    assert not stored()
    assert tasks.collect_files() == 0


def test_no_message_loses_its_file_when_it_is_sent_while_leftovers_go(
    transactional_db: None, amina: User, talk: Conversation
) -> None:
    """Either the message has its file and the content is there, or the message was refused."""
    outcomes = set()
    for number in range(12):
        file = checked(send(amina, talk, f"{number}.txt", str(number).encode()))
        later(days=2)
        acts = [lambda file=file: say(amina, talk, file), collect_files]
        answers = in_threads(lambda place, acts=acts: acts[place](), 2)
        file.refresh_from_db()
        if isinstance(answers[0], Message):
            assert (file.state, file.message_id) == ("ready", answers[0].pk)
            assert default_storage.exists(file.stored_name)
        else:
            assert isinstance(answers[0], Conflict)
            assert answers[0].code == "gone"
            assert file.state == "gone"
        outcomes.add(type(answers[0]).__name__)
    assert talk.messages.count() == File.objects.filter(state="ready").count()
    assert outcomes
