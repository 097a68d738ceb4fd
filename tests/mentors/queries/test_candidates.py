"""What the recommender is told of experts."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mentors.models import ProfileSkill
from mentors.queries.candidates import LocalHours, candidate, candidates, numeric_country, weekly_hours
from mentors.recommender.types import Facet, Modality, Offered
from tests.factories import make_expert, make_person, make_vocabulary

WEEK = 7 * 24 * 60


@pytest.mark.django_db
def test_a_candidate_says_what_the_profile_says() -> None:
    profile = make_expert(
        make_person("amina@example.org", "Amina"),
        skills={"cardiology": (4, 12), "negotiation": (2, 3)},
        origins=("TN", "MA"),
    )
    concepts = make_vocabulary()
    ProfileSkill.objects.filter(tag=concepts["negotiation"]).update(recognition="assessed")
    found = candidate(profile)
    heart, talk = concepts["cardiology"].pk, concepts["negotiation"].pk
    assert found.expert == profile.pk
    assert found.skills == {
        heart: Offered(heart, 4, 12, False, Facet.KNOWLEDGE),
        talk: Offered(talk, 2, 3, True, Facet.TRANSFERABLE),
    }
    assert found.breadth == {Facet.KNOWLEDGE: 1, Facet.TRANSFERABLE: 1}
    assert found.languages == {"fr": 6, "en": 5}
    assert found.modalities == {Modality.REMOTE}
    assert found.origins == (788, 504)
    assert (found.hours_per_month, found.capacity, found.open_engagements, found.days_since_update) == (8, 2, 0, 0)
    assert len(found.weekly_hours) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_many_candidates_take_as_many_queries_as_one(count, django_assert_num_queries) -> None:
    people = [make_person(f"{number}@example.org", "X") for number in range(count)]
    ids = [make_expert(person, skills={"cardiology": (4, 12)}).pk for person in people][::-1]
    with django_assert_num_queries(1):
        found = candidates([*ids, 10**9])
    assert [one.expert for one in found] == ids


@pytest.mark.parametrize(
    ("zone", "now", "slots", "expected"),
    [
        ("UTC", "2026-06-10", [(0, 0, 60)], ((0, 60),)),
        ("Europe/Paris", "2026-06-10", [(0, 600, 660)], ((480, 540),)),  # summer: two hours ahead
        ("Europe/Paris", "2026-01-14", [(0, 600, 660)], ((540, 600),)),  # winter: one
        ("Asia/Tokyo", "2026-01-14", [(0, 0, 120)], ((WEEK - 540, WEEK - 420),)),  # Monday morning there is Sunday
        ("America/Lima", "2026-01-14", [(6, 1200, 1440)], ((60, 300),)),  # Sunday evening there is Monday
        ("Europe/Paris", "2026-10-25", [(6, 600, 660)], ((6 * 1440 + 540, 6 * 1440 + 600),)),  # clocks change
        ("UTC", "2026-06-10", [(0, 0, 60), (0, 60, 90)], ((0, 90),)),
    ],
)
def test_local_hours_become_minutes_of_the_utc_week(zone, now, slots, expected) -> None:
    moment = datetime.fromisoformat(now).replace(hour=12, tzinfo=UTC)
    assert weekly_hours([LocalHours(*one) for one in slots], ZoneInfo(zone), moment) == expected


def test_countries_have_their_iso_number() -> None:
    assert (numeric_country("TN"), numeric_country("XK")) == (788, 0)
