"""Concepts named in free text: whole words in any form, five languages, with what triggered them."""

import pytest

from mentors.actions.vocabulary import load_vocabulary
from mentors.labels import clauses, fold
from mentors.models import Skill, SkillLabel
from mentors.queries.texts import LONGEST_TEXT, TextHit, skills_in_text

pytestmark = pytest.mark.django_db


def concept(name: str, *labels: tuple[str, str], count: int = 0, status: str = "accepted") -> Skill:
    """Make a concept with its English name and further labels as (language, text)."""
    skill = Skill.objects.create(name=name, slug=fold(name).replace(" ", "-"), expert_count=count, status=status)
    known: set[str] = set()
    for language, text in [("en", name), *labels]:
        kind = "alternative" if language in known else "preferred"
        known.add(language)
        SkillLabel.objects.create(skill=skill, language=language, kind=kind, text=text, search=fold(text))
    return skill


def read(text: str, language: str = "en", limit: int = 8) -> dict[str, str]:
    """Return what is named, by label, with the words that triggered it."""
    return {hit.label: hit.words for hit in skills_in_text(text, language=language, limit=limit)}


@pytest.fixture
def nursing() -> Skill:
    labels = (("fr", "former des infirmières"), ("es", "formar a enfermeras"))
    return concept("train nurses", *labels, ("pt", "formar enfermeiras"), ("ar", "تدريب الممرضات"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We want to train our nurses in the ward.", "train our nurses"),
        ("Training of nurses", "Training of nurses"),
        ("Nous voulons former nos infirmières à la pédiatrie.", "former nos infirmières"),
        ("Elle a formé des infirmières pendant dix ans", "formé des infirmières"),
        ("Queremos formar a las enfermeras del hospital", "formar a las enfermeras"),
        ("Precisamos de formar as nossas enfermeiras.", "formar as nossas enfermeiras"),
        ("نريد تدريب ممرضات القسم", "تدريب ممرضات"),
    ],
)
def test_words_are_found_in_any_form_when_written_in_five_languages(nursing: Skill, text: str, words: str) -> None:
    assert read(text) == {"train nurses": words}


@pytest.mark.parametrize(
    "text",
    [
        "A retail chain sells email lists by air mail.",
        "J'ai besoin d'aide pour la chaîne du froid et j'ai déjà une équipe.",
        "The air in the room; said the maid.",
    ],
)
def test_ai_is_not_found_when_it_is_part_of_another_word_or_a_small_one(text: str) -> None:
    concept("artificial intelligence", ("en", "AI"), ("fr", "intelligence artificielle"), ("fr", "IA"))
    assert read(text) == {}


@pytest.mark.parametrize("text", ["We need AI for triage.", "Aider à l'IA, pas à l'air", "Artificial intelligence"])
def test_ai_is_found_when_it_stands_alone_in_capitals(text: str) -> None:
    concept("artificial intelligence", ("en", "AI"), ("fr", "IA"))
    assert list(read(text)) == ["artificial intelligence"]


def test_longer_label_hides_the_shorter_ones_inside_it() -> None:
    concept("infection prevention and control", ("en", "infection control"))
    concept("control", count=9)
    concept("infection")
    text = "Please train our staff on Infection  Control. And on control."
    assert read(text) == {"infection prevention and control": "Infection  Control", "control": "control"}
    assert read("infection control") == {"infection prevention and control": "infection control"}


def test_label_word_for_word_comes_before_one_with_the_same_stem() -> None:
    concept("nurse")
    concept("nursing")
    assert list(read("a nurse")) == ["nurse"]
    assert list(read("nursing")) == ["nursing"]
    assert set(read("nurses")) == {"nurse", "nursing"}


def test_phrases_end_with_their_clause() -> None:
    concept("water management")
    for text in ("Drinking water. Management of staff", "water\nmanagement", "water, management", "water (management)"):
        assert read(text) == {}
    assert read("the management of water; water management") == {"water management": "water management"}


def test_hit_says_where_it_stands_and_how_often(nursing: Skill) -> None:
    text = "Head nurse 2016-2024\nTrained nurses, then trained nurses again " + "and again " * 20 + "\nEnd"
    [hit] = skills_in_text(text, language="fr")
    line = "Trained nurses, then trained nurses again " + "and again " * 20
    expected = TextHit(nursing.pk, "former des infirmières", "skill", "Trained nurses", hit.line, 2)
    assert hit == expected
    assert line.startswith(hit.line.removesuffix("…"))
    assert len(hit.line) <= 101


def test_suggested_concepts_and_empty_texts_name_nothing() -> None:
    concept("cold chain", status="suggested")
    for text in ("cold chain", "", " \n ", "…", "\0", "١٢٣"):
        assert read(text) == {}


def test_queries_and_reading_are_bounded(nursing: Skill, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(3):
        assert read("train nurses. " * 10_000)
    assert read("x " * LONGEST_TEXT + " train nurses") == {}


def test_clauses_keep_where_every_word_stands() -> None:
    text = "Réseaux (C++), e-mail – l'eau\n«Fin»"
    told = [[(token.words, text[token.start : token.end]) for token in tokens] for tokens in clauses(text)]
    assert told == [
        [(("reseaux",), "Réseaux")],
        [(("cplusplus",), "C++")],
        [(("e", "mail"), "e-mail")],
        [(("l",), "l"), (("eau",), "eau")],
        [(("fin",), "«Fin»")],
    ]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Former nos sages-femmes à la prise en charge de l'hémorragie", "fr", {"sage-femme"}),
        ("We need help with the maintenance of solar systems and budgets", "en", {"solar"}),
        ("Necesitamos un plan de contabilidad y de gestión de residuos", "es", {"contabilidad", "residuos"}),
        ("Precisamos de apoio em cibersegurança e contabilidade", "pt", {"cibersegurança", "contabilidade"}),
        ("نحتاج إلى خبير في الأمن السيبراني والمحاسبة", "ar", {"السيبراني"}),
    ],
)
def test_shipped_vocabulary_is_found_in_sentences_of_five_languages(
    text: str, language: str, expected: set[str]
) -> None:
    load_vocabulary()
    labels = " ".join(read(text, language))
    assert {word for word in expected if word in labels} == expected, read(text, language)
