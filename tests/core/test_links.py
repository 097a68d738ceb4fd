"""Addresses in messages become links, and nothing else does."""

import pytest

from diaspora_net.core.templatetags.links import ADDRESS, linked


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (
            "See https://example.org/a?b=c&d=1, then (http://example.org/x).",
            ["https://example.org/a?b=c&d=1", "http://example.org/x"],
        ),
        ("https://en.wikipedia.org/wiki/Lyon_(city). Oui", ["https://en.wikipedia.org/wiki/Lyon_(city)"]),
        ("انظر https://example.org/تقرير؟", ["https://example.org/تقرير"]),
        ("www.who.int!", ["www.who.int"]),
        ("https://example.org/\u202egpj.exe", ["https://example.org/"]),
        ("https://who.int@evil.example/ https://example.org/@amina", ["https://example.org/@amina"]),
        ("http:// javascript:alert(1) data:text/html,x amina@example.org awww.x", []),
    ],
)
def test_address_ends_where_its_sentence_goes_on(text: str, addresses: list[str]) -> None:
    assert ADDRESS.findall(text) == addresses


def test_nothing_of_a_message_is_markup() -> None:
    page = linked('<b>1</b> https://example.org/?q="><script> www.example.org')
    assert page.startswith('&lt;b&gt;1&lt;/b&gt; <a href="https://example.org/?q=" target="_blank" rel="noopener nor')
    assert '</a>&quot;&gt;&lt;script&gt; <a href="https://www.example.org"' in page
    assert page.count("<") == 4
