"""Nobody is asked too often, and whoever coordinates sees how evenly invitations fall."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.http import Http404
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict
from engagements.actions.pace import DAILY_INVITATIONS
from engagements.actions.proposals import apply_for_need, invite_expert
from engagements.actions.questions import ask_sender
from engagements.models import Need, Proposal, ProposalQuestion
from engagements.queries.fairness import fairness_in, fairness_of, shown_today
from engagements.queries.recommendations import experts_for_need
from tests.factories import make_expert, make_person
from tests.threads import at_once
from tests.world import World, after_need_published, make_world

AsPerson = Callable[[User | None], Client]


def invite(world: World, need: Need) -> Proposal:
    return invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Would you help us?")


@pytest.mark.django_db
def test_invitations_of_the_last_month_cost_points_in_the_next_list(world: World) -> None:
    need = after_need_published(world)
    [before] = experts_for_need(world.bereket, need)
    other = after_need_published(world, title="Other")
    invite(world, other)
    [after] = experts_for_need(world.bereket, need)
    [cost] = [reason for reason in after.match.reasons if reason.kind == "exposure"]
    assert (cost.points < 0, cost.facts["count"]) == (True, 1)
    assert "exposure" not in {reason.kind for reason in after.reasons}  # told to nobody but the score
    Proposal.objects.update(sent_at=timezone.now() - timedelta(days=31))
    [later] = experts_for_need(world.bereket, need)
    assert later.match.points == before.match.points


@pytest.mark.django_db
def test_an_expert_is_asked_no_more_today_when_three_have_asked(world: World, as_person: AsPerson) -> None:
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    for number in range(DAILY_INVITATIONS):
        invite(world, after_need_published(world, title=f"Need {number}"))
    need = after_need_published(world, title="One more")
    with pytest.raises(Conflict) as refused:
        invite(world, need)
    assert refused.value.code == "asked_enough"
    url = f"/needs/{need.reference}/invite/{world.profile.reference}/"
    answer = as_person(world.bereket).post(url, {"message": "What I typed stays."})
    assert answer.status_code == 422
    assert "Ask again tomorrow, or ask someone else who fits." in answer.content.decode()
    assert "What I typed stays." in answer.content.decode()
    apply_for_need(actor=world.amina, need=need, message="I may still offer my help.")
    Proposal.objects.update(sent_at=timezone.now() - timedelta(days=1, minutes=1))
    invite(world, after_need_published(world, title="The next day"))


@pytest.mark.django_db(transaction=True)
def test_the_cap_holds_when_eight_ask_at_once(transactional_db: None) -> None:
    world = make_world()
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    needs = [after_need_published(world, title=f"Need {number}") for number in range(8)]
    results = at_once([lambda need=need: invite(world, need) for need in needs])
    assert sum(isinstance(result, Proposal) for result in results) == DAILY_INVITATIONS
    assert Proposal.objects.count() == DAILY_INVITATIONS


@pytest.mark.django_db
def test_figures_tell_who_is_asked_and_who_never(world: World) -> None:
    awaited = make_expert(make_person("o@example.org", "Omar"), skills={"interpret-ecg": (2, 3)})
    make_expert(make_person("s@example.org", "Awa"), skills={"interpret-ecg": (2, 3)}, origins=("SN",))
    old = after_need_published(world, title="Ten days old")
    ask_sender(actor=world.amina, proposal=invite(world, old), text="How many nurses?")
    after_need_published(world, title="Answered late")
    after_need_published(world, title="Too young to tell")
    ten_days_ago = timezone.now() - timedelta(days=10)
    Need.objects.exclude(title="Too young to tell").update(published_at=ten_days_ago)
    Proposal.objects.update(sent_at=ten_days_ago + timedelta(days=2))
    ProposalQuestion.objects.update(asked_at=ten_days_ago + timedelta(days=3))
    apply_for_need(actor=awaited.user, need=Need.objects.get(title="Answered late"), message="Late")
    found = fairness_of(world.chidi)
    assert (found.countries, found.experts, found.invitations, found.gini) == (("TN",), 2, 1, 0.5)
    assert [(one.profile, one.count) for one in found.most_invited] == [(world.profile, 1)]
    assert (found.never_invited, found.longest_waiting, found.least_gini) == (1, (awaited,), 0.5)
    assert (found.needs_counted, found.needs_soon, found.soon_share) == (2, 1, 0.5)
    assert fairness_in(None).experts == 3
    assert fairness_in(["SN"]).soon_share is None
    assert {(one.profile, one.count) for one in shown_today(world.chidi)} == {(world.profile, 2), (awaited, 2)}
    for outsider in (world.amina, world.bereket):
        with pytest.raises(Http404):
            fairness_of(outsider)
        with pytest.raises(Http404):
            shown_today(outsider)


@pytest.mark.django_db
def test_command_prints_the_figures(world: World) -> None:
    invite(world, after_need_published(world))
    out = StringIO()
    call_command("matching_fairness", "--json", "--country", "tn", stdout=out)
    figures = json.loads(out.getvalue())
    assert (figures["country"], figures["experts"], figures["gini"], figures["never_invited"]) == ("TN", 1, 0, 0)
    assert figures["most_invited"] == [{"profile": world.profile.reference, "count": 1}]
    out = StringIO()
    call_command("matching_fairness", stdout=out)
    assert world.profile.reference in out.getvalue()
    with pytest.raises(CommandError):
        call_command("matching_fairness", "--country", "xyz")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_page_is_read_with_the_same_queries_when_the_network_grows(
    world: World, as_person: AsPerson, django_assert_num_queries: Callable[..., object], count: int
) -> None:
    need = after_need_published(world)
    invite(world, need)
    for number in range(count):
        person = make_person(f"more{number}@example.org", f"More {number}")
        make_expert(person, skills={"interpret-ecg": (2, 3)})
    client = as_person(world.chidi)
    html = client.get("/desk/fairness/").content.decode()
    assert "Amina Ben Salah" in html
    assert "More 0" in html
    with django_assert_num_queries(24):  # type: ignore[attr-defined]
        client.get("/desk/fairness/")
