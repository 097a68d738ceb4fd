"""The handover kit: what both put in, what stays with the institution, and how it takes it home."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements.actions import engagements as work
from engagements.actions import handover
from engagements.actions.handover import add_kit_item, keep_in_kit, remove_kit_item
from engagements.actions.participants import add_participant
from engagements.actions.sessions import confirm_session, log_session
from engagements.actions.shared_files import remove_file, share_files
from engagements.models import KitItem, SharedFile
from engagements.queries.handover import kit_of
from messaging.models import File
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.engagements.work.test_files import arrival, share, url
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def opened(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_kit_stays_when_the_work_and_the_account_have_ended(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    leila = add_participant(actor=world.bereket, engagement=engagement, name="Leïla Trabelsi", role="counterpart")
    session = log_session(
        actor=world.amina,
        engagement=engagement,
        held_on=timezone.localdate(),
        minutes=90,
        kind="training",
        attended=[leila.pk],
    )
    confirm_session(actor=world.bereket, session=session)
    marked = share(world.amina, engagement, "plan.txt", b"One")
    share(world.bereket, engagement, "plan.txt", b"Two")
    twin = SharedFile.objects.exclude(pk=marked.pk).get()
    share(world.amina, engagement, "aside.txt", b"Three")
    keep_in_kit(actor=world.amina, shared=marked, is_in=True)
    keep_in_kit(actor=world.bereket, shared=twin, is_in=True)
    add_kit_item(actor=world.amina, engagement=engagement, title="Strips", text="Kept in <b>drawer</b> 3")
    add_kit_item(actor=world.amina, engagement=engagement, title="Atlas", url="https://ecg.example.org/atlas")
    work.end_engagement_early(actor=world.bereket, engagement=engagement, reason="circumstances")
    User.objects.filter(pk=world.amina.pk).update(is_active=False)

    client = as_person(world.bereket)
    page = client.get(url("handover", engagement.reference)).content.decode()
    answer = client.get(url("handover-archive", engagement.reference))

    for text in ("Leïla Trabelsi", "1 session", "1 h 30 min confirmed", "&lt;b&gt;drawer&lt;/b&gt; 3", "plan.txt"):
        assert text in page
    assert "aside.txt" not in page
    assert 'href="https://ecg.example.org/atlas"' in page
    assert answer["Content-Type"] == "application/zip"
    files = opened(answer.content)
    assert sorted(files) == ["files/plan (2).txt", "files/plan.txt", "handover.txt"]
    assert {files["files/plan.txt"], files["files/plan (2).txt"]} == {"One", "Two"}
    for text in ("Leïla Trabelsi (Counterpart: carries the work on): 1 session, 1.5 h confirmed", "atlas", "drawer"):
        assert text in files["handover.txt"]


def test_after_the_end_the_kit_is_the_institutions_alone(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    shared = share(world.amina, engagement)
    item = add_kit_item(actor=world.amina, engagement=engagement, title="Strips", text="Drawer 3")
    keep_in_kit(actor=world.amina, shared=shared, is_in=True)
    with refused(Conflict):
        remove_file(actor=world.amina, shared=shared)
    work.end_engagement_early(actor=world.bereket, engagement=engagement, reason="circumstances")
    engagement.refresh_from_db()

    with refused(Conflict):
        keep_in_kit(actor=world.amina, shared=shared, is_in=False)
    with refused(Conflict):
        add_kit_item(actor=world.amina, engagement=engagement, title="More", text="Words")
    with refused(Conflict):
        remove_kit_item(actor=world.amina, item=item)
    with refused(Conflict):
        remove_file(actor=world.amina, shared=shared)
    assert "Add a note" not in as_person(world.amina).get(url("handover", engagement.reference)).content.decode()
    assert len(opened(as_person(world.amina).get(url("handover-archive", engagement.reference)).content)) == 2

    client = as_person(world.bereket)
    note = {"title": "Power", "text": "Fuses are in the cellar", "url": ""}
    assert client.post(url("handover", engagement.reference), note).status_code == 302
    assert client.post(url("handover-remove", item.reference)).status_code == 302
    assert client.post(url("shared-file-keep", shared.reference), {"to": "out"}).status_code == 302
    assert [one.title for one in kit_of(engagement).items] == ["Power"]
    assert kit_of(engagement).files == []
    remove_file(actor=world.amina, shared=SharedFile.objects.get())


def test_what_does_not_belong_into_the_kit_is_refused_without_a_trace(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    engagement = story.after_engagement_started(world)
    (waiting,) = share_files(actor=world.amina, engagement=engagement, arrivals=[arrival()])
    with refused(Conflict):
        keep_in_kit(actor=world.amina, shared=waiting, is_in=True)
    shared = share(world.amina, engagement, "other.txt")
    item = add_kit_item(actor=world.amina, engagement=engagement, title="Strips", text="Drawer 3")
    assert add_kit_item(actor=world.bereket, engagement=engagement, title="Strips", text="Drawer 3") == item
    for person in (world.chidi, world.dana):
        with refused(NotAllowed):
            keep_in_kit(actor=person, shared=shared, is_in=True)
        with refused(NotAllowed):
            add_kit_item(actor=person, engagement=engagement, title="Strips", text="Words")
        with refused(NotAllowed):
            remove_kit_item(actor=person, item=item)
    for title, text, link in (
        ("", "Words", ""),
        ("x" * 121, "Words", ""),
        ("Title", "", ""),
        ("Title", "x" * 3001, ""),
        ("Title", "", "javascript:alert(1)"),
        ("Title", "", "ftp://example.org/a"),
        ("Title", "Words", "https://" + "x" * 500 + ".org/"),
    ):
        with refused(Invalid):
            add_kit_item(actor=world.amina, engagement=engagement, title=title, text=text, url=link)
    monkeypatch.setattr(handover, "MOST_ITEMS", 1)
    with refused(Conflict):
        add_kit_item(actor=world.amina, engagement=engagement, title="More", text="Words")
    monkeypatch.setattr(handover, "MOST_BYTES", 5)
    with refused(Conflict):
        keep_in_kit(actor=world.amina, shared=shared, is_in=True)
    assert not SharedFile.objects.filter(in_kit_at__isnull=False).exists()


@pytest.mark.parametrize("wrong", [{"title": ""}, {"text": "", "url": ""}], ids=lambda wrong: str(wrong))
def test_the_database_refuses_parts_that_say_nothing(world: World, wrong: dict[str, str]) -> None:
    engagement = story.after_engagement_started(world)
    add_kit_item(actor=world.amina, engagement=engagement, title="Strips", text="Drawer 3")
    with pytest.raises(IntegrityError), transaction.atomic():
        KitItem.objects.update(**wrong)


def test_strangers_get_nothing_and_the_coordinator_no_content(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    keep_in_kit(actor=world.amina, shared=share(world.amina, engagement), is_in=True)
    pages = [url(name, engagement.reference) for name in ("handover", "handover-archive")]
    assert [as_person(world.dana).get(page).status_code for page in pages] == [404, 404]
    assert [as_person(world.chidi).get(page).status_code for page in pages] == [200, 404]
    client = as_person(world.amina)
    answer = client.post(pages[0], {"title": "A title", "text": "", "url": "nowhere"})
    assert answer.status_code == 422
    assert "A title" in answer.content.decode()


def test_a_file_that_the_storage_lost_is_named_as_missing(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    keep_in_kit(actor=world.amina, shared=share(world.amina, engagement), is_in=True)
    (Path(settings.MEDIA_ROOT) / File.objects.get().stored_name).unlink()
    files = opened(as_person(world.bereket).get(url("handover-archive", engagement.reference)).content)
    assert list(files) == ["handover.txt"]
    assert "Files that are missing" in files["handover.txt"]


def test_the_kit_costs_the_same_when_it_holds_more(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    client, page = as_person(world.bereket), reverse("engagements:handover", args=[engagement.reference])

    def fill(number: int) -> None:
        keep_in_kit(actor=world.amina, shared=share(world.amina, engagement, f"{number}.txt"), is_in=True)
        add_kit_item(actor=world.amina, engagement=engagement, title=f"Note {number}", text="Words")
        add_participant(actor=world.bereket, engagement=engagement, name=f"Person {number}", role="mentee")

    fill(0)
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for number in (1, 2):
        fill(number)
    with CaptureQueriesContext(connection) as three:
        client.get(page)
    assert len(three) == len(one)
