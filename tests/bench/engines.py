"""The engines that are asked the same needs: ours, and what else one would reach for."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection
from django.utils import timezone

from engagements.queries import recommendations
from engagements.queries.history import known_experts
from engagements.queries.match_statement import ORIGINS
from engagements.queries.wishes import wish_of, wish_skills
from mentors.models import ExpertProfile, ProfileSkill
from mentors.queries.candidates import numeric_country
from mentors.recommender.scoring import rank
from mentors.states import FIRST_ORIGIN_BIT
from tests.bench.synthetic import Asked, Network

Engine = Callable[[Asked], object]
TABLES = """
CREATE TABLE bench_expert AS SELECT expert_id, bit_or(flags) AS flags, array_agg(DISTINCT origin) AS origins,
    array_agg(DISTINCT skill_id::int) AS skills,
    to_tsvector('simple', string_agg(DISTINCT 's' || skill_id, ' ')) AS words
    FROM mentors_posting GROUP BY expert_id;
ALTER TABLE bench_expert ADD PRIMARY KEY (expert_id);
CREATE INDEX bench_skills ON bench_expert USING gin (skills);
CREATE INDEX bench_words ON bench_expert USING gin (words);
CREATE TABLE bench_skill AS SELECT DISTINCT skill_id, expert_id, weight FROM mentors_posting;
CREATE INDEX bench_cover ON bench_skill (skill_id) INCLUDE (expert_id, weight);
"""
FILTER = """(%(origins)s::smallint[] IS NULL OR expert.origins && %(origins)s::smallint[])
    AND (expert.flags & %(languages)s) <> 0 AND (expert.flags & %(modalities)s) <> 0"""
WANTED = "unnest(%(skills)s::bigint[], %(weights)s::int[]) AS wanted(skill_id, weight)"
BEST = "ORDER BY points DESC, expert_id LIMIT 50"
OWN = f"""SELECT expert_id, sum(best) AS points FROM (
        SELECT posting.expert_id, wanted.skill_id, max(posting.weight * wanted.weight) AS best FROM {WANTED} {{origins}}
        WHERE (posting.flags & %(languages)s) <> 0 AND (posting.flags & %(modalities)s) <> 0
        GROUP BY posting.expert_id, wanted.skill_id
    ) AS by_skill GROUP BY expert_id {BEST}"""
COUNT = f"""SELECT item.content_object_id AS expert_id, count(*) AS points FROM mentors_profileskill item
    JOIN bench_expert expert ON expert.expert_id = item.content_object_id
    WHERE item.tag_id = ANY(%(skills)s) AND {FILTER} GROUP BY item.content_object_id {BEST}"""
GIN = f"""SELECT expert.expert_id, (SELECT sum(wanted.weight) FROM {WANTED} WHERE wanted.skill_id = ANY(expert.skills))
    AS points FROM bench_expert expert WHERE expert.skills && %(skills)s::int[] AND {FILTER} {BEST}"""
COVER = f"""SELECT expert.expert_id, sum(has.weight * wanted.weight) AS points FROM {WANTED}
    JOIN bench_skill has ON has.skill_id = wanted.skill_id JOIN bench_expert expert ON expert.expert_id = has.expert_id
    WHERE {FILTER} GROUP BY expert.expert_id {BEST}"""
TEXT = f"""SELECT expert.expert_id, ts_rank(expert.words, %(query)s::tsquery) AS points FROM bench_expert expert
    WHERE expert.words @@ %(query)s::tsquery AND {FILTER} {BEST}"""


def our_statement(asked: Asked) -> list[int]:
    """Run the product's statement: expanded terms, hard rules, the best 200."""
    assert asked.wish is not None
    return recommendations._search(asked.need, asked.wish, frozenset())(asked.scope)


def the_wish(asked: Asked) -> object:
    """Read what the need asks for, which the product does before its statement."""
    return wish_of(asked.need)


def with_reasons(asked: Asked) -> object:
    """Do all the product does but for cards: wish, statement, profiles, history, ranking, the best 50 explained."""
    wish = wish_of(asked.need)
    ids = recommendations._search(asked.need, wish, frozenset())(asked.scope)
    found = known_experts(ids, of_skills=wish_skills(wish))
    return rank(wish, found, limit=50, day=timezone.localdate())


def page_of_ten(asked: Asked) -> object:
    """Ask the product's query as the page does: ten people with reasons, cards and what the viewer may see."""
    return recommendations.experts_for_need(asked.need.focal_point, asked.need, scope=asked.scope)


def own_skills(asked: Asked) -> list[int]:
    """Ask the postings for the wanted skills alone, best 50."""
    scope = asked.scope.origins
    rendering = "any" if scope is None else "one" if len(scope) == 1 else "several"
    return _ids(OWN.format(origins=ORIGINS[rendering]), asked)


def sql(statement: str) -> Engine:
    """Return an engine that runs one statement."""
    return lambda asked: _ids(statement, asked)


def similar_objects(asked: Asked) -> object:
    """Call taggit's own method on a profile that lists what the need asks for."""
    probe = ExpertProfile.objects.get(pk=asked.probe)
    return probe.skills.similar_objects()[:50]


def make_probes(needs: Iterable[Asked]) -> None:
    """Read the needs, and write an unpublished profile with the skills of each, for taggit to find the like of."""
    for asked in needs:
        user = type(asked.need.focal_point).objects.create_user(
            f"probe{asked.need.pk}@example.org", None, full_name="P"
        )
        asked.wish = wish_of(asked.need)
        asked.probe = ExpertProfile.objects.create(user=user).pk
        ProfileSkill.objects.bulk_create(ProfileSkill(content_object_id=asked.probe, tag_id=pk) for pk in asked.weights)


def make_engines(network: Network) -> dict[str, Engine]:
    """Build every engine's data and return the engines by name, without those whose packages are not installed."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    engines: dict[str, Engine] = {
        "ours: reading the need": the_wish,
        "ours: statement": our_statement,
        "ours: ranked, with reasons": with_reasons,
        "ours: page of ten": page_of_ten,
        "ours: wanted skills only": own_skills,
        "taggit similar_objects()": similar_objects,
        "SQL count with filters": sql(COUNT),
        "GIN on int[]": sql(GIN),
        "covering index, join": sql(COVER),
        "tsvector, ts_rank": sql(TEXT),
    }
    people = [one for one in network.people() if one.is_matched]
    for make in (_numpy, _tantivy, _bm25s):
        try:
            engines |= make(people)
        except ImportError as error:
            print(f"left out: {error.name} is not installed")
    return engines


def _ids(statement: str, asked: Asked) -> list[int]:
    origins = None if asked.scope.origins is None else list(asked.scope.origins)
    params = {
        "skills": list(asked.weights),
        "weights": list(asked.weights.values()),
        "origins": origins,
        "origin": origins[0] if origins else None,
        "languages": asked.languages,
        "modalities": asked.modalities,
        "first_origin": FIRST_ORIGIN_BIT,
        "query": " | ".join(f"s{skill}" for skill in asked.weights),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [row[0] for row in cursor.fetchall()]


def _numpy(people: list[Any]) -> dict[str, Engine]:
    """Return an inverted index of arrays in this process."""
    import numpy

    flags = numpy.array([one.flags for one in people], dtype=numpy.int32)
    tied: dict[int, Any] = {}
    postings: dict[int, tuple[list[int], list[int]]] = {}
    for place, one in enumerate(people):
        for item in one.skills:
            ids, levels = postings.setdefault(item.skill, ([], []))
            ids.append(place)
            levels.append(item.level)
        for code in one.origins:
            tied.setdefault(numeric_country(code), []).append(place)
    arrays = {skill: tuple(numpy.array(part, dtype=numpy.int32) for part in pair) for skill, pair in postings.items()}
    ties = {origin: numpy.array(places, dtype=numpy.int32) for origin, places in tied.items()}

    def engine(asked: Asked) -> object:
        scores = numpy.zeros(len(people), dtype=numpy.int32)
        for skill, weight in asked.weights.items():
            if skill in arrays:
                ids, levels = arrays[skill]
                scores[ids] += weight * levels
        fits = ((flags & asked.languages) != 0) & ((flags & asked.modalities) != 0)
        if asked.scope.origins is not None:
            near = numpy.zeros(len(people), dtype=bool)
            for origin in asked.scope.origins:
                if origin in ties:
                    near[ties[origin]] = True
            fits &= near
        scores[~fits] = 0
        best = numpy.argpartition(-scores, min(50, len(people) - 1))[:50]
        return best[numpy.argsort(-scores[best])]

    return {"numpy in this process": engine}


def _tantivy(people: list[Any]) -> dict[str, Engine]:
    """Return Lucene's shape in Rust, in this process: BM25 over skills, the rest as filters without a score."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("expert", stored=True)
    for name in ("skills", "ties", "bits"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic" if name != "skills" else "freq")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(200_000_000, 1)
    for one in people:
        document = tantivy.Document()
        document.add_integer("expert", one.id)
        document.add_text("skills", " ".join(f"s{item.skill}" for item in one.skills))
        document.add_text("ties", " ".join(f"o{numeric_country(code)}" for code in one.origins))
        document.add_text("bits", " ".join(f"b{bit}" for bit in range(30) if one.flags >> bit & 1))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    must, should = tantivy.Occur.Must, tantivy.Occur.Should

    def any_of(name: str, words: Iterable[str]) -> Any:
        terms = [(should, tantivy.Query.term_query(schema, name, word)) for word in words]
        return tantivy.Query.boolean_query(terms)

    def quietly(query: Any) -> Any:
        return tantivy.Query.const_score_query(query, 0.0)

    def engine(asked: Asked) -> object:
        parts = [(must, any_of("skills", (f"s{skill}" for skill in asked.weights)))]
        masks = (asked.languages, asked.modalities)
        parts += [
            (must, quietly(any_of("bits", (f"b{bit}" for bit in range(30) if mask >> bit & 1)))) for mask in masks
        ]
        if asked.scope.origins is not None:
            parts.append((must, quietly(any_of("ties", (f"o{origin}" for origin in asked.scope.origins)))))
        return searcher.search(tantivy.Query.boolean_query(parts), 50).hits

    return {"tantivy BM25": engine}


def _bm25s(people: list[Any]) -> dict[str, Engine]:
    """Return BM25 with scores computed in advance, in this process, masked by the filters."""
    import bm25s
    import numpy

    retriever = bm25s.BM25()
    retriever.index([[str(item.skill) for item in one.skills] for one in people], show_progress=False)
    flags = numpy.array([one.flags for one in people], dtype=numpy.int32)
    ties = [{numeric_country(code) for code in one.origins} for one in people]
    origins = {o: numpy.array([o in tie for tie in ties]) for o in set().union(*ties)}

    def engine(asked: Asked) -> object:
        mask = ((flags & asked.languages) != 0) & ((flags & asked.modalities) != 0)
        if asked.scope.origins is not None:
            mask &= sum(origins[origin] for origin in asked.scope.origins if origin in origins) > 0
        words = [str(skill) for skill in asked.weights if str(skill) in retriever.vocab_dict]
        scores = retriever.get_scores(words, weight_mask=mask)
        return numpy.argpartition(-scores, min(50, len(people) - 1))[:50]

    return {"bm25s": engine}
