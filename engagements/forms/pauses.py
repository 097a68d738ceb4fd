"""The forms with which work rests and goes on for longer. They validate; they save nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from engagements.actions.agreements import MAX_HOURS
from engagements.states import PauseReason


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PauseForm(forms.Form):
    """Let the work rest until a day."""

    until = forms.DateField(
        label=_("Until"),
        widget=_day(),
        help_text=_("The work goes on by itself on this day. You can go on earlier."),
        error_messages={"required": _("Choose a day.")},
    )
    reason = forms.ChoiceField(
        label=_("Why does it rest?"),
        choices=PauseReason,
        widget=forms.RadioSelect,
        help_text=_("The other side reads this."),
        error_messages={"required": _("Choose a reason.")},
    )


class ExtendForm(forms.Form):
    """Go on for longer than agreed."""

    ends_on = forms.DateField(label=_("New end"), required=False, widget=_day())
    hours_planned = forms.IntegerField(
        label=_("Hours in all"),
        min_value=1,
        max_value=MAX_HOURS,
        help_text=_("With those agreed so far."),
        error_messages={"required": _("Enter the hours in all.")},
    )
