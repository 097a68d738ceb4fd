"""Find the concepts that a free text names: the sentence of a need, a CV."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from mentors.labels import Token, clauses
from mentors.models import SkillLabel
from mentors.queries.skills import skill_labels
from mentors.states import SkillStatus

LONGEST_TEXT = 30_000
LONGEST_PHRASE = 5
LONGEST_LINE = 100
# A shorter word is a name ("ECG", "SQL"), not a form of another word, and a single letter is no word at all.
SHORTEST_STEM, SHORTEST_WORD = 4, 2
# A label of so few capitals is read only where it stands in capitals: "AIR" is an impact assessment, "air" is not.
LONGEST_INITIALS = 3
# A language whose small words are this share of the commonest language's is spoken in the text, too.
SPOKEN = 0.5
LANGUAGES = ("en", "fr", "es", "pt", "ar")
STEMS = """
SELECT word, pg_catalog.ts_lexize('pg_catalog.english_stem', word),
    pg_catalog.ts_lexize('pg_catalog.french_stem', word), pg_catalog.ts_lexize('pg_catalog.spanish_stem', word),
    pg_catalog.ts_lexize('pg_catalog.portuguese_stem', word), pg_catalog.ts_lexize('pg_catalog.arabic_stem', word)
FROM unnest(%s::text[]) AS words(word)
"""


@dataclass(frozen=True)
class TextHit:
    """A concept named in a text: ``words`` triggered it, as they stand there first, in ``line``; ``count`` is how often
    it is named.
    """

    skill_id: int
    label: str
    kind: str
    words: str
    line: str
    count: int


class Place(NamedTuple):
    """Where a phrase stands: its first and last word, counted through the whole text, and both ends as written."""

    first: int
    last: int
    start: int
    end: int
    is_upper: bool

    def is_within(self, other: "Place") -> bool:
        """Say whether ``other`` is a longer phrase around this one."""
        is_shorter = self.last - self.first < other.last - other.first
        return is_shorter and other.first <= self.first and self.last <= other.last


class Label(NamedTuple):
    """A label that may be what a phrase says."""

    skill: int
    kind: str
    experts: int
    is_exact: bool


Phrases = dict[str, list[Place]]
Lexemes = Mapping[str, Mapping[str, Sequence[str] | None]]


def skills_in_text(text: str, *, language: str, limit: int = 8) -> list[TextHit]:
    """Find the accepted concepts that a text names by a whole label: long phrases first, then what it says most often.

    Words are compared by their stems in the languages the text is written in (English, French, Spanish, Portuguese,
    Arabic, told by their small words), without the small words; whole labels count in any language. Never parts of
    words; inside a longer label that is named only the longer one counts. ``language`` is that of the labels
    returned. Queries: 3 at most, whatever the length; only the first 30,000 signs are read.
    """
    text = text[:LONGEST_TEXT].replace("\0", " ")
    found = list(clauses(text))
    lexemes = _lexemes({word for tokens in found for token in tokens for word in token.words})
    if not lexemes:
        return []
    exact = _exact_phrases(found, text, lexemes)
    stems = {spoken: _stem_phrases(found, text, lexemes[spoken]) for spoken in _spoken(found, lexemes)}
    places = _outermost(_named(exact, stems))
    ordered = sorted(places, key=lambda label: _rank(label, places[label]))[:limit]
    names = skill_labels([label.skill for label in ordered], language)
    return [
        TextHit(label.skill, names[label.skill], label.kind, *_quoted(text, places[label][0]), len(places[label]))
        for label in ordered
    ]


def _rank(label: Label, places: Sequence[Place]) -> tuple[int, int, int, int]:
    longest = max(place.last - place.first for place in places)
    return -longest, -len(places), -label.experts, label.skill


def _lexemes(words: Collection[str]) -> dict[str, dict[str, Sequence[str] | None]]:
    """Return by language the stems of each word; none for a word that says nothing in that language. Queries: 1."""
    stems: dict[str, dict[str, Sequence[str] | None]] = defaultdict(dict)
    if words:
        with connection.cursor() as cursor:
            cursor.execute(STEMS, [sorted(words)])
            for word, *by_language in cursor.fetchall():
                for language, stem in zip(LANGUAGES, by_language, strict=True):
                    stems[language][word] = stem
    return stems


def _spoken(found: Iterable[Sequence[Token]], lexemes: Lexemes) -> list[str]:
    """Return the languages the text is written in, by their small words and by script; all when nothing tells."""
    counts: Counter[str] = Counter()
    for word in (word for tokens in found for token in tokens for word in token.words):
        is_arabic = "\u0600" <= word[0] <= "\u06ff"
        counts["ar"] += is_arabic
        for language in LANGUAGES:
            counts[language] += not is_arabic and lexemes[language][word] == []
    most = max(counts.values())
    return [language for language in LANGUAGES if counts[language] >= max(1, SPOKEN * most)] or list(LANGUAGES)


def _phrases(words: Sequence[tuple[str, int, Token]], text: str) -> Iterator[tuple[str, Place]]:
    """Yield every run of up to five words with its place."""
    for begin in range(len(words)):
        for after in range(begin + 1, min(begin + LONGEST_PHRASE, len(words)) + 1):
            run = words[begin:after]
            start, end = run[0][2].start, run[-1][2].end
            place = Place(run[0][1], run[-1][1], start, end, text[start:end].isupper())
            yield " ".join(word for word, _number, _token in run), place


def _exact_phrases(found: Iterable[Sequence[Token]], text: str, lexemes: Lexemes) -> Phrases:
    """Return the phrases as they stand. A small word of any language counts by itself only in capitals: "AI", not
    "j'ai"; "IT", not "it".
    """
    phrases: Phrases = defaultdict(list)
    number = 0
    for tokens in found:
        words = []
        for token in tokens:
            for word in token.words:
                words.append((word, number, token))
                number += 1
        for phrase, place in _phrases(words, text):
            is_small = any(lexemes[language].get(phrase) == [] for language in LANGUAGES)
            if len(phrase) >= SHORTEST_WORD and (not is_small or place.is_upper):
                phrases[phrase].append(place)
    return phrases


def _stem_phrases(found: Iterable[Sequence[Token]], text: str, lexemes: Mapping[str, Sequence[str] | None]) -> Phrases:
    """Return the phrases of stems, small words left out."""
    phrases: Phrases = defaultdict(list)
    number = 0
    for tokens in found:
        words = []
        for token in tokens:
            for word in token.words:
                words += [(stem, number, token) for stem in lexemes[word] or ()]
                number += 1
        for phrase, place in _phrases(words, text):
            if len(phrase) >= SHORTEST_STEM:
                phrases[phrase].append(place)
    return phrases


def _named(exact: Phrases, stems: Mapping[str, Phrases]) -> dict[Place, set[Label]]:
    """Return what the phrase at each place may name; a label word for word keeps others away. Queries: 1."""
    wanted = [Q(language=language, stem__in=list(phrases)) for language, phrases in stems.items()]
    rows = SkillLabel.objects.filter(reduce(or_, wanted, Q(search__in=list(exact))), skill__status=SkillStatus.ACCEPTED)
    named: dict[Place, set[Label]] = defaultdict(set)
    columns = ("skill_id", "skill__kind", "skill__expert_count", "language", "text", "search", "stem")
    for skill, kind, experts, language, label, search, stem in rows.values_list(*columns):
        are_initials = label.isupper() and len(label) <= LONGEST_INITIALS
        for place in exact.get(search, ()):
            if place.is_upper or not are_initials:
                named[place].add(Label(skill, kind, experts, is_exact=True))
        for place in stems.get(language, {}).get(stem, ()):
            named[place].add(Label(skill, kind, experts, is_exact=False))
    return {place: {one for one in labels if one.is_exact} or labels for place, labels in named.items()}


def _outermost(named: Mapping[Place, Collection[Label]]) -> dict[Label, list[Place]]:
    """Return the places of each concept in order, without those inside a longer phrase that names another."""
    by_word: dict[int, list[Place]] = defaultdict(list)
    for place in named:
        for number in range(place.first, place.last + 1):
            by_word[number].append(place)
    kept: dict[Label, list[Place]] = defaultdict(list)
    for place in sorted(named):
        if not any(place.is_within(other) for other in by_word[place.first]):
            for label in named[place]:
                kept[label._replace(is_exact=True)].append(place)
    return kept


def _quoted(text: str, place: Place) -> tuple[str, str]:
    """Return the words at a place and the line they stand in, cut around them."""
    words = text[place.start : place.end].strip(".,;:!?()[]“”\"'«»،؛؟")
    begin = text.rfind("\n", 0, place.start) + 1
    end = text.find("\n", place.end)
    line = text[begin : end if end >= 0 else None]
    if len(line) > LONGEST_LINE:
        middle = place.start - begin
        cut = max(0, min(middle - LONGEST_LINE // 2, len(line) - LONGEST_LINE))
        line = ("…" if cut else "") + line[cut : cut + LONGEST_LINE].strip() + "…"
    return words, " ".join(line.split())
