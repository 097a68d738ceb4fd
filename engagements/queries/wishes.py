"""Turn needs into what the recommender scores."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import lru_cache
from math import ceil
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

from diaspora_net.accounts.queries.organisations import working_week
from diaspora_net.core import statements
from engagements.models import Need
from engagements.queries.wanted import wanted_by_need
from mentors.queries.candidates import LocalHours, numeric_country, weekly_hours
from mentors.recommender.types import Facet, LanguageWanted, Modality, Relation, RelationKind, Strength, Wanted, Wish

# A need without dates is spread over this many months when its hours a month are compared with what an expert gives.
USUAL_MONTHS = 3
DAYS_OF_MONTH = 30
FACETS = {facet.value: facet for facet in Facet}
STRENGTHS = {strength.value: strength for strength in Strength}
NEEDS = """
SELECT need.id, need.modality, need.kind, need.hours, need.starts_on, need.closes_on,
    coalesce(need.published_at, need.created_at) AS opened_at, organisation.country, organisation.time_zone,
    ARRAY(SELECT language::text FROM engagements_needlanguage WHERE need_id = need.id ORDER BY id),
    ARRAY(SELECT level FROM engagements_needlanguage WHERE need_id = need.id ORDER BY id)
FROM engagements_need need JOIN accounts_organisation organisation ON organisation.id = need.organisation_id
WHERE need.id = ANY(%(needs)s::bigint[])
"""
TERMS = """
SELECT need_id, slot, skill_id, relation, relatedness, strength, level, facet, rarity FROM engagements_needterm
WHERE need_id = ANY(%(needs)s::bigint[]) AND rarity IS NOT NULL
    AND (%(every)s::boolean OR relation = '' OR skill_id = ANY(%(skills)s::bigint[]))
ORDER BY need_id, slot
"""


class NeedRow(NamedTuple):
    """What a need says besides its skills."""

    pk: int
    modality: str
    kind: str
    hours: int
    starts_on: date | None
    closes_on: date | None
    opened_at: datetime
    country: str
    time_zone: str
    languages: list[str]
    levels: list[int]


def wishes(need_ids: Iterable[int], *, of_skills: Collection[int] | None = None) -> dict[int, Wish]:
    """Return what each of these needs asks for, as the recommender takes it.

    ``of_skills`` leaves out related skills that are not among them, which is enough to score somebody who has no
    others. What is wanted comes from the terms; for needs without any (drafts, closed ones) it is worked out.

    Queries: 2, and those of ``wanted_by_need`` when a need has no terms, whatever the number of needs.
    """
    needs = [NeedRow(*row) for row in statements.rows(NEEDS, {"needs": need_ids})]
    wanted = _stored([need.pk for need in needs], of_skills)
    if others := [need.pk for need in needs if need.pk not in wanted]:
        wanted |= wanted_by_need(others)
    now = timezone.now()
    return {need.pk: _wish(need, wanted[need.pk], now) for need in needs}


def wish_of(need: Need) -> Wish:
    """Return what one need asks for. Queries: as ``wishes``."""
    return wishes([need.pk])[need.pk]


def wish_skills(wish: Wish) -> set[int]:
    """Return the skills that ``wish`` wants or relates to: all that matters of an expert's."""
    return {wanted.skill for wanted in wish.wanted}.union(*(wanted.related for wanted in wish.wanted))


def _stored(needs: Collection[int], of_skills: Collection[int] | None) -> dict[int, tuple[Wanted, ...]]:
    """Return what the terms say is wanted, by need."""
    params: statements.Params = {"needs": needs, "every": of_skills is None, "skills": of_skills or ()}
    slots: dict[int, dict[int, Wanted]] = {}
    related: dict[tuple[int, int], dict[int, Relation]] = defaultdict(dict)
    for need, slot, skill, relation, hundredths, strength, level, facet, rarity in statements.rows(TERMS, params):
        others = related[need, slot]
        if relation:
            others[skill] = _relation(skill, hundredths, relation)
        else:
            wanted = Wanted(slot, skill, FACETS[facet], STRENGTHS[strength], level, rarity, others)
            slots.setdefault(need, {})[slot] = wanted
    return {need: tuple(found.values()) for need, found in slots.items()}


@lru_cache(maxsize=100_000)
def _relation(skill: int, hundredths: int, kind: str) -> Relation:
    """Return the relation that a term stands for; the same for every need, so made once."""
    return Relation(skill, hundredths / 100, RelationKind(kind))


def _wish(need: NeedRow, wanted: tuple[Wanted, ...], now: datetime) -> Wish:
    week = (LocalHours(*hours) for hours in working_week(need.country))
    languages = zip(need.languages, need.levels, strict=True)
    return Wish(
        wanted=wanted,
        languages=tuple(LanguageWanted(code, level) for code, level in languages),
        modality=Modality(need.modality),
        kind=need.kind,
        hours_per_month=_hours_per_month(need),
        origin=numeric_country(need.country),
        weekly_hours=weekly_hours(week, ZoneInfo(need.time_zone), now),
    )


def _hours_per_month(need: NeedRow) -> int:
    if need.closes_on is None:
        return ceil(need.hours / USUAL_MONTHS)
    begins = need.starts_on or need.opened_at.date()
    return ceil(need.hours / max(1.0, (need.closes_on - begins).days / DAYS_OF_MONTH))
