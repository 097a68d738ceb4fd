"""Messages to a view: who gets one and why others do not, in which words, each once, in their morning, and stopped."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from threading import Barrier
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.actions.people import end_remit, grant_remit
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import broadcast_sweep as sweep
from engagements.actions import broadcasts as actions
from engagements.actions.broadcast_sweep import send_due_broadcasts
from engagements.actions.pipeline_views import delete_view, save_view
from engagements.actions.proposals import apply_for_need
from engagements.models import Broadcast, BroadcastReader, BroadcastRefusal, Need, PipelineView
from engagements.payloads.placeholders import filled, unknown_placeholders
from engagements.queries.broadcast_results import progress_of
from engagements.queries.broadcasts import audience_of, event_key
from engagements.queries.pipeline import PipelineFilters
from engagements.states.broadcasts import Arrival
from mentors.models import ExpertProfile
from messaging.actions.news_emails import send_notification_emails
from messaging.models import DailyMail, Notification
from tests import world as story
from tests.engagements.answers.letters import links, named, post, sent
from tests.factories import make_expert, make_person
from tests.liveserver import database_url
from tests.messaging.test_actions import in_threads
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
TEXTS = {
    "en": ("News about {need}", "Dear {name},\n{institution} waits for you."),
    "fr": ("Des nouvelles de {need}", "Bonjour {name}"),
}


def view_of(world: World, **filters: object) -> PipelineView:
    return save_view(
        actor=world.chidi,
        name=str(uuid4())[:20],
        audience="me",
        filters=PipelineFilters(**filters),  # type: ignore[arg-type]
    )


def written(world: World, **changes: object) -> Broadcast:
    view = changes.pop("view", None) or view_of(world)
    given: dict[str, object] = {"readership": "experts", "fallback": "en", "texts": TEXTS}
    values = actions.BroadcastValues(**{**given, **changes})  # type: ignore[arg-type]
    return actions.write_broadcast(actor=world.chidi, view=view, values=values)  # type: ignore[arg-type]


def on_its_way(world: World, **changes: object) -> Broadcast:
    broadcast = written(world, **changes)
    actions.send_broadcast(actor=world.chidi, broadcast=broadcast)
    return broadcast


def other_expert(world: World, number: int, need: Need, **values: object) -> ExpertProfile:
    person = make_person(f"expert{number}@example.org", f"Expert {number}", join_role="expert", **values)
    profile = make_expert(person, skills={"interpret-ecg": (3, 5)})
    apply_for_need(actor=person, need=need, message="I can help.")
    return profile


@pytest.fixture
def mornings(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Return what makes it morning everywhere, or nowhere."""

    def set_to(is_so: bool) -> None:
        monkeypatch.setattr(sweep, "is_morning", lambda _now, _zone: is_so)
        BroadcastReader.objects.filter(state="waiting").update(due_at=timezone.now())

    return set_to


def told(broadcast: Broadcast) -> list[User]:
    return [news.user for news in Notification.objects.filter(event_key=event_key(broadcast)).order_by("pk")]


def test_everybody_in_the_view_gets_it_once_in_their_language(world: World) -> None:
    story.after_proposal_sent(world, title="One")
    need = story.after_proposal_sent(world, title="Two").need
    other_expert(world, 1, need, language="fr")
    other_expert(world, 2, need, language="pt")
    audience = audience_of(world.chidi, written(world))
    assert sorted(str(reader.user) for reader in audience.ready) == ["Amina Ben Salah", "Expert 1", "Expert 2"]
    assert {str(reader.user): reader.language for reader in audience.ready} == {
        "Amina Ben Salah": "en",
        "Expert 1": "fr",
        "Expert 2": "en",
    }
    assert sorted(reader.language for reader in audience.one_per_language()) == ["en", "fr"]
    institutions = audience_of(world.chidi, written(world, readership="institutions"))
    assert [reader.user for reader in institutions.ready] == [world.bereket]
    needs = audience_of(world.chidi, written(world, view=view_of(world, of="needs")))
    assert [reader.user for reader in needs.ready] == [world.bereket]
    assert len(audience_of(world.chidi, written(world, readership="both")).ready) == 4


def test_who_refused_had_one_lately_or_cannot_be_reached_is_left_out_with_the_reason(
    world: World, mornings: Callable[[bool], None]
) -> None:
    need = story.after_proposal_sent(world).need
    refusing, blocking, gone = (other_expert(world, number, need) for number in (1, 2, 3))
    actions.refuse_broadcasts(actor=refusing.user)
    block_person(actor=blocking.user, person=world.chidi)
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    first = on_its_way(world)
    assert {reader.user_id: reader.why for reader in first.readers.filter(state="left_out")} == {
        refusing.user_id: "refused",
        blocking.user_id: "unreachable",
        gone.user_id: "unreachable",
    }
    mornings(True)
    assert send_due_broadcasts() == 1
    again = audience_of(world.chidi, written(world))
    assert {reader.user.pk: reader.why for reader in again.left_out}[world.amina.pk] == "recent"
    assert dict(again.reasons)["cannot be reached here"] == 2
    BroadcastReader.objects.filter(state="told").update(told_at=timezone.now() - timedelta(days=15))
    assert [reader.user for reader in audience_of(world.chidi, written(world)).ready] == [world.amina]
    with pytest.raises(Conflict):
        actions.send_broadcast(actor=world.chidi, broadcast=written(world, pause_days=30))


def test_only_rows_of_ones_own_countries_and_of_the_view_when_it_was_written(world: World) -> None:
    story.after_proposal_sent(world, title="One")
    view = view_of(world, text="One")
    broadcast = written(world, view=view)
    delete_view(actor=world.chidi, view=view)
    broadcast.refresh_from_db()
    assert len(audience_of(world.chidi, broadcast).ready) == 1
    efua = make_person("efua@example.org", "Efua", join_role="coordinator")
    grant_remit(actor=None, user=efua, country="GH")
    assert audience_of(efua, broadcast).ready == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"readership": "all"}, "readership"),
        ({"fallback": "fr", "texts": {"en": ("A", "B")}}, "fallback"),
        ({"texts": {"en": ("A", "B"), "xx": ("A", "B")}}, "fallback"),
        ({"pause_days": 1}, "pause_days"),
        ({"texts": {"en": ("", "B")}}, "subject_en"),
        ({"texts": {"en": ("A", "x" * 2001)}}, "body_en"),
        ({"texts": {"en": ("A", "Dear {nmae}")}}, "body_en"),
        ({"texts": {"en": ("A\0", "B")}}, "subject_en"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(world: World, changes: dict[str, object], field: str) -> None:
    view = view_of(world)
    with pytest.raises(Invalid) as refusal:
        written(world, view=view, **changes)
    assert field in refusal.value.fields
    assert Broadcast.objects.count() == 0


def test_others_neither_write_send_stop_nor_read_it(world: World, as_person: SignIn) -> None:
    story.after_proposal_sent(world)
    broadcast = written(world)
    values = actions.BroadcastValues(readership="experts", fallback="en", texts=TEXTS)
    efua = make_person("efua@example.org", "Efua", join_role="coordinator")
    grant_remit(actor=None, user=efua, country="TN")
    before = AuditEntry.objects.count()
    for person in (world.amina, world.bereket, world.dana, efua):
        with pytest.raises(NotAllowed):
            actions.send_broadcast(actor=person, broadcast=broadcast)
        with pytest.raises(NotAllowed):
            actions.change_broadcast(actor=person, broadcast=broadcast, values=values)
        with pytest.raises(NotAllowed):
            actions.stop_broadcast(actor=person, broadcast=broadcast)
        assert as_person(person).get(f"/desk/broadcasts/{broadcast.reference}/").status_code == 404
        assert as_person(person).get(f"/broadcasts/{broadcast.reference}/").status_code == 404
    assert (AuditEntry.objects.count(), BroadcastReader.objects.count()) == (before, 0)


def test_readers_are_told_in_their_morning_in_their_words(world: World, mornings: Callable[[bool], None]) -> None:
    need = story.after_proposal_sent(world, title="ECG").need
    french = other_expert(world, 1, need, language="fr")
    broadcast = on_its_way(world)
    mornings(False)
    assert send_due_broadcasts() == 0
    assert {reader.due_at.astimezone(reader.user.zone).hour for reader in broadcast.readers.all()} == {8}
    mornings(True)
    assert [send_due_broadcasts(), send_due_broadcasts()] == [2, 0]
    subjects = {news.user_id: news.params["subject"] for news in Notification.objects.filter(verb__endswith="told")}
    assert subjects == {world.amina.pk: "News about ECG", french.user_id: "Des nouvelles de ECG"}
    broadcast.refresh_from_db()
    assert broadcast.state == "sent"
    assert AuditEntry.objects.get(verb="engagements.broadcast.sent").changes["readers"] == 2


def test_mail_holds_the_words_for_who_wants_names_and_one_click_ends_them(
    world: World, mornings: Callable[[bool], None]
) -> None:
    story.after_proposal_sent(world)
    Notification.objects.all().delete()
    named(world.amina)
    on_its_way(world)
    mornings(True)
    send_due_broadcasts()
    [letter] = post()
    assert f"Dear Amina Ben Salah,\n{world.hospital.name} waits for you." in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = links(letter)["No more messages of this kind"]
    assert Client().get(path).status_code == 200
    assert not BroadcastRefusal.objects.exists()
    assert sent(path).status_code == 200
    assert BroadcastRefusal.objects.get().user == world.amina
    assert sent(path).status_code == 409


def test_neutral_mail_says_only_that_a_coordinator_wrote(world: World, mornings: Callable[[bool], None]) -> None:
    need = story.after_proposal_sent(world).need
    Notification.objects.all().delete()
    on_its_way(world)
    mornings(True)
    send_due_broadcasts()
    [letter] = post()
    assert "A coordinator wrote to you." in letter.body
    for secret in (need.title, world.hospital.name, str(world.chidi), "waits for you"):
        assert secret not in letter.body + letter.subject


def test_mail_is_the_one_of_the_day_and_waits_for_quiet_hours(world: World, mornings: Callable[[bool], None]) -> None:
    story.after_proposal_sent(world)
    Notification.objects.all().delete()
    broadcast = on_its_way(world)
    day = timezone.now().astimezone(world.amina.zone).date()
    DailyMail.objects.create(user=world.amina, day=day, sent_at=timezone.now())
    mornings(True)
    send_due_broadcasts()
    mail.outbox.clear()
    assert send_notification_emails() == 0
    assert [arrival for arrival, _count in progress_of(world.chidi, broadcast).counts] == [Arrival.MAIL_WAITS]
    DailyMail.objects.all().delete()
    hour = timezone.now().astimezone(world.amina.zone).hour
    User.objects.filter(pk=world.amina.pk).update(quiet_from=hour, quiet_until=(hour + 2) % 24)
    Notification.objects.update(email_due_at=timezone.now())
    assert send_notification_emails() == 0
    User.objects.filter(pk=world.amina.pk).update(quiet_from=None, quiet_until=None)
    Notification.objects.update(email_due_at=timezone.now())
    assert send_notification_emails() == 1
    assert [arrival for arrival, _count in progress_of(world.chidi, broadcast).counts] == [Arrival.MAILED]


def test_what_their_server_refuses_for_good_is_said_so_at_once(
    world: World, mornings: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    story.after_proposal_sent(world)
    Notification.objects.all().delete()
    broadcast = on_its_way(world)
    mornings(True)
    send_due_broadcasts()

    def refuse(_backend: EmailBackend, letters: list[mail.EmailMessage]) -> int:
        raise SMTPRecipientsRefused({letters[0].to[0]: (550, b"No such user")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert send_notification_emails() == 0
    assert progress_of(world.chidi, broadcast).counts == [(Arrival.REFUSED, 1)]


def test_control_a_refusal_for_now_is_tried_again(
    world: World, mornings: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    story.after_proposal_sent(world)
    Notification.objects.all().delete()
    broadcast = on_its_way(world)
    mornings(True)
    send_due_broadcasts()

    def busy(_backend: EmailBackend, letters: list[mail.EmailMessage]) -> int:
        raise SMTPRecipientsRefused({letters[0].to[0]: (450, b"Greylisted")})

    monkeypatch.setattr(EmailBackend, "send_messages", busy)
    send_notification_emails()
    assert progress_of(world.chidi, broadcast).counts == [(Arrival.MAIL_WAITS, 1)]


def test_who_has_turned_mails_off_reads_it_here(world: World, mornings: Callable[[bool], None]) -> None:
    story.after_proposal_sent(world)
    Notification.objects.all().delete()
    User.objects.filter(pk=world.amina.pk).update(news_emails="off")
    broadcast = on_its_way(world)
    mornings(True)
    send_due_broadcasts()
    assert send_notification_emails() == 0
    assert told(broadcast) == [world.amina]
    assert progress_of(world.chidi, broadcast).counts == [(Arrival.HERE, 1)]


def test_stop_holds_back_news_and_mails_that_have_not_left(world: World, mornings: Callable[[bool], None]) -> None:
    need = story.after_proposal_sent(world).need
    other_expert(world, 1, need)
    Notification.objects.all().delete()
    broadcast = on_its_way(world)
    mornings(True)
    BroadcastReader.objects.exclude(user=world.amina).update(due_at=timezone.now() + timedelta(days=1))
    assert send_due_broadcasts() == 1
    actions.stop_broadcast(actor=world.chidi, broadcast=broadcast)
    mornings(True)
    assert send_due_broadcasts() == 0
    mail.outbox.clear()
    assert send_notification_emails() == 0
    assert mail.outbox == []
    assert sorted(broadcast.readers.values_list("state", flat=True)) == ["stopped", "told"]
    changes = AuditEntry.objects.get(verb="engagements.broadcast.stopped").changes
    assert (changes["stopped"], changes["mails"]) == (1, 1)
    with pytest.raises(Conflict):
        actions.stop_broadcast(actor=world.chidi, broadcast=broadcast)


def test_what_changed_before_the_morning_counts(world: World, mornings: Callable[[bool], None]) -> None:
    story.after_proposal_sent(world)
    broadcast = on_its_way(world)
    actions.refuse_broadcasts(actor=world.amina)
    mornings(True)
    assert send_due_broadcasts() == 0
    assert broadcast.readers.get().why == "refused"
    actions.refuse_broadcasts(actor=world.amina, is_refused=False)
    second = on_its_way(world)
    end_remit(actor=None, user=world.chidi, country="TN")
    mornings(True)
    assert send_due_broadcasts() == 0
    assert told(second) == []


def test_sent_once_only_and_many_are_meant(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    story.after_proposal_sent(world)
    broadcast = written(world)
    monkeypatch.setattr(actions, "MANY_READERS", 0)
    with pytest.raises(Invalid):
        actions.send_broadcast(actor=world.chidi, broadcast=broadcast)
    assert BroadcastReader.objects.count() == 0
    actions.send_broadcast(actor=world.chidi, broadcast=broadcast, is_many_meant=True)
    with pytest.raises(Conflict):
        actions.send_broadcast(actor=world.chidi, broadcast=broadcast, is_many_meant=True)
    values = actions.BroadcastValues(readership="experts", fallback="en", texts=TEXTS)
    with pytest.raises(Conflict):
        actions.change_broadcast(actor=world.chidi, broadcast=broadcast, values=values)
    assert BroadcastReader.objects.count() == 1


def test_hidden_experts_have_neither_name_nor_address_on_any_page(
    world: World, as_person: SignIn, mornings: Callable[[bool], None]
) -> None:
    need = story.after_proposal_sent(world).need
    ghana = make_person("secret.address@example.org", "Kwame Secret", join_role="expert")
    profile = make_expert(ghana, skills={"interpret-ecg": (3, 5)}, origins=("GH",))
    apply_for_need(actor=ghana, need=need, message="I can help.")
    ExpertProfile.objects.filter(pk=profile.pk).update(audience="coordinators")
    broadcast = written(world)
    client = as_person(world.chidi)
    pages = [client.get(f"/desk/broadcasts/{broadcast.reference}/").content.decode()]
    client.post(f"/desk/broadcasts/{broadcast.reference}/send/")
    mornings(True)
    send_due_broadcasts()
    pages.append(client.get(f"/desk/broadcasts/{broadcast.reference}/").content.decode())
    for page in pages:
        assert "An expert" in page
        for secret in (ghana.email, "Kwame", world.amina.email):
            assert secret not in page
    params = Notification.objects.get(user=ghana, verb__endswith="told").params
    assert "Kwame" not in str(params)


def test_pages_from_the_view_to_the_reader(world: World, as_person: SignIn, mornings: Callable[[bool], None]) -> None:
    story.after_proposal_sent(world, title="ECG")
    view = view_of(world)
    client = as_person(world.chidi)
    assert f"/desk/broadcasts/new/?view={view.reference}" in client.get("/desk/views/").content.decode()
    address = f"/desk/broadcasts/new/?view={view.reference}"
    form = {
        "readership": "experts",
        "fallback": "en",
        "pause_days": "14",
        "subject_en": "News",
        "body_en": "Dear {nmae}",
    }
    bad = client.post(address, form)
    assert bad.status_code == 422
    assert "{nmae} means nothing here" in bad.content.decode()
    assert "Dear {nmae}</textarea>" in bad.content.decode()
    saved = client.post(address, {**form, "body_en": "Dear {name}, about {need}"})
    page = client.get(saved["Location"]).content.decode()
    assert "Dear Amina Ben Salah, about ECG" in page
    edit = client.get(f"{saved['Location']}edit/").content.decode()
    assert "Dear {name}, about {need}" in edit
    changed = client.post(f"{saved['Location']}edit/", {**form, "body_en": "Hello {name}"})
    assert changed.status_code == 302
    assert client.post(f"{saved['Location']}send/").status_code == 302
    assert "Not yet morning there" in client.get(saved["Location"]).content.decode()
    mornings(True)
    send_due_broadcasts()
    broadcast = Broadcast.objects.get()
    amina = as_person(world.amina)
    read = amina.get(f"/broadcasts/{broadcast.reference}/").content.decode()
    assert "Hello Amina Ben Salah" in read
    assert amina.post(f"/broadcasts/{broadcast.reference}/refuse/", {"answer": "refuse"}).status_code == 302
    assert "Get them again" in amina.get(f"/broadcasts/{broadcast.reference}/").content.decode()
    assert as_person(world.dana).get(f"/broadcasts/{broadcast.reference}/").status_code == 404


@pytest.mark.parametrize(
    ("text", "unknown"), [("{name} {need}", []), ("{ name }{x}{x}{y}", ["{x}", "{y}"]), ("{}", ["{}"]), ("{", [])]
)
def test_placeholders(text: str, unknown: list[str]) -> None:
    assert unknown_placeholders(text) == unknown
    assert filled("{name}: {need}", {"name": "{need}", "need": "N"}) == "{need}: N"


def test_database_refuses_a_reader_twice_and_half_a_telling(world: World) -> None:
    story.after_proposal_sent(world)
    reader = on_its_way(world).readers.get()
    with pytest.raises(IntegrityError, match="broadcast_reader_once"), transaction.atomic():
        BroadcastReader.objects.create(
            broadcast=reader.broadcast, user=reader.user, need=reader.need, language="en", due_at=timezone.now()
        )
    with pytest.raises(IntegrityError, match="broadcast_reader_told_has_time"), transaction.atomic():
        BroadcastReader.objects.update(state="told")


@pytest.mark.django_db(transaction=True)
def test_several_sweeps_at_once_tell_and_mail_each_once(mornings: Callable[[bool], None]) -> None:
    world = make_world()
    need = story.after_proposal_sent(world, places=5).need
    for number in range(3):
        other_expert(world, number, need)
    Notification.objects.all().delete()
    broadcast = on_its_way(world)
    mornings(True)
    assert sum(in_threads(lambda _number: send_due_broadcasts(), 4)) == 4  # type: ignore[arg-type]
    assert len(told(broadcast)) == 4
    mail.outbox.clear()
    in_threads(lambda _number: send_notification_emails(), 4)
    assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == 4


@pytest.mark.django_db(transaction=True)
def test_control_a_sweep_that_reads_then_tells_tells_several_times(mornings: Callable[[bool], None]) -> None:
    """The same fault without the lock on the reader's row and the key of the news."""
    world = make_world()
    story.after_proposal_sent(world)
    on_its_way(world)
    mornings(True)
    Notification.objects.all().delete()
    gate = Barrier(4)

    def naive(_number: int) -> None:
        due = list(BroadcastReader.objects.filter(state="waiting"))
        gate.wait(30)
        for reader in due:
            sweep.notify(user=reader.user, verb="a.b", text="T", params={}, url="/", event_key=str(uuid4()))
            BroadcastReader.objects.filter(pk=reader.pk).update(state="told", told_at=timezone.now())

    in_threads(naive, 4)
    assert Notification.objects.filter(verb="a.b").count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_messages_at_once_reach_a_reader_once_within_the_pause(mornings: Callable[[bool], None]) -> None:
    world = make_world()
    story.after_proposal_sent(world)
    broadcasts = [on_its_way(world), on_its_way(world)]
    mornings(True)
    in_threads(lambda _number: send_due_broadcasts(), 4)
    assert sum(len(told(broadcast)) for broadcast in broadcasts) == 1
    assert sorted(BroadcastReader.objects.values_list("state", flat=True)) == ["left_out", "told"]


def killed(module: str, *arguments: str) -> None:
    """Run a sweep in another process which kills itself where it hurts."""
    command = [sys.executable, "-m", f"tests.engagements.{module}", *arguments]
    environment = {**os.environ, "DATABASE_URL": database_url()}
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False, timeout=100)
    assert run.returncode == -9, run.stderr.decode()[-2000:]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_half_told_when_a_sweep_is_killed(mornings: Callable[[bool], None]) -> None:
    world = make_world()
    story.after_proposal_sent(world)
    Notification.objects.all().delete()
    broadcast = on_its_way(world)
    mornings(True)
    killed("anticipation.dying_sweep")
    assert (told(broadcast), broadcast.readers.get().state) == ([], "waiting")
    assert [send_due_broadcasts(), send_due_broadcasts()] == [1, 0]
    assert told(broadcast) == [world.amina]


@pytest.mark.django_db(transaction=True)
def test_control_a_sweep_without_a_transaction_forgets_a_reader_when_it_is_killed(
    mornings: Callable[[bool], None],
) -> None:
    """It has written that it told, dies before it does, and nobody is ever told."""

    class Killed(BaseException):
        pass

    world = make_world()
    story.after_proposal_sent(world)
    broadcast = on_its_way(world)
    mornings(True)

    def naive() -> None:
        BroadcastReader.objects.filter(state="waiting").update(state="told", told_at=timezone.now())
        raise Killed

    with pytest.raises(Killed):
        naive()
    assert send_due_broadcasts() == 0
    assert told(broadcast) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("where", "before"), [("mail-before", 0), ("mail-after", 1)])
def test_mail_that_was_lost_half_way_comes_again_as_the_same_one(
    mornings: Callable[[bool], None], tmp_path: Path, where: str, before: int
) -> None:
    world = make_world()
    story.after_proposal_sent(world)
    Notification.objects.all().delete()
    on_its_way(world)
    mornings(True)
    send_due_broadcasts()
    killed("sweeps.process", where, str(tmp_path))
    letters = [message_from_bytes(path.read_bytes()) for path in tmp_path.iterdir()]
    assert len(letters) == before
    ago = timezone.now() - timedelta(minutes=1)
    Notification.objects.update(email_lease_until=ago)
    DailyMail.objects.update(lease_until=ago)
    mail.outbox.clear()
    assert [send_notification_emails(), send_notification_emails()] == [1, 0]
    assert {letter["Message-ID"] for letter in letters} <= {mail.outbox[0].extra_headers["Message-ID"]}


@pytest.mark.django_db(transaction=True)
def test_stop_and_sweep_at_once_leave_nobody_between(mornings: Callable[[bool], None]) -> None:
    world = make_world()
    need = story.after_proposal_sent(world, places=9).need
    for number in range(5):
        other_expert(world, number, need)
    Notification.objects.all().delete()
    broadcast = on_its_way(world)
    mornings(True)

    def act(number: int) -> None:
        try:
            if number == 1:
                actions.stop_broadcast(actor=world.chidi, broadcast=broadcast)
            else:
                send_due_broadcasts()
        except Conflict:
            pass

    in_threads(act, 3)
    rows = dict(broadcast.readers.values_list("user", "state"))
    assert {person.pk for person in told(broadcast)} == {user for user, state in rows.items() if state == "told"}
    assert set(rows.values()) <= {"told", "stopped"}


QUERIES = {"list": 9, "preview": 18, "progress": 15}


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_when_there_are_more_rows(
    world: World, as_person: SignIn, mornings: Callable[[bool], None], count: int
) -> None:
    need = story.after_proposal_sent(world).need
    for number in range(1, count):
        other_expert(world, number, need)
    for _number in range(count):
        draft = written(world)
    client, page = as_person(world.chidi), f"/desk/broadcasts/{draft.reference}/"
    client.get("/desk/broadcasts/")
    costs = {"list": cost(client, "/desk/broadcasts/"), "preview": cost(client, page)}
    actions.send_broadcast(actor=world.chidi, broadcast=draft)
    mornings(True)
    assert send_due_broadcasts() == count
    assert {**costs, "progress": cost(client, page)} == QUERIES


def cost(client: Client, address: str) -> int:
    """Return how many queries a page takes."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
