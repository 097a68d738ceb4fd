"""The simple methods that ours must beat: tags as one bag, what was done before, and who is popular."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from heapq import nlargest
from math import log, sqrt

from engagements.evaluation.files import Asked, MatchingSet

K1, B = 1.2, 0.75
# As many as help: fewer cost up to .03 of NDCG@10 on the development sets, more gain nothing.
NEIGHBOURS = 200
Scores = Mapping[str, float]
Method = Callable[[Asked], Scores]


class Bags:
    """The experts' tags as bags, indexed by tag. Evidence counts, where there are any, are term frequencies."""

    def __init__(self, known: MatchingSet) -> None:
        self.population = len(known.experts)
        self.sizes = {expert.reference: len(expert.tags) for expert in known.experts}
        self.holders: dict[str, dict[str, int]] = defaultdict(dict)
        for expert in known.experts:
            for tag in expert.tags:
                self.holders[tag][expert.reference] = max(1, expert.counts.get(tag, 1))
        self.lengths: Counter[str] = Counter()
        for holders in self.holders.values():
            self.lengths.update(holders)
        self.length = sum(self.lengths.values()) / max(1, self.population)
        self.norms: dict[str, float] = defaultdict(float)
        for tag, holders in self.holders.items():
            for holder, count in holders.items():
                self.norms[holder] += (count * self.rarity(tag)) ** 2

    def rarity(self, tag: str) -> float:
        """Return how rare a tag is among the experts, smoothed and above 0."""
        frequency = len(self.holders.get(tag, ()))
        return log(1 + (self.population - frequency + 0.5) / (frequency + 0.5))

    def shared_tags(self, need: Asked) -> Scores:
        """Count the tags in common, as taggit does."""
        return dict(Counter(expert for tag in need.tags for expert in self.holders.get(tag, ())))

    def idf_overlap(self, need: Asked) -> Scores:
        """Sum the rarity of the tags in common."""
        scores: dict[str, float] = defaultdict(float)
        for tag in need.tags:
            rarity = self.rarity(tag)
            for expert in self.holders.get(tag, ()):
                scores[expert] += rarity
        return scores

    def tfidf_cosine(self, need: Asked) -> Scores:
        """Compare directions of bags weighted by rarity."""
        scores: dict[str, float] = defaultdict(float)
        for tag in need.tags:
            rarity = self.rarity(tag) ** 2
            for expert, count in self.holders.get(tag, {}).items():
                scores[expert] += count * rarity
        return {expert: score / sqrt(self.norms[expert]) for expert, score in scores.items()}

    def jaccard(self, need: Asked) -> Scores:
        """Divide the tags in common by the tags of both."""
        size = len(need.tags)
        shared = self.shared_tags(need)
        return {expert: count / (size + self.sizes[expert] - count) for expert, count in shared.items()}

    def bm25(self, need: Asked, b: float = B) -> Scores:
        """Weigh tags by rarity and saturating frequency; ``b`` is how much long bags pay."""
        scores: dict[str, float] = defaultdict(float)
        for tag in need.tags:
            rarity = self.rarity(tag)
            for expert, count in self.holders.get(tag, {}).items():
                long = 1 - b + b * self.lengths[expert] / self.length
                scores[expert] += rarity * count * (K1 + 1) / (count + K1 * long)
        return scores

    def bm25_b0(self, need: Asked) -> Scores:
        """Return BM25 in which long bags pay nothing."""
        return self.bm25(need, 0.0)


class Memory:
    """What was done before: who helped with which past needs."""

    def __init__(self, known: MatchingSet) -> None:
        people = {expert.reference for expert in known.experts}
        self.past = [(set(past.tags), [one for one in past.experts if one in people]) for past in known.history]
        self.asking: dict[str, list[int]] = defaultdict(list)
        for place, (tags, _experts) in enumerate(self.past):
            for tag in tags:
                self.asking[tag].append(place)
        self.counts: Scores = dict(Counter(expert for _tags, experts in self.past for expert in experts))
        self.norms = [self._norm(tags) for tags, _experts in self.past]

    def _norm(self, tags: Collection[str]) -> float:
        return sqrt(sum(self.rarity(tag) ** 2 for tag in tags))

    def rarity(self, tag: str) -> float:
        """Return how rare a tag is among past needs."""
        return log((len(self.past) + 1) / (len(self.asking.get(tag, ())) + 0.5))

    def popularity(self, need: Asked) -> Scores:
        """Return how often each expert helped, whatever is asked."""
        return self.counts

    def knn(self, need: Asked) -> Scores:
        """Sum the likeness of the most similar past needs over who helped with them."""
        likeness: dict[int, float] = defaultdict(float)
        for tag in need.tags:
            rarity = self.rarity(tag) ** 2
            for place in self.asking.get(tag, ()):
                likeness[place] += rarity
        norm = self._norm(need.tags)
        cosines = ((shared / norm / self.norms[place], place) for place, shared in likeness.items())
        scores: dict[str, float] = defaultdict(float)
        for cosine, place in nlargest(NEIGHBOURS, cosines):
            for expert in self.past[place][1]:
                scores[expert] += cosine
        return scores


def methods(known: MatchingSet) -> Mapping[str, Method]:
    """Return the simple methods by name; those that need a history only where there is one."""
    bags = Bags(known)
    simple: dict[str, Method] = {
        "shared_tags": bags.shared_tags,
        "idf_overlap": bags.idf_overlap,
        "tfidf_cosine": bags.tfidf_cosine,
        "jaccard": bags.jaccard,
        "bm25": bags.bm25,
        "bm25_b0": bags.bm25_b0,
    }
    if known.history:
        memory = Memory(known)
        simple |= {"popularity": memory.popularity, "knn": memory.knn}
    return simple


def transposed(method: Method, needs: Sequence[Asked], experts: Collection[str]) -> Mapping[str, Scores]:
    """Return each of ``experts``' scores by need: a pair scores the same whoever asks."""
    turned: dict[str, dict[str, float]] = {expert: {} for expert in experts}
    for need in needs:
        for expert, score in method(need).items():
            if expert in turned:
                turned[expert][need.reference] = score
    return turned
