"""What the match statement must find, said to the ORM: no template, no pruning, no limits."""

from collections.abc import Collection

from django.db.models import Case, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Value, When

from engagements.models import Dismissal, Engagement, Need, NeedTerm, Proposal
from engagements.queries.match_statement import Scope, modality_mask
from engagements.states import LIVE_PROPOSAL_STATES
from mentors.models import Posting, ProfileLanguage, ProfileOrigin
from mentors.recommender.types import Strength, Wish
from mentors.states import FIRST_ORIGIN_BIT, LANGUAGE_BITS


def points_by_expert(need: Need, wish: Wish, scope: Scope, remit: Collection[str] = ()) -> dict[int, int]:
    """Return the points of every expert whom the statement may find for somebody who coordinates ``remit``: 0 of those
    found by past work alone.
    """
    terms = list(NeedTerm.objects.filter(need=need))
    required = {wanted.slot: wanted.skill for wanted in wish.wanted if wanted.strength == Strength.REQUIRED}
    postings = fitting(wish, scope).filter(pk_rules(need, remit), expert__user__is_active=True)
    done = Engagement.objects.filter(state__in=("completed", "followed_up"))
    helpers = done.filter(need__skill_items__tag__in=required.values()).values("expert")
    per_slot = {f"slot_{slot}": _best(slot, terms) for slot in sorted({term.slot for term in terms})}
    rows = postings.filter(skill__in={term.skill_id for term in terms}).values("expert").annotate(**per_slot)
    listed = {
        row["expert"]: sum(row[name] for name in per_slot)
        for row in rows
        if any(row[f"slot_{slot}"] for slot in required)
    }
    return dict.fromkeys(postings.filter(expert__in=helpers).values_list("expert", flat=True), 0) | listed


def fitting(wish: Wish, scope: Scope) -> QuerySet[Posting]:
    """Return the postings that are tied, spoken and worked as the scope asks."""
    postings = Posting.objects.all()
    if scope.origins is None:
        postings = postings.annotate(first=F("flags").bitand(FIRST_ORIGIN_BIT)).exclude(first=0)
    else:
        postings = postings.filter(origin__in=scope.origins)
    if scope.asks_language and wish.languages:
        mask = sum(LANGUAGE_BITS[wanted.code] for wanted in wish.languages)
        postings = postings.annotate(spoken=F("flags").bitand(mask)).exclude(spoken=0)
        well_enough = Q()
        for wanted in wish.languages:
            well_enough |= Q(language=wanted.code, level__gte=wanted.level)
        postings = postings.filter(Exists(ProfileLanguage.objects.filter(well_enough, profile=OuterRef("expert"))))
    if scope.asks_modality:
        postings = postings.annotate(way=F("flags").bitand(modality_mask(wish.modality))).exclude(way=0)
    return postings


def pk_rules(need: Need, remit: Collection[str]) -> Q:
    """Return the hard rules about the person."""
    tied = ProfileOrigin.objects.filter(country__in=remit).values("profile")
    return (
        Q(expert__state="published")
        & (Q(expert__audience="organisations") | Q(expert__in=tied))
        & Q(expert__open_engagements__lt=F("expert__capacity"))
        & ~Q(expert__in=Proposal.objects.filter(need=need, state__in=LIVE_PROPOSAL_STATES).values("expert"))
        & ~Q(
            expert__in=Dismissal.objects.filter(Q(need=need) | Q(hides_organisation=need.organisation)).values("expert")
        )
        & ~Q(expert__user__in=need.organisation.memberships.filter(left_at__isnull=True).values("user"))
    )


def _best(slot: int, terms: list[NeedTerm]) -> Max:
    cases = [When(skill=term.skill_id, then=F("weight") * term.weight) for term in terms if term.slot == slot]
    return Max(Case(*cases, default=Value(0), output_field=IntegerField()))
