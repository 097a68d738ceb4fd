"""Keep the terms of needs equal to what they ask for: the skills themselves and those related to them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from diaspora_net.core.transitions import lock
from engagements.models import Need, NeedTerm
from engagements.queries.wanted import expert_population, wanted_by_need
from engagements.states import OPEN_NEED_STATES, NeedState
from mentors.models import ProfileOrigin
from mentors.queries.skills import skill_facts
from mentors.recommender.scoring import Term, query_terms
from mentors.recommender.types import Strength, Wanted, Wish
from mentors.states import ProfileState

# Candidates are drawn until about this many postings: where the need's country is asked from what is required, then
# from the heaviest terms, which lost nothing at a million experts; where any is, from the heaviest terms alone, as
# something required of which there are many would spend it all. That kept 99.5 % of the points.
BUDGET, BUDGET_ANYWHERE = 25_000, 40_000
MATCHED_STATES = OPEN_NEED_STATES | {NeedState.SUBMITTED}
# Needs whose wishes are read at once.
BATCH = 100


class Row(NamedTuple):
    """Everything of a term but its key, in the order of the table's columns."""

    weight: int
    is_generating: bool
    is_generating_anywhere: bool
    strength: str
    level: int | None
    facet: str
    rarity: float
    relation: str
    relatedness: int


# (slot, skill) → the rest of the row
Rows = dict[tuple[int, int], Row]


@transaction.atomic
def rewrite_terms(need: Need) -> int:
    """Make the terms of an open or submitted need what they must be now, and delete those of any other; returns how
    many rows were written, changed or deleted.

    Locks the need. Queries: 4 for a need without terms, else about 17.
    """
    lock(need)
    wanted, present = _wanted([need.pk])[need.pk], _present([need.pk])[need.pk]
    unwanted = [(need.pk, *key) for key in present if key not in wanted]
    changed = {key: values for key, values in wanted.items() if present.get(key) != values}
    if unwanted:
        NeedTerm.objects.filter(pk__in=unwanted).delete()
    if changed:
        NeedTerm.objects.bulk_create(
            _terms(need.pk, changed),
            update_conflicts=True,
            unique_fields=["need", "slot", "skill"],
            update_fields=Row._fields,
        )
    return len(unwanted) + len(changed)


def rewrite_open_terms(report: Callable[[int, int, int], None] = lambda done, total, rows: None) -> int:
    """Refresh the terms of all needs, after the counts or relations of skills have changed; returns how many rows did.

    ``report`` hears the needs done, those there are, and the rows written, after each batch. Needs are compared
    without locks, and rewritten one by one in transactions of their own, so people may work meanwhile. Queries: about
    15 for 100 needs, and those of ``rewrite_terms`` for each that differs.
    """
    total = _with_terms().count()
    needs = rows = 0
    for batch in _batches():
        wanted, present = _wanted(batch), _present(batch)
        differing = [need for need in batch if wanted[need] != present[need]]
        for need in Need.objects.filter(pk__in=differing).order_by("pk"):
            rows += rewrite_terms(need)
        needs += len(batch)
        report(needs, max(total, needs), rows)
    return rows


def fill_terms(needs: Collection[int]) -> int:
    """Write the terms of needs that have none yet, many at once; returns how many rows. Queries: 16 per 100 needs.

    For needs that come in bulk, before anybody can change them.
    """
    ids, rows = sorted(needs), 0
    for start in range(0, len(ids), BATCH):
        wanted = _wanted(ids[start : start + BATCH])
        made = [term for need, terms in wanted.items() for term in _terms(need, terms)]
        rows += len(NeedTerm.objects.bulk_create(made))
    return rows


def _with_terms() -> QuerySet[Need]:
    """Return the needs that must have terms, and those that have some."""
    return Need.objects.filter(Q(state__in=MATCHED_STATES) | Q(pk__in=NeedTerm.objects.values("need")))


def _batches() -> Iterator[list[int]]:
    done = 0
    while batch := list(_with_terms().filter(pk__gt=done).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done = batch[-1]
        yield batch


def _present(needs: Collection[int]) -> dict[int, Rows]:
    """Return the rows there are, by need."""
    present: dict[int, Rows] = defaultdict(dict)
    rows = NeedTerm.objects.filter(need__in=needs).values_list("need_id", "slot", "skill_id", *Row._fields)
    for need, slot, skill, *values in rows:
        present[need][slot, skill] = Row(*values)
    return present


def _wanted(needs: Collection[int]) -> dict[int, Rows]:
    """Return the rows there must be, by need."""
    rows: dict[int, Rows] = defaultdict(dict)
    matched = Need.objects.filter(pk__in=needs, state__in=MATCHED_STATES, is_pathway=False)
    countries = dict(matched.values_list("pk", "organisation__country"))
    if not countries:
        return rows
    wanted = wanted_by_need(countries)
    terms = {need: query_terms(Wish(slots)) for need, slots in wanted.items()}
    facts = skill_facts({term.skill for found in terms.values() for term in found})
    counts = {skill: fact.expert_count for skill, fact in facts.items()}
    shares: dict[str, float] = {}
    for need, found in terms.items():
        generating = _generating(found, counts, countries[need], shares)
        anywhere = heaviest(found, counts)
        for term in found:
            key = term.slot, term.skill
            rows[need][key] = _row(term, wanted[need][term.slot], key in generating, key in anywhere)
    return rows


def _row(term: Term, wanted: Wanted, is_generating: bool, is_generating_anywhere: bool) -> Row:
    relation, relatedness = "", 100
    if term.relation:
        relation, relatedness = term.relation.kind.value, round(term.relation.weight * 100)
    return Row(
        weight=term.weight,
        is_generating=is_generating,
        is_generating_anywhere=is_generating_anywhere,
        strength=wanted.strength.value,
        level=wanted.level,
        facet=wanted.facet.value,
        rarity=wanted.idf,
        relation=relation,
        relatedness=relatedness,
    )


def _terms(need: int, rows: Rows) -> list[NeedTerm]:
    return [NeedTerm(need_id=need, slot=slot, skill_id=skill, **row._asdict()) for (slot, skill), row in rows.items()]


def _generating(
    terms: Sequence[Term], counts: Mapping[int, int], country: str, shares: dict[str, float]
) -> set[tuple[int, int]]:
    """Return (slot, skill) of the terms that candidates are drawn from: required skills always, then by weight to the
    budget. ``shares`` remembers what part of the experts comes from each country.
    """
    share = 1.0
    if sum(counts.get(term.skill, 0) for term in terms) > BUDGET:
        share = shares[country] = shares.get(country) or _share_of_country(country)
    spent = 0.0
    generating = set()
    for term in sorted(terms, key=lambda term: (not _is_required(term), -term.weight, term.slot, term.skill)):
        if _is_required(term) or spent < BUDGET:
            generating.add((term.slot, term.skill))
            spent += counts.get(term.skill, 0) * share
    return generating


def heaviest(terms: Sequence[Term], counts: Mapping[int, int]) -> set[tuple[int, int]]:
    """Return (slot, skill) of the terms that candidates of any country are drawn from: by weight to the budget."""
    spent = 0
    found = set()
    for term in sorted(terms, key=lambda term: (-term.weight, term.slot, term.skill)):
        if spent >= BUDGET_ANYWHERE:
            break
        found.add((term.slot, term.skill))
        spent += counts.get(term.skill, 0)
    return found


def _is_required(term: Term) -> bool:
    return term.strength == Strength.REQUIRED and term.relation is None


def _share_of_country(country: str) -> float:
    tied = ProfileOrigin.objects.filter(country=country, profile__state=ProfileState.PUBLISHED).count()
    return min(1.0, tied / max(1, expert_population()))
