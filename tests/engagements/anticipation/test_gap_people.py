"""From a gap to people: who is listed and why, asked for open needs within the limits, or whether they would help."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import gap_invitations as actions
from engagements.actions.need_values import NeedSkillEntry
from engagements.actions.proposals import invite_expert
from engagements.actions.rescues import ask_due_experts
from engagements.models import InterestAsk, Invitee, Need, Proposal, Rescue
from engagements.queries.gap_people import get_gap
from mentors.actions.profiles import pause_profile
from mentors.models import ExpertProfile, Skill
from mentors.recommender.types import ReasonKind
from messaging.models import Notification
from tests import world as story
from tests.engagements.answers.letters import links, mail_to, named, sent
from tests.factories import make_expert, make_person, make_vocabulary
from tests.threads import at_once
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def skill(slug: str = "interpret-ecg") -> Skill:
    return make_vocabulary()[slug]


def expert(number: int, *slugs: str, **values: object) -> ExpertProfile:
    person = make_person(f"expert{number}@example.org", f"Expert {number}", join_role="expert")
    return make_expert(person, skills=dict.fromkeys(slugs or ("interpret-ecg",), (3, 5)), **values)  # type: ignore[arg-type]


def listed(world: World, slug: str = "interpret-ecg", country: str = "") -> list[int]:
    found = get_gap(world.chidi, skill(slug).pk, country, language="en")
    return [person.profile.pk for person in found.people]


def morning(monkeypatch: pytest.MonkeyPatch | None, *, is_so: bool = True) -> None:
    """Let it be morning wherever experts live, or nowhere."""
    assert monkeypatch is not None
    monkeypatch.setattr(actions, "is_morning", lambda _now, _zone: is_so)
    InterestAsk.objects.filter(state="waiting").update(due_at=timezone.now())


def planned(world: World, *experts: ExpertProfile, **values: object) -> list[InterestAsk]:
    given: dict[str, object] = {"skill": skill(), "country": "TN", "experts": experts}
    return actions.ask_interest(actor=world.chidi, **{**given, **values})  # type: ignore[arg-type]


def states() -> list[str]:
    return list(InterestAsk.objects.order_by("pk").values_list("state", flat=True))


def test_lists_the_skill_before_its_neighbours_and_names_them(world: World) -> None:
    near = expert(1, "echocardiography")
    found = get_gap(world.chidi, skill().pk, language="en")
    assert [person.profile for person in found.people] == [world.profile, near]
    [reason] = [one for one in found.people[1].told.reasons if one.kind == ReasonKind.SKILL_RELATED]
    assert found.labels[reason.via or 0] == "echocardiography"
    assert {label for _relation, label in found.related} >= {"cardiology", "echocardiography"}


def test_leaves_out_who_is_not_free_not_found_parted_or_not_of_the_country(world: World) -> None:
    paused, full, blocked, elsewhere = expert(1), expert(2), expert(3), expert(4, origins=("GH",))
    hidden, own = expert(5), expert(6)
    pause_profile(actor=paused.user, profile=paused)
    ExpertProfile.objects.filter(pk=full.pk).update(open_engagements=2)
    block_person(actor=blocked.user, person=world.chidi)
    ExpertProfile.objects.filter(pk=hidden.pk).update(audience="coordinators")
    grant_remit(actor=None, user=own.user, country="TN")
    assert set(listed(world)) == {world.profile.pk, hidden.pk, own.pk}
    assert elsewhere.pk not in listed(world)
    assert own.pk not in [one.profile.pk for one in get_gap(own.user, skill().pk, language="en").people]


def test_only_coordinators_and_only_of_their_countries(world: World) -> None:
    for person in (world.amina, world.bereket, world.dana):
        with pytest.raises(Http404):
            get_gap(person, skill().pk, language="en")
    with pytest.raises(Http404):
        get_gap(world.chidi, skill().pk, "GH", language="en")
    with pytest.raises(Http404):
        get_gap(world.chidi, 999_999, language="en")


def test_exposure_counts_against_the_order(world: World) -> None:
    """Of two alike, whoever was invited much lately comes after."""
    other = expert(1, "interpret-ecg", "cardiology", "training-nurses", "negotiation")
    before = listed(world)
    star = ExpertProfile.objects.get(pk=before[0])
    for number in range(3):
        need = story.after_need_published(world, title=f"Need {number}")
        invite_expert(actor=world.bereket, need=need, expert=star, message="Would you?")
    found = get_gap(world.chidi, skill().pk, language="en")
    shown = next(person for person in found.people if person.profile == star)
    assert (shown.asked_today, len(shown.asked_for)) == (3, 3)
    assert {world.profile.pk, other.pk} == set(before)


def test_each_is_asked_for_the_need_that_fits_best_two_at_once(world: World) -> None:
    concepts = make_vocabulary()
    only_ecg = (NeedSkillEntry(concepts["interpret-ecg"], "required"),)
    with_nurses = (*only_ecg, NeedSkillEntry(concepts["training-nurses"], "required"))
    first = story.after_need_published(world, title="ECG", skills=only_ecg)
    second = story.after_need_published(world, title="Nurses", skills=with_nurses[::-1])
    ecg = [expert(number, "interpret-ecg") for number in range(1, 4)]
    both = expert(9, "training-nurses")
    plans = actions.invite_from_gap(actor=world.chidi, needs=[first, second], experts=[*ecg, both], message="May I?")
    of_need = {plan.need_id: [one.expert for one in plan.invitees.all()] for plan in plans}
    assert set(of_need[first.pk]) == set(ecg)
    assert of_need[second.pk] == [both]
    ask_due_experts()
    assert Proposal.objects.filter(need=first, origin="nomination").count() == 2
    assert Invitee.objects.filter(rescue__need=first, state="waiting").count() == 1


def test_daily_limit_holds_for_invitations_and_questions_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        need = story.after_need_published(world, title=f"Need {number}")
        invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you?")
    planned(world, world.profile)
    morning(monkeypatch)
    assert actions.ask_due_interest() == 1
    need = story.after_need_published(world, title="One more")
    with pytest.raises(Conflict) as refusal:
        invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you?")
    assert refusal.value.code == "asked_enough"
    planned(world, world.profile, skill=skill("cardiology"))
    morning(monkeypatch)
    assert actions.ask_due_interest() == 0
    waiting = InterestAsk.objects.get(state="waiting")
    assert waiting.due_at > timezone.now()
    InterestAsk.objects.filter(state="asked").update(asked_at=timezone.now() - timedelta(days=2))
    morning(monkeypatch)
    assert actions.ask_due_interest() == 1


def test_questions_leave_two_by_two_in_the_experts_morning(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    experts = [expert(number) for number in range(1, 6)]
    asks = planned(world, *experts)
    days = [round((ask.due_at - asks[0].due_at).total_seconds() / 86400) for ask in asks]
    assert days == [0, 0, 2, 2, 4]
    morning(monkeypatch, is_so=False)
    assert actions.ask_due_interest() == 0
    paris = ZoneInfo("Europe/Paris")
    assert {ask.due_at.astimezone(paris).hour for ask in InterestAsk.objects.all()} == {8}
    assert states() == ["waiting"] * 5


def test_who_is_not_free_any_more_is_passed_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(world, world.profile)
    pause_profile(actor=world.amina, profile=world.profile)
    morning(monkeypatch)
    assert actions.ask_due_interest() == 0
    assert states() == ["skipped"]
    assert not Notification.objects.filter(verb="engagements.interest.asked").exists()


def test_refusals_write_nothing(world: World) -> None:
    before = AuditEntry.objects.count()
    for actor in (world.amina, world.bereket, world.dana):
        with pytest.raises(NotAllowed):
            actions.ask_interest(actor=actor, skill=skill(), country="TN", experts=[world.profile])
    with pytest.raises(NotAllowed):
        planned(world, expert(1, origins=("GH",), is_published=False))
    for wrong in ({"experts": []}, {"message": "x" * 501}, {"experts": [world.profile] * 11}):
        with pytest.raises(Invalid):
            planned(world, world.profile, **wrong)
    need = story.after_need_published(world)
    for experts, needs in (([], [need]), ([world.profile], [])):
        with pytest.raises(Invalid):
            actions.invite_from_gap(actor=world.chidi, needs=needs, experts=experts, message="May I?")
    with pytest.raises(NotAllowed):
        actions.invite_from_gap(actor=world.bereket, needs=[need], experts=[world.profile], message="May I?")
    assert (InterestAsk.objects.count(), Rescue.objects.count()) == (0, 0)
    verbs = AuditEntry.objects.order_by("-pk").values_list("verb", flat=True)[: AuditEntry.objects.count() - before]
    assert not [verb for verb in verbs if "interest" in verb or "rescue" in verb]


def test_everybody_asked_already_is_said_so(world: World) -> None:
    need = story.after_proposal_sent(world).need
    with pytest.raises(Conflict):
        actions.invite_from_gap(actor=world.chidi, needs=[need], experts=[world.profile], message="May I?")


def test_answered_by_link_once_and_the_coordinator_learns_of_a_yes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(world.amina)
    planned(world, world.profile, message="A ward opens.")
    morning(monkeypatch)
    actions.ask_due_interest()
    letter = mail_to(world.amina)
    assert all(text in letter.body for text in ("interpret electrocardiograms", "Tunisia", "A ward opens."))
    path = links(letter)["I would help"]
    assert Client().get(path).status_code == 200
    assert states() == ["asked"]
    assert sent(path).status_code == 200
    assert sent(links(letter)["Not now"]).status_code == 409
    assert states() == ["yes"]
    assert [news.user for news in Notification.objects.filter(verb="engagements.interest.answered")] == [world.chidi]
    found = get_gap(world.chidi, skill().pk, language="en")
    assert found.people[0].interest == "yes"


def test_neutral_mail_names_no_skill(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(world, world.profile)
    morning(monkeypatch)
    actions.ask_due_interest()
    letter = mail_to(world.amina)
    assert "electrocardiograms" not in letter.body + letter.subject
    assert "electrocardiograms" not in Client().get(links(letter)["Not now"]).content.decode()


def test_pages_ask_for_needs_or_for_interest_and_keep_what_was_typed(
    world: World, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = as_person(world.chidi), f"/desk/gaps/{skill().pk}/"
    page = client.get(address).content.decode()
    assert "No need is open" in page
    missed = client.post(address, {"country": "TN", "message": "Typed words"})
    assert missed.status_code == 422
    assert "Typed words" in missed.content.decode()
    asked = client.post(address, {"country": "TN", "expert": world.profile.reference, "starts_on": ""})
    assert asked.status_code == 302
    morning(monkeypatch)
    actions.ask_due_interest()
    ask = InterestAsk.objects.get()
    amina = as_person(world.amina)
    assert "I would help" in amina.get(f"/interest/{ask.reference}/").content.decode()
    assert as_person(world.dana).get(f"/interest/{ask.reference}/").status_code == 404
    assert amina.post(f"/interest/{ask.reference}/answer/", {"answer": "yes"}).status_code == 302
    need = story.after_need_published(world)
    page = client.get(address).content.decode()
    assert "Would help" in page
    form = {"expert": world.profile.reference, "needs": need.reference, "message": "May I suggest you?"}
    assert client.post(address, {**form, "message": ""}).status_code == 422
    assert client.post(address, form).status_code == 302
    assert Rescue.objects.get().need == need
    assert "Experts are being asked" in client.get(address).content.decode()


def test_address_of_hidden_experts_is_nowhere(world: World, as_person: SignIn) -> None:
    ExpertProfile.objects.filter(pk=world.profile.pk).update(audience="coordinators")
    page = as_person(world.chidi).get(f"/desk/gaps/{skill().pk}/").content.decode()
    assert world.profile.reference in page
    assert world.amina.email not in page


def test_database_holds_one_open_question(world: World) -> None:
    [ask] = planned(world, world.profile)
    assert planned(world, world.profile) == []
    with pytest.raises(IntegrityError, match="interest_ask_open_once"), transaction.atomic():
        InterestAsk.objects.create(
            expert=world.profile, skill=ask.skill, country="TN", asked_by=world.chidi, due_at=timezone.now()
        )
    with pytest.raises(IntegrityError, match="interest_ask_answered_has_date"), transaction.atomic():
        InterestAsk.objects.update(state="yes")


@pytest.mark.django_db(transaction=True)
def test_several_sweeps_at_once_ask_once_and_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    for slug in make_vocabulary():
        planned(world, world.profile, skill=skill(slug))
    morning(monkeypatch)
    assert sum(at_once([actions.ask_due_interest] * 4)) == 3  # type: ignore[arg-type]
    assert Notification.objects.filter(verb="engagements.interest.asked").count() == 3


GAP_QUERIES = 30


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_when_there_are_more_people_and_needs(
    world: World, as_person: SignIn, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(1, count):
        expert(number)
    for number in range(count):
        story.after_need_published(world, title=f"Need {number}")
    planned(world, *ExpertProfile.objects.all()[:count])
    client, address = as_person(world.chidi), f"/desk/gaps/{skill().pk}/"
    client.get(address)
    with django_assert_num_queries(GAP_QUERIES):
        assert client.get(address).status_code == 200
    assert Need.objects.count() == count
