"""Every number of the score, in one frozen configuration.

There is one default for all networks: what a profile or a network lacks (evidence, history) simply earns nothing.
Shares are in basis points (1/10,000) of the skill points, so that the score is integer arithmetic from end to end.
Unless a line names a source, a value is a judgement, to be moved by ``manage.py evaluate_matching``.
"""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from mentors.recommender.types import Facet, Fit, Strength

WHOLE: Final = 10_000
"""Basis points of one."""
FADING_DAYS: Final = 365
"""The days in which a completed engagement loses all but 1/e of what it says about today."""

Importance = MappingProxyType[Strength, int]
FacetWeights = MappingProxyType[Facet, float]


def _importance() -> Importance:
    """Return hundredths by strength; required counts double, as in the measured statement."""
    return MappingProxyType({Strength.REQUIRED: 100, Strength.PREFERRED: 50, Strength.OPTIONAL: 25})


def _facets() -> FacetWeights:
    """Return the mass of a facet; what anyone can claim weighs less than a profession or a technique."""
    return MappingProxyType(
        {
            Facet.OCCUPATION: 1.0,
            Facet.SKILL: 1.0,
            Facet.KNOWLEDGE: 0.9,
            Facet.LANGUAGE: 0.6,
            Facet.TRANSFERABLE: 0.6,
            Facet.TOPIC: 0.6,
        }
    )


@dataclass(frozen=True, slots=True)
class Weights:
    """The score's configuration.

    Skills, in hundredths of a slot: listing the skill earns ``listed``, each level above the first ``level_step``, each
    year up to ``years_cap`` ``year_step``, recognition ``recognised``; together 100. ``listed`` equals the most a
    related skill can earn, so a related skill never beats an exact one. A level short by n of ``level_span`` loses
    n/``level_span`` of what is above ``listed``. ``evidence_cap`` pieces of evidence are worth a full slot,
    logarithmically; a skill practised but not listed earns ``practised``, since no breadth is taken from it.

    Past work comes on top, in hundredths of all slots: ``past_success`` × ln(1 + work / typical). Work is the number of
    engagements completed with the wanted skills, each fading by e in ``FADING_DAYS``, and ``track_record`` basis points
    of those with any other; ``past_typical`` × ``Candidate.evenness`` of it is what says nothing yet, and
    ``past_success_cap`` times that is the most that counts. One logarithm of the sum found the right people more often
    than one for each skill, and fading tells today's stars from those of years ago: each worth .03 to .05 of NDCG@10 on
    grown profiles.

    Facets: a facet's mass is its weight times (sum of importance times idf) to the power ``facet_power``: 0 makes
    facets equal, 1 is one bag; 0.5 keeps a rare field from drowning and a lone topic from taking half of the score.
    Breadth: n other listed skills in a facet leave (pivot / (pivot + n)) to the power ``breadth_power`` of its points;
    the ``breadth_typical`` number of them is taken for granted when the attainable points are counted. Such a penalty
    helped most of all on real mentors with declared tags; where skills grow from activity, they are shown rather than
    claimed, hence only those without any count. A completed engagement backs no skill in this sense: it earns by
    itself.

    Circumstances, in basis points of the skill points, each reached at full fit. ``freshness`` fades by e in
    ``freshness_days``; ``exposure_step`` is per natural logarithm of 1 + invitations of 30 days: 0.06 keeps 99.8 % of
    the score and shows 13 % more experts.
    ``replies`` goes both ways around one half. ``fits`` gives, best first, the least share of must-haves met and the
    least score of each fit word.
    """

    importance: Importance = field(default_factory=_importance, hash=False)
    facets: FacetWeights = field(default_factory=_facets, hash=False)
    facet_power: float = 0.5

    listed: int = 60
    level_step: int = 8
    year_step: int = 1
    years_cap: int = 10
    recognised: int = 6
    level_span: int = 4
    evidence_cap: int = 100
    practised: int = 30

    past_success: int = 30
    past_success_cap: int = 1_000
    past_typical: int = 2
    track_record: int = 300

    breadth_power: float = 0.5
    breadth_pivot: int = 3
    breadth_typical: int = 4

    language: int = 3_000
    language_below: int = 6_000
    format: int = 600
    format_near: int = 5_000
    kind: int = 400
    hours: int = 800
    hours_enough: int = 120
    dates: int = 300
    dates_partial: int = 5_000
    country: int = 600
    country_second: int = 7_000
    capacity: int = 1_000
    freshness: int = 600
    freshness_days: int = 365

    sector: int = 400
    replies: int = 500
    exposure_step: int = 600
    exposure_cap: int = 3_000

    fits: tuple[tuple[Fit, float, float], ...] = (
        (Fit.STRONG, 0.8, 0.5),
        (Fit.GOOD, 0.5, 0.35),
        (Fit.POSSIBLE, 0.0, 0.25),
    )


DEFAULT: Final = Weights()
