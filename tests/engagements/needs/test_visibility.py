"""Who sees which need."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from diaspora_net.accounts.actions.people import end_remit
from diaspora_net.accounts.actions.verification import suspend_organisation
from engagements.models import Need
from engagements.queries.needs import (
    NeedFilters,
    browse_needs,
    get_need,
    needs_of_organisation,
    open_need_figures,
    open_needs,
    skills_of,
)
from engagements.states import OPEN_NEED_STATES, NeedState
from tests.factories import make_vocabulary
from tests.world import World, after_need_drafted, after_need_published, after_proposal_sent


def sees(viewer: object, need: Need) -> bool:
    try:
        return get_need(viewer, need.reference) == need
    except Http404:
        return False


@pytest.mark.parametrize("state", NeedState.values)
def test_need_is_seen_or_not_when_it_is_in_each_state(world: World, state: str) -> None:
    need = after_need_drafted(world)
    Need.objects.filter(pk=need.pk).update(state=state, published_at=timezone.now(), stale_at=timezone.now())
    is_public = state in OPEN_NEED_STATES
    assert sees(AnonymousUser(), need) is is_public
    assert sees(world.dana, need) is is_public
    assert sees(world.amina, need) is is_public
    assert sees(world.bereket, need)
    assert sees(world.chidi, need) is (state != "draft")


def test_expert_goes_on_seeing_a_need_when_they_have_offered_help(world: World) -> None:
    need = after_proposal_sent(world).need
    Need.objects.filter(pk=need.pk).update(state="closed")
    assert sees(world.amina, need)
    assert not sees(world.dana, need)


def test_nobody_outside_sees_needs_when_the_organisation_is_suspended(world: World) -> None:
    need = after_need_published(world)
    suspend_organisation(actor=world.chidi, organisation=world.hospital, reason="Letters came back.")
    assert not sees(world.dana, need)
    assert sees(world.bereket, need)
    assert not open_needs().exists()


def test_coordinator_sees_less_when_the_remit_ends(world: World) -> None:
    need = after_need_drafted(world)
    Need.objects.filter(pk=need.pk).update(state="submitted")
    end_remit(actor=None, user=world.chidi, country="TN")
    assert not sees(world.chidi, need)


def test_need_is_not_open_when_it_is_full_or_past_its_day(world: World) -> None:
    full, past = after_need_published(world), after_need_published(world)
    Need.objects.filter(pk=full.pk).update(places_taken=1)
    Need.objects.filter(pk=past.pk).update(closes_on=timezone.localdate() - timedelta(days=1))
    assert list(open_needs()) == []


def test_browsing_finds_what_fits_when_filters_are_set(world: World) -> None:
    need = after_need_published(world)
    fitting = [
        NeedFilters(),
        NeedFilters(text="nurses"),
        NeedFilters(text="électrocardiogramme"),
        NeedFilters(text="chest pain"),
        NeedFilters(country="TN", language="fr", modality="remote"),
    ]
    others = [
        NeedFilters(text="hydrology"),
        NeedFilters(text="urses"),
        NeedFilters(country="SN"),
        NeedFilters(language="ar"),
        NeedFilters(modality="on_site"),
    ]
    for filters in fitting:
        assert list(browse_needs(filters, language="en")) == [need], filters
    for filters in others:
        assert list(browse_needs(filters, language="en")) == [], filters


def test_organisation_lists_its_needs_when_asked_by_those_who_may(world: World) -> None:
    need = after_proposal_sent(world).need
    draft = after_need_drafted(world)
    _organisation, mine = needs_of_organisation(world.bereket, world.hospital.reference)
    assert [(one, one.waiting) for one in mine] == [(draft, 0), (need, 1)]
    _organisation, checked = needs_of_organisation(world.chidi, world.hospital.reference)
    assert checked == [need]
    with pytest.raises(Http404):
        needs_of_organisation(world.dana, world.hospital.reference)


def test_skills_come_required_first_when_written_in_another_order(world: World) -> None:
    need = after_need_drafted(world)
    concepts = make_vocabulary()
    need.skill_items.create(tag=concepts["negotiation"], strength="optional", position=0)
    need.skill_items.create(tag=concepts["cardiology"], strength="required", position=9)
    assert [skill.strength for skill in skills_of(need)] == ["required", "required", "preferred", "optional"]
    assert skills_of(need)[0].label == "interpret electrocardiograms"


def test_landing_figures_hide_few_experts(world: World) -> None:
    need = after_need_published(world)
    figures = open_need_figures()
    assert (figures["needs"], figures["organisations"], figures["experts"]) == (1, 1, None)
    assert figures["newest"] == [need]
