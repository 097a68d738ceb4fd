"""Read rounds about missing skills: their answers, what comes out of them, and what the sweep does next."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django_countries import countries as names_of_countries

from diaspora_net.accounts.models import Organisation, Remit, User
from diaspora_net.accounts.queries.people import remit_countries, speaking_organisations
from diaspora_net.accounts.states import TRUSTED_STATES
from diaspora_net.core.references import first_or_404
from engagements.models import NeedSkill, SkillLack, SkillsAnswer, SkillsRound
from engagements.queries.gaps import COUNTED_KINDS, GapFilters, skill_filter
from engagements.states import OPEN_NEED_STATES, SkillStrength
from engagements.states.anticipation import UNANSWERED, AnswerState, LackWhen
from mentors.queries.skills import skill_labels
from messaging.models import Notification

# What is offered to tick; more makes the form long on a phone.
MOST_SUGGESTED = 6


@dataclass(frozen=True)
class RoundRow:
    """A round with how many institutions were asked and have answered."""

    round: SkillsRound
    asked: int
    answered: int

    @property
    def is_open(self) -> bool:
        """Say whether it takes answers."""
        return self.round.closed_at is None

    @property
    def share(self) -> float | None:
        """Return the share of the asked that have answered; None when nobody was asked."""
        return self.answered / self.asked if self.asked else None


def rounds_of(countries: Collection[str], *, limit: int = 40) -> list[RoundRow]:
    """Return the rounds of some countries, the newest first. Queries: 1."""
    rows = SkillsRound.objects.filter(country__in=sorted(countries)).select_related("opened_by")
    counted = rows.annotate(
        asked=Count("answers"), answered=Count("answers", filter=Q(answers__state=AnswerState.ANSWERED))
    )
    found: list[Any] = list(counted.order_by("-half", "country")[:limit])
    return [RoundRow(row, row.asked, row.answered) for row in found]


def get_round(viewer: User, reference: str) -> RoundRow:
    """Return a round of the viewer's remit with its counts. Raises Http404 otherwise. Queries: 2."""
    found = [row for row in rounds_of(remit_countries(viewer), limit=1000) if row.round.reference == reference]
    if not found:
        raise Http404
    return found[0]


def answers_of(opened: SkillsRound) -> list[SkillsAnswer]:
    """Return whom a round asks with what they said, those that have not answered first. Queries: 1."""
    rows = opened.answers.select_related("organisation").annotate(named=Count("lacks"))
    return list(rows.order_by(F("answered_at").asc(nulls_first=True), "organisation__name", "pk"))


@dataclass(frozen=True)
class LackRow:
    """One skill in one country: ``institutions`` that will lack it and how many ``people``, ``now`` already, and both
    figures of the country's round before; None when there was none.
    """

    skill_id: int
    label: str
    country: str
    institutions: int
    people: int
    now: int
    institutions_before: int | None
    people_before: int | None

    @property
    def country_name(self) -> str:
        """Return the country's name in the active language."""
        return str(names_of_countries.name(self.country))

    @property
    def fewer(self) -> int:
        """Return how many people fewer than in the round before; 0 when there are more."""
        return max(0, -(self.change or 0))

    @property
    def change(self) -> int | None:
        """Return how many people more, or fewer below 0, than in the round before."""
        return None if self.people_before is None else self.people - self.people_before


@dataclass(frozen=True)
class Results:
    """What came of the newest round of each country: the rounds, those before, and a row for each skill and country."""

    rounds: list[RoundRow]
    before: dict[str, RoundRow]
    rows: list[LackRow]


def results_of(countries: Collection[str], filters: GapFilters, *, language: str, limit: int = 60) -> Results:
    """Return what institutions will lack by skill and country, the most people first, beside the round before.

    Queries: 3, and up to 4 more for a skill in words.
    """
    if filters.country:
        countries = {filters.country} & set(countries)
    newest, before = _newest_two(rounds_of(countries, limit=200))
    return _results(newest, before, filters, language, limit)


def results_of_round(row: RoundRow, *, language: str) -> Results:
    """Return what came of one round, beside the one before it in its country. Queries: 3."""
    country = row.round.country.code
    earlier = [one for one in rounds_of([country], limit=200) if one.round.half < row.round.half]
    return _results([row], {country: earlier[0]} if earlier else {}, GapFilters(), language, 200)


def _newest_two(rows: Iterable[RoundRow]) -> tuple[list[RoundRow], dict[str, RoundRow]]:
    newest: dict[str, RoundRow] = {}
    before: dict[str, RoundRow] = {}
    for row in rows:
        country = row.round.country.code
        if country not in newest:
            newest[country] = row
        else:
            before.setdefault(country, row)
    return list(newest.values()), before


def _results(
    newest: list[RoundRow], before: dict[str, RoundRow], filters: GapFilters, language: str, limit: int
) -> Results:
    rounds = [row.round.pk for row in (*newest, *before.values())]
    lacks = SkillLack.objects.filter(
        skill_filter(filters, "skill"), answer__round__in=rounds, answer__state=AnswerState.ANSWERED
    )
    said: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for opened, skill, people, when in lacks.values_list("answer__round", "skill", "people", "when"):
        said[opened, skill].append((people, when))
    labels = skill_labels({skill for _opened, skill in said}, language) if said else {}
    rows = []
    for row in newest:
        code = row.round.country.code
        earlier = before.get(code)
        for opened, skill in said:
            if opened == row.round.pk:
                past = said.get((earlier.round.pk, skill), []) if earlier else None
                rows.append(_lack(skill, labels[skill], code, said[opened, skill], past))
    rows.sort(key=lambda lack: (-lack.people, -lack.institutions, lack.label, lack.country))
    return Results(newest, before, rows[:limit])


def _lack(
    skill: int, label: str, country: str, said: list[tuple[int, str]], past: list[tuple[int, str]] | None
) -> LackRow:
    return LackRow(
        skill_id=skill,
        label=label,
        country=country,
        institutions=len(said),
        people=sum(people for people, _when in said),
        now=sum(people for people, when in said if when == LackWhen.NOW),
        institutions_before=None if past is None else len(past),
        people_before=None if past is None else sum(people for people, _when in past),
    )


def answers_to_give(viewer: User) -> QuerySet[SkillsAnswer]:
    """Return the answers that open rounds wait for, of institutions the viewer speaks for."""
    rows = SkillsAnswer.objects.filter(
        organisation__in=speaking_organisations(viewer).order_by().values("pk"),
        organisation__state__in=sorted(TRUSTED_STATES),
        round__closed_at__isnull=True,
        state__in=sorted(UNANSWERED),
    )
    return rows.select_related("round")


def own_answer(viewer: User, reference: str) -> tuple[Organisation, SkillsAnswer | None]:
    """Return an institution the viewer speaks for with its row in the round that is open; None when it is not asked.

    Raises Http404 for another institution. Queries: 2.
    """
    organisation = first_or_404(speaking_organisations(viewer).filter(reference=reference))
    return organisation, open_answer(organisation)


def open_answer(organisation: Organisation) -> SkillsAnswer | None:
    """Return the row of a verified institution in the open round of its country. Queries: 1."""
    rows = SkillsAnswer.objects.filter(
        organisation=organisation,
        organisation__state__in=sorted(TRUSTED_STATES),
        round__closed_at__isnull=True,
    ).exclude(state=AnswerState.CLOSED)
    return rows.select_related("round", "organisation").first()


def suggested_skills(organisation: Organisation, language: str, *, is_own: bool) -> list[tuple[int, str]]:
    """Return skills an institution may lack, with their names: what its own needs asked for last, when ``is_own``, then
    what is asked for most in its country. At most six. Queries: 2 or 3.
    """
    asked = NeedSkill.objects.filter(
        strength=SkillStrength.REQUIRED, tag__kind__in=COUNTED_KINDS, tag__status="accepted"
    ).exclude(content_object__is_pathway=True)
    own = asked.filter(content_object__organisation=organisation).order_by("-content_object__created_at", "position")
    found = list(dict.fromkeys(own.values_list("tag", flat=True)[:40])) if is_own else []
    others = asked.filter(
        content_object__organisation__country=organisation.country.code,
        content_object__state__in=sorted(OPEN_NEED_STATES),
    )
    common = others.order_by().values("tag").annotate(count=Count("pk")).order_by("-count", "tag")[:MOST_SUGGESTED]
    chosen = list(dict.fromkeys([*found, *(row["tag"] for row in common)]))[:MOST_SUGGESTED]
    labels = skill_labels(chosen, language)
    return [(skill, labels[skill]) for skill in chosen]


def lacks_said(answer: SkillsAnswer, language: str) -> list[tuple[SkillLack, str]]:
    """Return what an institution said, with the names of the skills. Queries: 2."""
    rows = list(answer.lacks.order_by("-people", "pk"))
    labels = skill_labels([row.skill_id for row in rows], language)
    return [(row, labels[row.skill_id]) for row in rows]


def unplanned(limit: int) -> list[tuple[SkillsRound, Organisation]]:
    """Return the verified institutions that an open round does not ask yet, with that round. Queries: 1 for each."""
    found: list[tuple[SkillsRound, Organisation]] = []
    for opened in SkillsRound.objects.filter(closed_at__isnull=True, closes_on__gte=timezone.localdate()):
        organisations = Organisation.objects.filter(country=opened.country, state__in=sorted(TRUSTED_STATES))
        asked = opened.answers.values("organisation")
        found += [(opened, one) for one in organisations.exclude(pk__in=asked).order_by("pk")[:limit]]
    return found


def due_to_ask() -> QuerySet[SkillsAnswer]:
    """Return the institutions that are to be asked now, or once more, those longest due first."""
    return SkillsAnswer.objects.filter(
        state__in=sorted(UNANSWERED), ask_at__lte=timezone.now(), round__closed_at__isnull=True
    ).order_by("ask_at", "pk")


def rounds_to_end() -> list[SkillsRound]:
    """Return the open rounds whose day is over. Queries: 1."""
    over = SkillsRound.objects.filter(closed_at__isnull=True, closes_on__lt=timezone.localdate())
    return list(over.order_by("pk"))


def round_key(country: str, half: date) -> str:
    """Return the key of the news that a country's round is due."""
    return f"round-due:{country}:{half}"


def countries_without_round(half: date) -> list[str]:
    """Return the coordinated countries with verified institutions and no round in this half-year, of which nobody was
    told yet. Queries: 2 or 3.
    """
    held = SkillsRound.objects.filter(Q(half=half) | Q(closed_at__isnull=True)).values("country")
    covered = Remit.objects.filter(ended_at__isnull=True).values("country")
    places = Organisation.objects.filter(state__in=sorted(TRUSTED_STATES), country__in=covered)
    codes = sorted({str(code) for code in places.exclude(country__in=held).values_list("country", flat=True)})
    keys = [round_key(code, half) for code in codes]
    told = set(Notification.objects.filter(event_key__in=keys).values_list("event_key", flat=True)) if keys else set()
    return [code for code in codes if round_key(code, half) not in told]
