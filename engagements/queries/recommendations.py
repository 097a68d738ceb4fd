"""Bring experts and needs together: one statement finds candidates, ``mentors.recommender`` ranks and explains them.

Both directions score the same wish against the same candidate, so a pair has one score and one explanation, whoever
asks.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core import statements
from engagements.models import Need
from engagements.payloads import skill_ids
from engagements.queries.explaining import NO_STANCES, explain_pair, pair_of, told_to, with_windows
from engagements.queries.history import known_expert, known_of
from engagements.queries.interest import paused_until
from engagements.queries.match_statement import Scope, experts_statement, need_ids
from engagements.queries.needs import with_details
from engagements.queries.wishes import wish_of, wish_skills, wishes
from engagements.rules.needs import can_answer_needs, can_see_matches, can_see_suggestions
from mentors.models import ExpertProfile, ProfileOrigin
from mentors.queries.candidates import numeric_country
from mentors.queries.profiles import Standing, standing_of, with_line_parts
from mentors.queries.skills import skill_labels
from mentors.recommender.factors import Factor, Stance, Stances, chosen, factors_of, weighed, with_stance
from mentors.recommender.scoring import Pairs, rank, rank_wishes
from mentors.recommender.types import Match, Reason, Wish
from mentors.states import Audience, ProfileState

# What a list shows at first, and all it shows to whoever reads on.
FEED, MOST = 10, 50
THIN = 3
STEPS = ("origins", "language", "modality")
# The hard rule that a factor comes with, as ``Change`` names it.
HARD = {Factor.LANGUAGE: "language", Factor.FORMAT: "modality", Factor.COUNTRY: "origins"}
LIKE = Stance.LIKE


@dataclass(frozen=True)
class Suggestion:
    """A computed match, which makes the order, and what of it is ``told``: it gives the viewer nothing away."""

    match: Match
    need: Need
    profile: ExpertProfile
    told: Match

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return the reasons that the viewer may read."""
        return self.told.reasons


@dataclass(frozen=True)
class Change:
    """One step that would give a need more people: what to change (``origins``, ``language``, ``modality``, or ``all``
    of it) and how many more.
    """

    name: str
    more: int


@dataclass(frozen=True)
class PeopleList:
    """Who fits a need, best first. ``factors`` are what the viewer may weigh, none for whoever may not; ``stances`` is
    what of it was heeded; ``loosened`` says of each must how many more there would be without it, those that help.
    """

    suggestions: list[Suggestion]
    factors: tuple[Factor, ...]
    stances: Stances
    loosened: dict[Factor, int]


def experts_for_need(viewer: User, need: Need, *, limit: int = FEED, scope: Scope | None = None) -> list[Suggestion]:
    """Return the experts who fit a need, best first, as ``people_for_need`` does."""
    return people_for_need(viewer, need, limit=limit, scope=scope).suggestions


def people_for_need(
    viewer: User,
    need: Need,
    *,
    limit: int = FEED,
    scope: Scope | None = None,
    stances: Stances = NO_STANCES,
    standing: Standing | None = None,
) -> PeopleList:
    """Return the experts who fit a need, at most ``limit``; ``scope`` asks less than the need does.

    Only for speakers of the trusted organisation and the country's coordinators; Http404 for others. ``stances`` are
    heeded for coordinators alone; ``standing`` is the viewer's when it is known. Queries: at most 16, whatever the
    number of experts.
    """
    standing = standing or standing_of(viewer)
    if not can_see_matches(viewer, need, remit=standing.remit):
        raise Http404
    wish = wish_of(need)
    may_weigh = need.organisation.country.code in standing.remit
    factors = factors_of(wish) if may_weigh else ()
    stances = {factor: stances[factor] for factor in factors if factor in stances}
    found = _search(viewer, need, wish, standing.remit)(without_ignored(scope or strict_scope(need), stances))
    known = {one.expert: one for one in known_of(found, of_skills=wish_skills(wish))}
    musts = with_stance(stances, Stance.MUST)
    every = rank(
        wish,
        known.values(),
        limit=len(known) if musts else limit,
        day=timezone.localdate(),
        weights=weighed(stances),
    )
    matches = chosen(every, stances)
    ranked = [with_windows(match, wish, known[match.expert]) for match in matches[:limit]]
    profiles = with_line_parts(matchable(standing.remit)).in_bulk([match.expert for match in ranked])

    pairs = Pairs(wish, weighed(stances))

    def suggestion(match: Match, profile: ExpertProfile) -> Suggestion:
        told = told_to(viewer, pairs, known[match.expert], profile, standing, stances)
        return Suggestion(match, need, profile, told)

    return PeopleList(
        [suggestion(match, profiles[match.expert]) for match in ranked if match.expert in profiles],
        factors,
        stances,
        {must: more for must in musts if (more := len(chosen(every, {**stances, must: LIKE})) - len(matches))},
    )


def matchable(remit: Collection[str]) -> QuerySet[ExpertProfile]:
    """Return who may be matched now and be found by whoever coordinates ``remit``, by what profiles themselves say:
    nobody is shown because what matching derives from them lags behind.
    """
    tied = ProfileOrigin.objects.filter(profile=OuterRef("pk"), country__in=sorted(remit))
    return ExpertProfile.objects.filter(
        Q(audience=Audience.ORGANISATIONS) | Exists(tied),
        state=ProfileState.PUBLISHED,
        open_engagements__lt=F("capacity"),
        user__is_active=True,
    )


def without_ignored(scope: Scope, stances: Stances) -> Scope:
    """Return ``scope`` without the hard rules of factors that do not count."""
    return widened(scope, [HARD[factor] for factor in with_stance(stances, Stance.IGNORE) if factor in HARD])


def smallest_changes(viewer: User, need: Need) -> list[Change]:
    """Return how many more experts each single step would find: any country of origin, any language, any modality; all
    of them together (``all``) when none helps by itself.

    Only steps that help, the greatest help first; counts stop at 200. Http404 as for the matches. Queries: at most 12.
    """
    if not can_see_matches(viewer, need):
        raise Http404
    strict, search = strict_scope(need), _search(viewer, need, wish_of(need), remit_countries(viewer))
    known = len(search(strict))
    changes = [Change(name, len(search(widened(strict, [name]))) - known) for name in STEPS]
    if not any(change.more > 0 for change in changes):
        changes = [Change("all", len(search(widened(strict, STEPS))) - known)]
    return sorted((change for change in changes if change.more > 0), key=lambda change: -change.more)


def strict_scope(need: Need) -> Scope:
    """Return the scope in which everything the need asks is asked."""
    return Scope(origins=(numeric_country(need.organisation.country.code),))


def widened(scope: Scope, names: Collection[str]) -> Scope:
    """Return ``scope`` without asking for what ``names`` (of ``Change``) hold; unknown names change nothing."""
    return Scope(
        origins=None if "origins" in names else scope.origins,
        asks_language=scope.asks_language and "language" not in names,
        asks_modality=scope.asks_modality and "modality" not in names,
    )


def needs_for_expert(
    viewer: User, profile: ExpertProfile, *, limit: int = FEED, is_anywhere: bool = False
) -> list[Suggestion]:
    """Return the open needs that fit an expert, best first, at most ``limit``; none while they cannot take one on
    or want no suggestions.

    ``is_anywhere`` asks beyond the countries they come from.

    Only for the expert; Http404 for others. Queries: at most 10, whatever the number of needs.
    """
    if not can_see_suggestions(viewer, profile):
        raise Http404
    if not can_answer_needs(profile) or paused_until(profile):
        return []
    known = known_expert(profile)
    found = need_ids(known, profile, None if is_anywhere else origin_codes(profile), timezone.localdate())
    asked = wishes(found, of_skills=known.skills)
    ranked = [
        (pk, with_windows(match, asked[pk], known))
        for pk, match in rank_wishes(known, [(pk, asked[pk]) for pk in found], limit=limit, day=timezone.localdate())
    ]
    needs = with_details(Need.objects.select_related("organisation")).in_bulk([pk for pk, _match in ranked])
    return [Suggestion(match, needs[pk], profile, match) for pk, match in ranked]


def origin_codes(profile: ExpertProfile) -> list[str]:
    """Return the expert's countries of origin (ISO 3166-1 alpha-2). Queries: at most 1."""
    return [row.country.code for row in profile.origins.all()]


def labels_of(suggestions: Sequence[Suggestion]) -> dict[int, str]:
    """Return the names of all concepts that these suggestions show, in the active language. Queries: 1."""
    named = set().union(*(skill_ids(suggestion.reasons) for suggestion in suggestions))
    wanted = {item.tag_id for suggestion in suggestions for item in suggestion.need.skill_items.all()}
    return skill_labels(named | wanted, get_language() or "en")


def explained_for_expert(viewer: User, need: Need, profile: ExpertProfile) -> Suggestion:
    """Return how a need fits the viewer's own profile. Http404 for anybody else's.

    Queries: as ``explain_pair``.
    """
    if not can_see_suggestions(viewer, profile):
        raise Http404
    match = explain_pair(need, profile)
    return Suggestion(match, need, profile, match)


def explained_for_need(viewer: User, need: Need, profile: ExpertProfile) -> Suggestion:
    """Return how an expert fits a need, as far as the viewer may know. Http404 as for the matches.

    Queries: those of ``explain_pair``, and at most 6.
    """
    if not can_see_matches(viewer, need):
        raise Http404
    wish, known = pair_of(need, profile)
    pairs = Pairs(wish)
    told = told_to(viewer, pairs, known, profile, standing_of(viewer))
    return Suggestion(with_windows(pairs.match(known), wish, known), need, profile, told)


def _search(viewer: User, need: Need, wish: Wish, remit: frozenset[str]) -> Callable[[Scope], list[tuple[Any, ...]]]:
    """Return what finds the experts for a need in a scope, best first. Queries: 1 for each scope.

    Who coordinates the need's country also finds the experts of their ``remit`` whom only coordinators may find.
    """
    found_by_remit = remit if need.organisation.country.code in remit else frozenset()

    def found(scope: Scope) -> list[tuple[Any, ...]]:
        statement, params = experts_statement(
            need.pk,
            need.organisation_id,
            wish,
            scope,
            day=timezone.localdate(),
            remit=found_by_remit,
            people=(viewer.pk, need.focal_point_id),
        )
        return statements.rows(statement, params)

    return found
