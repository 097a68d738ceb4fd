"""The ESCO import on small downloads of both layouts, whole and broken."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mentors.actions.esco import EscoError, import_esco
from mentors.actions.esco.relations import ESSENTIAL_KEPT, MOST_OCCUPATIONS, occupation_weights
from mentors.actions.vocabulary import load_vocabulary
from mentors.models import Skill, SkillBroader, SkillLabel, SkillRelation
from tests.factories import make_vocabulary

pytestmark = pytest.mark.django_db
SKILL, WORK, GROUP = (f"http://data.europa.eu/esco/{noun}/" for noun in ("skill", "occupation", "isced-f"))
NEW = [
    "conceptType",
    "conceptUri",
    "skillType",
    "reuseLevel",
    "preferredLabel",
    "altLabels",
    "hiddenLabels",
    "status",
    "description",
]
OLD = ["conceptType", "conceptUri", "skillType", "reuseLevel", "preferredLabel", "altLabels", "description"]
WORK_HEADER = ["conceptType", "conceptUri", "iscoGroup", "preferredLabel", "altLabels", "description"]
GROUP_HEADER = ["conceptType", "conceptUri", "preferredLabel", "altLabels", "description"]


def sheet(header: list[str], rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def skill(key: str, label: str, alternatives: str = "", **more: str) -> dict[str, str]:
    values = {"conceptType": "KnowledgeSkillCompetence", "skillType": "skill/competence", "status": "released"}
    return {**values, "conceptUri": SKILL + key, "preferredLabel": label, "altLabels": alternatives, **more}


def bundle() -> dict[str, bytes]:
    skills = [
        skill("1", "interpret electrocardiograms", "read an ECG\nread an  ECG\nREAD AN ECG"),
        skill("2", "cardiology", skillType="knowledge"),
        skill("3", "sonography", "ultrasound imaging", skillType="knowledge", hiddenLabels="echo"),
        skill("4", "speak Wolof", skillType="knowledge"),
        skill("5", "forgotten art", status="obsolete"),
    ]
    work = [{"conceptUri": WORK + "1", "preferredLabel": "cardiologist", "altLabels": "heart doctor"}]
    groups = [{"conceptUri": GROUP + "0912", "preferredLabel": "medicine"}]
    broader = [
        {"conceptUri": SKILL + "2", "broaderUri": GROUP + "0912"},
        {"conceptUri": SKILL + "3", "broaderUri": SKILL + "2"},
    ]
    uses = [
        {"occupationUri": WORK + "1", "relationType": "essential", "skillUri": SKILL + "1"},
        {"occupationUri": WORK + "1", "relationType": "optional", "skillUri": SKILL + "3"},
        {"occupationUri": WORK + "1", "relationType": "optional", "skillUri": SKILL + "nowhere"},
    ]
    together = [{"originalSkillUri": SKILL + "2", "relationType": "optional", "relatedSkillUri": SKILL + "3"}]
    return {
        "skills_en.csv": sheet(NEW, skills),
        "skills_fr.csv": sheet(OLD, [skill("2", "cardiologie"), skill("3", "échographie")]),
        "occupations_en.csv": sheet(WORK_HEADER, work),
        "skillGroups_en.csv": sheet(GROUP_HEADER, groups),
        "languageSkillsCollection_en.csv": sheet(["conceptUri"], [{"conceptUri": SKILL + "4"}]),
        "ISCOGroups_en.csv": b"not,ours\n",
        "broaderRelationsSkillPillar.csv": sheet(["conceptType", "conceptUri", "broaderType", "broaderUri"], broader),
        "occupationSkillRelations.csv": sheet(["occupationUri", "relationType", "skillType", "skillUri"], uses),
        "skillSkillRelations.csv": sheet(["originalSkillUri", "relationType", "relatedSkillUri"], together),
    }


def as_folder(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def as_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"ESCO dataset/{name}", content)
    return path


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Skill, SkillLabel, SkillBroader, SkillRelation))


def test_concepts_labels_and_relations_arrive_when_a_folder_is_imported(tmp_path) -> None:
    report = import_esco([as_folder(tmp_path / "esco", bundle())])
    assert (report.read, report.created, report.merged, report.unknown) == (6, 6, 0, 1)
    kinds = dict(Skill.objects.values_list("name", "kind"))
    assert kinds == {
        "interpret electrocardiograms": "skill",
        "cardiology": "knowledge",
        "sonography": "knowledge",
        "speak Wolof": "language",
        "cardiologist": "occupation",
        "medicine": "knowledge",
    }
    labels = SkillLabel.objects.filter(skill__name="sonography").values_list("language", "kind", "text")
    assert sorted(labels) == [
        ("en", "alternative", "echo"),
        ("en", "alternative", "ultrasound imaging"),
        ("en", "preferred", "sonography"),
        ("fr", "preferred", "échographie"),
    ]
    assert [
        row.text for row in SkillLabel.objects.filter(skill__name="interpret electrocardiograms", kind="alternative")
    ] == ["read an ECG"]
    relations = SkillRelation.objects.values_list("skill__name", "related__name", "kind", "weight")
    assert sorted(relations) == [
        ("cardiologist", "interpret electrocardiograms", "occupation", 20),
        ("cardiology", "sonography", "used_together", 30),
        ("interpret electrocardiograms", "cardiologist", "occupation", 50),
        ("sonography", "cardiologist", "occupation", 25),
        ("sonography", "cardiology", "used_together", 30),
    ]


def test_nothing_changes_when_imported_again(tmp_path) -> None:
    path = as_folder(tmp_path / "esco", bundle())
    import_esco([path])
    before = counts()
    assert import_esco([path]).written.total == 0
    assert counts() == before


def test_zip_folder_and_single_files_give_the_same(tmp_path) -> None:
    import_esco([as_zip(tmp_path / "a.zip", bundle())])
    before = counts()
    files = bundle()
    folder = as_folder(tmp_path / "folder", {})
    for name, content in files.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))
    assert import_esco([folder]).written.total == 0
    assert (
        import_esco(
            sorted(as_folder(tmp_path / "plain", {"skills_fr.csv": files["skills_fr.csv"]}).iterdir())
        ).written.total
        == 0
    )
    assert counts() == before


def test_older_layout_adds_a_language_when_imported_later(tmp_path) -> None:
    import_esco([as_folder(tmp_path / "esco", bundle())])
    spanish = sheet(OLD, [skill("2", "cardiología", "medicina del corazón"), skill("9", "", "")])
    report = import_esco([*as_folder(tmp_path / "es", {"skills_es.csv": spanish}).iterdir()])
    assert (report.created, report.written.total, report.languages) == (0, 2, ["es"])


def test_known_concepts_get_the_address_and_keep_their_labels(tmp_path) -> None:
    ours = make_vocabulary()
    report = import_esco([as_folder(tmp_path / "esco", bundle())])
    assert (report.merged, report.created) == (2, 4)
    cardiology = Skill.objects.get(pk=ours["cardiology"].pk)
    assert cardiology.esco_uri == SKILL + "2"
    assert Skill.objects.filter(name="cardiology").count() == 1
    assert set(ours["interpret-ecg"].labels.filter(language="en").values_list("text", flat=True)) == {
        "interpret electrocardiograms",
        "read an ECG",
    }


def test_alternatives_and_kinds_decide_what_is_the_same(tmp_path) -> None:
    load_vocabulary()
    rows = [
        skill("a", "intercultural competence"),  # an alternative of a transferable skill
        skill("b", "Amharic language teaching xyz"),
    ]
    work = [{"conceptUri": WORK + "1", "preferredLabel": "cardiology"}]  # an occupation is not a piece of knowledge
    files = {"skills_en.csv": sheet(NEW, rows), "occupations_en.csv": sheet(WORK_HEADER, work)}
    report = import_esco([as_folder(tmp_path / "esco", files)])
    assert (report.merged, report.created) == (1, 2)
    assert Skill.objects.get(esco_uri=SKILL + "a").slug == "cross-cultural-communication"
    assert load_vocabulary().total == 0
    assert import_esco([tmp_path / "esco"]).written.total == 0


def test_preferred_label_moves_when_esco_renames_its_own_concept(tmp_path) -> None:
    import_esco([as_folder(tmp_path / "esco", bundle())])
    renamed = {"skills_en.csv": sheet(NEW, [skill("3", "ultrasound imaging", "sonography", skillType="knowledge")])}
    import_esco([as_folder(tmp_path / "next", renamed)])
    concept = Skill.objects.get(esco_uri=SKILL + "3")
    assert concept.name == "ultrasound imaging"
    assert concept.labels.get(language="en", kind="preferred").text == "ultrasound imaging"


GOOD = sheet(NEW, [skill("1", "one"), skill("2", "two")])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("skills_en.csv", GOOD + b"a,b\r\n", r"skills_en.csv, line 4: 2 fields where the header has 9"),
        ("skills_en.csv", GOOD.replace(b"two", b"tw\xe9"), r"skills_en.csv, line 3: the text is not UTF-8"),
        ("skills_en.csv", sheet(NEW, [skill("1", "")]), r"line 2: the preferred label is missing"),
        ("skills_en.csv", sheet(NEW, [skill("1", "x" * 301)]), r"line 2: a label is longer than 300"),
        ("skills_en.csv", GOOD.replace(b"conceptUri", b"uri"), r"line 1: the header lacks conceptUri"),
        ("skills_en.csv", GOOD.replace(b"http://", b"", 1), r"line 2: .* is not the address of a concept"),
        ("skills_en.csv", GOOD + b'"open quote', r"skills_en.csv, line 4: unexpected end of data"),
        ("skills_en.csv", b"", r"line 1: the header lacks"),
        ("skills.csv", GOOD, r"skills.csv, line 1: the file's name does not say its language"),
        ("skills_en.csv.gz", gzip.compress(GOOD)[:-9], r"skills_en.csv.gz, line \d+: the file breaks off"),
        ("x.zip", b"PK\x03\x04 no zip", r"x.zip, line 1: this is not a readable zip"),
        ("readme.csv", GOOD, r"no ESCO sheet"),
        (
            "occupationSkillRelations.csv",
            sheet(
                ["occupationUri", "relationType", "skillUri"],
                [{"occupationUri": SKILL + "1", "relationType": "odd", "skillUri": SKILL + "2"}],
            ),
            r"occupationSkillRelations.csv, line 2: “odd” is neither",
        ),
    ],
)
def test_a_broken_file_is_named_and_nothing_changes(name, content, message, tmp_path) -> None:
    import_esco([as_folder(tmp_path / "first", {"skills_en.csv": GOOD})])
    before = counts()
    fine = as_folder(tmp_path / "fine", bundle())
    broken = as_folder(tmp_path / "broken", {name: content}) / name
    with pytest.raises(EscoError, match=message):
        import_esco([fine, broken])
    assert counts() == before


def test_the_command_reports_and_refuses_in_words(tmp_path, capsys) -> None:
    path = as_folder(tmp_path / "esco", bundle())
    call_command("import_esco", str(path))
    call_command("import_esco", str(path))
    out = capsys.readouterr().out
    assert "6 new concepts" in out
    assert "0 changes: 0 new concepts" in out
    with pytest.raises(CommandError, match=r"there is no such file\. Nothing was imported"):
        call_command("import_esco", str(tmp_path / "missing.zip"))


def test_general_skills_and_long_lists_are_bounded() -> None:
    everywhere = {(occupation, 1): True for occupation in range(1000, 1000 + MOST_OCCUPATIONS + 1)}
    long = {(2000, skill): True for skill in range(2, 2 + 3 * ESSENTIAL_KEPT)}
    weights = occupation_weights(everywhere | long)
    assert len(weights) == 2 * ESSENTIAL_KEPT
    assert max(weights.values()) <= 60
