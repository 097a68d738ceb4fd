"""Files of an engagement: shared by its sides, had by whom may have them now, removed, and had by nobody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.actions.organisations import add_member, remove_member
from diaspora_net.accounts.models import Membership, User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements import tasks
from engagements.actions import engagements as work
from engagements.actions.shared_files import MOST_FILES, remove_file, share_files
from engagements.actions.supervision import hold_engagement
from engagements.models import Engagement, SharedFile
from messaging.actions.file_checks import check_files
from messaging.actions.file_collecting import collect_files
from messaging.actions.files import Arrival, post_form
from messaging.models import File, FilePart, Message, Notification
from messaging.queries.files import visible_files
from tests import world as story
from tests.core.uploads.corpus import CANARY, office, placed_picture
from tests.engagements.work.refusals import refused
from tests.factories import make_person
from tests.messaging.test_actions import in_threads
from tests.messaging.test_files import send, stored
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
PLAN = b"Le plan de la formation"


def arrival(name: str = "plan.txt", content: bytes = PLAN) -> Arrival:
    return Arrival(name, len(content), [content])


def share(actor: User, engagement: Engagement, name: str = "plan.txt", content: bytes = PLAN) -> SharedFile:
    """Share one file and have it checked."""
    (shared,) = share_files(actor=actor, engagement=engagement, arrivals=[arrival(name, content)])
    check_files()
    shared.file.refresh_from_db()
    return shared


def url(name: str, reference: str) -> str:
    return reverse(f"engagements:{name}", args=[reference])


def test_both_sides_and_colleagues_have_a_file_once_it_is_checked(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    colleague = make_person("colleague@example.org", "Leïla")
    add_member(actor=world.bereket, organisation=world.hospital, email=colleague.email, role="counterpart")
    (shared,) = share_files(actor=world.amina, engagement=engagement, arrivals=[arrival()])
    address = url("shared-file", shared.reference)
    assert as_person(world.amina).get(address).status_code == 404
    assert Notification.objects.filter(user=world.bereket).latest("pk").verb == "engagements.file.shared"
    assert Message.objects.filter(conversation=engagement.conversation).latest("seq").kind == "event"

    check_files()

    for person in (world.amina, world.bereket, colleague):
        answer = as_person(person).get(address)
        assert (answer.status_code, answer.content) == (200, PLAN)
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "no-store, private"
    for person in (world.chidi, world.dana):
        assert as_person(person).get(address).status_code == 404
    membership = Membership.objects.get(user=colleague)
    remove_member(actor=world.bereket, organisation=world.hospital, membership=membership)
    assert as_person(colleague).get(address).status_code == 404


def test_the_coordinator_sees_which_files_there_are_and_opens_none(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    shared = share(world.amina, engagement)
    coordinator = as_person(world.chidi)
    for name in ("engagement", "engagement-files"):
        page = coordinator.get(url(name, engagement.reference)).content.decode()
        assert "plan.txt" in page
        assert url("shared-file", shared.reference) not in page
    assert coordinator.post(url("shared-file-remove", shared.reference)).status_code == 404
    assert as_person(world.dana).get(url("engagement-files", engagement.reference)).status_code == 404
    with refused(NotAllowed):
        share_files(actor=world.chidi, engagement=engagement, arrivals=[arrival()])
    assert "A coordinator sees which files there are, not what is in them." in page


def test_pictures_lose_where_they_were_taken_and_rejected_files_say_why(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    photo = placed_picture()
    assert CANARY in photo
    shared = share(world.bereket, engagement, "ward.jpg", photo)
    assert shared.file.state == "ready"
    content = as_person(world.amina).get(url("shared-file", shared.reference)).content
    assert content
    assert CANARY not in content

    bad = share(world.bereket, engagement, "plan.docx", office(word__vbaProject_dot_bin=b"\xd0\xcf\x11\xe0"))

    assert (bad.file.state, bad.file.reason) == ("rejected", "active")
    page = as_person(world.bereket).get(url("engagement-files", engagement.reference)).content.decode()
    assert "The file holds macros, scripts or commands." in page
    told = Notification.objects.filter(verb="engagements.file.rejected")
    assert [tasks.tell_rejected_files(), tasks.tell_rejected_files()] == [1, 0]
    assert [(one.user, one.params["file"]) for one in told] == [(world.bereket, "plan.docx")]
    assert url("shared-file", bad.reference) not in page.replace(url("shared-file-remove", bad.reference), "")
    assert as_person(world.bereket).get(url("shared-file", bad.reference)).status_code == 404
    remove_file(actor=world.bereket, shared=bad)
    assert not SharedFile.objects.filter(pk=bad.pk).exists()


def test_removing_leaves_nothing_and_only_its_side_removes(world: World, as_person: SignIn) -> None:
    for path in stored():
        path.unlink()
    engagement = story.after_engagement_started(world)
    shared = share(world.amina, engagement)
    assert len(stored()) == 1
    with refused(NotAllowed):
        remove_file(actor=world.bereket, shared=shared)
    with refused(NotAllowed):
        remove_file(actor=world.chidi, shared=shared)
    assert SharedFile.objects.get().file.state == "ready"
    client = as_person(world.amina)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(url("shared-file-remove", shared.reference)).status_code == 302

    assert not SharedFile.objects.exists()
    assert (File.objects.get().state, FilePart.objects.count(), stored()) == ("gone", 0, [])
    assert client.post(url("shared-file-remove", shared.reference)).status_code == 404
    File.objects.update(started_at=timezone.now() - timedelta(days=31))
    collect_files()
    assert not File.objects.exists()


def test_shared_files_are_no_unsent_files_of_the_conversation(world: World) -> None:
    engagement = story.after_engagement_started(world)
    shared = share(world.amina, engagement)
    unsent = send(world.amina, engagement.conversation)
    assert unsent.pk != shared.file_id
    File.objects.update(started_at=timezone.now() - timedelta(days=90))
    assert shared.file not in visible_files(world.amina)
    assert collect_files() == [f"file {unsent.pk}"]
    shared.file.refresh_from_db()
    assert shared.file.state == "ready"
    posted = post_form(
        actor=world.amina,
        conversation=engagement.conversation,
        client_id=engagement.conversation_id,
        text="",
        arrivals=[arrival()],
    )
    assert File.objects.get(message=posted.id).pk != shared.file_id


def test_sharing_twice_shares_once_and_sharing_is_all_or_nothing(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    assert len(share_files(actor=world.amina, engagement=engagement, arrivals=[arrival(), arrival()])) == 1
    assert share_files(actor=world.amina, engagement=engagement, arrivals=[arrival()]) == []
    mixed = [arrival("other.txt"), arrival("virus.exe")]
    with refused(Invalid):
        share_files(actor=world.amina, engagement=engagement, arrivals=mixed)
    for wrong in ([], [arrival(f"{number}.txt") for number in range(6)]):
        with refused(Invalid):
            share_files(actor=world.amina, engagement=engagement, arrivals=wrong)
    assert File.objects.count() == 1
    page = url("engagement-files", engagement.reference)
    client = as_person(world.amina)
    answer = client.post(page, {"uploads": [SimpleUploadedFile("a.exe", b"MZ")]})
    assert answer.status_code == 422
    assert "“a.exe”: Files of this kind are not accepted." in answer.content.decode()
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {"uploads": [SimpleUploadedFile("empty.txt", b"")]}).status_code == 422
    sent = {"uploads": [SimpleUploadedFile("a.txt", b"One"), SimpleUploadedFile("b.txt", b"Two")]}
    assert client.post(page, sent).status_code == 302
    assert SharedFile.objects.count() == 3


def test_sharing_ends_with_the_work_and_reading_does_not(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    shared = share(world.amina, engagement)
    hold_engagement(actor=world.chidi, engagement=engagement)
    with refused(Conflict):
        share_files(actor=world.amina, engagement=engagement, arrivals=[arrival("b.txt")])
    with refused(Conflict):
        remove_file(actor=world.amina, shared=shared)
    work.end_engagement_early(actor=world.chidi, engagement=engagement, reason="no_time")
    with refused(Conflict):
        share_files(actor=world.amina, engagement=engagement, arrivals=[arrival("b.txt")])
    for person in (world.amina, world.bereket):
        assert as_person(person).get(url("shared-file", shared.reference)).content == PLAN
    answer = as_person(world.amina).post(
        url("engagement-files", engagement.reference), {"uploads": [SimpleUploadedFile("b.txt", b"Two")]}
    )
    assert answer.status_code == 422
    assert "This engagement is over or on hold" in answer.content.decode()


def test_an_engagement_shares_so_many_files_and_no_more(world: World) -> None:
    engagement = story.after_engagement_started(world)
    kept = [
        File(conversation=engagement.conversation, owner=world.amina, name="a.txt", kind="txt", size=1, is_kept=True)
        for _number in range(MOST_FILES)
    ]
    File.objects.bulk_create(kept)
    File.objects.update(started_at=timezone.now() - timedelta(days=60))
    SharedFile.objects.bulk_create(
        SharedFile(engagement=engagement, file=file, shared_by=world.amina, shared_side="expert") for file in kept
    )
    with refused(Conflict):
        share_files(actor=world.amina, engagement=engagement, arrivals=[arrival()])


def test_the_quota_holds_when_files_are_shared_at_the_same_moment(transactional_db: None) -> None:
    world = make_world()
    engagement = story.after_engagement_started(world)
    content = b"x" * 1000
    File.objects.bulk_create(
        File(conversation=engagement.conversation, owner=world.amina, name="a.txt", kind="txt", size=size, is_kept=True)
        for size in [10_000_000] * 19 + [9_999_000 - 500]
    )

    def one(number: int) -> object:
        name = f"{number}.txt"
        return share_files(actor=world.amina, engagement=engagement, arrivals=[arrival(name, content)])

    answers = in_threads(one, 6)

    assert sum(isinstance(answer, list) for answer in answers) == 1
    assert SharedFile.objects.count() == 1
    assert all(isinstance(answer, list) or getattr(answer, "code", "") == "quota" for answer in answers)


def test_the_list_costs_the_same_when_there_are_more_files(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    client = as_person(world.bereket)
    pages = [url(name, engagement.reference) for name in ("engagement-files", "engagement")]
    share(world.amina, engagement)
    costs = []
    for page in pages:
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        costs.append(len(queries))
    for number in range(3):
        share(world.amina, engagement, f"{number}.txt")
    for page, cost in zip(pages, costs, strict=True):
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        assert len(queries) == cost
    # Session, person, engagement (2), its side, who may open, files; the rest is the frame.
    assert costs[0] == 11
