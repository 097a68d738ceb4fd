"""Forms of programmes: starting one, changing all of it, and its cohorts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from engagements.payloads.programme_templates import ProgrammeTemplate
from engagements.queries.programme_settings import ProgrammeValues, TargetEntry
from engagements.states import (
    CountrySide,
    ProgrammeKind,
)
from mentors.labels import fold

BY_COMMAS = gettext_lazy("Separate them by commas: Tunisia, Morocco.")


def day_input() -> forms.DateInput:
    """Return a widget for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def names_of(codes: Sequence[str]) -> str:
    """Return countries as the fields take them."""
    return ", ".join(str(countries.name(code)) for code in codes)


def _known_countries() -> dict[str, str]:
    """Return codes by every name that is understood: in the active language, in English, and the code itself."""
    known: dict[str, str] = {}
    for language in ("en", translation.get_language() or "en"):
        with translation.override(language):
            known |= {fold(str(name)): code for code, name in countries}
    return known | {code.lower(): code for code in countries.countries}


class CountriesField(forms.CharField):
    """Countries by name, separated by commas; gives their codes (ISO 3166-1 alpha-2), each once."""

    widget = forms.TextInput(attrs={"dir": "auto"})

    def clean(self, value: Any) -> list[str]:
        """Return the codes. Raises ValidationError naming what is no country."""
        typed = [part.strip() for part in super().clean(value).replace(";", ",").replace("،", ",").split(",")]
        known = _known_countries()
        unknown = [part for part in typed if part and fold(part) not in known]
        if unknown:
            raise forms.ValidationError(
                ngettext(
                    "We know no country called %(names)s. Check how it is written.",
                    "We know no countries called %(names)s. Check how they are written.",
                    len(unknown),
                )
                % {"names": ", ".join(unknown)}
            )
        return list(dict.fromkeys(known[fold(part)] for part in typed if part))


class StartForm(forms.Form):
    """The few answers with which a programme starts; the template brings the rest."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=140, widget=forms.TextInput(attrs={"dir": "auto"}))
    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=ProgrammeKind, widget=forms.RadioSelect)
    country = forms.ChoiceField(label=gettext_lazy("Run by the coordinators of"))
    origin_countries = CountriesField(label=gettext_lazy("Countries of origin"), help_text=BY_COMMAS)
    destination_countries = CountriesField(label=gettext_lazy("Countries of destination"), required=False)
    starts_on = forms.DateField(label=gettext_lazy("Starts on"), widget=day_input())
    ends_on = forms.DateField(label=gettext_lazy("Ends on"), widget=day_input())

    def __init__(self, *args: Any, remit: frozenset[str], template: ProgrammeTemplate | None, **kwargs: Any) -> None:
        """Take the countries of the coordinator and what is started from."""
        super().__init__(*args, **kwargs)
        self.template = template
        offer_countries(self, remit)
        if template is not None:
            del self.fields["kind"]
            self.fields["origin_countries"].help_text = f"{template.countries} {BY_COMMAS}"
            self.fields["destination_countries"].required = template.least_destinations > 0

    def clean(self) -> dict[str, Any]:
        """Look at what the fields say together."""
        data: dict[str, Any] = super().clean() or {}
        template = self.template
        if template and "origin_countries" in data and len(data["origin_countries"]) < template.least_origins:
            self.add_error("origin_countries", str(template.countries))
        if set(data.get("origin_countries", ())) & set(data.get("destination_countries", ())):
            self.add_error("destination_countries", _("A country stands on one side only."))
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The end cannot be before the beginning."))
        return data

    def values(self) -> ProgrammeValues:
        """Return what the action takes; the form must be valid."""
        data, template = self.cleaned_data, self.template
        given: dict[str, Any] = dict(template.values) if template else {"kind": data["kind"]}
        targets = template.targets if template else ()
        return ProgrammeValues(
            name=data["name"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            sides=sides_of(data),
            origins=tuple(data["origin_countries"]),
            targets=[TargetEntry(indicator, Decimal(number)) for indicator, number in targets],
            **given,
        )


def offer_countries(form: forms.Form, remit: frozenset[str]) -> None:
    """Offer the countries of a coordinator in the field ``country``."""
    named = sorted(((code, str(countries.name(code))) for code in remit), key=lambda pair: pair[1])
    form.fields["country"].choices = named  # type: ignore[attr-defined]
    if len(named) == 1:
        form.fields["country"].initial = named[0][0]


def sides_of(data: dict[str, Any]) -> dict[str, str]:
    """Return the countries of both fields with their sides."""
    away = dict.fromkeys(data.get("destination_countries", ()), CountrySide.DESTINATION.value)
    return {**away, **dict.fromkeys(data["origin_countries"], CountrySide.ORIGIN.value)}


class CohortForm(forms.Form):
    """Name a cohort and set its places."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60, widget=forms.TextInput(attrs={"dir": "auto"}))
    places = forms.IntegerField(
        label=gettext_lazy("Places for experts"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Empty for as many as come."),
    )


class JoinForm(forms.Form):
    """Say a word when applying."""

    message = forms.CharField(
        label=gettext_lazy("A word to the coordinator"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
