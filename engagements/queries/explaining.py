"""What of a match somebody reads, and what is frozen of it: never a fact that they may not see, nor its shadow."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from diaspora_net.accounts.models import User
from engagements.models import Need
from engagements.queries.history import known_expert
from engagements.queries.wishes import wish_of
from mentors.models import ExpertProfile
from mentors.queries.profiles import Standing, visible_fields
from mentors.recommender.factors import Stances, explained
from mentors.recommender.hours import shared
from mentors.recommender.reasons import REVEALS, blanked, noted, signed, without
from mentors.recommender.scoring import Pairs, score_pair
from mentors.recommender.types import Candidate, Match, ReasonKind, Wish
from mentors.rules import INSTITUTION_FIELDS

NO_STANCES: Stances = {}
# What an expert did here is told to those who choose, in words; how often they were asked or refused is not.
RECORD_FIELDS = frozenset({"engagements", "replies", "sectors"})
REVEALED = frozenset().union(*REVEALS.values())
TOLD = "told"


def hidden_from(fields: Collection[str]) -> frozenset[str]:
    """Return what reasons could reveal and whoever sees ``fields`` of an expert may not know."""
    return REVEALED - frozenset(fields) - RECORD_FIELDS


def told_to(
    viewer: User,
    pairs: Pairs,
    known: Candidate,
    profile: ExpertProfile,
    standing: Standing,
    stances: Stances = NO_STANCES,
) -> Match:
    """Return the match of a pair as ``viewer`` may read it, scored as if what they may not see were empty.

    ``pairs`` are those of the wish by the weights of ``stances``. Queries: 0 when user and origins are loaded, else 2.
    """
    return _told(pairs, known, hidden_from(visible_fields(viewer, profile, standing=standing)), stances)


def _told(pairs: Pairs, known: Candidate, hidden: Collection[str], stances: Stances = NO_STANCES) -> Match:
    match = pairs.match(blanked(known, hidden))
    match = explained(with_windows(match, pairs.wish, known), stances)
    return replace(match, reasons=without(match.reasons, hidden))


def with_windows(match: Match, wish: Wish, known: Candidate) -> Match:
    """Add to the reason about shared hours when they are, in minutes of the UTC week: “960-1140,2400-2580”."""
    windows = ",".join(f"{start}-{end}" for start, end in shared(wish.weekly_hours, known.weekly_hours))
    reasons = tuple(
        reason._replace(facts={**reason.facts, "windows": windows})
        if reason.kind == ReasonKind.HOURS_OVERLAP
        else reason
        for reason in match.reasons
    )
    return replace(match, reasons=reasons)


def explain_pair(need: Need, profile: ExpertProfile) -> Match:
    """Return the match of one pair, whether or not it would be suggested. Queries: as ``pair_of``."""
    wish, known = pair_of(need, profile)
    return with_windows(score_pair(wish, known), wish, known)


def pair_of(need: Need, profile: ExpertProfile) -> tuple[Wish, Candidate]:
    """Return both sides of a pair as the recommender takes them.

    Queries: 4, and those of ``wanted_by_need`` when the need has no terms.
    """
    return wish_of(need), known_expert(profile)


def frozen_explanation(need: Need, profile: ExpertProfile, *, note: str = "") -> dict[str, Any]:
    """Return the match of a pair for a proposal to keep, and under ``told`` what institutions may read of it.

    ``note`` is a coordinator's sentence: both sides read it before all reasons, with the name that ``thawed`` is given,
    so that none is kept. JSON-ready. Queries: as ``pair_of``.
    """
    wish, known = pair_of(need, profile)
    pairs = Pairs(wish)
    match = with_windows(pairs.match(known), wish, known)
    told = _told(pairs, known, hidden_from(INSTITUTION_FIELDS))
    if note:
        match, told = noted(match, note), noted(told, note)
    return match.to_dict() | {TOLD: told.to_dict()}


def thawed(explanation: dict[str, Any], *, is_own: bool, by: str) -> Match:
    """Read what ``frozen_explanation`` kept: all of it for the expert (``is_own``), what was told for others.

    ``by`` is the name of who sent the proposal, for a note of theirs.
    """
    whole = {name: value for name, value in explanation.items() if name != TOLD}
    return signed(Match.from_dict(whole if is_own else explanation.get(TOLD, whole)), by)
