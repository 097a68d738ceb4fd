"""Count the indicators of ``engagements.states.indicators`` for some countries or a programme, in a period.

What comes out is JSON as it is stored: by code of the indicator ``{"version", "value", "base", "by"}``. ``value`` is
in the indicator's unit, hours in minutes, None where nothing can be said; ``base`` is how many people (or, where no
people are counted, things) stand behind it; ``by`` holds the same for each category of each breakdown. A breakdown or
an indicator that is not collected is None, never 0.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from statistics import median
from typing import Any

from django.utils import timezone

from diaspora_net.core.regions import REGION_OF
from engagements.queries import counted_rows as rows
from engagements.queries.counted_rows import Period, Row, Scope
from engagements.queries.first_contact import contact_within_days, with_contact
from engagements.queries.gaps import widest_gaps
from engagements.states import COMPLETED_ENGAGEMENT_STATES, EngagementState, HoursState
from engagements.states.indicators import INDICATORS, Breakdown, FunnelStep
from engagements.states.outcomes import StillInUse
from mentors.queries.families import concept_names, main_families

Figures = dict[str, Any]
MOST_GAPS = 10
UNKNOWN = "unknown"  # somebody whose category nobody knows


def count_figures(scope: Scope, period: Period) -> Figures:
    """Return all figures of a period: ``{"indicators": …, "funnel": …, "crossed": …, "families": …}``.

    ``families`` and ``skills`` hold names by language, since the vocabulary may change. Queries: 17 to 23.
    """
    now = timezone.now()
    needs = with_contact(rows.needs(scope, period))
    engagements = rows.engagements(scope, period)
    sessions = rows.sessions(scope, period)
    found = rows.findable(scope, period)
    where, families = _where_with_what(found)
    gaps, skills = _gaps(scope)
    counted = {
        **_of_experts(scope, period, sessions),
        "experts_findable": _count([{"home": country} for country in found.values()], [Breakdown.HOME]),
        **_of_needs(needs, now),
        **_of_engagements(engagements, period),
        **_of_sessions(sessions),
        "people_reached": _reached(rows.attendance(scope, period)),
        "people_served": _served(rows.beneficiaries(scope, period)),
        "in_use_12_months": _in_use(rows.answers_after_a_year(scope, period)),
    }
    return {
        "indicators": {code: {"version": indicator.version, **counted[code]} for code, indicator in INDICATORS.items()},
        "funnel": funnel(needs, period),
        "crossed": {
            "engagements_standing": _crossed(engagements),
            "programmes": rows.programmes(scope, period),
            "experts_findable": where,
            "gaps": gaps,
        },
        "families": families,
        "skills": skills,
    }


def _figure(value: float | None, base: int, by: Mapping[str, Any] | None = None) -> Figures:
    return {"value": value, "base": base, "by": dict(by or {})}


def _count(found: Iterable[Row], breakdowns: Iterable[Breakdown]) -> Figures:
    """Count rows, and by each breakdown the rows of each category."""
    every = list(found)
    return _figure(len(every), len(every), {breakdown: _tally(every, breakdown) for breakdown in breakdowns})


def _tally(found: Iterable[Row], name: str) -> Figures:
    tally: dict[str, int] = defaultdict(int)
    for row in found:
        tally[str(row[name] or UNKNOWN)] += 1
    return {category: {"value": number, "base": number} for category, number in sorted(tally.items())}


def _where_with_what(found: Mapping[int, str]) -> tuple[list[list[Any]], dict[str, dict[str, str]]]:
    """Return country, skill family and number of the experts, each in one family; and the names of the families."""
    main = main_families(found)
    names = concept_names(set(main.values()))
    tally: dict[tuple[str, str], int] = defaultdict(int)
    for expert, country in found.items():
        slug = names[main[expert]][0] if expert in main else UNKNOWN
        tally[country or UNKNOWN, slug] += 1
    return [[*key, number] for key, number in sorted(tally.items())], dict(sorted(names.values()))


def _gaps(scope: Scope) -> tuple[list[list[Any]], dict[str, dict[str, str]]]:
    """Return skill, places asked for and experts free today where most are missing; and the names of the skills."""
    found = widest_gaps(scope, MOST_GAPS)
    names = concept_names(skill for skill, _supply in found)
    rows = [[names[skill][0], supply.asked, supply.offered] for skill, supply in found]
    return rows, dict(sorted(names.values()))


def _of_experts(scope: Scope, period: Period, sessions: list[Row]) -> Figures:
    registered = rows.registered(scope, period)
    active = rows.active(scope, period)
    held = {row["expert"] for row in sessions if row["state"] != HoursState.DISPUTED}
    active |= rows.residences(held - set(active))
    claims = [row for row in rows.recognised(scope, period) if row["expert"] in registered]
    verified = {row["expert"]: registered[row["expert"]] for row in claims}
    moved = [row for row in claims if period.holds(row["decided_at"])]

    def people(found: Mapping[int, str]) -> Figures:
        lived = [{"residence": REGION_OF.get(country, "")} for country in found.values()]
        return _count(lived, [Breakdown.RESIDENCE])

    return {
        "experts_registered": people(registered),
        "experts_verified": people(verified),
        "experts_active": people(active),
        "recognition_steps": _figure(len(moved), len({row["expert"] for row in moved})),
    }


def _of_needs(needs: list[Row], now: datetime) -> Figures:
    places = (Breakdown.KIND, Breakdown.COUNTRY)
    met = [need for need in needs if need["match"]]
    contact = contact_within_days(needs, now)
    share = None if contact.share is None else round(100 * contact.share, 1)
    return {
        "needs_posted": _count(needs, places),
        "needs_met": _count(met, places),
        "first_contact_7_days": _figure(share, contact.needs) | {"part": contact.soon},
        "days_to_match": _figure(_median_days(met, "published_at", "match"), len(met)),
    }


def _of_engagements(engagements: list[Row], period: Period) -> Figures:
    places = (Breakdown.KIND, Breakdown.COUNTRY)
    begun = [one for one in engagements if period.holds(one["started_at"])]
    ended = [one for one in engagements if period.holds(one["ended_at"])]
    completed = [one for one in ended if one["state"] in COMPLETED_ENGAGEMENT_STATES]
    early = [one for one in ended if one["state"] == EngagementState.ENDED_EARLY and one["started_at"]]
    return {
        "engagements_begun": _count(begun, places),
        "engagements_completed": _count(completed, places),
        "engagements_ended_early": _count(early, [Breakdown.KIND]),
        "engagements_standing": _count(engagements, [Breakdown.KIND, Breakdown.STATE]),
    }


def _crossed(engagements: list[Row]) -> list[list[Any]]:
    """Return kind, state and number of all engagements."""
    tally: dict[tuple[str, str], int] = defaultdict(int)
    for one in engagements:
        tally[one["kind"], one["state"]] += 1
    return [[kind, state, number] for (kind, state), number in sorted(tally.items())]


def _of_sessions(sessions: list[Row]) -> Figures:
    for row in sessions:
        row["month"] = row["held_on"].strftime("%Y-%m")
        row["kind"] = row["kind_of_work"]
    confirmed = [row for row in sessions if row["state"] == HoursState.CONFIRMED]
    silent = [row for row in sessions if row["state"] == HoursState.UNCONFIRMED]
    days = {(row["engagement_id"], row["held_on"]): row for row in confirmed if row["is_on_site"]}
    institutions = {row["organisation"]: row for row in confirmed}
    country_of = {row["organisation"]: row["country"] for row in confirmed}
    skills = [{"country": country_of[one]} for one, _skill in rows.skills_worked_on(confirmed)]
    places = (Breakdown.KIND, Breakdown.COUNTRY)
    return {
        "hours_confirmed": _minutes(confirmed, [Breakdown.MONTH, *places]),
        "hours_unconfirmed": _minutes(silent, [Breakdown.MONTH, Breakdown.KIND]),
        "days_on_site": _amount(list(days.values()), places, lambda row: 1),
        "institutions_supported": _count(institutions.values(), [Breakdown.COUNTRY]),
        "skills_transferred": _count(skills, [Breakdown.COUNTRY]),
    }


def _minutes(sessions: list[Row], breakdowns: Iterable[Breakdown]) -> Figures:
    return _amount(sessions, breakdowns, lambda row: int(row["minutes"]))


def _amount(found: list[Row], breakdowns: Iterable[Breakdown], size: Callable[[Row], int]) -> Figures:
    """Add rows up, and count the experts behind each sum."""

    def added(some: list[Row]) -> Figures:
        return {"value": sum(map(size, some)), "base": len({row["expert"] for row in some})}

    by: dict[str, Figures] = {}
    for breakdown in breakdowns:
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in found:
            parts[str(row[breakdown] or UNKNOWN)].append(row)
        by[breakdown] = {category: added(some) for category, some in sorted(parts.items())}
    return {**added(found), "by": by}


def _reached(attendance: list[Row]) -> Figures:
    """Count everybody present once."""
    once = {(row["organisation"], row["name"]): row for row in attendance}
    return _count(once.values(), [Breakdown.ROLE, Breakdown.COUNTRY])


def _served(beneficiaries: list[Row]) -> Figures:
    """Count beneficiaries, each once but in every type they belong to."""
    figure = _count(beneficiaries, [Breakdown.REGION, Breakdown.SEX, Breakdown.AGE])
    types = [{"beneficiary_type": one} for row in beneficiaries for one in row["types"] or [UNKNOWN]]
    figure["by"][Breakdown.BENEFICIARY_TYPE] = _tally(types, Breakdown.BENEFICIARY_TYPE)
    return figure


def _in_use(answers: list[Row]) -> Figures:
    """Return the share of engagements whose result is in use; the institution's answer, which comes last, decides."""
    said = {row["engagement_id"]: row["still_in_use"] for row in answers}
    used = sum(answer in (StillInUse.YES, StillInUse.PARTLY) for answer in said.values())
    share = round(100 * used / len(said), 1) if said else None
    return _figure(share, len(said)) | {"part": used}


def _median_days(found: list[Row], since: str, until: str) -> float | None:
    """Return the median days between two moments of those rows that have both, None without any."""
    spans = [(row[until] - row[since]).total_seconds() / 86400 for row in found if row[since] and row[until]]
    return round(max(0.0, median(spans)), 1) if spans else None


_MOMENTS = {
    FunnelStep.POSTED: "published_at",
    FunnelStep.CONTACT: "contact",
    FunnelStep.MATCH: "match",
    FunnelStep.BEGUN: "begun",
    FunnelStep.COMPLETED: "completed",
}


def funnel(needs: list[Row], period: Period) -> list[Figures]:
    """Return how many of the needs came to each step by the end of the period, and the median days from the last."""
    steps: list[Figures] = []
    left, before = needs, ""
    for step, moment in _MOMENTS.items():
        left = [need for need in left if need[moment] and need[moment] < period.ends]
        days = _median_days(left, before, moment) if before else None
        steps.append({"step": step, "value": len(left), "days": days})
        before = moment
    return steps
