"""Sets are read as they are meant, and what is wrong with one is said with file and line."""

from pathlib import Path

import pytest

from engagements.evaluation.files import Expert, MalformedSet, Past, read_set
from tests.engagements.evaluation.sets import HISTORY, SMALL, write_set


@pytest.mark.parametrize("compressed", [False, True])
def test_set_is_read_when_plain_or_compressed(tmp_path: Path, compressed: bool) -> None:
    known = read_set(write_set(tmp_path / "tiny", {**SMALL, "history": HISTORY}, compressed=compressed))
    assert known.name == "tiny"
    assert known.experts[0] == Expert("anna", ("health:echo", "topic:career"))
    assert known.truth == {"n1": {"anna"}, "n2": {"chen"}}
    assert known.history[0] == Past("old", ("topic:study", "law:visa"), ("chen", "gone"))


def test_counts_are_read_when_profiles_grew_from_activity(tmp_path: Path) -> None:
    experts = [{"id": "anna", "tags": ["sql"], "tag_counts": {"sql": 4}, "n_answers": 9}]
    parts = {"experts": experts, "needs": [{"id": "n", "tags": ["sql"]}]}
    truth = [{"need_id": "n", "expert_ids": ["anna"], "scores": {"anna": 2}}]
    assert read_set(write_set(tmp_path, {**parts, "truth": truth})).experts[0].counts == {"sql": 4}


def test_history_is_left_out_when_not_wanted_and_missed_when_wanted(tmp_path: Path) -> None:
    folder = write_set(tmp_path, {**SMALL, "history": HISTORY})
    assert read_set(folder, wants_history=False).history == ()
    (folder / "history.jsonl").unlink()
    assert read_set(folder).history == ()
    with pytest.raises(MalformedSet, match=r"neither history\.jsonl nor history\.jsonl\.gz"):
        read_set(folder, wants_history=True)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "must be a JSON object"),
        ('{"tags": ["a"]}', "“id” must be a text"),
        ('{"id": 3, "tags": ["a"]}', "“id” must be a text"),
        ('{"id": "dora"}', "“tags” must be a list of texts"),
        ('{"id": "dora", "tags": "sql"}', "“tags” must be a list of texts"),
        ('{"id": "dora", "tags": [1]}', "“tags” must be a list of texts"),
        ('{"id": "dora", "tags": [" "]}', "“tags” must be a list of texts"),
        ('{"id": "dora", "tags": ["a"], "tag_counts": {"a": "x"}}', "“tag_counts” must map"),
        ('{"id": "dora", "tags": ["a"], "tag_counts": {"a": 1%s}}' % ("0" * 400), "“tag_counts” must map"),
        (r'{"id": "do\u0000ra", "tags": ["a"]}', "“id” holds a sign"),
        (r'{"id": "dora", "tags": ["a", "\ud800"]}', "“tags” holds a sign"),
        ('{"id": "anna", "tags": ["a"]}', "stands in an earlier line"),
    ],
)
def test_line_is_named_when_malformed(tmp_path: Path, line: str, problem: str) -> None:
    folder = write_set(tmp_path, {**SMALL, "experts": [*SMALL["experts"], "", line]})
    with pytest.raises(MalformedSet, match=problem) as caught:
        read_set(folder)
    assert f"{folder / 'experts.jsonl'}, line 5: " in str(caught.value)


def test_mark_at_the_beginning_of_a_file_is_no_part_of_it(tmp_path: Path) -> None:
    folder = write_set(tmp_path)
    experts = folder / "experts.jsonl"
    experts.write_bytes(b"\xef\xbb\xbf" + experts.read_bytes())
    assert len(read_set(folder).experts) == len(SMALL["experts"])


@pytest.mark.parametrize("content", [b"no gzip at all", b"\x1f\x8b\x08\x00cut off"])
def test_file_is_named_when_it_cannot_be_decompressed(tmp_path: Path, content: bytes) -> None:
    write_set(tmp_path, compressed=True)
    (tmp_path / "truth.jsonl.gz").write_bytes(content)
    with pytest.raises(MalformedSet, match=r"truth\.jsonl\.gz, line 1: "):
        read_set(tmp_path)


def test_line_is_named_when_it_is_no_text(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "needs.jsonl").write_bytes(b'{"id": "\xff"}\n')
    with pytest.raises(MalformedSet, match=r"needs\.jsonl, line 1: "):
        read_set(tmp_path)


def test_set_is_refused_when_nothing_in_it_can_be_right(tmp_path: Path) -> None:
    with pytest.raises(MalformedSet, match="no need of the set"):
        read_set(write_set(tmp_path, {**SMALL, "truth": [{"need_id": "n1", "expert_ids": ["gone"]}]}))
