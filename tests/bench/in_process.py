"""The engines that keep an index in this process: numpy, tantivy and bm25s. Each asks for its own package when made."""

from collections.abc import Callable, Iterable
from typing import Any

from mentors.queries.candidates import numeric_country
from mentors.recommender.skills import posting_weight
from mentors.recommender.types import Offered
from tests.bench.synthetic import Asked

Engine = Callable[[Asked], object]
# A posting's weight as a sum of pieces, each a term of its own: listed, two bits of the level, four of the years.
PIECES = (("", 60), ("l1", 8), ("l2", 16), ("y1", 1), ("y2", 2), ("y4", 4), ("y8", 8))


def _weight_words(item: Offered) -> Iterable[str]:
    """Yield the pieces of a listed skill's weight; nobody in the network is recognised by others."""
    held = {"", *(f"l{bit}" for bit in (1, 2) if (item.level - 1) & bit)}
    held |= {f"y{bit}" for bit in (1, 2, 4, 8) if min(item.years, 10) & bit}
    assert sum(worth for mark, worth in PIECES if mark in held) == posting_weight(item)
    return (f"s{item.skill}{mark}" for mark in held)


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
    for name in ("skills", "weights", "ties", "bits"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic" if name != "skills" else "freq")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(200_000_000, 1)
    for one in people:
        document = tantivy.Document()
        document.add_integer("expert", one.id)
        document.add_text("skills", " ".join(f"s{item.skill}" for item in one.skills))
        document.add_text("weights", " ".join(word for item in one.skills for word in _weight_words(item)))
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

    def filtered(asked: Asked, wanted: Any) -> Any:
        parts = [(must, wanted)]
        masks = (asked.languages, asked.modalities)
        parts += [
            (must, quietly(any_of("bits", (f"b{bit}" for bit in range(30) if mask >> bit & 1)))) for mask in masks
        ]
        if asked.scope.origins is not None:
            parts.append((must, quietly(any_of("ties", (f"o{origin}" for origin in asked.scope.origins)))))
        return searcher.search(tantivy.Query.boolean_query(parts), 50).hits

    def bm25(asked: Asked) -> object:
        return filtered(asked, any_of("skills", (f"s{skill}" for skill in asked.weights)))

    def same_score(asked: Asked) -> object:
        terms = [
            (should, tantivy.Query.const_score_query(term, float(worth * weight)))
            for skill, weight in asked.weights.items()
            for mark, worth in PIECES
            for term in (tantivy.Query.term_query(schema, "weights", f"s{skill}{mark}"),)
        ]
        return filtered(asked, tantivy.Query.boolean_query(terms))

    return {"tantivy BM25": bm25, "tantivy, our score": same_score}


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


MAKERS = (_numpy, _tantivy, _bm25s)
