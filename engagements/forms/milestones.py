"""The forms of milestones. They validate; they save nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from engagements.actions.milestones import MAX_TEXT
from engagements.payloads.starting_points import STARTING_POINTS


class MilestoneForm(forms.Form):
    """Plan a milestone."""

    text = forms.CharField(
        label=_("What shall be there"),
        max_length=MAX_TEXT,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Such as: the first draft of the protocol."),
        error_messages={"required": _("Write the milestone.")},
    )
    due_on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose a day.")},
    )


class MilestoneDayForm(forms.Form):
    """Give a milestone another day."""

    due_on = forms.DateField(
        label=_("Another day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose a day.")},
    )


class MilestoneTemplateForm(forms.Form):
    """Plan the milestones of a template."""

    template = forms.ChoiceField(
        label=_("Kind of work"),
        choices=[(point.key, point.title) for point in STARTING_POINTS],
        help_text=_("Days are counted from the agreed start, or from today; you can move them."),
        error_messages={"required": _("Choose a template."), "invalid_choice": _("Choose a template.")},
    )
