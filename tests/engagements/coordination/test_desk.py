"""The desk, the pipeline and the institution's own page: what they read, whom they hide from, what they cost."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db.models import Model
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.organisations import add_member
from diaspora_net.accounts.actions.people import allow_pathways, grant_remit
from diaspora_net.accounts.actions.verification import recommend_organisation, request_documents
from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.errors import Conflict, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.casework import assign_case, rest_case
from engagements.actions.cohorts import place_need
from engagements.actions.coordination import remind_both_sides, remind_receiver, remind_step
from engagements.actions.engagements import wrap_up_engagement
from engagements.actions.needs import Readiness, draft_need, publish_need, request_changes, submit_need
from engagements.actions.nominations import nominate_expert
from engagements.actions.outcomes import give_outcome
from engagements.actions.proposals import (
    accept_proposal,
    apply_for_need,
    decline_proposal,
    invite_expert,
)
from engagements.actions.questions import ask_sender
from engagements.actions.reminders import remind_waiting
from engagements.actions.reports import file_report
from engagements.models import Case, Engagement, Need
from engagements.payloads.waiting_words import REMINDERS
from engagements.queries import desk as queries
from engagements.queries.desk import Count
from engagements.queries.desk_rows import ALL_KINDS, desk_rows, part
from engagements.queries.institution import waits_for_institution
from engagements.queries.pipeline import PipelineFilters, pipeline
from engagements.queries.pipeline_rows import rows_in_words
from engagements.queries.waiting import present_step
from engagements.queries.watching import get_need_to_check, get_proposal_to_watch
from engagements.states.clocks import WaitingKind
from engagements.states.desk import GROUP_OF, GROUPS, WEIGHTS, OtherKind
from messaging.models import Notification
from tests import world as story
from tests.engagements.programmes.story import after_started
from tests.factories import check_everything, make_expert, make_organisation, make_person, need_values
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


def back(thing: Model, field: str, days: float) -> None:
    """Have something happened ``days`` ago."""
    type(thing)._base_manager.filter(pk=thing.pk).update(**{field: timezone.now() - timedelta(days=days)})


def abroad(world: World) -> Need:
    """Return an open need of a Senegalese hospital, which no coordinator of Tunisia is concerned with."""
    awa = make_person("awa@example.org", "Awa Ndiaye")
    moussa = make_person("moussa@example.org", "Moussa Sarr")
    grant_remit(actor=None, user=moussa, country="SN")
    hospital = make_organisation(awa, name="Hôpital de Thiès", country="SN")
    story.verified_by(moussa, world.esi, hospital)
    need = submit_need(
        actor=awa, need=draft_need(actor=awa, organisation=hospital, values=need_values(awa, title="A need in Thiès"))
    )
    return publish_need(actor=moussa, need=need, checklist=Readiness(True, True, True, True))


def make_quiet(engagement: Engagement, days: float) -> None:
    back(engagement, "last_activity_at", days)
    back(engagement.conversation, "last_message_at", days)


# What the desk reads


def count_of(viewer: User, group: str) -> Count:
    found = queries.desk(viewer)
    return next((count for count in (*found.top, *found.others) if count.group == group), Count(group, "", 0, 0, 0))


def titles(viewer: User, only: str = "") -> list[str]:
    return [item.title for item in queries.desk(viewer, only).items]


def test_desk_counts_what_waits_with_its_age_and_what_is_over_target(world: World) -> None:
    for days in (0, 10, 20):
        back(story.after_need_submitted(world, title=f"{days}"), "submitted_at", days)
    found = count_of(world.chidi, "check")
    assert (found.count, found.oldest_days, found.late) == (3, 20, 2)
    items = queries.desk(world.chidi).items
    assert [item.title for item in items] == ["20", "10", "0"]
    assert items[0].over > items[1].over > items[2].over == 0
    assert items[0].days - items[0].over == 2  # the target of a check, in working days


def test_desk_is_empty_when_nothing_waits(world: World) -> None:
    found = queries.desk(world.chidi)
    assert [(count.count, count.late, count.oldest_days) for count in found.top] == [(0, 0, 0)] * 4
    assert (found.others, found.items, found.mine, found.resting) == ([], [], 0, 0)


def test_desk_holds_nothing_of_another_country(world: World) -> None:
    need = abroad(world)
    proposal = invite_expert(actor=need.focal_point, need=need, expert=world.profile, message="Would you help?")
    back(proposal, "waiting_since", 20)
    make_organisation(world.dana, name="Clinique de Saint-Louis", country="SN")
    assert queries.desk(world.chidi).items == []
    assert queries.desk_item(world.chidi, f"reply-{proposal.pk}") is None
    assert not pipeline(world.chidi, PipelineFilters(country="SN")).exists()
    with pytest.raises(Http404):
        get_proposal_to_watch(world.chidi, proposal.reference)
    with pytest.raises(Http404):
        get_need_to_check(world.chidi, need.reference)


@pytest.mark.parametrize("who", ["amina", "bereket", "dana"])
def test_desk_is_not_found_when_the_person_has_no_remit(world: World, who: str) -> None:
    with pytest.raises(Http404):
        queries.desk(world.people[who])
    with pytest.raises(Http404):
        pipeline(world.people[who], PipelineFilters())


def test_drafts_are_not_the_coordinators_business(world: World) -> None:
    with pytest.raises(Http404):
        get_need_to_check(world.chidi, story.after_need_drafted(world).reference)


def test_every_kind_of_waiting_thing_has_its_group_weight_and_page() -> None:
    kinds = {*WaitingKind.values, *OtherKind.values}
    assert set(GROUP_OF) == set(WEIGHTS) == kinds
    assert sorted(kind for found in GROUPS.values() for kind in found) == sorted(kinds)


def test_organisations_wait_until_they_are_verified(world: World) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    (item,) = queries.desk(world.chidi, "check").items
    assert (item.title, item.act_label, item.who, item.noun) == (
        "Clinique de Tabarka",
        "Verify",
        "you",
        "organisations",
    )
    request_documents(actor=world.chidi, organisation=clinic, reason="Send the decree.")
    (item,) = queries.desk(world.chidi, "change").items
    assert (item.who, item.act_label) == ("Clinique de Tabarka", "Look at it")
    story.after_verification(world, clinic)
    assert titles(world.chidi) == []


def test_answered_proposals_leave_the_desk(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    back(proposal, "waiting_since", 20)
    (item,) = queries.desk(world.chidi, "reply").items
    assert (item.who, item.act_label) == ("Hôpital régional de Jendouba", "Remind")
    decline_proposal(actor=world.bereket, proposal=proposal, reason="no_time", note="")
    assert titles(world.chidi, "reply") == []


def test_engagements_stand_on_the_desk_while_they_are_flagged_and_quiet(world: World) -> None:
    engagement = story.after_engagement_started(world)
    make_quiet(engagement, 30)
    assert titles(world.chidi, "quiet") == []
    Engagement.objects.filter(pk=engagement.pk).update(at_risk_at=timezone.now() - timedelta(days=5))
    (item,) = queries.desk(world.chidi, "quiet").items
    assert (item.who, item.act_label) == ("Amina Ben Salah and Hôpital régional de Jendouba", "Remind")
    back(engagement.conversation, "last_message_at", 1)
    assert titles(world.chidi, "quiet") == []


def test_queue_weighs_what_only_a_coordinator_does_and_puts_reports_on_top(world: World) -> None:
    engagement = story.after_proposal_accepted(world, title="Agree on me")
    back(story.after_need_submitted(world, title="Check me"), "submitted_at", 12)
    back(story.after_need_submitted(world, title="Urgent", is_urgent=True), "submitted_at", 12)
    file_report(
        actor=world.amina, conversation=engagement.conversation, about=world.bereket, reason="money", seqs=[], note="A."
    )
    assert titles(world.chidi) == ["Asks for money or a favour in return", "Urgent", "Check me", "Agree on me"]
    assert titles(world.chidi, "check") == ["Urgent", "Check me"]
    assert titles(world.chidi, "nonsense") == titles(world.chidi)


def test_what_rests_leaves_the_desk_until_its_day(world: World) -> None:
    need = story.after_need_submitted(world, title="Rests")
    today = timezone.localdate()
    rest_case(actor=world.chidi, thing=need, until=today + timedelta(days=1), reason="The minister is away.")
    found = queries.desk(world.chidi)
    assert (found.items, found.resting, found.top[1].count) == ([], 1, 0)
    Case.objects.update(rests_until=today)
    found = queries.desk(world.chidi)
    assert ([item.title for item in found.items], found.resting) == (["Rests"], 0)


def test_queue_narrows_to_what_somebody_looks_after(world: World) -> None:
    proposal = story.after_proposal_sent(world, title="Of my need")
    story.after_need_submitted(world, title="Nobody's")
    assign_case(actor=world.chidi, thing=proposal.need, owner=world.chidi)
    found = queries.desk(world.chidi, "mine")
    assert ([(item.title, item.is_mine) for item in found.items], found.mine) == ([("Of my need", True)], 1)


def test_written_statement_finds_for_everybody_and_later_what_the_orm_finds(world: World) -> None:
    story.after_proposal_sent(world, title="Answer me")
    engagement = story.after_session_logged(world, title="Confirm my hours").engagement
    file_report(
        actor=world.amina, conversation=engagement.conversation, about=world.bereket, reason="money", seqs=[], note="A."
    )
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    check_everything(world.chidi, clinic)
    recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")
    abroad(world)
    columns, kinds = ("step_kind", "step_row", "step_since", "step_due_at"), []
    for viewer, days in ((world.chidi, 0), (world.esi, 0), (world.chidi, 9)):
        countries = remit_countries(viewer)
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            found = desk_rows(viewer, countries, today=timezone.localdate(), limit=100).rows
            alike = [row for kind in ALL_KINDS for row in part(kind, viewer, countries).values_list(*columns)]
        told = [
            (row["step_kind"], row["step_row"], *map(datetime.fromisoformat, (row["step_since"], row["step_due_at"])))
            for row in found
        ]
        assert sorted(told) == sorted(alike)
        kinds.append({kind for kind, *_ in told})
    assert kinds == [
        {"reply", "hours", "recommended", "safety"},
        {"second"},
        {"reply", "recommended", "safety"},  # hours count as unconfirmed by then
    ]


# What is done in place


def item_key(world: World, title: str) -> str:
    return next(item.key for item in queries.desk(world.chidi).items if item.title == title)


def test_desk_page_narrows_the_queue_by_a_tile(world: World, as_person: AsPerson) -> None:
    story.after_proposal_sent(world, title="Wants an answer")
    make_organisation(world.dana, name="Clinique de Tabarka")
    client = as_person(world.chidi)
    html = client.get("/desk/").content.decode()
    assert "?only=check#queue-title" in html
    html = client.get("/desk/?only=check").content.decode()
    assert "Clinique de Tabarka" in html
    assert "Wants an answer" not in html


def test_reminding_in_place_says_so_and_survives_a_second_press(world: World, as_person: AsPerson) -> None:
    story.after_proposal_sent(world, title="Waits")
    client, url = as_person(world.chidi), f"/desk/items/{item_key(world, 'Waits')}/remind/"
    assert "Reminded." in client.post(url, follow=True).content.decode()
    assert "Reminded today" in client.get("/desk/").content.decode()
    assert "A reminder went out today already." in client.post(url, follow=True).content.decode()
    answer = client.post(url, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "A reminder went out today already." in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_taking_assigning_and_resting_in_place_answer_with_the_row(world: World, as_person: AsPerson) -> None:
    need = story.after_need_submitted(world, title="Check me")
    client, url = as_person(world.chidi), f"/desk/items/{item_key(world, 'Check me')}/"
    htmx = {"HX-Request": "true"}
    assert "you look after it" in client.post(f"{url}take/", headers=htmx).content.decode()
    assert Case.objects.get(need=need).owner == world.chidi
    html = client.get(url, headers=htmx).content.decode()
    assert "Let it rest" in html
    assert client.get(url)["Location"] == f"/desk/cases/needs/{need.reference}/"
    assert "Take it" in client.post(f"{url}assign/", {"owner": ""}, headers=htmx).content.decode()
    until = str(timezone.localdate() + timedelta(days=3))
    answer = client.post(f"{url}rest/", {"until": until, "reason": " "}, headers=htmx)
    assert answer.status_code == 422
    assert "<html" not in answer.content.decode()
    assert client.post(f"{url}rest/", {"until": "2020-01-01", "reason": "Typed"}).status_code == 422
    assert 'value="Typed"' in client.post(f"{url}rest/", {"until": "2020-01-01", "reason": "Typed"}).content.decode()
    html = client.post(f"{url}rest/", {"until": until, "reason": "Later"}, headers=htmx).content.decode()
    assert "Undo" in html
    assert titles(world.chidi) == []
    html = client.post(f"{url}take/", headers=htmx).content.decode()
    assert "somebody was quicker" in html
    assert "somebody was quicker" in client.post(f"{url}take/", follow=True).content.decode()


def test_desk_says_how_many_are_new_and_nothing_else_moves(world: World, as_person: AsPerson) -> None:
    client, before = as_person(world.chidi), timezone.now()
    assert client.get("/desk/news/", {"since": before.isoformat()}).status_code == 204
    story.after_need_submitted(world)
    story.after_need_submitted(world, title="Another")
    html = client.get("/desk/news/", {"since": before.isoformat()}).content.decode()
    assert "2 new: show" in html
    for nonsense in ("", "yesterday", "2026-13-40T00:00:00", "2026-01-01T00:00:00"):
        assert client.get("/desk/news/", {"since": nonsense}).status_code == 204


@pytest.mark.parametrize("key", ["reply-1", "nonsense-1", "reply", "reply-x", "check-99999999999999999999"])
def test_what_does_not_wait_is_not_found(world: World, as_person: AsPerson, key: str) -> None:
    assert as_person(world.chidi).get(f"/desk/items/{key}/").status_code == 404


# Reminders


def written() -> tuple[int, int]:
    return AuditEntry.objects.count(), Notification.objects.count()


def test_reminder_reaches_who_has_to_answer(world: World) -> None:
    remind_receiver(actor=world.chidi, proposal=story.after_proposal_sent(world))
    told = Notification.objects.filter(verb="engagements.proposal.reminded")
    assert [row.user_id for row in told] == [world.bereket.pk]


def test_reminder_reaches_the_expert_when_the_institution_invited(world: World) -> None:
    need = story.after_need_published(world)
    proposal = invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help?")
    remind_receiver(actor=world.chidi, proposal=proposal)
    told = Notification.objects.filter(verb="engagements.proposal.reminded")
    assert [row.user_id for row in told] == [world.amina.pk]


def test_reminder_of_a_quiet_engagement_reaches_both(world: World) -> None:
    remind_both_sides(actor=world.chidi, engagement=story.after_engagement_started(world))
    told = Notification.objects.filter(verb="engagements.engagement.reminded")
    assert {row.user_id for row in told} == {world.amina.pk, world.bereket.pk}


def test_second_reminder_of_a_day_is_refused_and_writes_nothing(world: World) -> None:
    proposal, engagement = story.after_proposal_sent(world), story.after_engagement_started(world, title="Other")
    remind_receiver(actor=world.chidi, proposal=proposal)
    remind_both_sides(actor=world.chidi, engagement=engagement)
    before = written()
    with pytest.raises(Conflict):
        remind_receiver(actor=world.chidi, proposal=proposal)
    with pytest.raises(Conflict):
        remind_both_sides(actor=world.chidi, engagement=engagement)
    assert written() == before


@pytest.mark.parametrize("who", ["amina", "bereket", "dana"])
def test_reminder_is_refused_and_writes_nothing_outside_the_remit(world: World, who: str) -> None:
    proposal, engagement = story.after_proposal_sent(world), story.after_engagement_started(world, title="Other")
    before = written()
    with pytest.raises(NotAllowed):
        remind_receiver(actor=world.people[who], proposal=proposal)
    with pytest.raises(NotAllowed):
        remind_both_sides(actor=world.people[who], engagement=engagement)
    assert written() == before


def test_reminder_is_refused_and_writes_nothing_when_it_is_answered_or_over(world: World) -> None:
    certificate = story.after_completion(world)
    engagement = Engagement.objects.get(pk=certificate.engagement_id)
    before = written()
    with pytest.raises(Conflict):
        remind_receiver(actor=world.chidi, proposal=engagement.proposal)
    with pytest.raises(Conflict):
        remind_both_sides(actor=world.chidi, engagement=engagement)
    assert written() == before


# What waits for an institution


def asks(world: World, viewer: User | None = None) -> list[tuple[str, str]]:
    found = waits_for_institution(viewer or world.bereket, world.hospital)
    return [(ask.title, ask.detail[0]) for ask in found]


def test_institution_reads_everything_that_waits_for_it(world: World) -> None:
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    story.after_need_drafted(world, title="Draft")
    back_again = story.after_need_submitted(world, title="Sent back")
    request_changes(actor=world.chidi, need=back_again, note="Name the result.")
    story.after_proposal_sent(world, title="Offered")
    story.after_proposal_accepted(world, title="To agree")
    session = story.after_session_logged(world, title="Under way")
    wrapping = story.after_engagement_started(world, title="To report")
    wrap_up_engagement(actor=world.amina, engagement=wrapping)
    assert asks(world) == [
        ("Offered", "Offer to help"),
        ("To agree", "Plan to agree to"),
        ("Under way", "1 session to confirm"),
        ("To report", "Say what came of it"),
        ("Sent back", "The coordinator asks for changes"),
        ("Draft", "Draft, not sent yet"),
    ]
    for person in (world.bereket, world.amina):
        give_outcome(actor=person, engagement=wrapping, result="achieved", effects=["knowledge"], text="Done.")
    assert ("To report", "Ready to complete") in asks(world)
    assert session.engagement.reference in [
        ask.url.split("/")[2] for ask in waits_for_institution(world.bereket, world.hospital)
    ]


def test_nothing_waits_for_who_does_not_speak_for_the_institution(world: World) -> None:
    story.after_need_drafted(world, title="Draft")
    story.after_proposal_sent(world, title="Offered")
    add_member(actor=world.bereket, organisation=world.hospital, email="dana@example.org", role="counterpart")
    for person in (world.amina, world.chidi, world.dana):
        assert asks(world, person) == []


def test_nothing_waits_when_the_other_side_has_to_act(world: World) -> None:
    need = story.after_need_published(world)
    invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help?")
    assert asks(world) == []


def test_another_institution_of_the_same_person_keeps_its_own_list(world: World) -> None:
    other = make_organisation(world.bereket, name="Clinique de Tabarka")
    story.after_need_drafted(world, title="Draft of the hospital")
    assert asks(world) == [("Draft of the hospital", "Draft, not sent yet")]
    assert waits_for_institution(world.bereket, other) == []


def test_offer_is_urgent_when_it_runs_out_within_three_days(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    assert [ask.is_urgent for ask in waits_for_institution(world.bereket, world.hospital)] == [False]
    back(proposal, "expires_at", -2.5)
    found = waits_for_institution(world.bereket, world.hospital)
    assert [(ask.is_urgent, ask.when) for ask in found] == [(True, "2 days left to reply")]


# What pages cost


def grow(world: World, number: int) -> None:
    """Add one of everything that the desk, the pipeline and the institution's page list."""
    story.after_need_drafted(world, title=f"Draft {number}")
    story.after_need_submitted(world, title=f"To check {number}")
    make_organisation(make_person(f"owner{number}@example.org", f"Owner {number}"), name=f"Clinic {number}")
    person = make_person(f"expert{number}@example.org", f"Expert {number}", join_role="expert")
    make_expert(person, skills={"interpret-ecg": (3, 5)})
    apply_for_need(actor=person, need=story.after_need_published(world), message="I can help.")
    offer = apply_for_need(actor=person, need=story.after_need_published(world), message="I can help.")
    engagement = accept_proposal(actor=world.bereket, proposal=offer)
    make_quiet(engagement, 20)


@pytest.mark.parametrize(
    ("who", "page", "queries"),
    [
        ("chidi", "/desk/", 9),
        ("bereket", "needs", 22),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_when_there_are_more_rows(
    world: World,
    as_person: AsPerson,
    django_assert_num_queries: DjangoAssertNumQueries,
    who: str,
    page: str,
    queries: int,
    count: int,
) -> None:
    for number in range(count):
        grow(world, number)
    client = as_person(world.people[who])
    url = f"/org/{world.hospital.reference}/needs/" if page == "needs" else page
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_desk_costs_what_its_docstring_says(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        grow(world, number)
    with django_assert_num_queries(3):
        queries.desk(world.chidi)
    with django_assert_num_queries(2):
        list(pipeline(world.chidi, PipelineFilters()))
    with django_assert_num_queries(7):
        waits_for_institution(world.bereket, world.hospital)


# Organisations that one of two coordinators has recommended


def test_second_opinions_wait_for_who_may_give_them_and_not_for_who_gave_the_first(world: World) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    assert titles(world.esi) == []
    check_everything(world.chidi, clinic)
    recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")
    (item,) = queries.desk(world.esi, "check").items
    assert (item.title, item.act_label, item.who, item.noun) == ("Clinique de Tabarka", "Decide", "you", "")
    assert queries.desk(world.chidi, "check").items == []
    (item,) = queries.desk(world.chidi).items
    assert (item.group, item.who, item.act_label) == ("colleague", "a second coordinator", "Look at it")
    femi = make_person("femi@example.org", "Femi Bello")
    grant_remit(actor=None, user=femi, country="TN")
    assert titles(world.esi) == []
    assert titles(femi, "check") == ["Clinique de Tabarka"]
    story.verify_organisation(actor=femi, organisation=clinic, reason="Called back, too.")
    assert titles(femi) == titles(world.chidi) == []


def test_second_opinion_from_elsewhere_can_be_opened_and_nothing_else_of_that_country(
    world: World, as_person: AsPerson
) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    check_everything(world.chidi, clinic)
    recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")
    client = as_person(world.esi)
    assert "Clinique de Tabarka" in client.get("/desk/").content.decode()
    assert (
        client.get(f"/desk/items/second-{clinic.pk}/")
        .headers["Location"]
        .endswith(f"organisations/{clinic.reference}/")
    )
    assert client.post(f"/desk/items/second-{clinic.pk}/take/").status_code == 404
    assert client.get(f"/desk/cases/organisations/{clinic.reference}/").status_code == 404


def test_second_opinion_is_reminded_of_where_it_waits(world: World) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    check_everything(world.chidi, clinic)
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        recommend_organisation(actor=world.chidi, organisation=clinic, reason="Called back.")
    remind_waiting()
    told = Notification.objects.filter(verb="engagements.second.reminded")
    assert [row.user_id for row in told] == [world.esi.pk]
    count = told.count()
    remind_waiting()
    assert told.count() == count


# What is done in place


def test_a_need_is_opened_on_the_desk(world: World, as_person: AsPerson) -> None:
    need = story.after_need_submitted(world)
    client, key = as_person(world.chidi), f"check-{need.pk}"
    row = client.get(reverse("engagements:desk-item", args=[key]), headers={"HX-Request": "true"}).content.decode()
    assert need.knowledge_transfer in row
    url = reverse("engagements:desk-item-review", args=[key])
    refused = client.post(url, {"decision": "publish", "note": ""}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "Tick everything" in refused.content.decode()
    sent_back = client.post(url, {"decision": "request-changes", "note": ""}, headers={"HX-Request": "true"})
    assert sent_back.status_code == 422
    ticks = dict.fromkeys(("scope_is_clear", "knowledge_stays", "staff_are_ready", "urgency_is_known"), "on")
    done = client.post(url, {"decision": "publish", **ticks}, headers={"HX-Request": "true"})
    assert (done.status_code, "The need is open" in done.content.decode()) == (200, True)
    assert "Undo" not in done.content.decode()
    need.refresh_from_db()
    assert need.state == "published"
    assert AuditEntry.objects.filter(verb="engagements.need.published").count() == 1
    again = client.post(url, {"decision": "publish", **ticks}, headers={"HX-Request": "true"})
    assert "somebody was quicker" in again.content.decode()


def test_a_need_is_sent_back_from_the_desk_without_scripts(world: World, as_person: AsPerson) -> None:
    need = story.after_need_submitted(world)
    url = reverse("engagements:desk-item-review", args=[f"check-{need.pk}"])
    client = as_person(world.chidi)
    assert "note" in client.post(url, {"decision": "request-changes"}).context["review_form"].errors
    assert client.post(url, {"decision": "request-changes", "note": "Who will learn?"}).status_code == 302
    need.refresh_from_db()
    assert (need.state, need.review_note) == ("changes_requested", "Who will learn?")


def test_a_reminder_from_the_desk_says_what_the_clock_of_its_kind_says(world: World) -> None:
    session = story.after_session_logged(world)
    remind_step(actor=world.chidi, kind=WaitingKind.HOURS, row=session.pk)
    (told,) = Notification.objects.filter(verb="engagements.engagement.reminded")
    step = present_step(WaitingKind.HOURS, session.pk)
    assert step is not None
    assert told.user in step.people
    assert told.text == REMINDERS[WaitingKind.HOURS][0]
    proposal = story.after_proposal_sent(world, title="Other")
    ask_sender(actor=world.bereket, proposal=proposal, text="Which evenings?")
    remind_step(actor=world.chidi, kind=WaitingKind.INFORMATION, row=proposal.pk)
    (asked,) = Notification.objects.filter(verb="engagements.proposal.reminded")
    assert (asked.user, asked.text) == (world.amina, REMINDERS[WaitingKind.INFORMATION][0])
    before = written()
    with pytest.raises(Conflict):
        remind_step(actor=world.chidi, kind=WaitingKind.INFORMATION, row=proposal.pk)
    with pytest.raises(NotAllowed):
        remind_step(actor=world.dana, kind=WaitingKind.HOURS, row=session.pk)
    assert written() == before


def test_needs_of_labour_pathways_stand_on_no_open_list_of_the_desk(world: World) -> None:
    allow_pathways(actor=None, user=world.chidi, country="TN")
    shown = story.after_need_published(world, title="Shown")
    hidden = story.after_need_published(world, title="Of a pathway")
    for need in (shown, hidden):
        back(need, "published_at", 60)
    assert set(titles(world.chidi)) == {"Shown", "Of a pathway"}
    cohort = after_started(world, kind="pathway").cohorts.get()
    place_need(actor=world.chidi, cohort=cohort, need=hidden)
    proposal = nominate_expert(actor=world.chidi, need=hidden, expert=world.profile, message="A good candidate.")
    back(proposal, "waiting_since", 20)
    assert titles(world.chidi) == ["Shown"]
    assert queries.desk_item(world.chidi, f"reply-{proposal.pk}") is None
    assert queries.desk_item(world.chidi, f"proposals-{hidden.pk}") is None
    for of in ("needs", "work"):
        found = pipeline(world.chidi, PipelineFilters(of=of))
        assert "Of a pathway" not in {row.title for row in rows_in_words(found)}
