"""The engines that are asked the same needs: ours, and what else one would reach for."""

import statistics
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from diaspora_net.core import statements
from engagements.models import NeedTerm
from engagements.queries.history import known_of
from engagements.queries.match_statement import ORIGINS, experts_statement
from engagements.queries.wishes import wish_of, wish_skills
from mentors.models import ExpertProfile, ProfileSkill
from mentors.recommender.scoring import rank
from mentors.states import FIRST_ORIGIN_BIT
from tests.bench import in_process
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


OWN_BY_ORIGINS = {rendering: OWN.format(origins=origins) for rendering, origins in ORIGINS.items()}
CLIENT = Client(SERVER_NAME="localhost")


def our_statement(asked: Asked) -> list[tuple[Any, ...]]:
    """Run the product's statement: expanded terms, hard rules, the best 200 with their profiles and points."""
    assert asked.wish is not None
    need = asked.need
    people = (need.focal_point_id,)
    statement, params = experts_statement(
        need.pk, need.organisation_id, asked.wish, asked.scope, day=timezone.localdate(), people=people
    )
    return statements.rows(statement, params)


def the_wish(asked: Asked) -> object:
    """Read what the need asks for, which the product does before its statement."""
    return wish_of(asked.need)


def whole_answer(limit: int) -> Engine:
    """Return what does all the product does but for cards: wish, statement, profiles, past, ranking, reasons."""

    def engine(asked: Asked) -> object:
        asked.wish = wish_of(asked.need)
        found = known_of(our_statement(asked), of_skills=wish_skills(asked.wish))
        return rank(asked.wish, found, limit=limit, day=timezone.localdate())

    return engine


def page_of_ten(asked: Asked) -> object:
    """Request the page of people for a need as its focal point, signed in, in this process: ten cards with reasons."""
    page = CLIENT.get(f"/needs/{asked.need.reference}/people/", {} if asked.scope.origins else {"wider": "origins"})
    assert page.status_code == 200, page.status_code
    return page


def own_skills(asked: Asked) -> list[tuple[int, int]]:
    """Ask the postings for the wanted skills alone, best 50, as the product's statement is run."""
    scope = asked.scope.origins
    rendering = "any" if scope is None else "one" if len(scope) == 1 else "several"
    return statements.rows(OWN_BY_ORIGINS[rendering], _params(asked))


def sql(statement: str) -> Engine:
    """Return an engine that runs one statement."""
    return lambda asked: _ids(statement, asked)


def similar_objects(asked: Asked) -> object:
    """Call taggit's own method on a profile that lists what the need asks for."""
    probe = ExpertProfile.objects.get(pk=asked.probe)
    return probe.skills.similar_objects()[:50]


def make_probes(needs: Iterable[Asked]) -> None:
    """Write an unpublished profile with the skills of each need, for taggit to find the like of."""
    for asked in needs:
        user = type(asked.need.focal_point).objects.create_user(
            f"probe{asked.need.pk}@example.org", None, full_name="P"
        )
        asked.probe = ExpertProfile.objects.create(user=user).pk
        ProfileSkill.objects.bulk_create(ProfileSkill(content_object_id=asked.probe, tag_id=pk) for pk in asked.weights)


def make_tables() -> None:
    """Write what the other ways read in the database."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)


def make_engines(network: Network, needs: Iterable[Asked]) -> dict[str, Engine]:
    """Return the engines by name, without those whose packages are not installed; their own indexes are built here."""
    for asked in needs:
        asked.wish = wish_of(asked.need)
        CLIENT.force_login(asked.need.focal_point, backend="django.contrib.auth.backends.ModelBackend")
    engines: dict[str, Engine] = {
        "ours: reading the need": the_wish,
        "ours: statement": our_statement,
        "ours: whole answer, best 10": whole_answer(10),
        "ours: whole answer, best 50": whole_answer(50),
        "ours: page of ten, whole request": page_of_ten,
        "ours: wanted skills only": own_skills,
        "taggit similar_objects()": similar_objects,
        "SQL count with filters": sql(COUNT),
        "GIN on int[]": sql(GIN),
        "covering index, join": sql(COVER),
        "tsvector, ts_rank": sql(TEXT),
    }
    people = [one for one in network.people() if one.is_matched]
    for make in in_process.MAKERS:
        try:
            engines |= make(people)
        except ImportError as error:
            print(f"left out: {error.name} is not installed")
    return engines


def _params(asked: Asked) -> dict[str, Any]:
    origins = None if asked.scope.origins is None else list(asked.scope.origins)
    return {
        "skills": list(asked.weights),
        "weights": list(asked.weights.values()),
        "origins": origins,
        "origin": origins[0] if origins else None,
        "languages": asked.languages,
        "modalities": asked.modalities,
        "first_origin": FIRST_ORIGIN_BIT,
        "query": " | ".join(f"s{skill}" for skill in asked.weights),
    }


def _ids(statement: str, asked: Asked) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _params(asked))
        return [row[0] for row in cursor.fetchall()]


def scores_agree(needs: Iterable[Asked], ours: Engine, theirs: Engine) -> bool:
    """Say whether both give the best 50 of every need the same points, ties in any order."""
    return all(
        [points for _expert, points in ours(asked)] == [round(points) for points, _address in theirs(asked)]  # type: ignore[attr-defined]
        for asked in needs
    )


def pruning(needs: Iterable[Asked]) -> dict[str, float]:
    """Return what drawing from the heaviest terms alone keeps of the best 50 that all terms would draw."""
    kept, recalled = [], []
    with transaction.atomic():
        chosen = [asked for asked in needs if _is_pruned(asked)]
        found = [our_statement(asked)[:50] for asked in chosen]
        NeedTerm.objects.update(is_generating=True, is_generating_anywhere=True)
        for asked, some in zip(chosen, found, strict=True):
            best = our_statement(asked)[:50]
            kept.append(sum(row[-1] for row in some) / sum(row[-1] for row in best))
            recalled.append(len({row[0] for row in some} & {row[0] for row in best}) / len(best))
        transaction.set_rollback(True)
    figures = {"needs_pruned": float(len(chosen))}
    if chosen:
        figures |= {"points_kept_mean": statistics.mean(kept), "points_kept_least": min(kept)}
        figures |= {"recall_mean": statistics.mean(recalled)}
    return {name: round(value, 4) for name, value in figures.items()}


def _is_pruned(asked: Asked) -> bool:
    """Say whether candidates are drawn from some of the need's terms alone."""
    column = "is_generating" if asked.scope.origins else "is_generating_anywhere"
    return asked.need.terms.filter(**{column: False}).exists()
