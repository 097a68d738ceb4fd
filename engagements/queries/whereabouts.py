"""Where the experts of some countries of origin live, and in which skill families."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from diaspora_net.core.suppression import K_EXACT, Dim, Key, suppress
from engagements.models import ClosedPeriod
from engagements.payloads.numbers import Number
from engagements.payloads.published import PublishedFigures, publish
from engagements.payloads.published_where import by_region
from engagements.queries.indicators import UNKNOWN
from engagements.states.donor_reports import LEAST_PEOPLE, Readers
from mentors.models import ExpertProfile, RecognitionClaim
from mentors.queries.families import concept_names, main_families
from mentors.queries.profiles import visible_profiles
from mentors.queries.relations import family_of
from mentors.queries.skills import search_skills
from mentors.states import ClaimState, ProfileState

HERE_STATES = (ProfileState.PUBLISHED, ProfileState.PAUSED)


@dataclass(frozen=True)
class MapFilters:
    """What the map's address asks for; empty means everything.

    ``country`` is one of origin; ``residence`` where the people of the list live, which the numbers do not ask;
    ``family`` the slug of the skill family in which most of their skills lie, ``skill`` a skill in words with all
    narrower, ``recognised`` that a coordinator confirmed that somebody recognised a skill of theirs.
    """

    country: str = ""
    residence: str = ""
    family: str = ""
    skill: str = ""
    language: str = ""
    recognised: bool = False


@dataclass(frozen=True)
class Whereabouts:
    """Who lives where: ``numbers`` by country and region, ``cells`` by country and family, ``names`` of the families.

    ``people`` are the profiles that were counted, by name; ``family_of`` says in which family each is.
    """

    numbers: Mapping[str, Number]
    cells: Mapping[Key, Number]
    names: Mapping[str, Mapping[str, str]]
    people: QuerySet[ExpertProfile]
    family_of: Mapping[int, str]


def whereabouts(viewer: User, countries: Collection[str], filters: MapFilters) -> Whereabouts:
    """Return where the experts tied to ``countries`` live, every number exact: for their coordinators only.

    Experts who are published or paused count, each once. Queries: 5, up to 4 more for a skill in words, and those of
    ``people`` when it is read.
    """
    found = _experts(viewer, countries, filters)
    homes = dict(found.values_list("pk", "residence"))
    main = main_families(homes)
    named = concept_names(set(main.values()))
    families = {expert: named[main[expert]][0] if expert in main else UNKNOWN for expert in homes}
    if filters.family:
        homes = {expert: home for expert, home in homes.items() if families[expert] == filters.family}
    table = Counter((home or UNKNOWN, families[expert]) for expert, home in homes.items())
    dims = [by_region("home", {key[0] for key in table}), Dim("family", tuple(sorted({key[1] for key in table})))]
    told = suppress(table, K_EXACT, dims).values if table else {}
    cells = {key: Number(value) for key, value in told.items()}
    numbers = {row: number for (row, column), number in cells.items() if row and not column}
    people = found.filter(pk__in=homes).select_related("user").prefetch_related("languages")
    if filters.residence:
        people = people.filter(residence="" if filters.residence == UNKNOWN else filters.residence)
    return Whereabouts(numbers, cells, dict(named.values()), people.order_by("user__full_name", "pk"), families)


def _experts(viewer: User, countries: Collection[str], filters: MapFilters) -> QuerySet[ExpertProfile]:
    if filters.country:
        countries = {filters.country} & set(countries)
    tied = ExpertProfile.objects.filter(origins__country__in=sorted(countries)).values("pk")
    found = visible_profiles(viewer).filter(pk__in=tied, state__in=HERE_STATES)
    if filters.language:
        found = found.filter(languages__language=filters.language)
    if filters.recognised:
        confirmed = RecognitionClaim.objects.filter(state=ClaimState.CONFIRMED).values("profile")
        found = found.filter(pk__in=confirmed)
    if filters.skill:
        hits = search_skills(filters.skill, language="en", limit=5)
        skilled = ExpertProfile.objects.filter(skill_items__tag__in=family_of([hit.skill_id for hit in hits]))
        found = found.filter(pk__in=skilled.values("pk"))
    return found


def mapped_countries() -> list[str]:
    """Return the countries of origin of which a closed period tells where experts live. Queries: 1."""
    found = ClosedPeriod.objects.filter(programme=None, figures__indicators__has_key="experts_findable")
    return sorted({str(country) for country in found.order_by().values_list("country", flat=True)})


def public_map(country: str) -> tuple[ClosedPeriod, PublishedFigures]:
    """Return the last closed period of a country of origin, with what everybody may know of it.

    Raises Http404 when there is none. Queries: 1.
    """
    found = ClosedPeriod.objects.filter(
        programme=None, country=country, figures__indicators__has_key="experts_findable"
    )
    period = first_or_404(found.order_by("-ends_on"))
    return period, publish(period.figures, LEAST_PEOPLE[Readers.PUBLIC])
