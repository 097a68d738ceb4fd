"""What whoever coordinates may say of each factor besides skills: it must hold, it counts as usual, it does not count.

On top of the default configuration and never part of it: without a choice nothing changes. Skills are always what a
match is made of; what protects people (free places, blocks, audiences, exposure) is no factor and cannot be chosen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

from mentors.recommender.types import Match, Reason, ReasonKind, Wish
from mentors.recommender.weights import DEFAULT, Weights


class Factor(StrEnum):
    """What may be weighed."""

    LANGUAGE = "language"
    FORMAT = "format"
    KIND = "kind"
    HOURS = "hours"
    DATES = "dates"
    COUNTRY = "country"
    SECTOR = "sector"
    RECORD = "record"


class Stance(StrEnum):
    """How much a factor matters; ``like`` is the default configuration's weight."""

    MUST = "must"
    LIKE = "like"
    IGNORE = "ignore"


Stances = Mapping[Factor, Stance]


class Meaning(NamedTuple):
    """The weights behind a factor, the reasons it gives, and those of them that say that it holds."""

    weights: tuple[str, ...]
    kinds: frozenset[ReasonKind]
    holds: frozenset[ReasonKind]


def _meaning(weights: str, holds: str, others: str = "") -> Meaning:
    good = frozenset(map(ReasonKind, holds.split()))
    return Meaning(tuple(weights.split()), good | frozenset(map(ReasonKind, others.split())), good)


MEANINGS: Final[dict[Factor, Meaning]] = {
    Factor.LANGUAGE: _meaning("language", "language_shared", "language_partial language_missing"),
    Factor.FORMAT: _meaning("format", "format_ok", "format_near format_other"),
    Factor.KIND: _meaning("kind", "kind_ok", "kind_other"),
    Factor.HOURS: _meaning("hours", "hours_overlap", "hours_missing"),
    Factor.DATES: _meaning("dates", "dates_ok", "dates_partial dates_other"),
    Factor.COUNTRY: _meaning("country", "country_tie"),
    Factor.SECTOR: _meaning("sector", "sector_experience"),
    Factor.RECORD: _meaning("past_success track_record", "past_success track_record"),
}
MUST = "must"
"""The fact that marks a reason whose factor must hold."""


def factors_of(wish: Wish) -> tuple[Factor, ...]:
    """Return the factors that mean something for a wish: what it asks, and work completed before."""
    asked = {
        Factor.LANGUAGE: bool(wish.languages),
        Factor.FORMAT: wish.modality is not None,
        Factor.KIND: bool(wish.kind),
        Factor.HOURS: bool(wish.weekly_hours),
        Factor.DATES: bool(wish.starts_on or wish.ends_on),
        Factor.COUNTRY: wish.origin is not None,
        Factor.SECTOR: bool(wish.sector),
        Factor.RECORD: True,
    }
    return tuple(factor for factor in Factor if asked[factor])


def weighed(stances: Stances, weights: Weights = DEFAULT) -> Weights:
    """Return ``weights`` without those of the factors that do not count."""
    dropped = {name: 0 for factor in with_stance(stances, Stance.IGNORE) for name in MEANINGS[factor].weights}
    changes: dict[str, Any] = dropped
    return replace(weights, **changes) if dropped else weights


def with_stance(stances: Stances, stance: Stance) -> list[Factor]:
    """Return the factors of one stance, in their usual order."""
    return [factor for factor in Factor if stances.get(factor) == stance]


def holds(match: Match, factor: Factor) -> bool:
    """Say whether a factor holds in full; of several languages each must."""
    found = {reason.kind for reason in match.reasons} & MEANINGS[factor].kinds
    return bool(found) and found <= MEANINGS[factor].holds


def chosen(matches: Iterable[Match], stances: Stances) -> list[Match]:
    """Return the matches in which every factor that must hold does, in their order, ``explained``."""
    musts = with_stance(stances, Stance.MUST)
    return [explained(match, stances) for match in matches if all(holds(match, factor) for factor in musts)]


def explained(match: Match, stances: Stances) -> Match:
    """Return a match whose reasons say which factors are a must, without those of factors that do not count.

    These are worth nothing, so the points still sum.
    """
    if not any(stance != Stance.LIKE for stance in stances.values()):
        return match
    ignored = _kinds(stances, Stance.IGNORE)
    musts = _kinds(stances, Stance.MUST)
    reasons = (
        reason._replace(facts={**reason.facts, MUST: True}) if reason.kind in musts else reason
        for reason in match.reasons
        if reason.kind not in ignored
    )
    return replace(match, reasons=tuple(reasons))


def _kinds(stances: Stances, stance: Stance) -> frozenset[ReasonKind]:
    return frozenset().union(*(MEANINGS[factor].kinds for factor in with_stance(stances, stance)))


def is_must(reason: Reason) -> bool:
    """Say whether a reason tells of a factor that must hold."""
    return bool(reason.facts.get(MUST))
