"""The statement finds exactly what its plain form finds."""

from collections.abc import Callable, Collection

import pytest
from django.utils import timezone

from diaspora_net.accounts.models import Organisation
from diaspora_net.core import statements
from engagements.models import Dismissal, Need, NeedSkill, NeedTerm, Proposal
from engagements.queries.explaining import explain_pair
from engagements.queries.history import known_experts, known_of
from engagements.queries.match_statement import EXPERTS, NEEDS, Scope, experts_statement
from engagements.queries.recommendations import (
    experts_for_need,
    needs_for_expert,
    strict_scope,
    widened,
)
from engagements.queries.wishes import wish_of, wish_skills
from mentors.models import ExpertProfile, Posting
from mentors.queries.candidates import numeric_country
from messaging.actions.conversations import open_conversation
from messaging.states import ConversationState
from tests.engagements.matching.crowd import COUNTRIES, Crowd, make_crowd, make_engagements, make_needs
from tests.engagements.matching.oracle import points_by_expert
from tests.factories import make_organisation, make_person, stamp_verified
from tests.world import World

EVERYWHERE = tuple(numeric_country(code) for code in COUNTRIES)


@pytest.fixture
def crowd(world: World) -> Crowd:
    return make_crowd(70)


@pytest.fixture
def needs(world: World, crowd: Crowd) -> list[Need]:
    found = make_needs(8, [world.hospital, *_others()], crowd.skills)
    for place, need in enumerate(found):
        Dismissal.objects.create(need=need, expert=crowd.profiles[place], reason="no_time")
        _propose(need, crowd.profiles[place + 20], "viewed")
        _propose(need, crowd.profiles[place + 40], "declined")
    return found


def _others() -> list[Organisation]:
    others = []
    for code in COUNTRIES[1:]:
        owner = make_person(f"owner-{code}@example.org", f"Owner {code}")
        organisation = make_organisation(owner, f"Clinic {code}", code)
        stamp_verified([organisation])
        organisation.refresh_from_db()
        others.append(organisation)
    return others


def _propose(need: Need, profile: ExpertProfile, state: str) -> Proposal:
    people = [profile.user, need.focal_point]
    return Proposal.objects.create(
        need=need,
        expert=profile,
        origin="invitation",
        sent_by=need.focal_point,
        state=state,
        decline_reason="not_my_field" if state == "declined" else "",
        message="Please",
        conversation=open_conversation(participants=people, topic=need.title, state=ConversationState.PROPOSED),
        expires_at=timezone.now(),
    )


def found_by(need: Need, scope: Scope, *, remit: Collection[str] = ()) -> dict[int, int]:
    """Run the statement as the queries do."""
    day = timezone.localdate()
    statement, params = experts_statement(need.pk, need.organisation_id, wish_of(need), scope, day=day, remit=remit)
    return {row[0]: row[-1] for row in statements.rows(statement, params)}


SCOPES: dict[str, Callable[[Need], Scope]] = {
    "one": strict_scope,
    "several": lambda need: Scope(origins=EVERYWHERE),
    "any": lambda need: Scope(origins=None),
    "without language": lambda need: widened(strict_scope(need), ["language"]),
    "without modality": lambda need: widened(strict_scope(need), ["modality"]),
    "nothing": lambda need: Scope(origins=None, asks_language=False, asks_modality=False),
}


@pytest.mark.parametrize("name", SCOPES)
def test_statement_equals_the_plain_form_when_data_is_random(needs: list[Need], name: str) -> None:
    total = {}
    for remit in ((), ("TN",), COUNTRIES):
        total[remit] = 0
        for need in needs:
            scope = SCOPES[name](need)
            expected = points_by_expert(need, wish_of(need), scope, remit)
            assert found_by(need, scope, remit=remit) == expected
            total[remit] += len(expected)
    assert len(needs) < total[()] <= total["TN",] <= total[COUNTRIES]
    assert total[()] < total[COUNTRIES]


def test_rows_tell_of_candidates_what_their_profiles_do(crowd: Crowd, needs: list[Need]) -> None:
    for place, past in enumerate(make_needs(6, [need.organisation for need in needs], crowd.skills, seed=5)):
        make_engagements(past, crowd.profiles[place::4])
    for need in needs:
        wish, day = wish_of(need), timezone.localdate()
        rows = statements.rows(
            *experts_statement(need.pk, need.organisation_id, wish, Scope(origins=None), day=day, remit=COUNTRIES)
        )
        assert rows
        assert known_of(rows, of_skills=wish_skills(wish)) == known_experts(
            [row[0] for row in rows], of_skills=wish_skills(wish)
        )


def test_experts_are_found_by_what_they_did_whatever_they_list(crowd: Crowd, needs: list[Need]) -> None:
    pasts = make_needs(6, [need.organisation for need in needs], crowd.skills, seed=5)
    for place, past in enumerate(pasts):
        make_engagements(past, crowd.profiles[place::4], "completed" if place % 3 else "wrapping_up")
    by_work = 0
    for name, scope_of in SCOPES.items():
        for need in needs:
            expected = points_by_expert(need, wish_of(need), scope_of(need))
            assert found_by(need, scope_of(need)) == expected, name
            by_work += list(expected.values()).count(0)
    assert by_work > len(needs)


def test_seats_are_kept_for_past_work_when_others_list_more(world: World, crowd: Crowd, needs: list[Need]) -> None:
    need = max(needs, key=lambda one: len(found_by(one, Scope(origins=None))))
    wish, day = wish_of(need), timezone.localdate()
    by_list = sorted(found_by(need, Scope(origins=None)).items(), key=lambda one: -one[1])
    last = ExpertProfile.objects.get(pk=by_list[-1][0])
    [past] = make_needs(1, [world.hospital], crowd.skills)
    past.skill_items.all().delete()
    NeedSkill.objects.create(content_object=past, tag_id=wish.wanted[0].skill)
    make_engagements(past, [last])
    statement, params = experts_statement(need.pk, need.organisation_id, wish, Scope(origins=None), day=day, kept=4)
    found = [row[0] for row in statements.rows(statement, params)]
    assert found[0] == last.pk
    assert set(found[1:]) <= {expert for expert, _points in by_list[:-1]}
    assert len(found) == 4 < len(by_list)


def test_statements_are_short_enough_for_their_plans_to_be_kept() -> None:
    assert all(len(text) <= 4096 for text in (*EXPERTS.values(), NEEDS))


@pytest.mark.parametrize(("name", "column"), [("one", "is_generating"), ("any", "is_generating_anywhere")])
def test_points_are_exact_when_some_terms_do_not_generate(needs: list[Need], name: str, column: str) -> None:
    NeedTerm.objects.filter(slot__gte=1).update(**{column: False})
    for need in needs:
        scope = SCOPES[name](need)
        expected = points_by_expert(need, wish_of(need), scope)
        generating = NeedTerm.objects.filter(need=need, **{column: True}).values("skill")
        drawn = set(Posting.objects.filter(skill__in=generating).values_list("expert", flat=True))
        found = found_by(need, scope)
        assert found == {expert: points for expert, points in expected.items() if expert in drawn}


def test_pair_has_one_match_when_asked_from_both_sides(world: World, crowd: Crowd, needs: list[Need]) -> None:
    for place, past in enumerate(make_needs(6, [need.organisation for need in needs], crowd.skills, seed=5)):
        Need.objects.filter(pk=past.pk).update(state="closed")
        make_engagements(past, crowd.profiles[place::4])
    seen_by_needs = {}
    for need in needs:
        speaker = need.organisation.memberships.get().user
        for one in experts_for_need(speaker, need, limit=200):
            seen_by_needs[need.pk, one.profile.pk] = one.match
    seen_by_experts = {}
    for profile in [*crowd.profiles, world.profile]:
        if profile.audience == "organisations" and profile.user.is_active:
            for one in needs_for_expert(profile.user, profile, limit=200):
                seen_by_experts[one.need.pk, profile.pk] = one.match
    assert seen_by_needs == seen_by_experts
    assert len(seen_by_needs) > len(needs)
    for (need_id, expert_id), match in list(seen_by_needs.items())[:10]:
        assert explain_pair(Need.objects.get(pk=need_id), ExpertProfile.objects.get(pk=expert_id)) == match


def test_order_is_by_points_and_stable_when_asked_again(world: World, needs: list[Need]) -> None:
    for need in needs:
        speaker = need.organisation.memberships.get().user
        first = experts_for_need(speaker, need, limit=50)
        assert [one.match.points for one in first] == sorted((one.match.points for one in first), reverse=True)
        assert first == experts_for_need(speaker, need, limit=50)
