"""Choose the pairs of an assignment: the highest total of all scores under everybody's places, pins and removals."""

from collections import Counter, defaultdict

from engagements.models import Plan, PlanEdge
from mentors.recommender.assignment import assign


def solve_plan(plan: Plan) -> tuple[int, int]:
    """Choose the pairs of a plan that the caller has locked; return its total before and after.

    Effects: ``is_chosen`` of its pairs. Queries: 4.
    """
    edges = list(PlanEdge.objects.filter(plan=plan).select_related("need", "expert").order_by("-score", "pk"))
    before = sum(edge.score for edge in edges if edge.is_chosen)
    pinned = [edge for edge in edges if edge.is_pinned]
    chosen = {edge.pk for edge in pinned}
    chosen |= _best([edge for edge in edges if not edge.is_pinned and not edge.is_barred], pinned)
    PlanEdge.objects.filter(plan=plan, is_chosen=True).exclude(pk__in=chosen).update(is_chosen=False)
    PlanEdge.objects.filter(pk__in=chosen, is_chosen=False).update(is_chosen=True)
    return before, sum(edge.score for edge in edges if edge.pk in chosen)


def best_total(edges: list[PlanEdge]) -> int:
    """Return the highest total there is without pins and removals. Queries: 0 when needs and experts are loaded."""
    scores = {edge.pk: edge.score for edge in edges}
    return sum(scores[pk] for pk in _best(sorted(edges, key=lambda edge: (-edge.score, edge.pk)), []))


def _best(edges: list[PlanEdge], pinned: list[PlanEdge]) -> set[int]:
    """Return the ids of the best pairs among ``edges``, sorted by score, beside those that are pinned."""
    given, taken = Counter(edge.need_id for edge in pinned), Counter(edge.expert_id for edge in pinned)
    suggestions: dict[int, list[tuple[int, int]]] = defaultdict(list)
    needs, experts, ids = {}, {}, {}
    for edge in edges:
        need, expert = edge.need, edge.expert
        needs[need.pk] = max(0, need.places - need.places_taken - given[need.pk])
        experts[expert.pk] = max(0, expert.capacity - expert.open_engagements - taken[expert.pk])
        ids[need.pk, expert.pk] = edge.pk
        if needs[need.pk] and experts[expert.pk]:
            suggestions[need.pk].append((expert.pk, edge.score))
    solution = assign(suggestions, need_places=needs, expert_places=experts)
    return {ids[pair.need, pair.expert] for pair in solution.pairs}
