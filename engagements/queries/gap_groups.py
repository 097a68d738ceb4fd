"""What is asked for, offered and passed on by country and by language: the skills-gap board seen from farther away."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F
from django.utils import timezone
from django_countries import countries as names_of_countries

from engagements.models import NeedLanguage
from engagements.queries.counted_rows import Period, Row, Scope, sessions
from engagements.queries.gaps import GapFilters, asked_for, origins_of, skill_filter
from engagements.states import HoursState
from mentors.models import Posting, ProfileLanguage
from mentors.states import WorkingLanguage


@dataclass(frozen=True)
class Group:
    """One country or language. ``asked`` places of open needs, ``offered`` free experts, ``passed_on`` institutions."""

    label: str
    asked: int
    offered: int
    passed_on: int

    @property
    def short(self) -> int:
        """Return how many people are missing; below 0 there are more than are asked for."""
        return self.asked - self.offered


def gap_groups(countries: Collection[str], filters: GapFilters) -> tuple[list[Group], list[Group]]:
    """Return the same by country and by language, where most people are missing first, and what is not asked for last.

    A need with two languages counts for both, and so does whoever speaks two or is tied to two countries; within one
    country or language everybody counts once. Confirmed hours are those of the past year, with any skill.
    Queries: 5, and up to 4 twice for a skill in words.
    """
    if filters.country:
        countries = {filters.country} & set(countries)
    today = timezone.localdate()
    rows = asked_for(countries, filters, timezone.now()).order_by().distinct()
    places = F("content_object__places") - F("content_object__places_taken")
    needs = list(rows.values_list("content_object", "content_object__organisation__country", places))
    year = Period(today - timedelta(days=365), today)
    done = [row for row in sessions(Scope(frozenset(countries)), year) if row["state"] == HoursState.CONFIRMED]
    spoken = _languages({need for need, _country, _places in needs} | {row["need"] for row in done})

    free = Posting.objects.filter(
        skill_filter(filters, "skill"), origin__in=origins_of(countries), expert__user__is_active=True
    )
    by_origin = dict(free.order_by().values_list("origin").annotate(people=Count("expert", distinct=True)))
    speakers = ProfileLanguage.objects.filter(profile__in=free.values("expert"))
    by_language = dict(speakers.order_by().values_list("language").annotate(people=Count("profile", distinct=True)))

    asked_in: Counter[str] = Counter()
    asked_through: Counter[str] = Counter()
    for need, country, number in needs:
        asked_in[country] += number
        asked_through.update(dict.fromkeys(spoken[need], number))
    offered_in = {code: by_origin.get(int(names_of_countries.numeric(code) or 0), 0) for code in countries}
    return (
        _groups(
            {code: names_of_countries.name(code) for code in countries},
            asked_in,
            offered_in,
            _institutions((row, [row["country"]]) for row in done),
        ),
        _groups(
            {code: str(label) for code, label in WorkingLanguage.choices},
            asked_through,
            by_language,
            _institutions((row, spoken[row["need"]]) for row in done),
        ),
    )


def _languages(needs: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for need, language in NeedLanguage.objects.filter(need__in=needs).values_list("need", "language"):
        found[need].append(language)
    return found


def _institutions(rows: Iterable[tuple[Row, Collection[str]]]) -> Counter[str]:
    pairs = {(code, row["organisation"]) for row, codes in rows for code in codes}
    return Counter(code for code, _organisation in pairs)


def _groups(
    labels: dict[str, str], asked: Counter[str], offered: dict[str, int], passed_on: Counter[str]
) -> list[Group]:
    """Return what is asked for, offered or passed on at all; what nobody asks for stands last."""
    groups = [Group(labels[code], asked[code], offered.get(code, 0), passed_on[code]) for code in labels]
    told = [group for group in groups if group.asked or group.offered or group.passed_on]
    return sorted(told, key=lambda group: (not group.asked, -group.short, group.label))
