"""A thin list names the small changes of the profile that would bring more, with counts."""

import pytest

from engagements.actions.interest import dismiss_need
from engagements.queries.changes import changes_of_profile
from engagements.queries.recommendations import Change
from mentors.models import ExpertProfile
from tests.engagements.feedback.test_effects import AsPerson, page
from tests.factories import make_expert, make_person
from tests.world import World, after_need_published

pytestmark = pytest.mark.django_db


def test_changes_are_counted_when_nothing_fits(world: World, as_person: AsPerson) -> None:
    for number in range(2):
        after_need_published(world, title=f"In Arabic {number}", languages=(("ar", 4),))
    after_need_published(world, title="On site", modality="on_site")
    assert changes_of_profile(world.amina, world.profile) == [Change("language", 2), Change("modality", 1)]
    html = page(as_person(world.amina), "/for-you/")
    assert '<a class="chip" href="/start/expert/languages/">Other languages: 2 more</a>' in html
    assert '<a class="chip" href="/start/expert/give/">Other ways of working: 1 more</a>' in html


def test_no_change_is_offered_when_it_brings_nothing_or_is_nobodys_business(world: World) -> None:
    need = after_need_published(world)
    assert changes_of_profile(world.amina, world.profile) == []
    dismiss_need(actor=world.amina, need=need, reason="not_comfortable")
    after_need_published(world, languages=(("ar", 4),))
    assert changes_of_profile(world.amina, world.profile) == []  # of an institution that is hidden
    assert changes_of_profile(world.dana, world.profile) == []


def test_filters_name_what_taking_one_away_brings(world: World, as_person: AsPerson) -> None:
    after_need_published(world)
    after_need_published(world, title="Another one")
    html = as_person(None).get("/needs/?country=TN&language=ar&modality=remote").content.decode()
    assert "Without “Arabic”: 2 needs" in html
    assert "Without “Remote”" not in html
    assert 'href="?country=TN&amp;modality=remote"' in html
    assert "Show all 2 open needs" in html
    html = as_person(None).get("/needs/?language=ar&modality=on_site").content.decode()
    assert "Without" not in html
    assert "No single filter is the reason." in html


def test_steps_are_counted_together_when_none_helps_by_itself(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    person = make_person("far@example.org", "Far Away")
    profile = make_expert(
        person,
        skills={"interpret-ecg": (3, 3)},
        origins=("SN",),
        languages=(("ar", 6),),
        modalities=("on_site",),
    )
    ExpertProfile.objects.exclude(pk=profile.pk).update(state="paused")
    html = as_person(world.bereket).get(f"/needs/{need.reference}/people/").content.decode()
    assert "Any country, language and way of working: 1 more" in html
    [url] = {part.split('"')[0] for part in html.split('href="') if part.startswith("?wider=")}
    assert url == "?wider=origins&amp;wider=language&amp;wider=modality"
    wider = as_person(world.bereket).get(f"/needs/{need.reference}/people/{url.replace('&amp;', '&')}").content.decode()
    assert "Far Away" in wider
    assert "This list does not ask for the country of origin, the language and the way of working." in wider
    html = as_person(person).get("/for-you/").content.decode()
    assert "Other languages and ways of working, in any country: 1 more" in html


def test_all_that_fit_are_shown_when_there_are_more_than_ten(world: World, as_person: AsPerson) -> None:
    for number in range(11):
        after_need_published(world, title=f"Need {number}")
    client = as_person(world.amina)
    short = client.get("/for-you/").content.decode()
    assert "The 10 needs that fit you best." in short
    assert "That is all for now." not in short
    whole = client.get("/for-you/?all=1").content.decode()
    assert "11 needs fit what you can give." in whole
    assert "That is all for now." in whole
