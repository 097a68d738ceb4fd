"""Templates of work: each fills in a need and an agreement that pass their checks."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from diaspora_net.accounts.models import User
from engagements.actions.agreements import Terms, change_terms
from engagements.models import AgreementVersion, Need
from engagements.payloads.starting_points import STARTING_POINTS, agreement_from, need_from
from tests import world as story
from tests.world import World

AsPerson = Callable[[User | None], Client]


def test_there_are_ten_and_an_unknown_one_fills_in_nothing() -> None:
    assert len({point.key for point in STARTING_POINTS}) == 10
    assert need_from("nothing") == agreement_from("nothing") == {}


@pytest.mark.django_db
def test_every_template_makes_a_need_and_an_agreement_when_kept_as_it_is(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    for point in STARTING_POINTS:
        need = story.after_need_submitted(world, **need_from(point.key))
        assert (need.state, need.kind) == ("submitted", point.kind)
        terms = Terms(**agreement_from(point.key))  # type: ignore[arg-type]  # values of a form
        change_terms(actor=world.amina, engagement=engagement, terms=terms)
    assert AgreementVersion.objects.count() == 11


@pytest.mark.django_db
def test_the_forms_are_filled_when_a_template_is_chosen(world: World, as_person: AsPerson) -> None:
    client = as_person(world.bereket)
    address = f"{reverse('engagements:need-new')}?organisation={world.hospital.reference}"
    link = f"?organisation={world.hospital.reference}&amp;template=taste-session"
    assert link in client.get(address).content.decode()

    form = client.get(f"{address}&template=taste-session").context["form"]

    assert (form["hours"].value(), form["modality"].value()) == (1, "remote")
    assert form["focal_point"].value() == world.bereket.pk
    engagement = story.after_proposal_accepted(world)
    terms = reverse("engagements:engagement-terms", args=[engagement.reference])
    page = client.get(f"{terms}?template=train-team")
    assert page.context["form"]["hours_planned"].value() == 24
    assert "The team does the task on its own" in page.content.decode()
    assert (AgreementVersion.objects.count(), Need.objects.count()) == (1, 1)
