"""Searching labels, naming concepts, and the concepts that stand in for others."""

import pytest
from django.db import connection

from mentors.labels import fold
from mentors.models import Skill, SkillBroader, SkillLabel, SkillRelation
from mentors.queries import skills as queries
from mentors.queries.relations import LARGEST_FAMILY, MOST_RELATED
from mentors.recommender.types import Relation, RelationKind

pytestmark = pytest.mark.django_db


def concept(
    name: str, *labels: tuple[str, str, str], count: int = 0, kind: str = "skill", status: str = "accepted"
) -> Skill:
    slug = fold(name).replace(" ", "-")
    skill = Skill.objects.create(name=name, slug=slug, kind=kind, status=status, expert_count=count)
    for language, label_kind, text in labels or (("en", "preferred", name),):
        SkillLabel.objects.create(skill=skill, language=language, kind=label_kind, text=text, search=fold(text))
    return skill


def found(text: str, **options) -> list[str]:
    hits = queries.search_skills(text, **{"language": "en", **options})
    names = dict(Skill.objects.values_list("pk", "name"))
    return [names[hit.skill_id] for hit in hits]


def test_whole_labels_come_before_words_before_beginnings_before_popularity() -> None:
    concept("nursing assistants", count=500)
    concept("nurse", count=1)
    concept("train nurse teams", count=9)
    concept("lead a nurse", count=80)
    concept("nursery gardening", count=900)
    assert found("nurse") == ["nurse", "lead a nurse", "train nurse teams", "nursery gardening"]


def test_parts_of_words_never_match() -> None:
    for name in ("retail", "email marketing", "chair"):
        concept(name)
    concept("AI")
    concept("aid delivery")
    assert found("ai") == ["AI", "aid delivery"]
    assert found("tail") == []


def test_every_word_must_be_there_the_last_one_may_be_begun() -> None:
    concept("project management")
    concept("manage projects")
    assert found("project mana") == ["project management"]
    assert found("mana project") == []


@pytest.mark.parametrize("text", ["CARDIOLOGIE", "طب القلب", "طبّ قلب", "cardiolo", "Ca\u0301rdiologie", "القل"])
def test_labels_in_any_language_find_the_concept(text) -> None:
    concept(
        "cardiology",
        ("en", "preferred", "cardiology"),
        ("fr", "preferred", "cardiologie"),
        ("ar", "preferred", "طب القلب"),
    )
    assert found(text) == ["cardiology"]


def test_signs_that_make_a_word_count() -> None:
    for name in ("C", "C++", "C#"):
        skill = Skill.objects.create(name=name, slug=fold(name))
        SkillLabel.objects.create(skill=skill, language="en", kind="preferred", text=name, search=fold(name))
    assert found("c++") == ["C++"]
    assert found("c#") == ["C#"]
    assert found("c") == ["C"]


def test_the_hit_says_what_matched_in_the_asked_language() -> None:
    concept(
        "cardiology",
        ("en", "preferred", "cardiology"),
        ("fr", "preferred", "cardiologie"),
        ("fr", "alternative", "maladies du cœur"),
    )
    (hit,) = queries.search_skills("maladies du coeur", language="fr")
    assert (hit.label, hit.matched, hit.kind) == ("cardiologie", "maladies du cœur", "skill")
    (hit,) = queries.search_skills("cardiolog", language="fr")
    assert hit.matched == "cardiologie"


def test_suggested_and_merged_concepts_are_not_found() -> None:
    concept("weaving", status="suggested")
    target = concept("dyeing")
    merged = concept("colouring")
    Skill.objects.filter(pk=merged.pk).update(status="merged", merged_into=target)
    assert found("weaving") == found("colouring") == []


def test_kinds_and_limit_narrow_the_list() -> None:
    for number in range(15):
        concept(f"nurse {number}", count=number, kind="occupation" if number % 2 else "skill")
    assert len(found("nurse")) == 10
    assert found("nurse", kinds=["occupation"], limit=2) == ["nurse 13", "nurse 11"]


@pytest.mark.parametrize("text", ["", "   ", "!!!", "\x00", "'", "a' | 'b", ":*", "\\", "x" * 5000, "& | ! <->"])
def test_odd_texts_are_harmless(text) -> None:
    concept("nurse")
    assert found(text) == []


def test_searching_takes_a_fixed_number_of_queries(django_assert_num_queries) -> None:
    for number in range(12):
        concept(f"nurse {number}")
    with django_assert_num_queries(3):
        assert len(queries.search_skills("nurse", language="fr")) == 10
    with django_assert_num_queries(4):
        assert len(queries.search_skills("nur", language="fr")) == 10


def test_the_indexes_are_used() -> None:
    rows = [
        SkillLabel(
            skill=concept(f"a{number}"),
            language="fr",
            kind="preferred",
            text=f"word{number} x",
            search=f"word{number} x",
        )
        for number in range(300)
    ]
    SkillLabel.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = queries._with_words(["word7", "x"], is_last_begun=True).explain()
    assert "label_search_words" in plan


def test_labels_fall_back_from_the_asked_language_to_english_to_any_to_the_name() -> None:
    both = concept("one", ("en", "preferred", "one"), ("fr", "preferred", "un"), ("fr", "alternative", "une"))
    english = concept("two", ("en", "preferred", "two"), ("es", "preferred", "dos"))
    other = concept("three", ("es", "preferred", "tres"), ("pt", "preferred", "três"))
    bare = Skill.objects.create(name="four", slug="four")
    ids = [both.pk, english.pk, other.pk, bare.pk]
    assert queries.skill_labels(ids, "fr") == dict(zip(ids, ["un", "two", "tres", "four"], strict=True))


def test_facts_and_accepted_concepts() -> None:
    one, other = concept("one", count=3, kind="knowledge"), concept("two")
    hidden = concept("three", status="suggested")
    assert queries.skill_facts([one.pk]) == {one.pk: queries.SkillFacts("knowledge", 3)}
    assert queries.accepted_skills([other.pk, hidden.pk, one.pk]) == [other, one]


def link(*pairs: tuple[Skill, Skill]) -> None:
    SkillBroader.objects.bulk_create(SkillBroader(skill=narrow, broader=broad) for narrow, broad in pairs)


def test_relatives_have_the_weight_of_their_nearest_relation() -> None:
    names = ("science", "medicine", "heart", "echo", "probe", "lens", "glass", "lungs")
    whole, top, heart, echo, probe, lens, glass, lungs = (concept(name) for name in names)
    link((top, whole), (heart, top), (lungs, top), (echo, heart), (probe, echo), (lens, probe), (glass, lens))
    job = concept("cardiologist", kind="occupation")
    SkillRelation.objects.create(skill=heart, related=job, kind="occupation", weight=50)
    SkillRelation.objects.create(skill=heart, related=lungs, kind="used_together", weight=45)
    assert queries.related_skills([heart.pk]) == {
        heart.pk: [
            Relation(echo.pk, 0.6, RelationKind.NARROWER),
            Relation(job.pk, 0.5, RelationKind.OCCUPATION),
            *sorted(
                [Relation(probe.pk, 0.45, RelationKind.NARROWER), Relation(lungs.pk, 0.45, RelationKind.USED_TOGETHER)],
                key=lambda relation: relation.skill,
            ),
            Relation(top.pk, 0.4, RelationKind.BROADER),
            Relation(lens.pk, 0.3, RelationKind.NARROWER),
            Relation(whole.pk, 0.2, RelationKind.BROADER),
        ]
    }


def test_relatives_are_bounded_accepted_and_never_the_concept_itself() -> None:
    top = concept("top")
    children = [concept(f"child {number}", count=number) for number in range(2 * MOST_RELATED)]
    link(*((child, top) for child in children))
    link((top, children[0]))  # a circle
    hidden = children[-1]
    Skill.objects.filter(pk=hidden.pk).update(status="suggested")
    related = queries.related_skills([top.pk, children[1].pk])
    assert len(related[top.pk]) == MOST_RELATED
    assert {relation.skill for relation in related[top.pk]} == {child.pk for child in children[-MOST_RELATED - 1 : -1]}
    assert [relation.kind for relation in related[children[1].pk]] == ["broader", "broader"]  # too large a family
    assert len(children) > LARGEST_FAMILY


def test_relatives_take_a_fixed_number_of_queries(django_assert_num_queries) -> None:
    top = concept("top")
    children = [concept(f"child {number}") for number in range(5)]
    link(*((child, top) for child in children))
    for wanted in ([children[0].pk], [child.pk for child in children]):
        with django_assert_num_queries(5):
            queries.related_skills(wanted)
