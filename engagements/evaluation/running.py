"""Run the product's own matching and the simple methods over a set, and measure both alike."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from django.utils import timezone

from diaspora_net.core import statements
from engagements.evaluation.baselines import Scores, methods, transposed
from engagements.evaluation.files import MatchingSet
from engagements.evaluation.loading import Loaded, load
from engagements.evaluation.measures import SEEDS, Figures, Interval, figures, intervals, mean, positions
from engagements.evaluation.scratch import scratch_schema
from engagements.queries.history import known_experts
from engagements.queries.match_statement import experts_statement, need_ids
from engagements.queries.recommendations import origin_codes, strict_scope
from engagements.queries.wishes import wishes
from mentors.recommender.scoring import breadth_of, rank, rank_wishes
from mentors.recommender.types import Candidate

OURS = "ours"
# Nobody reads further, so nothing further is explained; no measure but the reciprocal rank looks further, a little.
SHOWN = 50
Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What one method reached: the mean of each measure, and its 95 % interval."""

    figures: Figures
    intervals: Mapping[str, Interval]


def evaluate(known: MatchingSet, *, for_experts: bool = False, say: Say = print) -> dict[str, Result]:
    """Return what ours and the simple methods reach on a set; ``for_experts`` ranks needs for each expert.

    All rows live in a schema of their own, which is gone afterwards. Ties are drawn by three seeds, whose mean counts.
    """
    truth = _turned(known.truth) if for_experts else dict(known.truth)
    with scratch_schema():
        say(f"Loading {len(known.experts)} experts, {len(known.needs)} needs and {len(known.history)} past needs …")
        loaded = load(known)
        say("Matching …")
        ours = _needs_for_experts(loaded, truth) if for_experts else _experts_for_needs(loaded, truth)
        results = {OURS: _measured(ours, truth, 0)}
    say("Comparing …")
    results |= _compared(known, truth, for_experts)
    return results


def _compared(known: MatchingSet, truth: Mapping[str, frozenset[str]], for_experts: bool) -> dict[str, Result]:
    results = {}
    for name, method in methods(known).items():
        if for_experts:
            turned = transposed(method, known.needs, truth)
            results[name] = _measured(iter(turned.items()), truth, len(known.needs))
        else:
            orders = ((need.reference, method(need)) for need in known.needs if need.reference in truth)
            results[name] = _measured(orders, truth, len(known.experts))
    return results


def _turned(truth: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    turned: dict[str, frozenset[str]] = {}
    for need, experts in truth.items():
        for expert in experts:
            turned[expert] = turned.get(expert, frozenset()) | {need}
    return turned


def _measured(orders: Iterator[tuple[str, Scores]], truth: Mapping[str, frozenset[str]], population: int) -> Result:
    """Measure the orders; those of a ``population`` above 0 hold everybody, who has no score coming last."""
    chances = [Random(seed) for seed in SEEDS]  # noqa: S311 - a lot, not a secret
    rows = []
    for reference, scores in orders:
        right, others = truth[reference], max(0, population - len(scores))
        rows.append(mean(figures(places, len(right)) for places in positions(scores, right, chances, others)))
    return Result(mean(rows), intervals(rows))


def _experts_for_needs(loaded: Loaded, truth: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Scores]]:
    """Yield the points of the experts found for each need."""
    references = {profile.pk: reference for reference, profile in loaded.experts.items()}
    known = _known(loaded)
    needs = {reference: need for reference, need in loaded.needs.items() if reference in truth}
    asked = wishes([need.pk for need in needs.values()])
    for reference, need in needs.items():
        wish = asked[need.pk]
        statement, params = experts_statement(
            need.pk, need.organisation_id, wish, strict_scope(need), day=timezone.localdate()
        )
        found = [known[row[0]] for row in statements.rows(statement, params)]
        yield (
            reference,
            {
                references[match.expert]: match.points
                for match in rank(wish, found, limit=SHOWN, day=timezone.localdate())
            },
        )


def _needs_for_experts(loaded: Loaded, truth: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Scores]]:
    """Yield the shares of the attainable points of the needs found for each expert."""
    references = {need.pk: reference for reference, need in loaded.needs.items()}
    known = _known(loaded)
    asked = wishes(references)
    for reference, profile in loaded.experts.items():
        if reference in truth:
            candidate = known[profile.pk]
            found = need_ids(candidate, profile, origin_codes(profile), timezone.localdate())
            ranked = rank_wishes(candidate, [(pk, asked[pk]) for pk in found], limit=SHOWN, day=timezone.localdate())
            yield reference, {references[pk]: match.points / match.attainable for pk, match in ranked}


def _known(loaded: Loaded) -> dict[int, Candidate]:
    """Return what the product knows of the experts, and the evidence counts of profiles that grew from activity."""
    profiles = known_experts([profile.pk for profile in loaded.experts.values()])
    return {candidate.expert: _with_activity(candidate, loaded) for candidate in profiles}


def _with_activity(candidate: Candidate, loaded: Loaded) -> Candidate:
    activity = loaded.activity.get(candidate.expert)
    if not activity:
        return candidate
    return candidate._replace(activity=activity, breadth=breadth_of(candidate.skills.values(), activity))
