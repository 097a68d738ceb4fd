"""A missing skill leads to the profile, with the skill chosen already."""

import re

import pytest

from engagements.queries.recommendations import needs_for_expert
from mentors.models import ProfileSkill, Skill
from tests.engagements.feedback.test_effects import AsPerson, page
from tests.world import World, after_need_published

pytestmark = pytest.mark.django_db


def test_missing_skill_is_chosen_when_its_link_is_followed(world: World, as_person: AsPerson) -> None:
    ProfileSkill.objects.filter(content_object=world.profile, tag__slug="training-nurses").delete()
    after_need_published(world)
    assert len(needs_for_expert(world.amina, world.profile)) == 1
    client = as_person(world.amina)
    missing = Skill.objects.get(slug="training-nurses")
    [link] = re.findall(r'href="([^"]+)">Add to my profile<', page(client, "/for-you/"))
    assert link == f"/start/expert/skills/?add={missing.pk}"
    html = page(client, link)
    assert f'value="{missing.pk}"' in html
    assert not ProfileSkill.objects.filter(content_object=world.profile, tag=missing).exists()
    for nonsense in ("999999999", "x", "-1", "9" * 40, str(missing.pk) + "٣"):
        page(client, f"/start/expert/skills/?add={nonsense}")


def test_institution_is_offered_no_such_link(world: World, as_person: AsPerson) -> None:
    ProfileSkill.objects.filter(content_object=world.profile, tag__slug="training-nurses").delete()
    need = after_need_published(world)
    assert "Add to my profile" not in page(as_person(world.bereket), f"/needs/{need.reference}/people/")
