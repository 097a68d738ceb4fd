"""Read what is foreseen: of one's institutions and countries, by quarter, and what the sweep reminds of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.people import remit_countries, speaking_organisations
from diaspora_net.accounts.states import TRUSTED_STATES
from diaspora_net.core.references import first_or_404
from engagements.models import ForeseenNeed
from engagements.payloads.quarters import quarters_from
from engagements.queries.gaps import GapFilters, Supply, skill_filter, supply_of
from engagements.states.anticipation import QUARTERS_AHEAD, REMIND_BEFORE, Certainty, ForeseenState
from mentors.queries.skills import skill_labels

MOST_ROWS = 40


def visible_foreseen(viewer: User) -> QuerySet[ForeseenNeed]:
    """Return what the viewer's institutions and remit foresee, with institution, skill and need. Queries: 1 when
    evaluated, and 1 for the remit.
    """
    own = Q(organisation__in=speaking_organisations(viewer).values("pk"))
    rows = ForeseenNeed.objects.filter(own | Q(country__in=sorted(remit_countries(viewer))))
    return rows.select_related("organisation", "skill", "need", "noted_by")


def get_foreseen(viewer: User, reference: str) -> ForeseenNeed:
    """Return a foreseen need of the viewer's institutions or countries. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(visible_foreseen(viewer).filter(reference=reference))


@dataclass(frozen=True)
class Places:
    """For whom a person may note what is foreseen: ``organisations`` they speak for or that lie in their remit, and
    the ``countries`` they coordinate (ISO 3166-1 alpha-2).
    """

    organisations: list[Organisation]
    countries: list[str]


def places_to_foresee(viewer: User) -> Places:
    """Return for whom the viewer may note it. Raises Http404 when for nobody. Queries: 2."""
    remit = sorted(remit_countries(viewer))
    own = speaking_organisations(viewer).order_by().values("pk")
    found = Organisation.objects.filter(Q(pk__in=own) | Q(country__in=remit), state__in=sorted(TRUSTED_STATES))
    organisations = list(found.order_by("name", "pk"))
    if not organisations and not remit:
        raise Http404
    return Places(organisations, remit)


def foreseen_of(organisation: Organisation, language: str) -> list[tuple[ForeseenNeed, str]]:
    """Return what an institution foresees still, the next quarter first, each with the skill's name. Queries: 2."""
    rows = ForeseenNeed.objects.filter(organisation=organisation, state=ForeseenState.OPEN)
    found = list(rows.order_by("starts_on", "pk"))
    labels = skill_labels([row.skill_id for row in found], language) if found else {}
    return [(row, labels[row.skill_id]) for row in found]


@dataclass(frozen=True)
class ForeseenRow:
    """One skill over the quarters: ``people`` and how many of them are ``certain``, by quarter; ``notes`` behind it.

    ``supply`` says how many places are asked for today and how many experts are free.
    """

    skill_id: int
    label: str
    people: tuple[int, ...]
    certain: tuple[int, ...]
    supply: Supply
    notes: tuple[ForeseenNeed, ...]

    @property
    def total(self) -> int:
        """Return how many people are foreseen in all quarters."""
        return sum(self.people)

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Return people and certain ones, quarter by quarter."""
        return list(zip(self.people, self.certain, strict=True))


@dataclass(frozen=True)
class Timeline:
    """What is foreseen, by quarter: the first days of the ``quarters``, and a row for each skill, the most first."""

    quarters: list[date]
    rows: list[ForeseenRow]

    def totals(self, certainty: str = "") -> list[int]:
        """Return how many people are foreseen in each quarter, in all or of one certainty."""
        counts = dict.fromkeys(self.quarters, 0)
        for row in self.rows:
            for note in row.notes:
                if not certainty or note.certainty == certainty:
                    counts[note.starts_on] += note.people
        return list(counts.values())


def timeline(countries: Collection[str], filters: GapFilters, *, language: str) -> Timeline:
    """Return what is foreseen in ``countries`` from this quarter on, beside what is asked and offered today.

    At most 40 skills. Queries: 4, 1 less when nothing is foreseen, and up to 4 more for a skill in words.
    """
    if filters.country:
        countries = {filters.country} & set(countries)
    quarters = quarters_from(timezone.localdate(), QUARTERS_AHEAD)
    rows = ForeseenNeed.objects.filter(
        skill_filter(filters, "skill"),
        country__in=sorted(countries),
        state=ForeseenState.OPEN,
        starts_on__in=quarters,
    ).select_related("organisation")
    by_skill: dict[int, list[ForeseenNeed]] = {}
    for row in rows.order_by("starts_on", "pk"):
        by_skill.setdefault(row.skill_id, []).append(row)
    if not by_skill:
        return Timeline(quarters, [])
    most = sorted(by_skill, key=lambda skill: (-sum(note.people for note in by_skill[skill]), skill))[:MOST_ROWS]
    labels, supply = skill_labels(most, language), supply_of(most, countries)
    found = [_row(skill, by_skill[skill], quarters, labels[skill], supply) for skill in most]
    return Timeline(quarters, found)


def _row(
    skill: int, notes: list[ForeseenNeed], quarters: list[date], label: str, supply: Mapping[int, Supply]
) -> ForeseenRow:
    people, certain = dict.fromkeys(quarters, 0), dict.fromkeys(quarters, 0)
    for note in notes:
        people[note.starts_on] += note.people
        certain[note.starts_on] += note.people if note.certainty == Certainty.CERTAIN else 0
    return ForeseenRow(skill, label, tuple(people.values()), tuple(certain.values()), supply[skill], tuple(notes))


def due_foreseen() -> QuerySet[ForeseenNeed]:
    """Return what is to be reminded of now: its quarter begins within four weeks, or has begun, and nobody was told.

    What was noted within the last day is left for the next: whoever did knows.
    """
    now = timezone.now()
    quarter = quarters_from(timezone.localdate(), 1)[0]
    return ForeseenNeed.objects.filter(
        state=ForeseenState.OPEN,
        reminded_at__isnull=True,
        starts_on__gte=quarter,
        starts_on__lte=now.date() + REMIND_BEFORE,
        noted_at__lt=now - timedelta(days=1),
    ).order_by("starts_on", "pk")
