"""Everything about a pair besides skills: language, format, time, place, load, and what happened before.

Each function looks at one circumstance and returns what it found: the kind of reason, its share of the skill points in
basis points, and the facts. Nothing asked returns nothing. Shares are bounded by ``Weights``, so no circumstance can
hide or outweigh the skills.
"""

import math
from collections.abc import Callable, Hashable, Iterator
from operator import attrgetter
from typing import NamedTuple

from mentors.recommender.hours import overlap_minutes
from mentors.recommender.types import Candidate, LanguageWanted, Modality, ReasonKind, Scalar, Wish
from mentors.recommender.weights import WHOLE, Weights

PRESENT = frozenset({Modality.ON_SITE, Modality.SHORT_RETURN_VISIT})
NEAR: dict[Modality, frozenset[Modality]] = {
    Modality.REMOTE: frozenset({Modality.HYBRID}),
    Modality.ON_SITE: frozenset({Modality.SHORT_RETURN_VISIT, Modality.HYBRID}),
    Modality.SHORT_RETURN_VISIT: frozenset({Modality.ON_SITE, Modality.HYBRID}),
    Modality.HYBRID: frozenset({Modality.REMOTE}) | PRESENT,
}
"""What half-fits each modality."""


class Found(NamedTuple):
    """One circumstance of a pair: its reason, its share of the skill points in basis points, and its facts.

    A gap's ``worth`` is what it would have added, in basis points too.
    """

    kind: ReasonKind
    share: int
    facts: dict[str, Scalar]
    worth: int | None = None


Find = Callable[[Wish, Candidate, Weights], Iterator[Found]]
Reader = Callable[[Candidate], Hashable]
Known = tuple[int, tuple[Found, ...]]


class Part(NamedTuple):
    """What finds circumstances, and what makes, for a wish, the reader of all that they look at in a candidate: who
    reads the same finds the same. A wish that does not ask for them finds nothing.
    """

    finds: tuple[Find, ...]
    reads: Callable[[Wish], Reader]
    asks: Callable[[Wish], object] = lambda _wish: True


class Circumstances:
    """Finds the circumstances of the pairs of one wish; whatever pairs have in common is worked out once."""

    def __init__(self, wish: Wish, weights: Weights) -> None:
        self._wish, self._weights = wish, weights
        self._parts: list[tuple[Reader, dict[Hashable, Known], Part]] = [
            (part.reads(wish), {}, part) for part in PARTS if part.asks(wish)
        ]

    def share(self, candidate: Candidate) -> int:
        """Return the basis points that all circumstances of a pair add."""
        total = 0
        for reads, known, part in self._parts:
            key = reads(candidate)
            found = known.get(key)
            if found is None:
                found = known[key] = self._find(candidate, part)
            total += found[0]
        return total

    def found(self, candidate: Candidate) -> list[Found]:
        """Return every circumstance of a pair, in the order in which reasons are kept."""
        every: list[Found] = []
        for reads, known, part in self._parts:
            key = reads(candidate)
            found = known.get(key)
            if found is None:
                found = known[key] = self._find(candidate, part)
            every += found[1]
        return every

    def _find(self, candidate: Candidate, part: Part) -> Known:
        found = tuple(one for find in part.finds for one in find(self._wish, candidate, self._weights))
        return sum(one.share for one in found), found


def asked(wish: Wish, weights: Weights) -> int:
    """Return the basis points that circumstances can add for an expert who fits ``wish`` in everything it asks.

    Past work, sector and replies come on top: nobody is expected to bring them.
    """
    share = weights.capacity + weights.freshness
    share += len(wish.languages) * (weights.language // max(1, len(wish.languages)))
    share += weights.hours if wish.weekly_hours else 0
    share += weights.dates if wish.starts_on or wish.ends_on else 0
    share += weights.format if wish.modality else 0
    share += weights.kind if wish.kind else 0
    return share + (weights.country if wish.origin is not None else 0)


def _languages(wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield one circumstance a language; all wanted languages share the weight equally."""
    for language in wish.languages:
        yield _language(
            language, candidate.languages.get(language.code, 0), weights.language // len(wish.languages), weights
        )


def _language(language: LanguageWanted, level: int, share: int, weights: Weights) -> Found:
    """Return how far one language is spoken; below the level asked it counts in proportion."""
    facts: dict[str, Scalar] = {"language": language.code, "level": level, "wanted": language.level}
    if level >= language.level:
        return Found(ReasonKind.LANGUAGE_SHARED, share, facts)
    if level > 0:
        part = share * weights.language_below * level // (WHOLE * language.level)
        return Found(ReasonKind.LANGUAGE_PARTIAL, part, facts)
    return Found(ReasonKind.LANGUAGE_MISSING, 0, facts, share)


def hours_wanted(wish: Wish, weights: Weights) -> int:
    """Return the weekly minutes both should have in common: the hours asked a week, at least ``hours_enough``."""
    return max(weights.hours_enough, (wish.hours_per_month or 0) * 60 * 12 // 52)


def _hours(wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield the shared weekly hours, full at what the work needs."""
    if not wish.weekly_hours:
        return
    minutes, wanted = overlap_minutes(wish.weekly_hours, candidate.weekly_hours), hours_wanted(wish, weights)
    facts: dict[str, Scalar] = {"minutes": minutes, "wanted": wanted, "given": bool(candidate.weekly_hours)}
    if minutes:
        yield Found(ReasonKind.HOURS_OVERLAP, weights.hours * min(minutes, wanted) // wanted, facts)
    else:
        yield Found(ReasonKind.HOURS_MISSING, 0, facts, weights.hours)


def _dates(wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield whether the expert is free from start to end, for part of the time, or not at all."""
    if not (wish.starts_on or wish.ends_on):
        return
    starts, ends, free_from, free_until = wish.starts_on, wish.ends_on, candidate.free_from, candidate.free_until
    known = {"free_from": free_from, "free_until": free_until}
    facts: dict[str, Scalar] = {name: day.isoformat() for name, day in known.items() if day}
    too_late = free_from is not None and ends is not None and free_from > ends
    too_early = free_until is not None and starts is not None and free_until < starts
    if too_late or too_early:
        yield Found(ReasonKind.DATES_OTHER, 0, facts, weights.dates)
        return
    late = free_from is not None and (starts or ends) is not None and free_from > (starts or ends or free_from)
    early = free_until is not None and (ends or starts) is not None and free_until < (ends or starts or free_until)
    if late or early:
        yield Found(ReasonKind.DATES_PARTIAL, weights.dates * weights.dates_partial // WHOLE, facts)
    else:
        yield Found(ReasonKind.DATES_OK, weights.dates, facts)


def _format(wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield whether the expert works the way the need does; remote and presence together make a hybrid."""
    if wish.modality is None:
        return
    facts: dict[str, Scalar] = {"modality": str(wish.modality)}
    offered = candidate.modalities
    mixed = wish.modality == Modality.HYBRID and Modality.REMOTE in offered and bool(PRESENT & offered)
    if wish.modality in offered or mixed:
        yield Found(ReasonKind.FORMAT_OK, weights.format, facts)
    elif NEAR[wish.modality] & offered:
        near = min(NEAR[wish.modality] & offered)
        part = weights.format * weights.format_near // WHOLE
        yield Found(ReasonKind.FORMAT_NEAR, part, {**facts, "offered": str(near)})
    else:
        yield Found(ReasonKind.FORMAT_OTHER, 0, facts, weights.format)


def _kind(wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield whether the expert offers this kind of engagement."""
    if wish.kind in candidate.kinds:
        yield Found(ReasonKind.KIND_OK, weights.kind, {"kind": wish.kind})
    elif wish.kind:
        yield Found(ReasonKind.KIND_OTHER, 0, {"kind": wish.kind}, weights.kind)


def _country(wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield a tie to the need's country, the main one in full; no tie is no gap, nobody can change it."""
    if wish.origin is not None and wish.origin in candidate.origins:
        main = candidate.origins[0] == wish.origin
        share = weights.country if main else weights.country * weights.country_second // WHOLE
        yield Found(ReasonKind.COUNTRY_TIE, share, {"country": wish.origin, "main": main})


def _sector(wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield experience in the need's sector."""
    if wish.sector and candidate.sectors.get(wish.sector, 0) > 0:
        facts: dict[str, Scalar] = {"sector": wish.sector, "years": candidate.sectors[wish.sector]}
        yield Found(ReasonKind.SECTOR_EXPERIENCE, weights.sector, facts)


def _capacity(wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield how much room the expert has: free places, times the part of the hours asked that they give."""
    free = max(0, candidate.capacity - candidate.open_engagements)
    share = weights.capacity * free // max(1, candidate.capacity)
    facts: dict[str, Scalar] = {"free": free, "capacity": candidate.capacity}
    if wish.hours_per_month and candidate.hours_per_month is not None:
        share = share * min(candidate.hours_per_month, wish.hours_per_month) // wish.hours_per_month
        facts |= {"hours": candidate.hours_per_month, "wanted": wish.hours_per_month}
    yield Found(ReasonKind.CAPACITY, share, facts)


def _freshness(_wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield how recently the profile was confirmed."""
    days = max(0, candidate.days_since_update)
    share = round(weights.freshness * math.exp(-days / weights.freshness_days))
    yield Found(ReasonKind.FRESHNESS, share, {"days": days})


def _replies(_wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield the habit of replying; unknown habits count neither way."""
    if candidate.reply_rate is not None:
        share = round(weights.replies * (2 * min(max(candidate.reply_rate, 0.0), 1.0) - 1))
        yield Found(ReasonKind.REPLIES, share, {"rate": candidate.reply_rate})


def _exposure(_wish: Wish, candidate: Candidate, weights: Weights) -> Iterator[Found]:
    """Yield the cost of having been asked a lot lately, so that the same few are not asked in vain."""
    if candidate.invitations_last_30_days > 0:
        cost = min(weights.exposure_cap, round(weights.exposure_step * math.log1p(candidate.invitations_last_30_days)))
        yield Found(ReasonKind.EXPOSURE, -cost, {"count": candidate.invitations_last_30_days})


def _levels(wish: Wish) -> Reader:
    """Return what reads the levels of the wanted languages."""
    codes = [language.code for language in wish.languages]
    return lambda candidate: tuple(map(candidate.languages.get, codes))


def _tie(wish: Wish) -> Reader:
    """Return what reads whether somebody comes from the wanted country: not, too, or above all."""
    wanted = wish.origin
    return lambda candidate: wanted in candidate.origins and (2 if candidate.origins[0] == wanted else 1)


def _fields(*names: str) -> Callable[[Wish], Reader]:
    """Return what reads the named fields, whatever the wish."""
    reader: Reader = attrgetter(*names)
    return lambda _wish: reader


PARTS = (
    Part((_languages,), _levels, attrgetter("languages")),
    Part((_hours,), _fields("weekly_hours"), attrgetter("weekly_hours")),
    Part((_dates,), _fields("free_from", "free_until"), lambda wish: wish.starts_on or wish.ends_on),
    Part((_format, _kind), _fields("modalities", "kinds"), lambda wish: wish.modality or wish.kind),
    Part((_country,), _tie, lambda wish: wish.origin is not None),
    Part((_sector,), lambda wish: lambda candidate: candidate.sectors.get(wish.sector), attrgetter("sector")),
    Part((_capacity,), _fields("capacity", "open_engagements", "hours_per_month")),
    Part((_freshness,), _fields("days_since_update")),
    Part((_replies, _exposure), _fields("reply_rate", "invitations_last_30_days")),
)
"""All circumstances, in the order in which reasons are kept."""
