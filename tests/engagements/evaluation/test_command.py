"""The command measures ours beside the simple methods and leaves nothing behind."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from engagements.evaluation import running
from engagements.evaluation.baselines import methods
from engagements.evaluation.files import MatchingSet, read_set
from engagements.evaluation.loading import facet_kinds
from engagements.evaluation.scratch import scratch_schema
from engagements.models import Need
from mentors.models import ExpertProfile, Skill
from mentors.states import SkillKind
from tests.engagements.evaluation.faceted import faceted_set
from tests.engagements.evaluation.sets import HISTORY, SMALL, write_set
from tests.world import World

SIMPLE = {"shared_tags", "idf_overlap", "tfidf_cosine", "jaccard", "bm25", "bm25_b0"}
REMEMBERING = {"popularity", "knn"}


def run(folder: Path, *options: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("evaluate_matching", str(folder), *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def measured(folder: Path, *options: str) -> dict[str, Any]:
    """Return the methods' figures."""
    answer = json.loads(run(folder, "--json", *options))
    assert set(answer) == {"set", "methods"}
    assert answer["set"] == folder.name
    found: dict[str, Any] = answer["methods"]
    return found


def schemas() -> set[str]:
    """Return the names of all schemas."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


def test_best_figures_when_the_right_experts_have_the_rare_tags(db: None, tmp_path: Path) -> None:
    found = measured(write_set(tmp_path / "tiny"))
    assert set(found) == {"ours"} | SIMPLE
    assert found["ours"] == {"ndcg@10": 1.0, "mrr": 1.0, "r@10": 1.0, "r@50": 1.0}
    assert found["idf_overlap"] == found["ours"]


def test_past_counts_when_there_is_one(db: None, tmp_path: Path) -> None:
    folder = write_set(tmp_path / "tiny", {**SMALL, "history": HISTORY}, compressed=True)
    assert set(measured(folder)) == {"ours"} | SIMPLE | REMEMBERING
    assert set(measured(folder, "--no-history")) == {"ours"} | SIMPLE


def test_needs_are_ranked_when_asked_for_experts(db: None, tmp_path: Path) -> None:
    folder = write_set(tmp_path / "tiny", {**SMALL, "history": HISTORY})
    found = measured(folder, "--direction", "experts", "--history")
    assert set(found) == {"ours"} | SIMPLE | REMEMBERING
    assert found["ours"]["ndcg@10"] == 1.0


def test_table_shows_each_method_with_its_interval(db: None, tmp_path: Path) -> None:
    printed = run(write_set(tmp_path / "tiny")).splitlines()
    assert printed[0] == "tiny"
    assert printed[1].split() == ["ndcg@10", "mrr", "r@10", "r@50"]
    assert {line.split()[0] for line in printed[2:]} == {"ours"} | SIMPLE
    assert printed[2].startswith("ours          1.000 [1.000, 1.000]")


def test_error_names_file_and_line_when_a_line_is_malformed(db: None, tmp_path: Path) -> None:
    before = schemas()
    folder = write_set(tmp_path, {**SMALL, "truth": [*SMALL["truth"], '{"need_id": "n2"}']})
    with pytest.raises(CommandError, match=r"truth\.jsonl, line 3: “expert_ids” must be a list"):
        run(folder)
    assert schemas() == before


def test_error_says_what_to_do_when_the_database_is_older_than_the_code(db: None, tmp_path: Path) -> None:
    before = schemas()
    MigrationRecorder.Migration.objects.filter(app="engagements").latest("pk").delete()
    with pytest.raises(CommandError, match=r"run “manage\.py migrate” first"):
        run(write_set(tmp_path))
    assert schemas() == before


def test_people_and_their_tables_are_left_alone(transactional_db: None, tmp_path: Path, world: World) -> None:
    def state() -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            touched = []
            for table in connection.introspection.table_names(cursor):
                # A row that was added, changed or removed shows in its count or in the youngest transaction.
                cursor.execute(f'SELECT count(*), max(xmin::text::bigint) FROM public."{table}"')
                touched.append((table, *cursor.fetchone()))
            cursor.execute("SELECT current_schema(), current_setting('search_path')")
            return (*cursor.fetchone(), touched, Need.objects.count(), ExpertProfile.objects.count())

    before, known = state(), schemas()
    assert before[-1] > 0
    run(write_set(tmp_path / "tiny", {**SMALL, "history": HISTORY}))
    assert state() == before
    assert schemas() == known


def test_schema_is_gone_when_matching_fails(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schemas()

    def broken(_known: MatchingSet) -> None:
        Skill.objects.create(name="never seen", slug="never-seen")
        assert schemas() > before
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing_of_the_kind")

    monkeypatch.setattr(running, "load", broken)
    with pytest.raises(Exception, match="nothing_of_the_kind"):
        run(write_set(tmp_path / "tiny"))
    assert schemas() == before
    assert not Skill.objects.filter(slug="never-seen").exists()


def test_scratch_tables_are_empty_and_all_there(db: None, world: World) -> None:
    tables = set(connection.introspection.table_names())
    with scratch_schema():
        assert set(connection.introspection.table_names()) == tables
        assert not ExpertProfile.objects.exists()
    assert ExpertProfile.objects.exists()


def test_facets_are_the_kinds_their_names_mean() -> None:
    assert facet_kinds(["Topics", "skill", "occupation"]) == {
        "Topics": SkillKind.TRANSFERABLE,
        "skill": SkillKind.SKILL,
        "occupation": SkillKind.OCCUPATION,
    }
    strange = facet_kinds(["a", "b", "skill", "c", "d", "e"])
    assert strange["skill"] == SkillKind.SKILL
    assert len(set(strange.values())) == 5


def test_simple_methods_score_as_their_formulas_say(tmp_path: Path) -> None:
    known = read_set(write_set(tmp_path, {**SMALL, "history": HISTORY}))
    simple, need = methods(known), known.needs[0]
    assert simple["shared_tags"](need) == {"anna": 2, "ben": 1, "chen": 1}
    assert simple["jaccard"](need) == {"anna": 1.0, "ben": 1 / 3, "chen": 1 / 4}
    assert simple["popularity"](need) == {"chen": 1, "ben": 1}
    assert simple["knn"](known.needs[1]) == {"chen": pytest.approx(0.5**0.5)}
    assert simple["bm25"](need)["chen"] < simple["bm25_b0"](need)["chen"]
    assert simple["tfidf_cosine"](need)["anna"] > simple["tfidf_cosine"](need)["ben"]


def test_rare_fields_do_not_drown_when_topics_are_many_and_some_declare_everything(db: None, tmp_path: Path) -> None:
    found = measured(write_set(tmp_path / "faceted", faceted_set(900, 100)))
    reached = {name: figures["ndcg@10"] for name, figures in found.items()}
    assert max(reached, key=lambda name: reached[name]) == "ours"
    assert reached["ours"] > 1.5 * reached["bm25"] > 1.5 * reached["shared_tags"]
