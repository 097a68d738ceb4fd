"""The skills-gap board, counted by hand."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.models import User
from engagements.actions.skills_rounds import Lack, give_skills_answer
from engagements.models import Need, NeedTerm
from engagements.payloads.quarters import first_of_quarter
from engagements.queries.gap_groups import Group, gap_groups
from engagements.queries.gaps import Gap, GapFilters, skill_gaps
from mentors.actions.profiles import pause_profile
from mentors.models import Skill, SkillBroader
from tests import world as story
from tests.engagements.anticipation.story import foreseen_noted, round_opened
from tests.factories import make_expert, make_person, make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def gaps(*countries: str, **filters: object) -> dict[str, Gap]:
    found = skill_gaps(countries or ("TN",), GapFilters(**filters), language="en")  # type: ignore[arg-type]
    slugs = dict(Skill.objects.values_list("pk", "slug"))
    return {slugs[gap.skill_id]: gap for gap in found}


def test_places_and_free_experts_are_counted(world: World) -> None:
    need = story.after_need_published(world, places=3)
    asked = set(need.skill_items.filter(strength="required").values_list("tag__slug", flat=True))

    found = gaps()

    assert set(found) <= asked
    gap = found["interpret-ecg"]
    assert (gap.asked, gap.needs, gap.offered, gap.short) == (3, 1, 1, 2)
    assert gap.by_quarter == (0, 0, 0, 1)
    assert (gap.need, gap.oldest_days, gap.passed_on) == (need.reference, 0, 0)


def test_a_person_counts_once_and_only_while_free(world: World) -> None:
    story.after_need_published(world)
    second = make_expert(
        make_person("leila@example.org", "Leila", join_role="expert"), skills={"interpret-ecg": (3, 5)}
    )
    assert gaps()["interpret-ecg"].offered == 2
    pause_profile(actor=second.user, profile=second)
    assert gaps()["interpret-ecg"].offered == 1


def test_who_has_only_a_related_skill_counts_apart(world: World) -> None:
    need = story.after_need_published(world)
    wanted = NeedTerm.objects.get(need=need, skill__slug="interpret-ecg", relation="")
    related = NeedTerm.objects.filter(need=need, slot=wanted.slot).exclude(relation="").select_related("skill")
    before = gaps()["interpret-ecg"]
    make_expert(make_person("leila@example.org", "Leila", join_role="expert"), skills={related[0].skill.slug: (3, 5)})
    after = gaps()["interpret-ecg"]
    assert (after.offered, after.nearby) == (before.offered, before.nearby + 1)


def test_hours_that_were_confirmed_count_as_passed_on(world: World) -> None:
    story.after_completion(world)
    assert gaps() == {}
    story.after_need_published(world)
    assert gaps()["interpret-ecg"].passed_on == 1


def test_other_countries_do_not_exist(world: World) -> None:
    story.after_need_published(world)
    assert gaps("GH") == {}
    assert gaps("GH", country="TN") == {}


def test_filters_narrow_the_board(world: World) -> None:
    need = story.after_need_published(world)
    language = need.languages.get().language
    assert "interpret-ecg" in gaps(language=language)
    assert gaps(language="pt" if language != "pt" else "ar") == {}
    assert "interpret-ecg" in gaps(skill=gaps()["interpret-ecg"].label)
    assert gaps(days=14) == {}
    Need.objects.update(published_at=need.published_at.replace(year=need.published_at.year - 1))
    assert "interpret-ecg" in gaps(days=14)
    assert gaps(only_short=True).keys() == {slug for slug, gap in gaps().items() if gap.short > 0}


@pytest.mark.parametrize(
    ("day", "back", "first"),
    [
        (date(2026, 11, 27), 0, date(2026, 10, 1)),
        (date(2026, 1, 1), 1, date(2025, 10, 1)),
        (date(2026, 12, 31), -1, date(2027, 1, 1)),
        (date(2026, 5, 5), 5, date(2025, 1, 1)),
    ],
)
def test_quarters_begin_where_the_calendar_says(day: date, back: int, first: date) -> None:
    assert first_of_quarter(day, back=back) == first


@pytest.mark.parametrize("query", ["country=GH", "language=xx", "days=3"])
def test_a_filter_that_makes_no_sense_is_said_so(world: World, as_person: SignIn, query: str) -> None:
    answer = as_person(world.chidi).get(f"{reverse('engagements:gaps')}?{query}")
    assert answer.status_code == 422


BOARD_QUERIES, READ_QUERIES = 30, 11


@pytest.mark.parametrize("needs", [1, 3])
def test_the_board_costs_the_same_for_one_need_and_for_three(world: World, as_person: SignIn, needs: int) -> None:
    [answer] = round_opened(world).answers.all()
    lacks = [Lack(slug, 2) for slug in ("cardiology", "train nurses", "grid operation")[:needs]]
    make_vocabulary()
    give_skills_answer(actor=world.bereket, answer=answer, lacks=lacks, language="en")
    for _turn in range(needs):
        story.after_need_published(world, places=2)
        foreseen_noted(world)
    client = as_person(world.chidi)
    client.get(reverse("engagements:gaps"))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("engagements:gaps")).content.decode()
    assert "Find people" in page
    assert len(asked) == BOARD_QUERIES
    with CaptureQueriesContext(connection) as read:
        gaps()
    assert len(read) - 1 == READ_QUERIES  # one for the test's slugs


def test_the_chart_says_the_widest_gap_in_words(world: World, as_person: SignIn) -> None:
    story.after_need_published(world, places=4)
    page = as_person(world.chidi).get(reverse("engagements:gaps")).content.decode()
    assert "4 asked, 1 free" in page or "4 asked, 0 free" in page
    efua = make_person("efua@example.org", "Efua Mensah", join_role="coordinator")
    grant_remit(actor=None, user=efua, country="GH")
    assert "asked, " not in as_person(efua).get(reverse("engagements:gaps")).content.decode()


def test_every_skill_names_the_topmost_concept_above_it(world: World) -> None:
    need = story.after_need_published(world)
    wanted = need.skill_items.get(tag__slug="interpret-ecg").tag
    middle, top = (Skill.objects.create(name=name, slug=name.lower(), kind="knowledge") for name in ("Hearts", "Care"))
    SkillBroader.objects.filter(skill=wanted).delete()
    assert gaps()["interpret-ecg"].family == ""
    SkillBroader.objects.create(skill=wanted, broader=middle)
    SkillBroader.objects.create(skill=middle, broader=top)
    assert gaps()["interpret-ecg"].family == "Care"


def test_countries_and_languages_are_counted_apart(world: World) -> None:
    story.after_completion(world)
    need = story.after_need_published(world, places=3)
    need.languages.get_or_create(language="pt", defaults={"level": 4})
    make_expert(make_person("leila@example.org", "Leila", join_role="expert"), skills={"interpret-ecg": (3, 5)})
    spoken = need.languages.exclude(language="pt").get()

    by_country, by_language = gap_groups(["TN", "GH"], GapFilters())

    assert by_country == [Group("Tunisia", 3, 2, 1)]
    counted = {group.label: (group.asked, group.offered, group.passed_on) for group in by_language}
    assert counted[spoken.get_language_display()] == (3, 2, 1)
    assert counted["Portuguese"] == (3, 0, 0)
    assert by_language[0].label == "Portuguese"
    assert by_language[-1].asked == 0 < by_language[-1].offered


def test_groups_heed_the_filters(world: World) -> None:
    story.after_need_published(world)
    assert gap_groups(["TN"], GapFilters(country="GH")) == ([], [])
    assert [group.asked for group in gap_groups(["TN"], GapFilters(days=14))[0]] == [0]
    nobody = gap_groups(["TN"], GapFilters(skill="no such skill in any language"))
    assert nobody == ([], [])
