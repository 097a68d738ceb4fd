"""Needs and matches as people read them: words and cards, ready for templates and JSON."""

from engagements.payloads.cards import fit_line, match_card, need_card, person_card, prefilled_line
from engagements.payloads.reasons import reasons_in_words, skill_ids
from engagements.payloads.shares import fits_in_words, shares_in_words

__all__ = [
    "fit_line",
    "fits_in_words",
    "match_card",
    "need_card",
    "person_card",
    "prefilled_line",
    "reasons_in_words",
    "shares_in_words",
    "skill_ids",
]
