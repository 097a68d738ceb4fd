"""The forms of an agreement and its learning goals. They validate; they save nothing."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.actions.agreements import LONGEST, MAX_HOURS, Terms
from engagements.actions.goals import MAX_TEXT
from engagements.models import CompensationType
from mentors.states import Modality, WorkingLanguage

FARTHEST = timedelta(days=5 * 366)


def _text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AgreementForm(forms.Form):
    """Write the terms of an engagement."""

    goal = forms.CharField(label=_("Goal"), max_length=LONGEST["goal"], widget=_text_area(4))
    terms_of_reference = forms.CharField(
        label=_("Terms of reference"),
        max_length=LONGEST["terms_of_reference"],
        required=False,
        widget=_text_area(5),
        help_text=_("Who does what, and what is there in the end."),
    )
    hours_planned = forms.IntegerField(label=_("Hours in all"), min_value=1, max_value=MAX_HOURS)
    modality = forms.ChoiceField(label=_("How"), choices=Modality)
    starts_on = forms.DateField(label=_("Starts"), required=False, widget=_date_input())
    ends_on = forms.DateField(label=_("Ends"), required=False, widget=_date_input())
    languages = forms.MultipleChoiceField(
        label=_("Working languages"), choices=WorkingLanguage, required=False, widget=forms.CheckboxSelectMultiple
    )
    compensation = forms.ChoiceField(
        label=_("What the expert is given"), choices=CompensationType, widget=forms.RadioSelect
    )
    compensation_note = forms.CharField(
        label=_("How much, and who pays"),
        max_length=LONGEST["compensation_note"],
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Not needed for unpaid work."),
    )
    confidentiality = forms.CharField(
        label=_("What stays between you"),
        max_length=LONGEST["confidentiality"],
        required=False,
        widget=_text_area(3),
        help_text=_("Such as: patients' data, figures that are not public."),
    )

    def clean(self) -> dict[str, Any]:
        """Stop slips of the keyboard: days that lie many years away."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("starts_on", "ends_on"):
            day = cleaned.get(name)
            if day and abs(day - timezone.localdate()) > FARTHEST:
                self.add_error(name, _("This day lies more than five years away. Check the year."))
        return cleaned

    def terms(self) -> Terms:
        """Return what the action takes; the form must be valid."""
        return Terms(**{**self.cleaned_data, "languages": tuple(self.cleaned_data["languages"])})


class GoalForm(forms.Form):
    """Add a learning goal."""

    text = forms.CharField(
        label=_("Another learning goal"),
        max_length=MAX_TEXT,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Such as: four nurses teach hand hygiene on their own."),
        error_messages={"required": _("Write the goal.")},
    )
