"""Acts on many rows: what they would touch, what came of each, and that each is done once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.models import Remit, User
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import bulk as actions
from engagements.actions.coordination import remind_receiver
from engagements.actions.proposals import decline_proposal
from engagements.models import BulkItem, BulkRun, Case, Engagement, Proposal
from engagements.queries.bulk import preview, progress_of
from messaging.models import Notification
from tests import world as story
from tests.threads import at_once
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


@pytest.fixture
def roomy(world: World) -> World:
    """Return the cast, with room for many engagements."""
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    return world


def ask(world: World, act: str, *rows: object, **values: object) -> BulkRun:
    return actions.ask_bulk(actor=world.chidi, act=act, rows=rows, values=values)  # type: ignore[arg-type]


def states(run: BulkRun) -> list[str]:
    return [item.state for item in run.items.order_by("pk")]


def test_preview_says_how_many_it_touches_and_why_not_the_others(roomy: World, as_person: AsPerson) -> None:
    story.after_proposal_sent(roomy, title="One")
    reminded = story.after_proposal_sent(roomy, title="Two")
    remind_receiver(actor=roomy.chidi, proposal=reminded)
    answered = story.after_proposal_sent(roomy, title="Three")
    decline_proposal(actor=roomy.bereket, proposal=answered, reason="no_time", note="")
    answer = as_person(roomy.chidi).post("/desk/bulk/new/?of=work", {"act": "remind", "all": "1"})
    html = answer.content.decode()
    assert "This touches 1 row." in html
    assert "1 cannot: a reminder went out today" in html
    assert "1 cannot: they wait for nobody" in html
    assert not BulkRun.objects.exists()


def test_reminding_many_is_worked_by_the_sweep_row_by_row(roomy: World, as_person: AsPerson) -> None:
    first, second = story.after_proposal_sent(roomy, title="One"), story.after_proposal_sent(roomy, title="Two")
    client = as_person(roomy.chidi)
    answer = client.post("/desk/bulk/new/", {"act": "remind", "row": [first.reference, second.reference], "do": "1"})
    run = BulkRun.objects.get()
    assert answer["Location"] == f"/desk/bulk/{run.reference}/"
    assert states(run) == ["waiting", "waiting"]
    assert "2 of 2 still to do" in client.get(answer["Location"]).content.decode()
    decline_proposal(actor=roomy.bereket, proposal=second, reason="no_time", note="")
    assert actions.work_due_bulk() == 1
    told = Notification.objects.filter(verb="engagements.proposal.reminded").count()
    assert sorted(states(run)) == ["done", "refused"]
    html = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "All 2 worked" in html
    assert "This proposal has been answered meanwhile." in html
    assert actions.work_due_bulk() == 0
    assert Notification.objects.filter(verb="engagements.proposal.reminded").count() == told == 1


def test_each_act_does_what_it_is_named_for(roomy: World) -> None:
    engagement = story.after_engagement_started(roomy, title="Hold me")
    ending = story.after_engagement_started(roomy, title="End me")
    waiting, need = story.after_proposal_sent(roomy, title="Close me"), story.after_need_published(roomy, title="Pause")
    ask(roomy, "assign", engagement.proposal, owner=roomy.chidi.pk)
    ask(roomy, "rest", need, until=str(timezone.localdate() + timedelta(days=3)), reason="Holidays")
    ask(roomy, "hold", engagement.proposal)
    ask(roomy, "end", ending.proposal, reason="no_contact")
    ask(roomy, "close", waiting)
    ask(roomy, "pause", need)
    ask(roomy, "assign", roomy.hospital, owner=roomy.chidi.pk)
    assert actions.work_due_bulk() == 7
    assert Case.objects.get(organisation=roomy.hospital).owner == roomy.chidi
    for thing, state in ((engagement, "on_hold_safeguarding"), (ending, "ended_early"), (waiting, "cancelled")):
        thing.refresh_from_db()
        assert thing.state == state
    need.refresh_from_db()
    assert need.state == "paused"
    assert Case.objects.get(proposal=engagement.proposal).owner == roomy.chidi
    assert Case.objects.get(need=need).rest_reason == "Holidays"


def test_row_that_was_moved_meanwhile_is_left_alone_with_the_reason(roomy: World) -> None:
    engagement = story.after_engagement_started(roomy)
    run = ask(roomy, "end", engagement.proposal, reason="no_time")
    Engagement.objects.filter(pk=engagement.pk).update(state="wrapping_up")
    assert actions.work_due_bulk() == 0
    assert "It is now “Wrapping up”" in run.items.get().result
    engagement.refresh_from_db()
    assert engagement.state == "wrapping_up"


def test_rows_are_refused_when_the_remit_has_ended_meanwhile(roomy: World) -> None:
    run = ask(roomy, "remind", story.after_proposal_sent(roomy))
    Remit.objects.update(ended_at=timezone.now())
    before = Notification.objects.count()
    assert actions.work_due_bulk() == 0
    assert states(run) == ["refused"]
    assert Notification.objects.count() == before


def test_one_row_that_breaks_does_not_stop_the_others(roomy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(roomy, "remind", story.after_proposal_sent(roomy), story.after_proposal_sent(roomy, title="Two"))
    present = actions.remind_receiver

    def broken(*, actor: User, proposal: Proposal) -> None:
        if proposal.need.title != "Two":
            raise RuntimeError
        present(actor=actor, proposal=proposal)

    monkeypatch.setattr(actions, "remind_receiver", broken)
    assert actions.work_due_bulk() == 1
    assert states(run) == ["refused", "done"]


def test_what_makes_no_sense_is_refused_and_writes_nothing(roomy: World, as_person: AsPerson) -> None:
    proposal = story.after_proposal_sent(roomy)
    before = AuditEntry.objects.count()
    with pytest.raises(NotAllowed):
        actions.ask_bulk(actor=roomy.dana, act="remind", rows=[proposal], values={})
    with pytest.raises(Invalid):
        ask(roomy, "remind")
    with pytest.raises(Invalid):
        ask(roomy, "pause", proposal)
    with pytest.raises(Invalid):
        ask(roomy, "remind", proposal.need)
    client = as_person(roomy.chidi)
    for form in ({"act": "nonsense", "all": "1"}, {"act": "remind"}, {"act": "assign", "all": "1", "do": "1"}):
        assert client.post("/desk/bulk/new/", form).status_code == 422
    assert (BulkRun.objects.count(), AuditEntry.objects.count()) == (0, before)


def test_only_rows_of_ones_own_countries_and_view_are_chosen(roomy: World, as_person: AsPerson) -> None:
    proposal = story.after_proposal_sent(roomy, title="Mine")
    client = as_person(roomy.chidi)
    assert client.post("/desk/bulk/new/?text=other", {"act": "remind", "row": proposal.reference}).status_code == 422
    run = ask(roomy, "remind", proposal)
    for person in (roomy.amina, roomy.bereket, roomy.dana):
        assert as_person(person).get(f"/desk/bulk/{run.reference}/").status_code == 404


def test_database_refuses_an_item_twice_or_about_nothing(roomy: World) -> None:
    proposal = story.after_proposal_sent(roomy)
    run = ask(roomy, "remind", proposal)
    with pytest.raises(IntegrityError, match="bulk_item_proposal_once"), transaction.atomic():
        BulkItem.objects.create(run=run, proposal=proposal, seen="sent")
    with pytest.raises(IntegrityError, match="bulk_item_about_one_thing"), transaction.atomic():
        BulkItem.objects.create(run=run, seen="sent")


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_work_each_row_once() -> None:
    world = make_world()
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    rows = [story.after_proposal_sent(world, title=f"Need {number}") for number in range(4)]
    run = ask(world, "remind", *rows)
    assert sum(at_once([actions.work_due_bulk] * 2)) == 4  # type: ignore[arg-type]
    assert states(run) == ["done"] * 4
    assert Notification.objects.filter(verb="engagements.proposal.reminded").count() == 4


@pytest.mark.parametrize("count", [1, 3])
def test_progress_costs_the_same_when_there_are_more_rows(
    roomy: World, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    rows = [story.after_proposal_sent(roomy, title=f"Need {number}") for number in range(count)]
    run = ask(roomy, "remind", *rows)
    with django_assert_num_queries(1):
        assert progress_of(run).waiting == count
    with django_assert_num_queries(1):
        assert len(preview("remind", rows).ready) == count
