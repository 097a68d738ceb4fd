"""How well the experts of a cohort suit its open needs: the scores that its assignment is made of.

The same scores as everywhere. The hard rules hold here, too: language, way of working, free places, nobody's own
organisation, nobody parted by a block or a refusal, nobody who is asked already. Only the country of origin is left to
the programme, which has its own rules for who may join.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from diaspora_net.accounts.models import Block, Membership, User
from engagements.models import Cohort, Dismissal, Member, Need, Proposal
from engagements.queries.explaining import told_to
from engagements.queries.history import known_experts
from engagements.queries.needs import needs_with_places
from engagements.queries.wishes import wishes
from engagements.states import LIVE_PROPOSAL_STATES, MemberState
from mentors.models import ExpertProfile
from mentors.queries.profiles import Standing, standing_of
from mentors.recommender.circumstances import NEAR
from mentors.recommender.scoring import Pairs, rank
from mentors.recommender.types import Candidate, Match, Wish
from mentors.states import ProfileState

# The suggestions of a need that are kept: with twenty an assignment loses 0.3 in a hundred of the best there is.
EDGES = 20
WHOLE = 10_000
BATCH = 20


@dataclass(frozen=True)
class Fit:
    """One pair: ``score`` in ten-thousandths orders, ``told`` is what the coordinator may read of why."""

    need: int
    expert: int
    score: int
    told: Match


def needs_of_cohort(cohort: Cohort) -> list[Need]:
    """Return the needs of a cohort that take proposals, oldest first. Queries: 1."""
    return list(needs_with_places().filter(cohort=cohort).order_by("published_at", "pk"))


def experts_of_cohort(cohort: Cohort) -> list[ExpertProfile]:
    """Return the experts of a cohort who could take on something now, by id, with user and origins. Queries: 2."""
    members = Member.objects.filter(cohort=cohort, state=MemberState.MEMBER).values("expert")
    experts = ExpertProfile.objects.filter(
        pk__in=members, state=ProfileState.PUBLISHED, open_engagements__lt=F("capacity"), user__is_active=True
    )
    return list(experts.select_related("user").prefetch_related("origins").order_by("pk"))


def fits_in_cohort(
    viewer: User, needs: Sequence[Need], experts: Sequence[ExpertProfile]
) -> Iterator[tuple[int, list[Fit]]]:
    """Yield, batch after batch, how many needs are done and the best pairs of each, at most 20 a need, best first.

    Queries: 3, and 8 for 20 needs, whatever the number of experts.
    """
    standing = standing_of(viewer)
    known = known_experts([expert.pk for expert in experts])
    profiles = {expert.pk: expert for expert in experts}
    for start in range(0, len(needs), BATCH):
        batch = needs[start : start + BATCH]
        asked, apart = wishes([need.pk for need in batch]), _apart(batch, profiles)
        found = []
        for need in batch:
            found += _best(viewer, need, asked[need.pk], known, profiles, apart[need.pk], standing)
        yield start + len(batch), found


def _best(
    viewer: User,
    need: Need,
    wish: Wish,
    known: Sequence[Candidate],
    profiles: dict[int, ExpertProfile],
    apart: set[int],
    standing: Standing,
) -> list[Fit]:
    possible = {one.expert: one for one in known if one.expert not in apart and _may(wish, one)}
    matches, pairs = rank(wish, possible.values(), limit=EDGES, day=timezone.localdate()), Pairs(wish)
    return [
        Fit(
            need.pk,
            match.expert,
            round(match.score * WHOLE),
            told_to(viewer, pairs, possible[match.expert], profiles[match.expert], standing),
        )
        for match in matches
        if match.score * WHOLE >= 1 and (match.required_met or not match.required_wanted)
    ]


def _may(wish: Wish, candidate: Candidate) -> bool:
    """Say whether the hard rules of language and way of working hold."""
    speaks = not wish.languages or any(candidate.languages.get(one.code, 0) >= one.level for one in wish.languages)
    asked = wish.modality
    return speaks and (asked is None or bool(({asked} | NEAR[asked]) & candidate.modalities))


def _apart(needs: Sequence[Need], profiles: dict[int, ExpertProfile]) -> dict[int, set[int]]:
    """Return by need the experts who are not to be asked, whatever they can. Queries: 4."""
    ids, by_user = list(profiles), {profile.user_id: pk for pk, profile in profiles.items()}
    apart: dict[int, set[int]] = defaultdict(set)
    live = Proposal.objects.filter(need__in=needs, expert__in=ids, state__in=sorted(LIVE_PROPOSAL_STATES))
    for need, expert in live.values_list("need", "expert"):
        apart[need].add(expert)
    by_organisation: dict[int, set[int]] = defaultdict(set)
    belongs = Membership.objects.filter(user__in=list(by_user), left_at__isnull=True)
    for organisation, user in belongs.values_list("organisation", "user"):
        by_organisation[organisation].add(by_user[user])
    hidden = Dismissal.objects.filter(expert__in=ids).values_list("need", "hides_organisation", "expert")
    for need, hidden_organisation, expert in hidden:
        apart[need].add(expert)
        by_organisation[hidden_organisation or 0].add(expert)
    by_person: dict[int, set[int]] = defaultdict(set)
    for one, other in Block.objects.values_list("blocker", "blocked"):
        for user, person in ((one, other), (other, one)):
            if user in by_user:
                by_person[person].add(by_user[user])
    for each in needs:
        apart[each.pk] |= by_organisation[each.organisation_id] | by_person[each.focal_point_id]
    return apart
