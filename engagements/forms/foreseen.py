"""The form in which somebody notes what will be needed."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.actions.foreseen import ForeseenValues
from engagements.forms.skill_words import ask_which, skill_value, words_field
from engagements.models import ForeseenNeed
from engagements.payloads.quarters import quarter_name, quarters_from
from engagements.queries.foreseen import Places
from engagements.states.anticipation import QUARTERS_AHEAD, Certainty


class ForeseenForm(forms.Form):
    """Six questions: for whom, which skill, from when, how many, how sure, why."""

    place = forms.ChoiceField(label=_("Who will need it?"))
    skill = words_field(_("Which skill?"), help_text=_("In your words, in any language."))
    starts_on = forms.TypedChoiceField(label=_("From which quarter on?"), coerce=date.fromisoformat)
    people = forms.IntegerField(label=_("How many people?"), min_value=1, max_value=500, initial=1)
    certainty = forms.ChoiceField(
        label=_("How sure is it?"), choices=Certainty.choices, widget=forms.RadioSelect, initial=Certainty.LIKELY
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Somebody retires, a ward opens, a law changes. It becomes the context of the need."),
    )
    region = forms.CharField(
        label=_("Region or town"), max_length=80, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def __init__(self, *args: Any, places: Places, language: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._language = language
        self._organisations = {f"o-{one.reference}": one for one in places.organisations}
        named = [(key, str(one)) for key, one in self._organisations.items()]
        whole = [(f"c-{code}", str(countries.name(code))) for code in places.countries]
        groups = [(_("Institutions"), named), (_("A country as a whole"), whole)] if named and whole else named or whole
        self.fields["place"].choices = groups  # type: ignore[attr-defined]
        if len(named) + len(whole) == 1:
            self.fields["place"].widget = forms.HiddenInput()
            self.fields["place"].initial = (named or whole)[0][0]
        quarters = quarters_from(today, QUARTERS_AHEAD)
        self.fields["starts_on"].choices = [(day.isoformat(), quarter_name(day)) for day in quarters]  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = quarters[1].isoformat()
        ask_which(self, "skill", language)

    def values(self) -> ForeseenValues:
        """Return what the action takes; the form must be valid. Queries: at most 5."""
        data = self.cleaned_data
        organisation = self._organisations.get(data["place"])
        return ForeseenValues(
            organisation=organisation,
            country=organisation.country.code if organisation else data["place"].removeprefix("c-"),
            skill=skill_value(self, "skill", self._language),
            starts_on=data["starts_on"],
            people=data["people"],
            certainty=data["certainty"],
            region=data["region"],
            reason=data["reason"],
        )


def first_values(foreseen: ForeseenNeed, label: str) -> dict[str, Any]:
    """Return what the form shows of a need that was noted before; ``label`` is the skill's name."""
    organisation = foreseen.organisation
    return {
        "place": f"o-{organisation.reference}" if organisation else f"c-{foreseen.country.code}",
        "skill": label,
        "starts_on": foreseen.starts_on.isoformat(),
        "people": foreseen.people,
        "certainty": foreseen.certainty,
        "reason": foreseen.reason,
        "region": foreseen.region,
    }
