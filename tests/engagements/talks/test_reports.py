"""Reports: exactly what was chosen, for the country's coordinators, and only for who takes it on."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.models import Block
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import reports as actions
from engagements.models import Engagement, Report
from engagements.queries.desk import desk
from engagements.queries.talks import visible_reports
from messaging.actions.messages import post_message
from messaging.models import Message, Notification, Pause
from tests import world as story
from tests.factories import make_person
from tests.messaging.test_files import say, send
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
CANARY = "Nobody reported this line"


@pytest.fixture
def work(world: World) -> Engagement:
    engagement = story.after_proposal_accepted(world)
    for number, text in enumerate([CANARY, "Pay me first", "Or else", "I mean it", "Well?", "Answer me"]):
        actor = world.amina if number == 0 else world.bereket
        post_message(actor=actor, conversation=engagement.conversation, client_id=uuid.uuid4(), text=text)
    return engagement


def file(world: World, work: Engagement, **changes: Any) -> Report:
    chosen = Message.objects.filter(text__in=["Pay me first", "Or else"]).values_list("seq", flat=True)
    values: dict[str, Any] = {
        "actor": world.amina,
        "conversation": work.conversation,
        "about": world.bereket,
        "reason": "money",
        "seqs": list(chosen),
    }
    return actions.file_report(**{**values, **changes})


def test_snapshot_holds_exactly_what_was_chosen_when_filed(world: World, work: Engagement) -> None:
    Notification.objects.all().delete()
    report = file(world, work, note=" I am afraid. ")
    assert [line["text"] for line in report.snapshot] == ["Pay me first", "Or else"]
    assert (report.note, report.state, report.owner) == ("I am afraid.", "new", None)
    [entry] = AuditEntry.objects.filter(verb="engagements.report.filed")
    assert entry.changes["digest"] == report.digest == actions.digest_of(report.snapshot)
    Message.objects.filter(text="Or else").update(text="Sorry")
    report.refresh_from_db()
    assert report.snapshot[1]["text"] == "Or else"
    assert [news.user for news in Notification.objects.all()] == [world.chidi]
    assert not Pause.objects.exists()
    assert not Block.objects.exists()


def test_conversation_rests_and_the_person_is_blocked_when_asked_for(world: World, work: Engagement) -> None:
    file(world, work, stops=True, blocks=True)
    assert Pause.objects.get().paused_by == world.amina
    assert Block.objects.get().blocked == world.bereket
    with pytest.raises(Conflict):
        post_message(actor=world.bereket, conversation=work.conversation, client_id=uuid.uuid4(), text="Hello?")


@pytest.mark.parametrize(
    "changes",
    [{"reason": "nothing"}, {"seqs": [999]}, {"seqs": [], "note": " "}, {"note": "x" * 1001}, {"about": None}],
)
def test_nothing_is_written_when_a_report_is_refused(changes: dict[str, Any], world: World, work: Engagement) -> None:
    if "about" in changes:
        changes = {"about": world.dana}
    with pytest.raises(Invalid):
        file(world, work, stops=True, blocks=True, **changes)
    assert not Report.objects.exists()
    assert not Pause.objects.exists()
    assert not Block.objects.exists()


def test_report_is_read_by_who_takes_it_on_and_moves_to_its_end(world: World, work: Engagement) -> None:
    report = file(world, work)
    with pytest.raises(NotAllowed):
        actions.act_on_report(actor=world.chidi, report=report, done="Called them.")
    for stranger in (world.dana, world.amina, world.bereket):
        with pytest.raises(NotAllowed):
            actions.take_report(actor=stranger, report=report)
    actions.take_report(actor=world.chidi, report=report)
    with pytest.raises(Invalid):
        actions.act_on_report(actor=world.chidi, report=report, done=" ")
    for words in ("Called them.", "Called both."):
        actions.act_on_report(actor=world.chidi, report=report, done=words)
    Notification.objects.all().delete()
    actions.close_report(actor=world.chidi, report=report, outcome="Warned.")
    report.refresh_from_db()
    assert (report.state, report.done, report.outcome) == ("closed", "Called both.", "Warned.")
    assert [news.user for news in Notification.objects.all()] == [world.amina]
    with pytest.raises(InvalidTransition):
        actions.close_report(actor=world.chidi, report=report, outcome="Again.")
    with pytest.raises(Conflict):
        actions.take_report(actor=world.chidi, report=report)
    verbs = AuditEntry.objects.filter(verb__startswith="engagements.report.").order_by("pk")
    steps = [verb.rpartition(".")[2] for verb in verbs.values_list("verb", flat=True)]
    assert steps == ["filed", "taken", "acted", "acted", "closed"]


def test_only_coordinators_of_the_country_who_are_no_part_of_it_see_it(world: World, work: Engagement) -> None:
    report = file(world, work)
    other = make_person("other@example.org", "Omar")
    grant_remit(actor=None, user=other, country="SN")
    for person in (other, world.dana, world.amina, world.bereket):
        assert not visible_reports(person).exists()
    grant_remit(actor=None, user=world.bereket, country="TN")
    grant_remit(actor=None, user=world.amina, country="TN")
    assert list(visible_reports(world.chidi)) == [report]
    assert not visible_reports(world.bereket).exists()
    assert not visible_reports(world.amina).exists()


def test_pages_show_the_snapshot_to_its_owner_only(world: World, work: Engagement, as_person: SignIn) -> None:
    amina, chidi, other = as_person(world.amina), as_person(world.chidi), make_person("other@example.org", "Omar")
    grant_remit(actor=None, user=other, country="TN")
    address = f"/messages/{work.conversation_id}/report/"
    bill = say(world.bereket, work.conversation, send(world.bereket, work.conversation, "Bill.txt"))
    form = amina.get(address).content.decode()
    assert form.count(" checked>") == 5
    assert "Bill.txt" in form
    assert as_person(world.dana).get(address).status_code == 404
    # Somebody else is in it too, and before Bereket: the report is about whom it names.
    work.conversation.participants.create(
        user=world.dana, left_at=timezone.now(), joined_at=timezone.now() - timedelta(days=1)
    )
    chosen = [bill.seq, *Message.objects.filter(text="Pay me first").values_list("seq", flat=True)]
    values = {"about": str(world.bereket.public_id), "reason": "money", "messages": chosen, "stops": "on"}
    refused = amina.post(address, {**values, "reason": "", "note": "My words stay"})
    assert (refused.status_code, "My words stay" in refused.content.decode()) == (422, True)
    assert amina.post(address, values).status_code == 302
    assert Report.objects.get().about == world.bereket
    page = f"/desk/reports/{Report.objects.get().reference}/"
    assert page in chidi.get("/desk/").content.decode()
    assert "Pay me first" not in chidi.get(page).content.decode()
    chidi.post(f"{page}take/")
    html = chidi.get(page).content.decode()
    assert "Pay me first" in html
    assert "Bill.txt" in html
    assert "fingerprint still fits" in html
    assert CANARY not in html
    assert "Or else" not in html
    assert "Pay me first" not in as_person(other).get(page).content.decode()
    assert chidi.post(f"{page}act/", {"text": ""}).status_code == 422
    Report.objects.update(snapshot=[])
    assert "has been changed" in chidi.get(page).content.decode()
    watch = f"/desk/conversations/{work.conversation_id}/"
    assert CANARY not in chidi.get(watch).content.decode()
    chidi.post(f"{watch}lift/")
    assert chidi.post(f"{watch}pause/", {"reason": ""}).status_code == 422
    chidi.post(f"{watch}pause/", {"reason": "Until both have been called."})
    assert "Until both" in chidi.get(watch).content.decode()
    assert amina.get(watch).status_code == 404
    thread = as_person(world.bereket).get(f"/messages/{work.conversation_id}/").content.decode()
    assert "Until both" not in thread
    assert "This conversation is closed" in thread


@pytest.mark.parametrize("count", [1, 3])
def test_desk_takes_the_same_queries_however_many_reports_wait(
    count: int, world: World, work: Engagement, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _number in range(count):
        file(world, work)
    with django_assert_num_queries(3):
        found = desk(world.chidi, "safety")
    assert [item.kind for item in found.items] == ["safety"] * count
