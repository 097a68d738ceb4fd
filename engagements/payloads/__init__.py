"""Needs and matches as people read them: words and cards, ready for templates and JSON."""

from engagements.payloads.cards import fit_line, match_card, need_card, person_card, prefilled_line
from engagements.payloads.reasons import reasons_in_words, skill_ids

__all__ = ["fit_line", "match_card", "need_card", "person_card", "prefilled_line", "reasons_in_words", "skill_ids"]
