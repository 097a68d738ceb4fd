"""The form that plans what follows on an engagement. It validates; it saves nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from engagements.actions.agreements import LONGEST, MAX_HOURS
from mentors.states import EngagementKind, Modality


class NextForm(forms.Form):
    """Plan the next engagement."""

    kind = forms.ChoiceField(label=_("What kind of work"), choices=EngagementKind)
    modality = forms.ChoiceField(label=_("How"), choices=Modality)
    goal = forms.CharField(
        label=_("Goal"),
        max_length=LONGEST["goal"],
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("What shall be there when it ends."),
        error_messages={"required": _("Write the goal.")},
    )
    terms_of_reference = forms.CharField(
        label=_("Terms of reference"),
        max_length=LONGEST["terms_of_reference"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("Who does what, and what is there in the end."),
    )
    hours_planned = forms.IntegerField(
        label=_("Hours in all"),
        min_value=1,
        max_value=MAX_HOURS,
        error_messages={"required": _("Enter the hours in all.")},
    )
    starts_on = forms.DateField(
        label=_("Starts"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=_("Ends"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
