"""Filters over the needs as people read them."""

from django.utils.translation import gettext as _
from django_countries import countries

from mentors.states import Modality, WorkingLanguage


def filter_words(*, text: str, country: str, language: str, modality: str) -> list[str]:
    """Return what a search looks for in words, one for each filter in use."""
    words = []
    if text:
        words.append(_("“%(words)s”") % {"words": text})
    if country:
        words.append(str(countries.name(country)))
    if language:
        words.append(str(WorkingLanguage(language).label))
    if modality:
        words.append(str(Modality(modality).label))
    return words
