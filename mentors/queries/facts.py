"""What a profile says to matching, said once, in SQL: ``MatchFacts`` keeps it, a single pair reads it as it is now."""

from functools import cache

from diaspora_net.core import statements
from mentors.recommender.types import Facet, Offered
from mentors.states import RECOGNISED_BY_OTHERS

FACETS = tuple(Facet)
# A listed skill is one number, of which these are the places: the skill, level, years, whether others recognise it, and
# the facet's place among all.
SKILL, LEVEL, YEARS, RECOGNISED = 1_000_000, 100_000, 100, 10
COLUMNS = (
    "expert_id",
    "user_id",
    "is_active",
    "is_hidden",
    "hours_per_month",
    "capacity",
    "open_engagements",
    "refreshed_at",
    "time_zone",
    "modalities",
    "kinds",
    "languages",
    "origins",
    "hours",
    "skills",
)
# The columns of ``MatchFacts``, in order, and whether the expert may be matched now.
NOW = """
SELECT profile.id AS expert_id, profile.user_id, person.is_active, profile.audience <> 'organisations' AS is_hidden,
    profile.hours_per_month, profile.capacity, profile.open_engagements, profile.refreshed_at, person.time_zone,
    array_to_string(profile.modalities, ',') AS modalities, array_to_string(profile.kinds, ',') AS kinds,
    ARRAY(SELECT (language || level)::varchar FROM mentors_profilelanguage WHERE profile_id = profile.id
        ORDER BY level DESC, language) AS languages,
    array_to_string(ARRAY(SELECT country FROM mentors_profileorigin WHERE profile_id = profile.id ORDER BY position),
        ',') AS origins,
    array_to_string(ARRAY(SELECT concat_ws(',', weekday, starts, ends) FROM mentors_availabilityslot
        WHERE profile_id = profile.id ORDER BY weekday, starts, ends), ',') AS hours,
    ARRAY(SELECT item.tag_id * 1000000 + item.level * 100000 + item.years * 100
            + (item.recognition = ANY(%(recognised)s::text[]))::integer * 10
            + array_position(%(facets)s::text[], skill.kind::text) - 1
        FROM mentors_profileskill item JOIN mentors_skill skill ON skill.id = item.tag_id
        WHERE item.content_object_id = profile.id AND skill.status = 'accepted' ORDER BY item.tag_id) AS skills,
    profile.state = 'published' AND profile.open_engagements < profile.capacity AS is_matched
FROM mentors_expertprofile profile JOIN accounts_user person ON person.id = profile.user_id
WHERE profile.id = ANY(%(experts)s::bigint[])
"""
PARAMS: statements.Params = {"recognised": sorted(RECOGNISED_BY_OTHERS), "facets": [str(facet) for facet in FACETS]}


def offered(number: int) -> Offered:
    """Return a listed skill from its number."""
    return Offered(number // SKILL, *_strength(number % SKILL))


@cache
def _strength(rest: int) -> tuple[int, int, bool, Facet]:
    """Return level, years, recognition and facet of a listed skill; there are not many, and many people's are alike."""
    level, rest = divmod(rest, LEVEL)
    years, rest = divmod(rest, YEARS)
    recognised, facet = divmod(rest, RECOGNISED)
    return level, years, bool(recognised), FACETS[facet]
