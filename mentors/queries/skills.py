"""Read the vocabulary: search labels, name concepts, find related ones."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, FilteredRelation, Min, Q, QuerySet, When
from django.db.models.functions import Length

from mentors.labels import fold_typed
from mentors.models import Skill, SkillLabel
from mentors.queries.relations import related_skills
from mentors.states import LabelKind, SkillStatus

__all__ = [
    "SkillFacts",
    "SkillHit",
    "accepted_skills",
    "current_skills",
    "related_skills",
    "search_skills",
    "skill_facts",
    "skill_labels",
    "usable_skills",
]

FALLBACK_LANGUAGE = "en"
SEARCH_LENGTH = 100
SEARCH_WORDS = 8
# A single letter is a whole word ("C", "R"), never the start of one: it would match everything and say nothing.
SHORTEST_PREFIX = 2


@dataclass(frozen=True)
class SkillHit:
    """A concept found by a label: ``label`` is its name in the asked language, ``matched`` the label that was hit."""

    skill_id: int
    label: str
    kind: str
    matched: str


@dataclass(frozen=True)
class SkillFacts:
    """What scoring needs to know of a concept: its kind and how many published experts have it."""

    kind: str
    expert_count: int


def search_skills(text: str, *, language: str, kinds: Collection[str] | None = None, limit: int = 10) -> list[SkillHit]:
    """Find accepted concepts by labels in any language, best first.

    Whole labels come first, then labels with all the words, then labels where the last word is only begun; within
    each, what more experts have. Never parts of words: "ai" does not find "retail". Empty for a text without letters
    or digits. Queries: 1 to 3 for finding (each step only when the steps before did not fill the list), 2 for the
    labels.
    """
    typed = fold_typed(text[:SEARCH_LENGTH])
    words = typed.split()[:SEARCH_WORDS]
    if not words:
        return []
    found = _find(words, typed, kinds, known=(), limit=limit, is_last_begun=False)
    if len(found) < limit and len(words[-1]) >= SHORTEST_PREFIX:
        found |= _find(words, typed, kinds, known=found, limit=limit - len(found), is_last_begun=True)
    matched = _matched(found, typed, words, language)
    names = skill_labels(found, language)
    return [SkillHit(pk, names[pk], kind, matched.get(pk, names[pk])) for pk, kind in found.items()]


def _with_words(words: Sequence[str], *, is_last_begun: bool) -> QuerySet[SkillLabel]:
    # Folded words hold only letters and digits, so that quoting them is enough to make a safe query.
    terms = " & ".join(f"'{word}'" for word in words) + (":*" if is_last_begun else "")
    query = SearchQuery(terms, search_type="raw", config="simple")
    return SkillLabel.objects.annotate(indexed=SearchVector("search", config="simple")).filter(indexed=query)


def _find(
    words: Sequence[str],
    typed: str,
    kinds: Collection[str] | None,
    *,
    known: Collection[int],
    limit: int,
    is_last_begun: bool,
) -> dict[int, str]:
    """Return the kinds of the best concepts that are not ``known`` yet, best first."""
    labels = _with_words(words, is_last_begun=is_last_begun).filter(skill__status=SkillStatus.ACCEPTED)
    if known:
        labels = labels.exclude(skill__in=list(known))
    if kinds is not None:
        labels = labels.filter(skill__kind__in=list(kinds))
    is_part = Case(When(search=typed, then=0), default=1)
    rows = (
        labels.values("skill", "skill__kind")
        .annotate(is_part=Min(is_part), length=Min(Length("search")))
        .order_by("is_part", "-skill__expert_count", "length", "skill")
        .values_list("skill", "skill__kind")[:limit]
    )
    return dict(rows)


def _matched(found: Collection[int], typed: str, words: Sequence[str], language: str) -> dict[int, str]:
    """Return the label that hit each concept: the whole one, else one in the asked language, else the shortest."""
    best: dict[int, tuple[tuple[bool, bool, int, str], str]] = {}
    rows = _with_words(words, is_last_begun=True).filter(skill__in=list(found))
    for skill_id, code, label, search in rows.values_list("skill_id", "language", "text", "search"):
        rank = (search != typed, code != language, len(search), label)
        if skill_id not in best or rank < best[skill_id][0]:
            best[skill_id] = (rank, label)
    return {skill_id: label for skill_id, (_rank, label) in best.items()}


def skill_labels(skill_ids: Iterable[int], language: str) -> dict[int, str]:
    """Return each concept's preferred label in ``language``, else in English, else in any language, else its name.

    Queries: 1.
    """
    names: dict[int, str] = {}
    ranks: dict[int, int] = {}
    rows = (
        Skill.objects.filter(pk__in=set(skill_ids))
        .annotate(shown=FilteredRelation("labels", condition=Q(labels__kind=LabelKind.PREFERRED)))
        .order_by("pk", "shown__language")
        .values_list("pk", "name", "shown__language", "shown__text")
    )
    for pk, name, code, text in rows:
        rank = 0 if code == language else 1 if code == FALLBACK_LANGUAGE else 2
        if rank < ranks.get(pk, 9):
            names[pk], ranks[pk] = text or name, rank
    return names


def accepted_labels(skill_ids: Iterable[int], language: str) -> dict[int, str]:
    """Return the labels of those concepts that are accepted, as ``skill_labels``. Queries: 2."""
    accepted = Skill.objects.filter(pk__in=set(skill_ids), status=SkillStatus.ACCEPTED)
    return skill_labels(accepted.values_list("pk", flat=True), language)


def skill_facts(skill_ids: Iterable[int]) -> dict[int, SkillFacts]:
    """Return kind and number of experts of each concept. Queries: 1."""
    rows = Skill.objects.filter(pk__in=set(skill_ids)).values_list("pk", "kind", "expert_count")
    return {pk: SkillFacts(kind, count) for pk, kind, count in rows}


def accepted_skills(ids: Iterable[int]) -> list[Skill]:
    """Return the accepted concepts among ``ids``, in the order of ``ids``. Queries: 1."""
    order = {pk: place for place, pk in enumerate(ids)}
    return sorted(Skill.objects.filter(pk__in=order, status=SkillStatus.ACCEPTED), key=lambda skill: order[skill.pk])


def usable_skills(ids: Iterable[int], *, profile_id: int) -> list[Skill]:
    """Return the concepts among ``ids`` that may stand on this profile: accepted ones, and suggested ones it holds."""
    order = {pk: place for place, pk in enumerate(ids)}
    allowed = Q(status=SkillStatus.ACCEPTED) | Q(status=SkillStatus.SUGGESTED, profile_items__content_object=profile_id)
    return sorted(Skill.objects.filter(allowed, pk__in=order).distinct(), key=lambda skill: order[skill.pk])


def current_skills(ids: Iterable[int]) -> dict[int, int]:
    """Map each concept to the one that stands for it today: itself, or the one it was merged into. Queries: 1."""
    rows = Skill.objects.filter(pk__in=set(ids)).values_list("pk", "merged_into")
    return {pk: into or pk for pk, into in rows}
