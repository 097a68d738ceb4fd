"""Folding: the one normal form in which labels are stored for searching and queries are compared with them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LABEL_LENGTH = 300
# Signs that make another word: C, C++ and C# are three languages, not one.
_SIGNS = (
    (re.compile(r"(?<=\w)\+\+"), "plusplus"),
    (re.compile(r"(?<=\w)#"), "sharp"),
)
# Letters that Unicode does not decompose, and Arabic and Persian forms that writers use for one another.
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "ɓ": "b",
        "ɗ": "d",
        "ɛ": "e",
        "ɔ": "o",
        "ŋ": "ng",
        "ƴ": "y",
        "ƙ": "k",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ـ": "",
    }
)
_ARTICLE = re.compile(r"\b(?:ال)+(?=\w{2})")
_UNFINISHED_ARTICLE = re.compile(r"\b(?:ال)+(?=\w$)")
_NOT_WORD = re.compile(r"[\W_]+")
# A word as written, with its signs; French and Portuguese join small words by an apostrophe.
_WRITTEN = re.compile(r"[^\s'’]+")
# Where a phrase cannot go on: the end of a line, and a sign that ends a clause before a space.
_CLAUSE_ENDS = re.compile(r"[\r\n]+|(?<=[.,;:!?،؛؟])\s+|\s[-–—•·|/]+\s|[()\[\]]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: folded (several when it holds signs), and where it stands as written."""

    words: tuple[str, ...]
    start: int
    end: int


def fold(text: str) -> str:
    """Return ``text`` in the form labels are searched in: lower case, plain letters, single spaces.

    Accents, vowel signs and invisible characters go; ligatures, digits and Arabic letter forms become one form; the
    Arabic article is dropped from the front of words; punctuation separates words. Folding twice changes nothing.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    for sign, word in _SIGNS:
        plain = sign.sub(word, plain)
    spread = unicodedata.normalize("NFKD", plain).translate(_LETTERS)
    kept = "".join(_digit(letter) for letter in spread if unicodedata.category(letter) not in {"Mn", "Me", "Cf"})
    words = _NOT_WORD.sub(" ", kept).strip()
    return _ARTICLE.sub("", words)


def fold_label(text: str) -> str:
    """Return the folded ``text``, cut to what a label's column holds."""
    return fold(text)[:LABEL_LENGTH].rstrip()


def fold_typed(text: str) -> str:
    """Return the folded ``text`` of somebody still typing: an article before a single letter is dropped, too."""
    return _UNFINISHED_ARTICLE.sub("", fold(text))


def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


def clauses(text: str) -> Iterator[list[Token]]:
    """Yield the words of ``text`` clause by clause; no label reaches over the end of a clause or of a line."""
    begin = 0
    for end, after in [*((found.start(), found.end()) for found in _CLAUSE_ENDS.finditer(text)), (len(text), 0)]:
        words = ((tuple(fold(word.group()).split()), word) for word in _WRITTEN.finditer(text[begin:end]))
        tokens = [Token(folded, begin + word.start(), begin + word.end()) for folded, word in words if folded]
        if tokens:
            yield tokens
        begin = after
