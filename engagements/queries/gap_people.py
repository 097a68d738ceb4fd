"""Who could fill a gap: experts with a skill or one related to it, with reasons, and the open needs that ask for it.

The score is the recommender's, for a wish of this one skill; nothing else is asked, since a gap is no need yet.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, F, Func, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.fields import BigIntegerField
from django.http import Http404
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import apart_from
from diaspora_net.core.references import first_or_404
from engagements.models import InterestAsk, Need, Proposal
from engagements.queries.explaining import told_to
from engagements.queries.gaps import Supply, origins_of, supply_of
from engagements.queries.history import known_experts
from engagements.queries.needs import open_needs
from engagements.queries.pace import asked_within_a_day
from engagements.queries.recommendations import matchable
from engagements.queries.wanted import expert_population
from engagements.queries.wishes import wish_skills, wishes
from engagements.states import LIVE_PROPOSAL_STATES, SkillStrength
from engagements.states.anticipation import InterestState
from mentors.models import ExpertProfile, Posting, Skill
from mentors.queries.candidates import numeric_country
from mentors.queries.profiles import Standing, standing_of, with_line_parts
from mentors.queries.relations import related_skills
from mentors.queries.skills import skill_labels
from mentors.recommender.scoring import Pairs, idf, rank
from mentors.recommender.types import Facet, Match, Relation, Strength, Wanted, Wish
from mentors.states import SkillStatus

# How many are looked at, and how many are shown.
DRAWN, SHOWN = 200, 10
MOST_NEEDS = 20


@dataclass(frozen=True)
class GapPerson:
    """An expert for a gap, with what of the match is ``told``; ``asked_today`` counts who asked them within a day,
    ``asked_for`` are titles of the gap's needs they have a proposal for, ``interest`` is the newest answer to whether
    they would help (``InterestState``; empty when they were not asked).
    """

    profile: ExpertProfile
    told: Match
    asked_today: int
    asked_for: tuple[str, ...]
    interest: str


@dataclass(frozen=True)
class Gap:
    """A gap in some countries: the skill, what is asked and offered today, the concepts that count as its neighbours
    (with their labels), the open needs that must have it, and who fits best. ``standing`` is the viewer's.
    """

    skill: Skill
    label: str
    countries: frozenset[str]
    supply: Supply
    related: list[tuple[Relation, str]]
    needs: list[Need]
    people: list[GapPerson]
    standing: Standing

    @property
    def labels(self) -> dict[int, str]:
        """Return the names of the skill and its neighbours."""
        return {self.skill.pk: self.label} | {relation.skill: label for relation, label in self.related}


def get_gap(viewer: User, skill_id: int, country: str = "", *, language: str) -> Gap:
    """Return a gap with who could fill it. Http404 without a remit, for a country outside of it, and for no skill.

    Only experts whom the viewer may find, who are free, and from whom nobody of the two has parted. Queries: at most
    28, whatever the number of experts and needs.
    """
    standing = standing_of(viewer)
    countries = standing.remit & {country} if country else standing.remit
    skill = Skill.objects.filter(pk=skill_id, status=SkillStatus.ACCEPTED).first()
    if not countries or skill is None:
        raise Http404
    relations = related_skills([skill.pk])[skill.pk]
    labels = skill_labels([skill.pk, *(relation.skill for relation in relations)], language)
    needs = needs_of_gap(skill, countries)
    return Gap(
        skill=skill,
        label=labels[skill.pk],
        countries=countries,
        supply=supply_of([skill.pk], countries)[skill.pk],
        related=[(relation, labels[relation.skill]) for relation in relations],
        needs=needs,
        people=_people(viewer, skill, relations, countries, needs, standing),
        standing=standing,
    )


def needs_of_gap(skill: Skill, countries: Collection[str]) -> list[Need]:
    """Return the open needs that must have the skill, the longest open first; ``is_searched`` says that somebody is
    asking experts for one already. At most 20. Queries: 1.
    """
    asked = Q(skill_items__tag=skill, skill_items__strength=SkillStrength.REQUIRED)
    found = open_needs().filter(asked, organisation__country__in=sorted(countries), is_pathway=False)
    searched = Count("rescues", filter=Q(rescues__ended_at__isnull=True))
    rows = found.annotate(is_searched=searched).select_related("organisation").order_by("published_at", "pk")
    return list(rows[:MOST_NEEDS])


def _wish(skill: Skill, relations: Sequence[Relation], countries: Collection[str]) -> Wish:
    wanted = Wanted(
        slot=0,
        skill=skill.pk,
        facet=Facet(skill.kind),
        strength=Strength.REQUIRED,
        idf=idf(skill.expert_count, expert_population()),
        related={relation.skill: relation for relation in relations},
    )
    [*only] = countries
    return Wish(wanted=(wanted,), origin=numeric_country(only[0]) if len(only) == 1 else None)


def _drawn(skill: Skill, relations: Sequence[Relation], countries: Collection[str]) -> list[int]:
    """Return the experts who have most of the skill or its neighbours, at most 200; ties fall by a hash of the day."""
    shares = {skill.pk: 100} | {relation.skill: int(relation.weight * 100) for relation in relations}
    share = Case(*(When(skill=pk, then=Value(hundredths)) for pk, hundredths in shares.items()), default=Value(0))
    day = Value(timezone.localdate().toordinal(), BigIntegerField())
    lot = Func(F("expert"), day, function="hashint8extended", output_field=BigIntegerField())
    rows = Posting.objects.filter(skill__in=shares, origin__in=origins_of(countries), expert__user__is_active=True)
    best = Max(F("weight") * share, output_field=IntegerField())
    found = rows.values("expert").annotate(best=best, lot=lot).order_by("-best", "lot")
    return [row["expert"] for row in found[:DRAWN]]


def _people(
    viewer: User,
    skill: Skill,
    relations: Sequence[Relation],
    countries: Collection[str],
    needs: Sequence[Need],
    standing: Standing,
) -> list[GapPerson]:
    free = matchable(standing.remit).exclude(user__in=apart_from(viewer) | {viewer.pk})
    drawn = _drawn(skill, relations, countries)
    allowed = set(free.filter(pk__in=drawn).values_list("pk", flat=True))
    wish = _wish(skill, relations, countries)
    known = {
        one.expert: one for one in known_experts([pk for pk in drawn if pk in allowed], of_skills=wish_skills(wish))
    }
    matches = rank(wish, known.values(), limit=SHOWN, day=timezone.localdate())
    profiles = with_line_parts(ExpertProfile.objects.all()).in_bulk([match.expert for match in matches])
    asked, titles, interest = _history([*profiles], skill, countries, needs)
    pairs = Pairs(wish)
    return [
        GapPerson(
            profile=profile,
            told=told_to(viewer, pairs, known[match.expert], profile, standing),
            asked_today=asked.get(match.expert, 0),
            asked_for=tuple(titles.get(match.expert, ())),
            interest=interest.get(match.expert, ""),
        )
        for match in matches
        if (profile := profiles.get(match.expert))
    ]


def _history(
    experts: Collection[int], skill: Skill, countries: Collection[str], needs: Sequence[Need]
) -> tuple[dict[int, int], dict[int, list[str]], dict[int, str]]:
    """Return by expert how often they were asked today, for which of the needs, and whether they would help."""
    asked: dict[int, int] = {}
    for row in asked_within_a_day(experts):
        asked[row["expert"]] = asked.get(row["expert"], 0) + 1
    titles: dict[int, list[str]] = {}
    live = Proposal.objects.filter(expert__in=experts, need__in=needs, state__in=sorted(LIVE_PROPOSAL_STATES))
    for expert, title in live.order_by("sent_at", "pk").values_list("expert", "need__title"):
        titles.setdefault(expert, []).append(title)
    asks = InterestAsk.objects.filter(expert__in=experts, skill=skill, country__in=sorted(countries))
    asks = asks.exclude(state=InterestState.SKIPPED).order_by("planned_at", "pk")
    return asked, titles, dict(asks.values_list("expert", "state"))


def best_needs(needs: Sequence[Need], experts: Sequence[ExpertProfile]) -> dict[int, list[int]]:
    """Return by need the experts whom it fits best of all ``needs``, best first; nobody where it has been proposed.

    Queries: 5 at most, whatever their number.
    """
    asked = wishes([need.pk for need in needs])
    pairs = {need: Pairs(wish) for need, wish in asked.items()}
    live = Proposal.objects.filter(need__in=needs, expert__in=experts, state__in=sorted(LIVE_PROPOSAL_STATES))
    taken = set(live.values_list("need", "expert"))
    found: dict[int, list[tuple[float, int]]] = {need.pk: [] for need in needs}
    for known in known_experts([expert.pk for expert in experts]):
        scores = {need: pair.match(known).score for need, pair in pairs.items() if (need, known.expert) not in taken}
        if scores:
            best = max(scores, key=lambda need: (scores[need], -need))
            found[best].append((-scores[best], known.expert))
    return {need: [expert for _score, expert in sorted(experts_of)] for need, experts_of in found.items()}


def asks_of_gap(skill: Skill, countries: Collection[str]) -> list[InterestAsk]:
    """Return whom was asked whether they would help, those who would first, with their people. Queries: 1."""
    order = Case(
        *(When(state=state, then=Value(place)) for place, state in enumerate(("yes", "asked", "waiting", "no"))),
        default=Value(9),
    )
    rows = InterestAsk.objects.filter(skill=skill, country__in=sorted(countries)).select_related("expert__user")
    return list(rows.order_by(order, "-planned_at", "pk")[:50])


def get_own_ask(viewer: User, reference: str) -> InterestAsk:
    """Return a question that was asked of the viewer. Raises Http404 otherwise. Queries: 1."""
    return first_or_404(
        InterestAsk.objects.filter(reference=reference, expert__user=viewer)
        .exclude(state__in=[InterestState.WAITING, InterestState.SKIPPED])
        .select_related("expert__user", "skill")
    )


def due_asks() -> QuerySet[InterestAsk]:
    """Return the questions that are to be asked now, the longest due first."""
    return InterestAsk.objects.filter(state=InterestState.WAITING, due_at__lte=timezone.now()).order_by("due_at", "pk")
