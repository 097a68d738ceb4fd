"""The pages of proposals, engagements, sessions and certificates, as the people who use them meet them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.actions.proposals import invite_expert
from engagements.models import Engagement, Outcome, Proposal, Session
from tests import world as story
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def url(name: str, *args: str) -> str:
    return reverse(f"engagements:{name}", args=args)


def test_every_page_answers_when_both_sides_walk_through(world: World, as_person: SignIn) -> None:
    expert, institution, coordinator = (as_person(person) for person in (world.amina, world.bereket, world.chidi))
    proposal = story.after_proposal_sent(world)

    assert expert.get(url("offers")).status_code == 200
    page = institution.get(url("proposal", proposal.reference))
    assert "Amina Ben Salah" in page.content.decode()
    assert Proposal.objects.get().state == "viewed"
    assert coordinator.get(url("proposal", proposal.reference)).status_code == 200

    answer = institution.post(url("proposal-accept", proposal.reference))
    engagement = Engagement.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("engagement", engagement.reference))
    assert institution.post(url("proposal-accept", proposal.reference))["Location"] == answer["Location"]

    for client in (expert, institution):
        page = client.get(url("engagement", engagement.reference))
        client.post(url("engagement-agree", engagement.reference), page.context["next"].fields)
    assert expert.post(url("engagement-start", engagement.reference)).status_code == 302

    today = timezone.localdate().isoformat()
    log = {"held_on": today, "minutes": "90", "kind": "training", "people_present": "6", "summary": "First six strips"}
    assert expert.post(url("session-log", engagement.reference), log).status_code == 302
    session = Session.objects.get()
    assert (session.minutes, session.people_present) == (90, 6)
    assert "Confirm" in institution.get(url("engagement", engagement.reference)).content.decode()
    assert institution.post(url("session-confirm", session.reference)).status_code == 302

    expert.post(url("engagement-wrap-up", engagement.reference))
    outcome = {"result": "achieved", "effects": ["knowledge"], "text": "Six nurses read them.", "people_reached": ""}
    for client in (expert, institution):
        assert client.post(url("outcome-give", engagement.reference, "end"), outcome).status_code == 302
    assert institution.post(url("engagement-complete", engagement.reference)).status_code == 302

    certificate = Engagement.objects.get().certificates.get()
    for client in (expert, institution, coordinator):
        assert client.get(url("engagement", engagement.reference)).status_code == 200
        assert client.get(url("engagements")).status_code == 200
    record = expert.get(url("record")).content.decode()
    assert "1 h 30 min" in record
    assert certificate.code in record


def test_the_invitation_waits_on_top_when_an_expert_opens_offers(world: World, as_person: SignIn) -> None:
    need = story.after_need_published(world)
    invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you train our nurses?")

    page = as_person(world.amina).get(url("offers")).content.decode()

    assert "Waiting for your answer" in page
    assert "days left to reply, until " in page
    assert need.title in page


def test_both_read_the_frozen_reasons_when_each_opens_the_proposal(world: World, as_person: SignIn) -> None:
    proposal = story.after_proposal_sent(world)

    theirs = as_person(world.bereket).get(url("proposal", proposal.reference)).context["reasons"]
    own = as_person(world.amina).get(url("proposal", proposal.reference)).context["reasons"]

    assert theirs
    assert own
    assert theirs != own


@pytest.mark.parametrize("name", ["proposal", "proposal-decline"])
def test_strangers_get_404_when_they_guess_a_proposal(world: World, as_person: SignIn, name: str) -> None:
    proposal = story.after_proposal_sent(world)
    assert as_person(world.dana).get(url(name, proposal.reference)).status_code == 404
    assert as_person(world.dana).get(url(name, "0000000000zz")).status_code == 404


def test_strangers_get_404_when_they_guess_an_engagement(world: World, as_person: SignIn) -> None:
    session = story.after_session_logged(world)
    stranger = as_person(world.dana)
    reference = session.engagement.reference

    assert stranger.get(url("engagement", reference)).status_code == 404
    for name in ("terms", "agree", "start", "pause", "end", "cancel", "hold", "complete"):
        assert stranger.post(url(f"engagement-{name}", reference)).status_code == 404
    for name in ("session-confirm", "session-dispute", "session-correct"):
        assert stranger.post(url(name, session.reference)).status_code == 404


def test_nobody_is_sent_to_sign_in_when_signed_out(world: World, as_person: SignIn) -> None:
    proposal = story.after_proposal_sent(world)
    for name in ("offers", "engagements", "record"):
        assert as_person(None).get(url(name)).status_code == 302
    assert as_person(None).get(url("proposal", proposal.reference)).status_code == 302


def test_the_coordinator_is_refused_when_acting_for_a_side(world: World, as_person: SignIn) -> None:
    proposal = story.after_proposal_sent(world)
    assert as_person(world.chidi).post(url("proposal-accept", proposal.reference)).status_code == 403
    assert not Engagement.objects.exists()


def test_declining_keeps_what_was_typed_when_the_reason_is_missing(world: World, as_person: SignIn) -> None:
    proposal = story.after_proposal_sent(world)
    institution = as_person(world.bereket)

    page = institution.post(url("proposal-decline", proposal.reference), {"note": "The ward moves"})

    assert page.status_code == 422
    assert "The ward moves" in page.content.decode()
    assert 'class="summary"' in page.content.decode()
    assert Proposal.objects.get().state == "sent"

    sent = institution.post(
        url("proposal-decline", proposal.reference), {"reason": "no_time", "note": "The ward moves"}
    )
    assert sent.status_code == 302
    assert "The ward moves" in institution.get(url("proposal", proposal.reference)).content.decode()
    assert "The ward moves" not in as_person(world.amina).get(url("proposal", proposal.reference)).content.decode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("session-log", {"held_on": "", "minutes": "", "kind": "training", "people_present": "1", "summary": "Kept"}),
        (
            "session-log",
            {"held_on": "2999-01-01", "minutes": "60", "kind": "training", "people_present": "1", "summary": "Kept"},
        ),
        ("outcome-give end", {"text": "Kept", "people_reached": "-1"}),
        ("engagement-end", {"reason": ""}),
    ],
)
def test_a_refused_form_comes_back_with_its_problems_when_something_is_wrong(
    world: World, as_person: SignIn, name: str, data: dict[str, str]
) -> None:
    engagement = story.after_engagement_started(world)

    name, *moment = name.split()
    page = as_person(world.amina).post(url(name, engagement.reference, *moment), data)

    text = page.content.decode()
    assert page.status_code == 422
    assert 'class="summary"' in text
    assert "<title>Error:" in text
    assert "Kept" in text or "summary" not in data
    assert not Session.objects.exists()
    assert not Outcome.objects.filter(given_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("starts_on", "ends_on"), [("2026-05-02", "2026-05-01"), ("1990-05-01", ""), ("", "2999-01-01")]
)
def test_a_plan_whose_days_cannot_be_meant_comes_back_when_saved(
    world: World, as_person: SignIn, starts_on: str, ends_on: str
) -> None:
    engagement = story.after_proposal_accepted(world)
    data = {"goal": "Read strips", "hours_planned": "8", "starts_on": starts_on, "ends_on": ends_on}

    page = as_person(world.amina).post(url("engagement-terms", engagement.reference), data)

    assert page.status_code == 422
    assert "Read strips" in page.content.decode()
    assert Engagement.objects.get().hours_planned == 12


def test_disputing_and_correcting_lead_back_when_hours_differ(world: World, as_person: SignIn) -> None:
    session = story.after_session_logged(world)
    expert, institution = as_person(world.amina), as_person(world.bereket)

    assert institution.get(url("session-dispute", session.reference)).status_code == 200
    assert institution.post(url("session-dispute", session.reference), {"note": ""}).status_code == 422
    assert institution.post(url("session-dispute", session.reference), {"note": "It was an hour"}).status_code == 302
    assert "It was an hour" in expert.get(url("engagement", session.engagement.reference)).content.decode()
    assert expert.get(url("session-correct", session.reference)).status_code == 200
    assert expert.post(url("session-correct", session.reference), {"minutes": "1"}).status_code == 422
    assert expert.post(url("session-correct", session.reference), {"minutes": "60"}).status_code == 302
    assert Session.objects.get().minutes == 60


def test_a_coordinator_holds_and_releases_when_there_is_a_concern(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    coordinator = as_person(world.chidi)

    assert "Put on hold at once" in coordinator.get(url("engagement", engagement.reference)).content.decode()
    coordinator.post(url("engagement-hold", engagement.reference))
    assert Engagement.objects.get().state == "on_hold_safeguarding"
    assert as_person(world.amina).get(url("engagement", engagement.reference)).status_code == 200
    coordinator.post(url("engagement-release", engagement.reference))
    assert Engagement.objects.get().state == "active"
