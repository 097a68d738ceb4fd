"""What a viewer reads of a match: which reasons, in which order, and which never, for the fields they may not see.

Both sides read the same reasons; the wording of each side is the templates'.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from mentors.recommender.factors import is_must
from mentors.recommender.types import Candidate, Match, Reason, ReasonKind, Strength

NOTE: Final = frozenset({ReasonKind.COORDINATOR_NOTE})
SAME: Final = frozenset({ReasonKind.SKILL_SAME})
RELATED: Final = frozenset({ReasonKind.SKILL_RELATED})
LANGUAGE: Final = frozenset({ReasonKind.LANGUAGE_SHARED, ReasonKind.LANGUAGE_PARTIAL})
TIME: Final = frozenset({ReasonKind.HOURS_OVERLAP, ReasonKind.DATES_OK, ReasonKind.DATES_PARTIAL})
LATER: Final = (
    ReasonKind.PAST_SUCCESS,
    ReasonKind.TRACK_RECORD,
    ReasonKind.SECTOR_EXPERIENCE,
    ReasonKind.COUNTRY_TIE,
    ReasonKind.FORMAT_OK,
    ReasonKind.FORMAT_NEAR,
    ReasonKind.KIND_OK,
    ReasonKind.REPLIES,
    ReasonKind.LEVEL_OK,
    ReasonKind.CAPACITY,
    ReasonKind.FRESHNESS,
)
"""All other reasons, always in this order: many are worth the same, and the last repeat others or say little."""
OTHER: Final = frozenset(LATER)
GAPS: Final = frozenset(
    {
        ReasonKind.SKILL_MISSING,
        ReasonKind.LEVEL_BELOW,
        ReasonKind.LANGUAGE_MISSING,
        ReasonKind.HOURS_MISSING,
        ReasonKind.DATES_OTHER,
        ReasonKind.FORMAT_OTHER,
        ReasonKind.KIND_OTHER,
    }
)
COSTS: Final = frozenset({ReasonKind.BREADTH, ReasonKind.EXPOSURE, ReasonKind.DECLINED})
SEATS: Final = (NOTE, SAME, RELATED, LANGUAGE, TIME, OTHER)
"""The groups in the order the eye learns, all others behind them; a gap comes last."""

REVEALS: Final[dict[ReasonKind, frozenset[str]]] = {
    ReasonKind.COORDINATOR_NOTE: frozenset(),
    ReasonKind.SKILL_SAME: frozenset({"skills"}),
    ReasonKind.SKILL_RELATED: frozenset({"skills"}),
    ReasonKind.SKILL_MISSING: frozenset({"skills"}),
    ReasonKind.LEVEL_OK: frozenset({"skills"}),
    ReasonKind.LEVEL_BELOW: frozenset({"skills"}),
    ReasonKind.LANGUAGE_SHARED: frozenset({"languages"}),
    ReasonKind.LANGUAGE_PARTIAL: frozenset({"languages"}),
    ReasonKind.LANGUAGE_MISSING: frozenset({"languages"}),
    ReasonKind.HOURS_OVERLAP: frozenset({"availability"}),
    ReasonKind.HOURS_MISSING: frozenset({"availability"}),
    ReasonKind.DATES_OK: frozenset({"availability"}),
    ReasonKind.DATES_PARTIAL: frozenset({"availability"}),
    ReasonKind.DATES_OTHER: frozenset({"availability"}),
    ReasonKind.FORMAT_OK: frozenset({"modalities"}),
    ReasonKind.FORMAT_NEAR: frozenset({"modalities"}),
    ReasonKind.FORMAT_OTHER: frozenset({"modalities"}),
    ReasonKind.KIND_OK: frozenset({"kinds"}),
    ReasonKind.KIND_OTHER: frozenset({"kinds"}),
    ReasonKind.SECTOR_EXPERIENCE: frozenset({"sectors"}),
    ReasonKind.COUNTRY_TIE: frozenset({"origins"}),
    ReasonKind.CAPACITY: frozenset({"capacity", "hours_per_month"}),
    ReasonKind.FRESHNESS: frozenset({"refreshed_at"}),
    ReasonKind.PAST_SUCCESS: frozenset({"engagements"}),
    ReasonKind.TRACK_RECORD: frozenset({"engagements"}),
    ReasonKind.REPLIES: frozenset({"replies"}),
    ReasonKind.BREADTH: frozenset({"skills"}),
    ReasonKind.EXPOSURE: frozenset({"invitations"}),
    ReasonKind.DECLINED: frozenset({"declines"}),
}
"""The fields of the expert that each kind of reason would give away."""


BLANK: Final[MappingProxyType[str, dict[str, Any]]] = MappingProxyType(
    {
        "skills": {"skills": {}, "breadth": {}},
        "languages": {"languages": {}},
        "availability": {"weekly_hours": (), "free_from": None, "free_until": None},
        "modalities": {"modalities": frozenset()},
        "kinds": {"kinds": frozenset()},
        "sectors": {"sectors": {}},
        "origins": {"origins": ()},
        "capacity": {"capacity": 1, "open_engagements": 0},
        "hours_per_month": {"hours_per_month": None},
        "refreshed_at": {"days_since_update": 0},
        "replies": {"reply_rate": None},
        "invitations": {"invitations_last_30_days": 0},
        "declines": {"declined_with_skill": {}},
    }
)
"""What a candidate holds of each hidden field that nobody may infer: nothing, or what everybody who is listed has."""


def blanked(candidate: Candidate, hidden_fields: Collection[str]) -> Candidate:
    """Return ``candidate`` as if the hidden fields were empty.

    What a viewer is told of a pair is scored from it, so that not even the word of the fit moves with what they may not
    see; the order of a list is still made from everything.
    """
    changes: dict[str, Any] = {}
    for field in hidden_fields:
        changes |= BLANK.get(field, {})
    return candidate._replace(**changes) if changes else candidate


def without(reasons: Iterable[Reason], hidden_fields: Collection[str]) -> tuple[Reason, ...]:
    """Drop the reasons that would reveal any of ``hidden_fields``: dropped, never blurred.

    Evidence counts come from engagements, so a skill's ``count`` fact goes when ``engagements`` is hidden.
    """
    hidden = frozenset(hidden_fields)
    kept = (reason for reason in reasons if not REVEALS[reason.kind] & hidden)
    if "engagements" not in hidden:
        return tuple(kept)
    return tuple(_without_evidence(reason) for reason in kept if reason.relation != "practised")


def _without_evidence(reason: Reason) -> Reason:
    """Return a skill reason without its count of evidence."""
    if reason.kind not in SAME | RELATED:
        return reason
    return reason._replace(facts={name: value for name, value in reason.facts.items() if name != "count"})


def displayed(reasons: Iterable[Reason], limit: int = 5) -> tuple[Reason, ...]:
    """Choose at most ``limit`` reasons for a card: human note, must-haves, related, language, time, others, then at
    most one gap.

    The weightiest gap keeps a seat whenever there are two or more. Each of the named groups gets one seat before any
    gets its second, so many must-haves do not crowd out the language; others take what is left, unless somebody
    chose them as a must. Inside a group must-haves come before wishes, skills at the level asked before those below it,
    then the most points; others stand as in ``LATER``. Costs are not shown on cards; they stand under all reasons.
    """
    available = list(reasons)
    gaps = sorted((reason for reason in available if reason.kind in GAPS), key=_gap_order)[: 1 if limit > 1 else 0]
    below = {reason.skill for reason in available if reason.kind == ReasonKind.LEVEL_BELOW}
    groups = [
        sorted((r for r in available if r.kind in seat and _fits(r)), key=lambda r: _group_order(r, below))
        for seat in SEATS
    ]
    turns = sorted(
        (reason.kind in OTHER and not is_must(reason), row, group)
        for group, members in enumerate(groups)
        for row, reason in enumerate(members)
    )
    taken = [(group, row) for _is_last, row, group in turns[: max(0, limit - len(gaps))]]
    return (*(groups[group][row] for group, row in sorted(taken)), *gaps)


def noted(match: Match, note: str) -> Match:
    """Return ``match`` with a coordinator's sentence as its first reason, worth no points."""
    reason = Reason(ReasonKind.COORDINATOR_NOTE, 0, facts={"note": note})
    return replace(match, reasons=(reason, *match.reasons))


def signed(match: Match, by: str) -> Match:
    """Return ``match`` with the name of who wrote its note."""
    reasons = (
        reason._replace(facts={**reason.facts, "by": by}) if reason.kind in NOTE else reason for reason in match.reasons
    )
    return replace(match, reasons=tuple(reasons))


def _fits(reason: Reason) -> bool:
    """Say whether a reason speaks for the match: human notes and whatever does not cost points."""
    return reason.points > 0 or reason.kind in NOTE


def _group_order(reason: Reason, below: Collection[int | None]) -> tuple[bool, int, bool, bool, int]:
    """Return the order inside a group: chosen as a must first, of the skills those ``below`` the level asked later."""
    place = LATER.index(reason.kind) if reason.kind in OTHER else 0
    is_required = reason.facts.get("strength", Strength.REQUIRED) == Strength.REQUIRED
    is_below = reason.skill is not None and reason.skill in below
    return not is_must(reason), place, not is_required, is_below, -reason.points


def _gap_order(reason: Reason) -> tuple[bool, int]:
    """Return the order among gaps: missing must-haves first, then by what filling the gap would be worth."""
    return reason.facts.get("strength") != Strength.REQUIRED, -int(reason.facts.get("worth", 0))
