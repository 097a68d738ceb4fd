"""Which skills are asked for, offered and passed on in some countries, and where there are too few people."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils import timezone
from django_countries import countries as names_of_countries

from engagements.models import Need, NeedSkill, NeedTerm
from engagements.payloads.quarters import first_of_quarter
from engagements.queries.counted_rows import Period, Scope, sessions, skills_worked_on
from engagements.states import OPEN_NEED_STATES, HoursState, SkillStrength
from mentors.models import Posting
from mentors.queries.families import families_of
from mentors.queries.relations import family_of
from mentors.queries.skills import search_skills, skill_labels

MOST_SKILLS = 60
QUARTERS = 4
# Languages and transferable skills are asked for beside what a need is about.
COUNTED_KINDS = ("skill", "knowledge", "occupation")


@dataclass(frozen=True)
class GapFilters:
    """What to look at: one country of the remit or all, a skill in words with all narrower, needs open for ``days``.

    ``language`` is one the need may be worked in, ``only_short`` leaves out what has enough people.
    """

    country: str = ""
    skill: str = ""
    language: str = ""
    days: int = 0
    only_short: bool = False


@dataclass(frozen=True)
class Gap:
    """One skill. ``asked`` places are open and ``offered`` experts free for them; ``nearby`` have a related skill only.

    ``family`` is the topmost concept above it, if any. ``passed_on`` institutions have confirmed hours with it in the
    past year; ``by_quarter`` are the needs opened that asked for it, the oldest quarter first; ``need`` is the
    reference of the need that has waited longest.
    """

    skill_id: int
    label: str
    family: str
    asked: int
    needs: int
    offered: int
    nearby: int
    passed_on: int
    oldest_days: int
    need: str
    by_quarter: tuple[int, ...]

    @property
    def short(self) -> int:
        """Return how many people are missing; below 0 there are more than are asked for."""
        return self.asked - self.offered


def skill_gaps(countries: Collection[str], filters: GapFilters, *, language: str) -> list[Gap]:
    """Return the skills that open needs of ``countries`` must have, where most people are missing first.

    At most 60. Only experts who may be matched now are offered: published, with a free place, tied to a country. A
    person counts once for each skill. Queries: 11, 2 more where hours were
    confirmed, and up to 4 for a skill in words.
    """
    if filters.country:
        countries = {filters.country} & set(countries)
    now = timezone.now()
    wanted: list[dict[str, Any]] = _rows(
        asked_for(countries, filters, now)
        .values("tag")
        .annotate(
            asked=Sum(F("content_object__places") - F("content_object__places_taken")),
            needs=Count("content_object"),
            since=Min("content_object__published_at"),
        )
        .order_by("-asked", "tag")[: MOST_SKILLS * 5]
    )
    skills = [row["tag"] for row in wanted]
    offered = _offered(skills, countries)
    wanted.sort(key=lambda row: (offered[row["tag"]] - row["asked"], row["since"], row["tag"]))
    if filters.only_short:
        wanted = [row for row in wanted if row["asked"] > offered[row["tag"]]]
    wanted = wanted[:MOST_SKILLS]
    return _told(wanted, countries, filters, offered, now, language)


def _rows(found: Iterable[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in found]


def asked_for(countries: Collection[str], filters: GapFilters, now: datetime) -> QuerySet[NeedSkill]:
    """Return the skills that open needs of ``countries`` must have, row by row. Queries: up to 4 for words."""
    found = NeedSkill.objects.filter(
        content_object__organisation__country__in=sorted(countries),
        content_object__state__in=sorted(OPEN_NEED_STATES),
        strength=SkillStrength.REQUIRED,
        tag__kind__in=COUNTED_KINDS,
    )
    if filters.days:
        found = found.filter(content_object__published_at__lte=now - timedelta(days=filters.days))
    if filters.language:
        found = found.filter(content_object__in=Need.objects.filter(languages__language=filters.language).values("pk"))
    return found.filter(skill_filter(filters, "tag"))


def skill_filter(filters: GapFilters, field: str) -> Q:
    """Return the condition that ``field`` is the skill that is looked for, or one narrower. Queries: up to 4."""
    if not filters.skill:
        return Q()
    hits = search_skills(filters.skill, language="en", limit=5)
    return Q(**{f"{field}__in": family_of([hit.skill_id for hit in hits])})


@dataclass(frozen=True)
class Supply:
    """How many places open needs ask for with a skill today, and how many experts are free for them."""

    asked: int
    offered: int


def supply_of(skills: Collection[int], countries: Collection[str]) -> dict[int, Supply]:
    """Return for each skill what is asked and offered in ``countries`` today. Queries: 2."""
    rows = asked_for(countries, GapFilters(), timezone.now()).filter(tag__in=skills)
    places = F("content_object__places") - F("content_object__places_taken")
    asked = dict(rows.order_by().values("tag").annotate(asked=Sum(places)).values_list("tag", "asked"))
    offered = _offered(skills, countries)
    return {skill: Supply(asked.get(skill, 0), offered[skill]) for skill in skills}


def widest_gaps(scope: Scope, most: int) -> list[tuple[int, Supply]]:
    """Return (skill, places and people) where most people are missing today, for countries or a programme. Queries: 2.

    Only skills with fewer free experts than places; nothing where all countries are looked at.
    """
    if scope.countries is None:
        return []
    places = F("content_object__places") - F("content_object__places_taken")
    rows = asked_for(scope.countries, GapFilters(), timezone.now()).filter(scope.of_need("content_object__"))
    asked = dict(rows.order_by().values("tag").annotate(asked=Sum(places)).values_list("tag", "asked"))
    offered = _offered(asked, scope.countries)
    found = [(skill, Supply(number, offered[skill])) for skill, number in asked.items() if number > offered[skill]]
    return sorted(found, key=lambda one: (one[1].offered - one[1].asked, one[0]))[:most]


def origins_of(countries: Collection[str]) -> list[int]:
    """Return the numeric codes (ISO 3166-1) of countries, as postings keep them."""
    numbers = (names_of_countries.numeric(code) for code in sorted(countries))
    return [number for number in numbers if number is not None]


def _offered(skills: Collection[int], countries: Collection[str]) -> Counter[int]:
    rows = (
        Posting.objects.filter(skill__in=skills, origin__in=origins_of(countries), expert__user__is_active=True)
        .values("skill")
        .annotate(people=Count("expert", distinct=True))
        .order_by()
    )
    return Counter({row["skill"]: row["people"] for row in rows})


def _nearby(skills: Collection[int], countries: Collection[str]) -> Counter[int]:
    """Count the experts who have only a skill related to one that is asked for."""
    itself = NeedTerm.objects.filter(skill__in=skills, relation="").values_list("need", "slot", "skill")
    slots = {(need, slot): skill for need, slot, skill in itself}
    related: dict[int, set[int]] = defaultdict(set)
    terms = NeedTerm.objects.filter(need__in={need for need, _slot in slots}).exclude(relation="")
    for need, slot, other in terms.values_list("need", "slot", "skill"):
        if skill := slots.get((need, slot)):
            related[skill].add(other)
    everything = set(skills).union(*related.values())
    found = Posting.objects.filter(skill__in=everything, origin__in=origins_of(countries), expert__user__is_active=True)
    people: dict[int, set[int]] = defaultdict(set)
    for skill, expert in found.values_list("skill", "expert").distinct():
        people[skill].add(expert)
    return Counter(
        {skill: len(set().union(*(people[other] for other in related[skill])) - people[skill]) for skill in skills}
    )


def _told(
    wanted: list[dict[str, Any]],
    countries: Collection[str],
    filters: GapFilters,
    offered: Counter[int],
    now: datetime,
    language: str,
) -> list[Gap]:
    skills = [row["tag"] for row in wanted]
    labels = skill_labels(skills, language)
    families = families_of(skills)
    names = skill_labels(sorted(set(families.values())), language)
    nearby = _nearby(skills, countries)
    passed_on = _passed_on(countries, now.date())
    trend = _by_quarter(skills, countries, now.date())
    oldest = dict(
        asked_for(countries, filters, now)
        .filter(tag__in=skills)
        .order_by("tag", "content_object__published_at")
        .distinct("tag")
        .values_list("tag", "content_object__reference")
    )
    return [
        Gap(
            skill_id=row["tag"],
            label=labels[row["tag"]],
            family=names.get(families.get(row["tag"], 0), ""),
            asked=row["asked"],
            needs=row["needs"],
            offered=offered[row["tag"]],
            nearby=nearby[row["tag"]],
            passed_on=passed_on[row["tag"]],
            oldest_days=(now - row["since"]).days if row["since"] else 0,
            need=oldest.get(row["tag"], ""),
            by_quarter=trend[row["tag"]],
        )
        for row in wanted
    ]


def _passed_on(countries: Collection[str], today: date) -> Counter[int]:
    scope = Scope(frozenset(countries))
    year = sessions(scope, Period(today - timedelta(days=365), today))
    confirmed = [row for row in year if row["state"] == HoursState.CONFIRMED]
    return Counter(skill for _organisation, skill in skills_worked_on(confirmed))


def _by_quarter(skills: Iterable[int], countries: Collection[str], today: date) -> dict[int, tuple[int, ...]]:
    starts = [first_of_quarter(today, back=back) for back in range(QUARTERS - 1, -1, -1)]
    begins = [*starts, first_of_quarter(today, back=-1)]
    counts = {
        f"q{number}": Count(
            "pk",
            filter=Q(
                content_object__published_at__date__gte=begins[number],
                content_object__published_at__date__lt=begins[number + 1],
            ),
        )
        for number in range(QUARTERS)
    }
    rows = (
        NeedSkill.objects.filter(
            tag__in=list(skills), content_object__organisation__country__in=sorted(countries), strength="required"
        )
        .values("tag")
        .annotate(**counts)
        .order_by()
    )
    empty = (0,) * QUARTERS
    found = {row["tag"]: tuple(row[f"q{number}"] for number in range(QUARTERS)) for row in rows}
    return defaultdict(lambda: empty, found)
