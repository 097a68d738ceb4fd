"""The starter vocabulary: complete, loaded once, and never undone."""

import csv

import pytest
from django.core.management import call_command

from mentors.actions import vocabulary
from mentors.actions.skills import load_vocabulary
from mentors.actions.vocabulary import VocabularyError, starter_rows
from mentors.models import Skill, SkillLabel
from mentors.states import LabelKind, SkillKind, SkillStatus

HEADER = ["key", "kind", "broader", "en", "en_alt", "fr", "fr_alt", "es", "es_alt", "ar", "ar_alt", "pt", "pt_alt"]

pytestmark = pytest.mark.django_db


def test_second_load_writes_nothing() -> None:
    first, second = load_vocabulary(), load_vocabulary()
    assert first.concepts == Skill.objects.count() > 400
    assert first.labels == SkillLabel.objects.count()
    assert second.total == 0


def test_the_six_transferable_skills_have_a_label_in_every_language() -> None:
    load_vocabulary()
    labels = SkillLabel.objects.filter(skill__kind=SkillKind.TRANSFERABLE, kind=LabelKind.PREFERRED)
    assert labels.values("skill").distinct().count() == 6
    assert labels.count() == 6 * 5


def test_what_was_merged_stays_merged_when_loaded_again() -> None:
    load_vocabulary()
    one, other = Skill.objects.filter(kind=SkillKind.SKILL).order_by("pk")[:2]
    Skill.objects.filter(pk=one.pk).update(status=SkillStatus.MERGED, merged_into=other)
    assert load_vocabulary().total == 0


def test_a_changed_file_moves_the_preferred_label(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(vocabulary, "VOCABULARY", tmp_path)
    write(tmp_path, [{"key": "welding", "kind": "skill", "en": "weld", "en_alt": "welding|solder"}])
    assert load_vocabulary().labels == 3
    write(tmp_path, [{"key": "welding", "kind": "skill", "en": "welding", "en_alt": "weld|solder"}])
    load_vocabulary()
    kinds = dict(SkillLabel.objects.values_list("text", "kind"))
    assert kinds == {"welding": "preferred", "weld": "alternative", "solder": "alternative"}
    assert load_vocabulary().total == 0


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"key": "a", "kind": "art", "en": "a"}], "kind and English label"),
        ([{"key": "a", "kind": "skill", "en": ""}], "kind and English label"),
        ([{"key": "a", "kind": "skill", "en": "a", "broader": "b"}], "no concept “b”"),
        ([{"key": "a", "kind": "skill", "en": "a"}] * 2, "stands there twice"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_written(rows, reason, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(vocabulary, "VOCABULARY", tmp_path)
    write(tmp_path, rows)
    with pytest.raises(VocabularyError, match=reason) as error:
        load_vocabulary()
    assert "x.csv, line" in str(error.value)
    assert not Skill.objects.exists()


def test_the_command_says_what_changed(capsys) -> None:
    call_command("load_vocabulary")
    call_command("load_vocabulary")
    assert "Vocabulary: 0 concepts, 0 labels and 0 links" in capsys.readouterr().out


def test_every_line_of_the_starter_vocabulary_is_complete() -> None:
    for place, row in starter_rows():
        assert all(row[code] for code in ("en", "fr", "es", "ar", "pt")), place


def write(folder, rows) -> None:
    with (folder / "x.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
