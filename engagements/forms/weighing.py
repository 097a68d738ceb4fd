"""How much each factor counts in a coordinator's list of people: read from the address, so that it can be kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mentors.recommender.factors import Factor, Stance, Stances

FACTORS = {
    Factor.LANGUAGE: _("Language"),
    Factor.FORMAT: _("Way of working"),
    Factor.KIND: _("Kind of engagement"),
    Factor.HOURS: _("Shared hours"),
    Factor.DATES: _("Dates"),
    Factor.COUNTRY: _("Tie to the country"),
    Factor.SECTOR: _("Experience of the sector"),
    Factor.RECORD: _("Work completed here"),
}
STANCES = {
    Stance.LIKE: _("Counts as usual"),
    Stance.MUST: _("Must be so"),
    Stance.IGNORE: _("Does not count"),
}


class WeighingForm(forms.Form):
    """Choose for each of ``factors`` whether it must hold, counts as usual or does not count."""

    def __init__(self, factors: Iterable[Factor], stances: Stances) -> None:
        super().__init__(initial={factor.value: stances.get(factor, Stance.LIKE).value for factor in factors})
        for factor in factors:
            options = [(stance.value, label) for stance, label in STANCES.items()]
            self.fields[factor.value] = forms.ChoiceField(label=FACTORS[factor], choices=options)


def stances_of(asked: Mapping[str, Any]) -> dict[Factor, Stance]:
    """Return what an address says of factors; unknown words, and what counts as usual, are left out."""
    usual = {Stance.MUST.value, Stance.IGNORE.value}
    return {factor: Stance(asked[factor.value]) for factor in Factor if asked.get(factor.value) in usual}
