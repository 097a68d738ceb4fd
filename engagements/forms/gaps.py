"""The filters of the skills-gap board, all in the address."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.queries.gaps import GapFilters
from mentors.states import WorkingLanguage

ALL = ("", _("all"))
AGES = [("", _("any time")), ("14", _("14 days")), ("30", _("30 days")), ("60", _("60 days")), ("90", _("90 days"))]


class GapForm(forms.Form):
    """Where, which skills, in which language, and for how long needs have waited."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    skill = forms.CharField(
        label=_("Skill, with everything narrower"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Worked in"), required=False, choices=[ALL, *WorkingLanguage.choices])
    days = forms.ChoiceField(label=_("Needs open for"), required=False, choices=AGES)
    only_short = forms.BooleanField(label=_("Only where people are missing"), required=False)

    def __init__(self, *args: Any, remit: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: dict[str, Any] = dict(countries)
        field = self.fields["country"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [ALL, *sorted(((code, names[code]) for code in remit), key=lambda one: str(one[1]))]

    def filters(self) -> GapFilters:
        """Return what was asked for; what is not understood is left out, and the form says so."""
        self.is_valid()
        asked = getattr(self, "cleaned_data", {})
        found = {name: value for name in self.fields if (value := asked.get(name))}
        return GapFilters(**{**found, "days": int(found.get("days", 0))})
