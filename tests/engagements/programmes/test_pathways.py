"""Labour pathways: a right of their own, needs in no list, candidates without a name; and jobs that are decent work."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from diaspora_net.accounts.actions.people import allow_pathways
from diaspora_net.accounts.models import Remit, User
from diaspora_net.core.errors import Invalid, NotAllowed
from engagements.actions.cohorts import place_need, take_need_out
from engagements.actions.members import join_programme
from engagements.actions.needs import Readiness, publish_need, submit_need
from engagements.actions.nominations import agree_to_nomination, nominate_expert
from engagements.actions.proposals import accept_proposal, apply_for_need, invite_expert
from engagements.models import Need, NeedTerm, Programme, Proposal
from engagements.queries.needs import NeedFilters, browse_needs, get_need
from engagements.queries.programmes import get_programme, get_programme_to_run
from engagements.queries.proposals import get_proposal
from engagements.queries.work import get_engagement
from messaging.queries.conversations import visible_conversations
from tests import world as story
from tests.engagements.programmes.story import after_created, after_started
from tests.engagements.work.refusals import refused
from tests.factories import make_expert, make_person
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
JOB = {
    "is_job": True,
    "job_pay": "1,200 EUR a month",
    "job_hours": 38,
    "job_contract": "fixed_term",
    "job_is_free": True,
}
WHOLE = Readiness(True, True, True, True)


@pytest.fixture
def need(world: World) -> Need:
    """A need in a pathway that Chidi runs, and Amina in its cohort."""
    allow_pathways(actor=None, user=world.chidi, country="TN")
    programme = after_started(world, kind="pathway")
    found = story.after_need_published(world)
    return place_need(actor=world.chidi, cohort=programme.cohorts.get(), need=found)


def test_pathways_need_a_right_of_their_own(world: World) -> None:
    with refused(Invalid):
        after_created(world, kind="pathway")
    assert not Programme.objects.exists()
    call_command("grant_remit", "chidi@example.org", "TN", "--pathways")
    assert Remit.objects.get(user=world.chidi).mediates_pathways
    programme = after_started(world, kind="pathway")
    other = make_person("other@example.org", "Other Coordinator")
    call_command("grant_remit", "other@example.org", "TN")
    for person in (other, world.amina, world.bereket, world.dana):
        with pytest.raises(Http404):
            get_programme(person, programme.reference)
    with pytest.raises(Http404):
        get_programme_to_run(other, programme.reference)
    with refused(NotAllowed):
        allow_pathways(actor=world.chidi, user=world.dana, country="TN")
    allow_pathways(actor=None, user=world.chidi, country="TN", is_allowed=False)
    with pytest.raises(Http404):
        get_programme_to_run(world.chidi, programme.reference)


def test_its_needs_stand_in_no_list_and_no_match(world: World, need: Need) -> None:
    assert need.is_pathway
    assert not NeedTerm.objects.filter(need=need).exists()
    assert list(browse_needs(NeedFilters(), language="en")) == []
    other = make_person("other@example.org", "Other Coordinator")
    call_command("grant_remit", "other@example.org", "TN")
    for person in (world.amina, world.dana, other):
        with pytest.raises(Http404):
            get_need(person, need.reference)
    for person in (world.chidi, world.bereket):
        assert get_need(person, need.reference) == need
    with refused(NotAllowed):
        apply_for_need(actor=world.amina, need=need, message="Please")
    with refused(NotAllowed):
        invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Please")
    with refused(NotAllowed):
        nominate_expert(actor=other, need=need, expert=world.profile, message="Please")
    take_need_out(actor=world.chidi, need=need)
    assert get_need(world.amina, need.reference) == need
    assert NeedTerm.objects.filter(need=need).exists()


def test_the_institution_reads_no_name_until_it_has_said_yes(world: World, as_person: SignIn, need: Need) -> None:
    proposal = nominate_expert(actor=world.chidi, need=need, expert=world.profile, message="A good candidate.")
    agree_to_nomination(actor=world.amina, proposal=proposal)
    proposal = Proposal.objects.get()
    client = as_person(world.bereket)
    pages = [
        reverse("engagements:proposal", args=[proposal.reference]),
        reverse("engagements:organisation-needs", args=[world.hospital.reference]),
        reverse("engagements:need", args=[need.reference]),
        reverse("engagements:engagements"),
        reverse("messaging:conversations"),
        reverse("messaging:notifications"),
    ]
    for page in pages:
        answer = client.get(page)
        text = answer.content.decode()
        assert answer.status_code == 200
        for secret in ("Amina", "Ben Salah", "Lyon", "Cardiologist", world.profile.reference):
            assert secret not in text, (page, secret)
    card = client.get(pages[0]).content.decode()
    assert "A candidate" in card
    assert "interpret electrocardiograms" in card
    assert client.get(reverse("engagements:need-people", args=[need.reference])).status_code == 404
    assert list(visible_conversations(world.bereket)) == []

    engagement = accept_proposal(actor=world.bereket, proposal=proposal)

    assert "Amina Ben Salah" in client.get(pages[0]).content.decode()
    assert {one.user for one in engagement.conversation.participants.all()} == {world.amina, world.bereket}
    other = make_person("other@example.org", "Other Coordinator")
    call_command("grant_remit", "other@example.org", "TN")
    for look, thing in ((get_proposal, proposal), (get_engagement, engagement)):
        assert look(world.chidi, thing.reference)
        with pytest.raises(Http404):
            look(other, thing.reference)


def test_nobody_joins_a_pathway_they_do_not_know_of(world: World, as_person: SignIn, need: Need) -> None:
    programme = need.programme
    assert programme is not None
    page = reverse("engagements:programme", args=[programme.reference])
    assert (as_person(world.amina).get(page).status_code, Client().get(page).status_code) == (404, 404)
    assert as_person(world.amina).post(f"{page}join/").status_code == 404
    make_expert(make_person("omar@example.org", "Omar"), skills={"cardiology": (3, 4)})
    member = join_programme(actor=world.amina, programme=programme)
    assert get_programme(world.amina, member.programme.reference) == programme


@pytest.mark.parametrize("missing", ["job_pay", "job_hours", "job_contract", "job_is_free"])
def test_a_job_that_is_no_decent_work_does_not_open(world: World, missing: str) -> None:
    empty = {"job_pay": "", "job_hours": None, "job_contract": "", "job_is_free": False}
    draft = story.after_need_drafted(world, **{**JOB, missing: empty[missing]})
    with pytest.raises(Invalid) as caught:
        submit_need(actor=world.bereket, need=draft)
    assert set(caught.value.fields) == {missing}
    submitted = story.after_need_submitted(world, **JOB)
    Need.objects.filter(pk=submitted.pk).update(**{missing: empty[missing]})
    submitted.refresh_from_db()
    with refused(Invalid):
        publish_need(actor=world.chidi, need=submitted, checklist=WHOLE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=submitted.pk).update(state="published", published_at=submitted.submitted_at)


def test_a_decent_job_opens_and_says_what_it_offers(world: World, as_person: SignIn) -> None:
    need = story.after_need_published(world, **JOB)
    text = as_person(world.amina).get(reverse("engagements:need", args=[need.reference])).content.decode()
    assert "1,200 EUR a month" in text
    assert "No fee to the worker" in text
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(job_contract="magic")
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(is_pathway=True)
