"""A thin list names the small changes of the profile that would bring more, with counts."""

import pytest

from engagements.actions.interest import dismiss_need
from engagements.queries.changes import changes_of_profile
from engagements.queries.recommendations import Change
from tests.engagements.feedback.test_effects import AsPerson, page
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
