"""Addresses in what people write, as links."""

import re
from typing import Final

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# bubbles.js has the same. An address ends before white space, before signs that turn the direction of writing, and
# before the punctuation of the sentence around it; brackets belong to it in pairs only. What stands before an @ looks
# like a host and is none, so such an address is no link.
_STOPS: Final = r"\s<>\"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_PAIR: Final = rf"\([^{_STOPS}()]*\)"
ADDRESS: Final = re.compile(
    rf"(?:https?://|\bwww\.)(?![^{_STOPS}/?#]*@)(?:{_PAIR}|[^{_STOPS}()])*(?:{_PAIR}|[^{_STOPS}().,;:!?'’”»،؛؟…\]}}])",
    re.IGNORECASE,
)


@register.filter
def linked(text: str) -> SafeString:
    """Return ``text`` with its web addresses as links that tell nobody where they were followed from.

    >>> str(linked("<b> https://example.org/?a=1&b=2."))[:66]
    '&lt;b&gt; <a href="https://example.org/?a=1&amp;b=2" target="_blank'
    """
    pieces: list[str] = []
    at = 0
    for found in ADDRESS.finditer(text):
        pieces += [conditional_escape(text[at : found.start()]), _link(found[0])]
        at = found.end()
    return mark_safe("".join([*pieces, conditional_escape(text[at:])]))  # noqa: S308 - each piece is escaped


def _link(address: str) -> SafeString:
    target = address if "://" in address else f"https://{address}"
    link = '<a href="{}" target="_blank" rel="noopener noreferrer nofollow" dir="ltr">{}</a>'
    return format_html(link, target, address)
