"""Programmes: who may see which, and what the database does not let in."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from diaspora_net.accounts.actions.people import allow_pathways, grant_remit
from engagements.models import Programme, ProgrammeCountry, ProgrammeTarget
from engagements.queries.programmes import get_programme, programmes_of_remit, visible_programmes
from tests.factories import make_person, make_programme
from tests.world import World

pytestmark = pytest.mark.django_db
RUNNING = {"state": "running", "starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}


def test_everybody_sees_what_runs_and_coordinators_all_of_their_remit(world: World) -> None:
    draft = make_programme(world.chidi, name="A draft")
    running = make_programme(world.chidi, name="Running", started_at=timezone.now(), **RUNNING)
    pathway = make_programme(world.chidi, name="Pathway", kind="pathway", started_at=timezone.now(), **RUNNING)
    closed = make_programme(world.chidi, name="Closed", state="closed", closed_at=timezone.now())
    kofi = make_person("kofi@example.org", "Kofi Asante")
    grant_remit(actor=None, user=kofi, country="GH")

    for viewer in (AnonymousUser(), world.dana, world.amina, world.bereket, kofi):
        assert list(visible_programmes(viewer)) == [running]
        assert list(programmes_of_remit(viewer)) == []
    assert set(visible_programmes(world.chidi)) == {draft, running, closed}
    assert set(programmes_of_remit(world.chidi)) == {draft, running, closed}
    allow_pathways(actor=None, user=world.chidi, country="TN")
    assert set(visible_programmes(world.chidi)) == {draft, running, pathway, closed}
    assert set(programmes_of_remit(world.chidi)) == {draft, running, pathway, closed}
    assert get_programme(world.chidi, draft.reference) == draft
    with pytest.raises(Http404):
        get_programme(kofi, draft.reference)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "magic"},
        {"kind": "magic"},
        {"name": ""},
        {"component": "magic"},
        {"skill_focus": "magic"},
        {"beneficiary_types": ["refugee", "magic"]},
        {"starts_on": date(2027, 2, 1), "ends_on": date(2027, 1, 31)},
        {"state": "running"},
        {"state": "closed"},
        {"closed_at": timezone.now()},
    ],
)
def test_the_database_refuses_impossible_programmes(world: World, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_programme(world.chidi, **values)
    assert not Programme.objects.exists()


def test_the_database_refuses_impossible_countries_and_targets(world: World) -> None:
    programme = make_programme(world.chidi)
    ProgrammeCountry.objects.create(programme=programme, country="TN")
    ProgrammeTarget.objects.create(programme=programme, indicator="hours", number=100)
    for bad in (
        ProgrammeCountry(programme=programme, country="TN", side="destination"),
        ProgrammeCountry(programme=programme, country="FR", side="magic"),
        ProgrammeTarget(programme=programme, indicator="hours", number=5),
        ProgrammeTarget(programme=programme, indicator="experts", number=0),
        ProgrammeTarget(programme=programme, indicator="experts", dimension="sex", number=1),
        ProgrammeTarget(programme=programme, indicator="experts", value="woman", number=1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            bad.save()
    assert (programme.countries.count(), programme.targets.count()) == (1, 1)
