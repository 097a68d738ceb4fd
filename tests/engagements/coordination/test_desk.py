"""The desk, the pipeline and the institution's own page: what they read, whom they hide from, what they cost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Model
from django.http import Http404
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.organisations import (
    add_member,
    request_documents,
    verify_organisation,
)
from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.coordination import remind_both_sides, remind_receiver
from engagements.actions.engagements import wrap_up_engagement
from engagements.actions.needs import Readiness, draft_need, publish_need, request_changes, submit_need
from engagements.actions.outcomes import give_outcome
from engagements.actions.proposals import (
    accept_proposal,
    apply_for_need,
    decline_proposal,
    invite_expert,
)
from engagements.models import Engagement, Need
from engagements.queries import coordination as queries
from engagements.queries.coordination import Section
from engagements.queries.institution import waits_for_institution
from engagements.queries.pipeline import PipelineFilters, pipeline
from engagements.queries.watching import get_need_to_check, get_proposal_to_watch
from messaging.models import Notification
from tests import world as story
from tests.factories import make_expert, make_organisation, make_person, need_values
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


def back(thing: Model, field: str, days: float) -> None:
    """Have something happened ``days`` ago."""
    type(thing)._base_manager.filter(pk=thing.pk).update(**{field: timezone.now() - timedelta(days=days)})


def section(viewer: User, key: str) -> Section:
    return next(found for found in queries.desk_sections(viewer) if found.key == key)


def abroad() -> Need:
    """Return an open need of a Senegalese hospital, which no coordinator of Tunisia is concerned with."""
    awa = make_person("awa@example.org", "Awa Ndiaye")
    moussa = make_person("moussa@example.org", "Moussa Sarr")
    grant_remit(actor=None, user=moussa, country="SN")
    hospital = make_organisation(awa, name="Hôpital de Thiès", country="SN")
    verify_organisation(actor=moussa, organisation=hospital, reason="Called back.")
    need = submit_need(
        actor=awa, need=draft_need(actor=awa, organisation=hospital, values=need_values(awa, title="A need in Thiès"))
    )
    return publish_need(actor=moussa, need=need, checklist=Readiness(True, True, True, True))


def make_quiet(engagement: Engagement, days: float) -> None:
    back(engagement, "last_activity_at", days)
    back(engagement.conversation, "last_message_at", days)


# What the desk reads


def test_desk_counts_ages_and_what_is_over_target(world: World) -> None:
    for days in (1, 3, 6):
        back(story.after_need_submitted(world), "submitted_at", days)
    found = section(world.chidi, "needs")
    assert (found.count, found.oldest_days, found.over_target, found.target) == (3, 6, 2, 2)
    assert [(item.days, item.over) for item in found.items] == [(6, 4), (3, 1), (1, 0)]


def test_desk_sections_are_empty_when_nothing_waits(world: World) -> None:
    for found in queries.desk_sections(world.chidi):
        assert (found.count, found.oldest_days, found.over_target, found.items) == (0, 0, 0, ())


def test_desk_holds_nothing_of_another_country(world: World) -> None:
    need = abroad()
    proposal = invite_expert(actor=need.focal_point, need=need, expert=world.profile, message="Would you help?")
    back(proposal, "sent_at", 20)
    make_organisation(world.dana, name="Clinique de Saint-Louis", country="SN")
    assert [found.count for found in queries.desk_sections(world.chidi)] == [0, 0, 0, 0, 0, 0]
    assert not pipeline(world.chidi, PipelineFilters(country="SN")).exists()
    with pytest.raises(Http404):
        get_proposal_to_watch(world.chidi, proposal.reference)
    with pytest.raises(Http404):
        get_need_to_check(world.chidi, need.reference)


@pytest.mark.parametrize("who", ["amina", "bereket", "dana"])
def test_desk_is_not_found_when_the_person_has_no_remit(world: World, who: str) -> None:
    with pytest.raises(Http404):
        queries.desk_sections(world.people[who])
    with pytest.raises(Http404):
        pipeline(world.people[who], PipelineFilters())


def test_drafts_are_not_the_coordinators_business(world: World) -> None:
    with pytest.raises(Http404):
        get_need_to_check(world.chidi, story.after_need_drafted(world).reference)


def test_organisations_wait_until_they_are_verified(world: World) -> None:
    clinic = make_organisation(world.dana, name="Clinique de Tabarka")
    back(clinic, "created_at", 5)
    assert [item.step.label for item in section(world.chidi, "organisations").items if item.step] == ["Verify"]
    request_documents(actor=world.chidi, organisation=clinic, reason="Send the decree.")
    found = section(world.chidi, "organisations")
    assert (found.count, found.over_target) == (1, 1)
    assert [item.step.label for item in found.items if item.step] == ["Look again"]
    verify_organisation(actor=world.chidi, organisation=clinic, reason="The decree is genuine.")
    assert section(world.chidi, "organisations").count == 0


def test_answered_proposals_leave_the_desk(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    back(proposal, "sent_at", 4)
    assert (section(world.chidi, "proposals").count, section(world.chidi, "proposals").over_target) == (1, 1)
    decline_proposal(actor=world.bereket, proposal=proposal, reason="no_time", note="")
    assert section(world.chidi, "proposals").count == 0


def test_engagement_counts_as_quiet_after_a_week_without_act_or_message(world: World) -> None:
    engagement = story.after_engagement_started(world)
    make_quiet(engagement, 6.9)
    assert section(world.chidi, "engagements").count == 0
    make_quiet(engagement, 15.5)
    found = section(world.chidi, "engagements")
    assert (found.count, found.oldest_days, found.over_target) == (1, 15, 1)
    back(engagement.conversation, "last_message_at", 1)
    assert section(world.chidi, "engagements").count == 0


def test_resting_engagement_is_not_quiet_when_both_know_it_rests(world: World) -> None:
    engagement = story.after_pause(world, story.after_engagement_started(world))
    make_quiet(engagement, 30)
    assert section(world.chidi, "engagements").count == 0


def test_queue_puts_the_most_overdue_first_and_narrows_to_one_kind(world: World) -> None:
    back(story.after_need_submitted(world, title="Late"), "submitted_at", 4)  # 2 over
    back(story.after_need_submitted(world, title="In time"), "submitted_at", 1)
    back(make_organisation(world.dana, name="Later still"), "created_at", 9)  # 7 over
    sections = queries.desk_sections(world.chidi)
    assert [item.title for item in queries.queue_of(sections)] == ["Later still", "Late", "In time"]
    assert [item.title for item in queries.queue_of(sections, "needs")] == ["Late", "In time"]


def test_desk_page_narrows_the_queue_by_a_tile(world: World, as_person: AsPerson) -> None:
    story.after_need_submitted(world, title="A need to check")
    make_organisation(world.dana, name="Clinique de Tabarka")
    client = as_person(world.chidi)
    html = client.get("/desk/").content.decode()
    assert "?only=organisations#queue-title" in html
    html = client.get("/desk/?only=organisations").content.decode()
    assert "Clinique de Tabarka" in html
    assert "A need to check" not in html
    assert "A need to check" in client.get("/desk/?only=nonsense").content.decode()


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


def test_desk_says_reminded_today_and_survives_a_second_press(world: World, as_person: AsPerson) -> None:
    proposal = story.after_proposal_sent(world)
    client, url = as_person(world.chidi), f"/desk/proposals/{proposal.reference}/remind/"
    assert "Reminded." in client.post(url, follow=True).content.decode()
    assert "Reminded today" in client.get("/desk/").content.decode()
    answer = client.post(url, follow=True)
    assert answer.status_code == 200
    assert "A reminder went out today already." in answer.content.decode()


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
        ("chidi", "/desk/", 28),
        ("bereket", "needs", 20),
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
    with django_assert_num_queries(18):
        queries.desk_sections(world.chidi)
    with django_assert_num_queries(2):
        list(pipeline(world.chidi, PipelineFilters()))
    with django_assert_num_queries(6):
        waits_for_institution(world.bereket, world.hospital)
