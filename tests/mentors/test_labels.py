"""Folding decides what a search finds, so its cases are written out one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentors.labels import LABEL_LENGTH, fold, fold_label, fold_typed


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  L’Énergie   renouvelable ", "l energie renouvelable"),
        ("Œuvre d'ÆON, Straße, ﬁre", "oeuvre d aeon strasse fire"),
        ("co‑operation/AI–ML (v2)", "co operation ai ml v2"),
        ("C++", "cplusplus"),
        ("C#", "csharp"),
        ("C", "c"),
        ("٣ دورات", "3 دورات"),
        ("زي\u200bرو", "زيرو"),
        ("a\x00b", "a b"),
        ("!?…", ""),
    ],
)
def test_text_is_folded_to_plain_words(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("صحّة", "صحه"),
        ("أمراض القلب", "امراض قلب"),
        ("الإدارة", "ادارة"),
        ("مستشفى", "مستشفي"),
        ("الالتهاب", "التهاب"),
        ("طــب", "طب"),
        ("ﻃﺐ", "طب"),
    ],
)
def test_arabic_forms_of_one_word_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_programming_languages_stay_different() -> None:
    assert len({fold(name) for name in ("C", "C++", "C#")}) == 3


def test_an_article_still_being_typed_is_dropped_only_for_queries() -> None:
    assert fold("الط") == "الط"
    assert fold_typed("الط") == "ط"


def test_a_folded_label_fits_its_column() -> None:
    assert len(fold_label("ﷺ" * LABEL_LENGTH)) <= LABEL_LENGTH


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_folded_text_holds_only_words_and_single_spaces(text: str) -> None:
    folded = fold(text)
    assert all(word.isalnum() for word in folded.split(" ")) or folded == ""
