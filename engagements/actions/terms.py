"""Keep the terms of needs equal to what they ask for: the skills themselves and those related to them."""

from collections.abc import Sequence

from django.db import transaction

from engagements.models import Need, NeedTerm
from engagements.queries.needs import open_needs
from engagements.queries.wishes import expert_population, wish_of
from engagements.states import OPEN_NEED_STATES, NeedState
from mentors.models import ProfileOrigin
from mentors.queries.skills import skill_facts
from mentors.recommender.scoring import Term, query_terms
from mentors.recommender.types import Strength
from mentors.states import ProfileState

# Candidates are drawn from the heaviest terms until about this many postings: measured to lose nothing where one
# country of
# origin is asked, and to keep 99.3 % of the score where none is, at a million experts.
BUDGET = 25_000
MATCHED_STATES = OPEN_NEED_STATES | {NeedState.SUBMITTED}


@transaction.atomic
def rewrite_terms(need: Need) -> int:
    """Write the terms of an open or submitted need anew, or delete those of any other; returns their number.

    Queries: 2 for a need without terms, else about 16.
    """
    NeedTerm.objects.filter(need=need).delete()
    if need.state not in MATCHED_STATES:
        return 0
    terms = query_terms(wish_of(need))
    generating = _generating(need, terms)
    rows = [
        NeedTerm(
            need=need,
            slot=term.slot,
            skill_id=term.skill,
            weight=term.weight,
            is_generating=(term.slot, term.skill) in generating,
        )
        for term in terms
    ]
    return len(NeedTerm.objects.bulk_create(rows))


def rewrite_open_terms() -> int:
    """Refresh the terms of all open needs, after the counts or relations of skills have changed; returns how many
    needs.
    """
    needs = list(open_needs())
    for need in needs:
        rewrite_terms(need)
    return len(needs)


def _generating(need: Need, terms: Sequence[Term]) -> set[tuple[int, int]]:
    """Return (slot, skill) of the terms that candidates are drawn from: required skills always, then by weight to the
    budget.
    """
    counts = {pk: facts.expert_count for pk, facts in skill_facts({term.skill for term in terms}).items()}
    share = 1.0 if sum(counts.values()) <= BUDGET else _share_of_country(need.organisation.country.code)
    spent = 0.0
    generating = set()
    for term in sorted(terms, key=lambda term: (not _is_required(term), -term.weight, term.slot, term.skill)):
        if _is_required(term) or spent < BUDGET:
            generating.add((term.slot, term.skill))
            spent += counts.get(term.skill, 0) * share
    return generating


def _is_required(term: Term) -> bool:
    return term.strength == Strength.REQUIRED and term.relation is None


def _share_of_country(country: str) -> float:
    tied = ProfileOrigin.objects.filter(country=country, profile__state=ProfileState.PUBLISHED).count()
    return min(1.0, tied / max(1, expert_population()))
