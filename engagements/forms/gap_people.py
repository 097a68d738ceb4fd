"""Whom to ask from a gap, for which needs, and with which words."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.models import Need
from engagements.payloads.quarters import quarter_name
from mentors.models import ExpertProfile


class GapInvitationForm(forms.Form):
    """Experts are ticked in the list (``expert``); here are the needs, all at first, and the message."""

    needs = forms.MultipleChoiceField(
        label=_("For which needs"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each expert is asked for the need that fits them best."),
        error_messages={"required": _("Choose at least one need.")},
    )
    message = forms.CharField(
        label=_("What they read"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )

    def __init__(self, *args: Any, needs: Sequence[Need], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._needs = {need.reference: need for need in needs}
        field = self.fields["needs"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(key, f"{need.title} ({need.organisation.name})") for key, need in self._needs.items()]
        field.initial = list(self._needs)

    def chosen(self) -> list[Need]:
        """Return the needs that were ticked."""
        return [self._needs[reference] for reference in self.cleaned_data["needs"]]


class InterestForm(forms.Form):
    """In which country a skill will be needed, from when on, and a word to the experts."""

    country = forms.ChoiceField(label=_("Where"))
    starts_on = forms.TypedChoiceField(
        label=_("From which quarter on?"), coerce=date.fromisoformat, required=False, empty_value=None
    )
    message = forms.CharField(
        label=_("A word to them"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, codes: Sequence[str], quarters: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where, when = self.fields["country"], self.fields["starts_on"]
        if isinstance(where, forms.ChoiceField) and isinstance(when, forms.ChoiceField):
            where.choices = [(code, str(countries.name(code))) for code in codes]
            when.choices = [("", _("not known")), *((day.isoformat(), quarter_name(day)) for day in quarters)]
        if len(codes) == 1:
            where.widget, where.initial = forms.HiddenInput(), codes[0]


def ticked(data: Any, people: Sequence[ExpertProfile]) -> list[ExpertProfile]:
    """Return the experts whose box was ticked, in the order of the list."""
    chosen = set(data.getlist("expert"))
    return [profile for profile in people if profile.reference in chosen]
