"""The words of programmes: codes of every vocabulary they use, and countries."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from diaspora_net.accounts.states import OrganisationKind
from engagements.forms.programme_settings import GROUPS, INDICATOR_WORDS
from engagements.states import (
    BeneficiaryType,
    CountrySide,
    Joining,
    ProgrammeComponent,
    ProgrammeKind,
    SkillFocus,
    SurveyPoint,
)
from engagements.states.clocks import QUIET, WaitingKind
from mentors.states import WorkingLanguage

register = template.Library()
_VOCABULARIES: dict[str, Mapping[Any, Any]] = {
    "kind": dict(ProgrammeKind.choices),
    "joining": dict(Joining.choices),
    "component": dict(ProgrammeComponent.choices),
    "focus": dict(SkillFocus.choices),
    "beneficiary": dict(BeneficiaryType.choices),
    "survey": dict(SurveyPoint.choices),
    "wait": {**dict(WaitingKind.choices), QUIET: gettext_lazy("Work at risk")},
    "organisation": dict(OrganisationKind.choices),
    "language": dict(WorkingLanguage.choices),
    "indicator": INDICATOR_WORDS,
}


@register.filter
def word(code: Any, vocabulary: str) -> str:
    """Return a code of a vocabulary in words; the code itself where there are none."""
    return str(_VOCABULARIES[vocabulary].get(code, code))


@register.filter
def words(codes: Iterable[Any], vocabulary: str) -> str:
    """Return several codes in words: “a, b and c”."""
    return get_text_list([word(code, vocabulary) for code in codes], _("and"))


@register.filter
def named(codes: Iterable[str]) -> str:
    """Return countries by name: “Tunisia, Morocco or Algeria”."""
    return get_text_list([str(countries.name(code)) for code in codes], _("or"))


@register.filter
def placed(sides: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return countries by name with their side in words, those of origin first."""
    order = CountrySide.values
    rows = sorted(sides.items(), key=lambda row: (order.index(row[1]), str(countries.name(row[0]))))
    return [(str(countries.name(code)), str(CountrySide(side).label)) for code, side in rows]


@register.filter
def of_whom(target: Any) -> str:
    """Return the group that a target is narrowed to."""
    return str(dict(GROUPS[target.dimension].choices).get(target.value, target.value)) if target.value else ""
