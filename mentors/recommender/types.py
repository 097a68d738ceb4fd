"""What the recommender takes and gives: wishes, candidates, reasons and matches, all frozen.

Nothing here knows the database. Texts for people are no part of it either: reasons carry machine keys which templates
translate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

Scalar = str | int | float | bool
Interval = tuple[int, int]
NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})
MAX_RELATEDNESS = 0.6
"""The most a related skill earns, as a share of an exact match."""


class Strength(StrEnum):
    """How much a wanted skill matters."""

    REQUIRED = "required"
    PREFERRED = "preferred"
    OPTIONAL = "optional"


class Facet(StrEnum):
    """The family of a skill, inside which rarity and breadth are compared: the values of ``SkillKind``, and topics."""

    OCCUPATION = "occupation"
    SKILL = "skill"
    KNOWLEDGE = "knowledge"
    TRANSFERABLE = "transferable"
    LANGUAGE = "language"
    TOPIC = "topic"


class Modality(StrEnum):
    """How the work is done."""

    REMOTE = "remote"
    ON_SITE = "on_site"
    SHORT_RETURN_VISIT = "short_return_visit"
    HYBRID = "hybrid"


class RelationKind(StrEnum):
    """What the offered skill is to the wanted one."""

    BROADER = "broader"
    NARROWER = "narrower"
    SIBLING = "sibling"
    USED_TOGETHER = "used_together"
    OCCUPATION = "occupation"


PRACTISED = "practised"
"""The ``relation`` of a skill an expert has used in completed work without listing it."""


class Fit(StrEnum):
    """The four words people read instead of a percentage."""

    STRONG = "strong"
    GOOD = "good"
    POSSIBLE = "possible"
    STRETCH = "stretch"


class ReasonKind(StrEnum):
    """Machine keys of the sentences that explain a match.

    Keys ending in ``_ok``, ``_same``, ``_shared`` say what fits, ``_partial`` and ``_near`` what fits partly,
    ``_missing``, ``_below`` and ``_other`` what does not (always 0 points). ``breadth``, ``exposure`` and ``declined``
    cost points.
    """

    COORDINATOR_NOTE = "coordinator_note"
    SKILL_SAME = "skill_same"
    SKILL_RELATED = "skill_related"
    SKILL_MISSING = "skill_missing"
    LEVEL_OK = "level_ok"
    LEVEL_BELOW = "level_below"
    LANGUAGE_SHARED = "language_shared"
    LANGUAGE_PARTIAL = "language_partial"
    LANGUAGE_MISSING = "language_missing"
    HOURS_OVERLAP = "hours_overlap"
    HOURS_MISSING = "hours_missing"
    DATES_OK = "dates_ok"
    DATES_PARTIAL = "dates_partial"
    DATES_OTHER = "dates_other"
    FORMAT_OK = "format_ok"
    FORMAT_NEAR = "format_near"
    FORMAT_OTHER = "format_other"
    KIND_OK = "kind_ok"
    KIND_OTHER = "kind_other"
    SECTOR_EXPERIENCE = "sector_experience"
    COUNTRY_TIE = "country_tie"
    CAPACITY = "capacity"
    FRESHNESS = "freshness"
    PAST_SUCCESS = "past_success"
    TRACK_RECORD = "track_record"
    REPLIES = "replies"
    BREADTH = "breadth"
    EXPOSURE = "exposure"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Relation:
    """An offered skill that earns part of a wanted one's credit; ``weight`` is its share of an exact one, 0 to 0.6."""

    skill: int
    weight: float
    kind: RelationKind

    def __post_init__(self) -> None:
        """Raise ValueError when a relation would count more than relations may."""
        if not 0 < self.weight <= MAX_RELATEDNESS:
            raise ValueError(f"a relation weighs above 0 and at most {MAX_RELATEDNESS}, not {self.weight}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One slot of a wish: a skill, how much it matters, and what may stand in for it.

    ``level`` is the least level asked, 1 to 4, or None; ``idf`` is above 0 (``scoring.idf``); ``related`` is keyed by
    skill.
    """

    slot: int
    skill: int
    facet: Facet
    strength: Strength
    level: int | None = None
    idf: float = 1.0
    related: Mapping[int, Relation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LanguageWanted:
    """A language the work needs, with the least CEFR level, 1 (A1) to 6 (C2)."""

    code: str
    level: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a need asks for. Whatever is left empty is not asked and earns nobody points.

    ``languages`` are all needed. ``origin`` is an ISO 3166-1 numeric country. ``weekly_hours`` are half-open intervals
    of the week in minutes of UTC, 0 being Monday 00:00; one that passes the week's end wraps (see ``hours``).
    """

    wanted: tuple[Wanted, ...]
    languages: tuple[LanguageWanted, ...] = ()
    modality: Modality | None = None
    kind: str = ""
    sector: str = ""
    hours_per_month: int | None = None
    origin: int | None = None
    weekly_hours: tuple[Interval, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None


class Offered(NamedTuple):
    """A skill on a profile: ``level`` 1 to 4, ``years`` of practice, whether anyone but the expert vouches for it."""

    skill: int
    level: int
    years: int = 0
    recognised: bool = False
    facet: Facet = Facet.SKILL


class Candidate(NamedTuple):
    """What is known of an expert when pairs are scored. Only ``expert`` must be given.

    A tuple, as hundreds are made for a list of ten. ``skills`` is keyed by skill and must hold those the wish wants or
    relates to; others may be left out. ``breadth`` counts *all* listed skills by facet that no activity backs
    (``skills.breadth_of``). ``languages`` maps codes to CEFR 1 to 6, ``origins`` are ISO numeric countries, the main
    one first, ``weekly_hours`` as in ``Wish``, ``sectors`` maps sectors to years. ``activity`` counts pieces of
    evidence by skill where profiles grow from activity; ``completed_with_skill`` counts completed engagements by skill;
    ``practice`` and ``recently`` are these and ``completed`` with each engagement fading with its age, the plain counts
    if empty or None (``past.faded``). ``evenness`` is the network's, above 0: small where few people do most of the
    work, about 1 or more where everybody does about as much as everybody else, so that one engagement more says little.
    ``declined_with_skill`` counts refusals for want of expertise. ``reply_rate`` is 0 to 1, None if unknown.
    """

    expert: int
    skills: Mapping[int, Offered] = NOTHING
    breadth: Mapping[Facet, int] = NOTHING
    languages: Mapping[str, int] = NOTHING
    modalities: frozenset[Modality] = frozenset()
    kinds: frozenset[str] = frozenset()
    origins: tuple[int, ...] = ()
    hours_per_month: int | None = None
    capacity: int = 1
    open_engagements: int = 0
    weekly_hours: tuple[Interval, ...] = ()
    days_since_update: int = 0
    invitations_last_30_days: int = 0
    reply_rate: float | None = None
    completed: int = 0
    recently: float | None = None
    completed_with_skill: Mapping[int, int] = NOTHING
    practice: Mapping[int, float] = NOTHING
    declined_with_skill: Mapping[int, int] = NOTHING
    evenness: float = 1.0
    free_from: date | None = None
    free_until: date | None = None
    sectors: Mapping[str, int] = NOTHING
    activity: Mapping[int, int] = NOTHING


class Reason(NamedTuple):
    """One sentence's worth of explanation: a machine key, its points, and the facts a template needs.

    ``skill`` is the wanted skill, ``via`` the offered one that stands in for it, ``relation`` how they are related.
    """

    kind: ReasonKind
    points: int
    skill: int | None = None
    via: int | None = None
    relation: str | None = None
    facts: Mapping[str, Scalar] = NOTHING

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dict."""
        return {
            "kind": str(self.kind),
            "points": self.points,
            "skill": self.skill,
            "via": self.via,
            "relation": self.relation,
            "facts": dict(self.facts),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Reason":
        """Read what ``to_dict`` wrote. Raises ValueError on an unknown kind, KeyError on a missing part."""
        return cls(
            ReasonKind(data["kind"]), data["points"], data["skill"], data["via"], data["relation"], dict(data["facts"])
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A scored pair. The points of ``reasons`` sum to ``points``; ``score`` is their share of ``attainable``, 0 to 1.

    ``required_met`` of ``required_wanted`` must-haves are on the profile at the level asked.
    """

    expert: int
    score: float
    points: int
    attainable: int
    fit: Fit
    required_met: int
    required_wanted: int
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dict, for freezing the match on a proposal."""
        return {
            "expert": self.expert,
            "score": self.score,
            "points": self.points,
            "attainable": self.attainable,
            "fit": str(self.fit),
            "required_met": self.required_met,
            "required_wanted": self.required_wanted,
            "reasons": [reason.to_dict() for reason in self.reasons],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Match":
        """Read what ``to_dict`` wrote. Raises ValueError on an unknown word, KeyError or TypeError on a wrong part."""
        reasons = tuple(Reason.from_dict(reason) for reason in data["reasons"])
        return cls(**{**data, "fit": Fit(data["fit"]), "reasons": reasons})
