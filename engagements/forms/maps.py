"""The filters of the desk's map, all in the address, and the country of the public one."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.queries.whereabouts import MapFilters
from mentors.states import WorkingLanguage

ALL = ("", _("all"))


def _named(codes: Iterable[str]) -> list[tuple[str, str]]:
    names: dict[str, Any] = dict(countries)
    return sorted(((code, str(names.get(code, code))) for code in codes), key=lambda one: one[1])


class MapForm(forms.Form):
    """From where, in which skill family, with which skill and language, and whether recognised."""

    country = forms.ChoiceField(label=_("Country of origin"), required=False)
    family = forms.ChoiceField(label=_("Skill family"), required=False)
    skill = forms.CharField(
        label=_("Skill, with everything narrower"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Speaks"), required=False, choices=[ALL, *WorkingLanguage.choices])
    recognised = forms.BooleanField(label=_("Only with a skill whose recognition was confirmed"), required=False)
    residence = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput())

    def __init__(self, *args: Any, remit: Collection[str], families: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("country", _named(remit)), ("family", families)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [ALL, *choices]

    def filters(self) -> MapFilters:
        """Return what was asked for; what is not understood is left out, and the form says so."""
        self.is_valid()
        asked = getattr(self, "cleaned_data", {})
        return MapFilters(**{name: value for name in self.fields if (value := asked.get(name))})


class OriginForm(forms.Form):
    """Of which country of origin."""

    country = forms.ChoiceField(label=_("Experts from"))

    def __init__(self, *args: Any, mapped: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        if isinstance(field, forms.ChoiceField):
            field.choices = _named(mapped)
