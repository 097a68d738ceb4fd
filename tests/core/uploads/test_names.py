"""Names of files: what is left of them, and what they may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from diaspora_net.core.uploads.kinds import ACCEPT, KINDS, kind_of
from diaspora_net.core.uploads.names import MOST_BYTES, MOST_CHARACTERS, clean_name
from diaspora_net.core.uploads.words import FAMILIES, REASONS, size_in_words


@pytest.mark.parametrize(
    ("name", "cleaned", "kind"),
    [
        ("Plan de travail.pdf", "Plan de travail.pdf", "pdf"),
        ("خطة العمل.docx", "خطة العمل.docx", "docx"),
        ("IMG_1.JPG", "IMG_1.JPG", "jpeg"),
        ("../../etc/passwd.pdf", "passwd.pdf", "pdf"),
        ("C:\\Users\\a\\plan.pdf", "plan.pdf", "pdf"),
        ("plan.pdf.exe", "plan.pdf.exe", None),
        ("plan.exe.pdf", "plan.exe.pdf", "pdf"),
        ("plan\0.exe.pdf", "plan.exe.pdf", "pdf"),
        ("plan.pdf\0.exe", "plan.pdf.exe", None),
        ("plan\u202efdp.exe", "planfdp.exe", None),
        ("pl\u200ban.pdf", "plan.pdf", "pdf"),
        ("two\nlines.pdf", "two lines.pdf", "pdf"),
        ("con.pdf", "_con.pdf", "pdf"),
        ("LPT1.tar.pdf", "_LPT1.tar.pdf", "pdf"),
        ('a<b>"c"?.pdf', "a_b__c__.pdf", "pdf"),
        (".htaccess", "htaccess", None),
        (".pdf", "pdf", None),
        ("...", "", None),
        ("", "", None),
        ("plan.pdf. .", "plan.pdf", "pdf"),
        ("plan.svg", "plan.svg", None),
        ("plan.html", "plan.html", None),
        ("macro.docm", "macro.docm", None),
        ("old.doc", "old.doc", None),
        ("archive.zip", "archive.zip", None),
        ("no ending", "no ending", None),
    ],
)
def test_name_is_cleaned_and_its_last_ending_counts(name: str, cleaned: str, kind: str | None) -> None:
    assert clean_name(name) == cleaned
    found = kind_of(cleaned)
    assert (found.code if found else None) == kind


@given(some.text(max_size=400))
def test_cleaned_name_is_safe_whatever_was_given(name: str) -> None:
    cleaned = clean_name(name)
    assert clean_name(cleaned) == cleaned
    assert len(cleaned) <= MOST_CHARACTERS
    assert len(cleaned.encode()) <= MOST_BYTES
    assert not set(cleaned) & set('/\\\0\r\n\u202e<>:"|?*')


def test_long_name_keeps_its_ending() -> None:
    for letter in ("a", "م", "漢"):
        cleaned = clean_name(letter * 255 + ".docx")
        assert cleaned.endswith(".docx")
        assert 60 < len(cleaned) <= MOST_CHARACTERS
    assert clean_name("a" * 100 + "." + "b" * 100).startswith("aaa")


def test_every_kind_has_words_and_an_ending() -> None:
    for kind in KINDS.values():
        assert kind.family in FAMILIES
        assert all(f".{extension}" in ACCEPT for extension in kind.extensions)
    assert {"not_allowed", "empty", "too_big", "virus", "unchecked", "no_name", "too_heavy"} <= set(REASONS)


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 byte"), (999, "999 bytes"), (1_500, "2 kB"), (999_400, "999 kB"), (1_234_567, "1.2 MB")]
)
def test_size_is_said_as_people_say_it(size: int, words: str) -> None:
    assert size_in_words(size) == words
