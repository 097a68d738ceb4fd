"""The pipeline: what it finds, in which order, as what it is shown, and who moves what."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import supervision
from engagements.actions.casework import assign_case
from engagements.actions.engagements import wrap_up_engagement
from engagements.actions.moves import MovedMeanwhile, move_need, move_work
from engagements.actions.needs import pause_need
from engagements.actions.proposals import decline_proposal
from engagements.models import Engagement, Need, Proposal
from engagements.queries.pipeline import PipelineFilters, pipeline
from engagements.queries.pipeline_rows import board, calendar, rows_in_words
from engagements.states.pipeline import WorkStep
from messaging.models import Notification
from tests import world as story
from tests.engagements.coordination.test_desk import abroad, back, grow, make_quiet
from tests.factories import make_organisation, make_person
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


@pytest.fixture
def roomy(world: World) -> World:
    """Return the cast, with room for many engagements."""
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    return world


def found(world: World, **filters: object) -> list[object]:
    return list(pipeline(world.chidi, PipelineFilters(**filters)))  # type: ignore[arg-type]


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"/desk/pipeline/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


# What it finds


def test_pipeline_filters_by_text_step_country_kind_and_quiet(roomy: World) -> None:
    proposed = story.after_proposal_sent(roomy, title="Read electrocardiograms", kind="training")
    introduced = story.after_proposal_accepted(roomy, title="Plan a ward", kind="advisory").proposal
    under_way = story.after_engagement_started(roomy, title="Mentor a head nurse", kind="mentoring").proposal
    make_quiet(under_way.engagement, 20)
    everything = {proposed, introduced, under_way}

    def some(**filters: object) -> set[object]:
        return set(found(roomy, **filters))

    assert some() == everything
    assert some(text="ward") == {introduced}
    assert some(text="jendouba") == everything
    assert some(text="amina") == everything
    assert some(text="nobody of that name") == set()
    assert some(step="proposed") == {proposed}
    assert some(step="introduced") == {introduced}
    assert some(step="under_way") == {under_way}
    assert some(step="under_way", kind="training") == set()
    assert some(kind="mentoring") == {under_way}
    assert some(country="TN") == everything
    assert some(country="KE") == set()
    assert some(residence="FR") == everything
    assert some(residence="DE") == set()
    assert some(organisation=roomy.hospital.reference) == everything
    assert some(organisation="another") == set()
    assert some(programme="another") == set()
    assert some(quiet_days=14) == {under_way}
    assert some(late=True) == {under_way}
    assert some(at_risk=True) == set()
    Engagement.objects.filter(proposal=under_way).update(at_risk_at=timezone.now())
    assert some(at_risk=True) == {under_way}


def test_work_that_rests_is_not_late(roomy: World) -> None:
    engagement = story.after_engagement_started(roomy)
    make_quiet(engagement, 20)
    assert found(roomy, late=True) == [engagement.proposal]
    story.after_pause(roomy, engagement)
    make_quiet(engagement, 20)
    assert found(roomy, late=True) == []


def test_pipeline_finds_a_skill_with_everything_narrower(roomy: World) -> None:
    proposal = story.after_proposal_sent(roomy)
    assert found(roomy, skill="cardiologie") == [proposal]
    assert found(roomy, skill="interpret electrocardiograms") == [proposal]
    assert found(roomy, skill="grid operation") == []
    assert found(roomy, skill="no such skill") == []
    assert found(roomy, of="needs", skill="cardiology") == [proposal.need]


def test_pipeline_tells_needs_by_their_own_steps(world: World) -> None:
    story.after_need_drafted(world, title="Draft")
    in_check = story.after_need_submitted(world, title="To check")
    opened = story.after_need_published(world, title="Open")
    paused = pause_need(actor=world.bereket, need=story.after_need_published(world, title="Paused"))
    assert set(found(world, of="needs")) == {in_check, opened, paused}
    assert found(world, of="needs", step="in_check") == [in_check]
    assert found(world, of="needs", step="open") == [opened]
    assert found(world, of="needs", step="paused") == [paused]
    back(in_check, "submitted_at", 3)
    back(opened, "published_at", 6)
    assert found(world, of="needs", late=True) == [in_check]
    back(opened, "published_at", 8)
    assert found(world, of="needs", late=True) == [opened, in_check] or found(world, of="needs", late=True) == [
        in_check,
        opened,
    ]


def test_pipeline_tells_institutions_by_their_states(world: World, as_person: AsPerson) -> None:
    clinic = make_organisation(world.dana, name="Clinic of Kef", country="TN")
    back(clinic, "applied_at", 5)
    make_organisation(world.dana, name="Abroad", country="KE")
    assert found(world, of="organisations") == [clinic, world.hospital]
    assert found(world, of="organisations", step="verified", kind="hospital") == [world.hospital]
    assert found(world, of="organisations", late=True) == found(world, of="organisations", text="kef") == [clinic]
    assign_case(actor=world.chidi, thing=clinic, owner=world.chidi)
    assert found(world, of="organisations", owner="me") == [clinic]
    skill = story.after_need_published(world).skills.first()
    assert found(world, of="organisations", skill=skill.name) == [world.hospital]
    html = page(as_person(world.chidi), "?of=organisations")
    assert "5 days, 3 over target" in html
    assert clinic.name in page(as_person(world.chidi), "?of=organisations&as=board&late=on")
    until = world.hospital.verified_until
    assert world.hospital.name in page(as_person(world.chidi), f"?of=organisations&as=calendar&month={until:%Y-%m}")
    answer = as_person(world.chidi).post("/desk/pipeline/file/?of=organisations&late=on").content.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(answer))] == ["Institution", clinic.name]


def test_open_need_is_not_late_once_somebody_was_found(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    back(proposal.need, "published_at", 30)
    assert found(world, of="needs", late=True) == []


def test_pipeline_puts_the_most_overdue_on_top_and_what_is_over_last(roomy: World) -> None:
    over = story.after_proposal_sent(roomy, title="Over")
    decline_proposal(actor=roomy.bereket, proposal=over, reason="no_time", note="")
    back(over, "answered_at", 50)
    fresh = story.after_proposal_sent(roomy, title="Fresh")
    late = story.after_proposal_sent(roomy, title="Late", kind="advisory")
    back(late, "waiting_since", 5)
    quiet = story.after_engagement_started(roomy, title="Quiet").proposal
    make_quiet(quiet.engagement, 20)
    assert found(roomy) == [quiet, late, fresh, over]


def test_row_tells_its_days_in_the_step_and_how_many_are_over(roomy: World) -> None:
    engagement = story.after_engagement_started(roomy)
    wrap_up_engagement(actor=roomy.amina, engagement=engagement)
    engagement.refresh_from_db()
    (row,) = rows_in_words(pipeline(roomy.chidi, PipelineFilters()))
    assert (row.step, row.since, row.days, row.target, row.over) == (
        WorkStep.REPORTING,
        engagement.wrapping_up_at,
        0,
        14,
        0,
    )
    proposal = story.after_proposal_sent(roomy, title="Waits")
    back(proposal, "waiting_since", 9.5)
    (row,) = rows_in_words(pipeline(roomy.chidi, PipelineFilters(step="proposed")))
    assert (row.days, row.target, row.over) == (9, 3, 6)


def test_pipeline_knows_who_looks_after_a_row_or_its_need(roomy: World) -> None:
    other = make_person("other@example.org", "Other")
    grant_remit(actor=None, user=other, country="TN")
    mine, theirs = story.after_proposal_sent(roomy), story.after_proposal_sent(roomy, title="Theirs")
    nobodys = story.after_proposal_sent(roomy, title="Nobody's")
    assign_case(actor=roomy.chidi, thing=mine.need, owner=roomy.chidi)
    assign_case(actor=roomy.chidi, thing=theirs.need, owner=roomy.chidi)
    assign_case(actor=roomy.chidi, thing=theirs, owner=other)
    assert found(roomy, owner="me") == [mine]
    assert found(roomy, owner="none") == [nobodys]
    assert found(roomy, owner=str(other.public_id)) == [theirs]
    assert found(roomy, owner=str(roomy.chidi.public_id)) == [mine]
    assert {row.title: row.owner for row in rows_in_words(found(roomy))} == {
        mine.need.title: "Chidi Okafor",
        "Theirs": "Other",
        "Nobody's": "",
    }


# How it is shown


def test_pipeline_shows_the_filters_in_use_as_chips_that_take_them_away(world: World, as_person: AsPerson) -> None:
    html = page(as_person(world.chidi), "?text=ward&step=&country=TN")
    assert 'href="?step=&amp;country=TN"' in html
    assert "Nothing in your countries fits these filters." in html
    page(as_person(world.chidi), "?step=nonsense&quiet_days=x&page=no&of=what&as=what&month=13&owner=nobody")


def test_board_counts_each_step_and_its_hours(roomy: World, as_person: AsPerson) -> None:
    story.after_proposal_sent(roomy, title="One", hours=10)
    late = story.after_proposal_sent(roomy, title="Two", hours=5)
    back(late, "waiting_since", 9)
    story.after_engagement_started(roomy, title="Three", hours=7)
    columns = {column.step: column for column in board(pipeline(roomy.chidi, PipelineFilters()))}
    assert [(columns[step].count, columns[step].hours) for step in ("proposed", "introduced", "under_way")] == [
        (2, 15),
        (0, 0),
        (1, 7),
    ]
    assert [row.title for row in columns["proposed"].rows] == ["Two", "One"]
    html = page(as_person(roomy.chidi), "?as=board")
    assert "9 days, 6 over target" in html
    assert "15 hours planned" in html
    assert '<option value="hold">Put on hold</option>' in html


def test_calendar_puts_rows_on_the_day_something_is_due(roomy: World, as_person: AsPerson) -> None:
    meeting = story.after_time_agreed(roomy, title="Meets")
    assert meeting.starts_at is not None
    day = meeting.starts_at.astimezone(roomy.chidi.zone).date()
    ending = story.after_engagement_started(roomy, title="Ends").proposal
    back(ending.engagement, "created_at", 1)
    Engagement.objects.filter(proposal=ending).update(ends_on=day)
    shown = calendar(pipeline(roomy.chidi, PipelineFilters()), day.replace(day=1), roomy.chidi, week_begins=0)
    (busy,) = [one for week in shown.weeks for one in week if one.rows]
    assert (busy.day, {row.title for row in busy.rows}, shown.count) == (day, {"Meets", "Ends"}, 2)
    assert all(len(week) == 7 and week[0].day.weekday() == 0 for week in shown.weeks)
    html = page(as_person(roomy.chidi), f"?as=calendar&month={day:%Y-%m}")
    assert "Meets" in html
    need = story.after_need_published(roomy, title="Closes", closes_on=day)
    assert need.title in page(as_person(roomy.chidi), f"?as=calendar&of=needs&month={day:%Y-%m}")


def test_file_holds_the_rows_of_the_view_and_is_noted(roomy: World, as_person: AsPerson) -> None:
    story.after_proposal_sent(roomy, title="=HYPERLINK(1)")
    story.after_proposal_sent(roomy, title="Other")
    answer = as_person(roomy.chidi).post("/desk/pipeline/file/?text=hyper")
    assert answer["Content-Type"] == "text/csv"
    text = answer.content.decode("utf-8-sig")
    heading, row = csv.reader(io.StringIO(text))
    assert heading[:4] == ["Need", "Institution", "Country", "Expert"]
    assert row[:4] == ["'=HYPERLINK(1)", "Hôpital régional de Jendouba", "Tunisia", "Amina Ben Salah"]
    entry = AuditEntry.objects.get(verb="engagements.pipeline.exported")
    assert (entry.actor, entry.changes) == (roomy.chidi, {"of": "work", "count": 1})
    assert as_person(roomy.chidi).get("/desk/pipeline/file/").status_code == 405


# Moves


def written() -> tuple[int, int]:
    return AuditEntry.objects.count(), Notification.objects.count()


def test_moves_do_the_acts_they_are_named_for(roomy: World) -> None:
    started = story.after_engagement_started(roomy, title="Started")
    move_work(actor=roomy.chidi, proposal=started.proposal, move="hold", seen="active")
    started.refresh_from_db()
    assert started.state == "on_hold_safeguarding"
    move_work(actor=roomy.chidi, proposal=started.proposal, move="release", seen="on_hold_safeguarding")
    move_work(actor=roomy.chidi, proposal=started.proposal, move="end", seen="active", reason="no_contact")
    started.refresh_from_db()
    assert (started.state, started.end_reason) == ("ended_early", "no_contact")
    agreeing = story.after_proposal_accepted(roomy, title="Agreeing")
    move_work(actor=roomy.chidi, proposal=agreeing.proposal, move="cancel", seen="agreeing", reason="not_a_fit")
    agreeing.refresh_from_db()
    assert agreeing.state == "cancelled"
    waiting = story.after_proposal_sent(roomy, title="Waiting")
    move_work(actor=roomy.chidi, proposal=waiting, move="close", seen="sent")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.conversation.state) == ("cancelled", "closed")
    told = Notification.objects.filter(verb="engagements.proposal.cancelled").values_list("user", flat=True)
    assert set(told) == {roomy.amina.pk, roomy.bereket.pk}


def test_need_moves_do_the_acts_they_are_named_for(world: World) -> None:
    need = story.after_need_published(world)
    for move, seen, now in (("pause", "published", "paused"), ("resume", "paused", "published")):
        move_need(actor=world.chidi, need=need, move=move, seen=seen)
        need.refresh_from_db()
        assert need.state == now
    move_need(actor=world.chidi, need=need, move="close", seen="published", result="not_met")
    need.refresh_from_db()
    assert (need.state, need.result) == ("closed", "not_met")


@pytest.mark.parametrize("who", ["amina", "bereket", "dana", "abroad"])
def test_moves_are_refused_and_write_nothing_outside_the_remit(world: World, who: str) -> None:
    engagement, need = story.after_engagement_started(world), story.after_need_published(world, title="Open")
    actor = User.objects.get(pk=abroad(world).reviews.get().reviewed_by_id) if who == "abroad" else world.people[who]
    before = written()
    with pytest.raises(NotAllowed):
        move_work(actor=actor, proposal=engagement.proposal, move="hold", seen="active")
    with pytest.raises(NotAllowed):
        move_need(actor=actor, need=need, move="pause", seen="published")
    assert written() == before


def test_moves_that_the_state_does_not_have_are_refused_and_write_nothing(world: World) -> None:
    engagement, need = story.after_engagement_started(world), story.after_need_submitted(world, title="In check")
    before = written()
    for move in ("release", "follow_up", "close", "nonsense", ""):
        with pytest.raises(Invalid):
            move_work(actor=world.chidi, proposal=engagement.proposal, move=move, seen="active")
    with pytest.raises(Invalid):
        move_work(actor=world.chidi, proposal=engagement.proposal, move="end", seen="active", reason="whim")
    with pytest.raises(Invalid):
        move_need(actor=world.chidi, need=need, move="resume", seen="submitted")
    assert written() == before


def test_move_of_what_somebody_else_moved_is_refused_with_who_and_writes_nothing(world: World) -> None:
    engagement = story.after_engagement_started(world)
    other = make_person("other@example.org", "Olfa Other")
    grant_remit(actor=None, user=other, country="TN")
    supervision.hold_engagement(actor=other, engagement=engagement)
    before = written()
    with pytest.raises(MovedMeanwhile, match=r"Olfa Other changed this just now\. It is now “On hold”") as refused:
        move_work(actor=world.chidi, proposal=engagement.proposal, move="end", seen="active", reason="no_time")
    assert refused.value.state == "on_hold_safeguarding"
    assert written() == before


def test_move_page_keeps_what_was_typed_when_somebody_else_was_quicker(world: World, as_person: AsPerson) -> None:
    engagement = story.after_engagement_started(world)
    supervision.hold_engagement(actor=world.chidi, engagement=engagement)
    client, url = as_person(world.chidi), f"/desk/pipeline/work/{engagement.proposal.reference}/move/"
    form = {"move": "end", "seen": "active", "reason": "no_contact"}
    answer = client.post(url, form)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Chidi Okafor changed this" in html
    assert '<option value="no_contact" selected>' in html
    assert 'name="seen" value="on_hold_safeguarding"' in html
    assert client.post(url, {**form, "seen": "on_hold_safeguarding"}).status_code == 302
    engagement.refresh_from_db()
    assert engagement.state == "ended_early"


def test_move_asks_for_the_word_it_needs_and_goes_back_to_the_view(world: World, as_person: AsPerson) -> None:
    engagement = story.after_engagement_started(world)
    client, url = as_person(world.chidi), f"/desk/pipeline/work/{engagement.proposal.reference}/move/"
    answer = client.post(url, {"move": "end", "seen": "active", "next": "/desk/pipeline/?as=board"})
    assert answer.status_code == 422
    assert "Choose why it ends; both sides are told." in answer.content.decode()
    assert client.post(url, {"seen": "active"}).status_code == 422
    answer = client.post(
        url, {"move": "end", "seen": "active", "reason": "no_time", "next": "/desk/pipeline/?as=board"}
    )
    assert answer["Location"] == f"/desk/pipeline/?as=board#work-{engagement.proposal.reference}"
    need = story.after_need_published(world, title="Open")
    answer = client.post(
        f"/desk/pipeline/needs/{need.reference}/move/",
        {"move": "pause", "seen": "published", "next": "//evil.example/desk/"},
    )
    assert answer["Location"] == f"/desk/pipeline/?of=needs#needs-{need.reference}"


def test_move_page_says_when_nothing_is_a_coordinators_to_move(world: World, as_person: AsPerson) -> None:
    need = story.after_need_submitted(world)
    html = as_person(world.chidi).get(f"/desk/pipeline/needs/{need.reference}/move/").content.decode()
    assert "There is nothing for a coordinator to move here" in html


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [("", 13), ("?as=board", 14), ("?as=calendar", 12), ("?of=needs", 13), ("?of=needs&as=board", 15)],
)
def test_pipeline_costs_the_same_when_there_are_more_rows(
    world: World,
    as_person: AsPerson,
    django_assert_num_queries: DjangoAssertNumQueries,
    query: str,
    queries: int,
    count: int,
) -> None:
    for number in range(count):
        grow(world, number)
    client = as_person(world.chidi)
    page(client, query)
    with django_assert_num_queries(queries):
        page(client, query)


def test_soon_is_not_yet_late(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    Proposal.objects.filter(pk=proposal.pk).update(waiting_since=timezone.now() - timedelta(days=2, hours=23))
    assert found(world, late=True) == []
    assert Need.objects.get().state == "published"
