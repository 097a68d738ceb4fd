"""Forms of the views that coordinators keep."""

from django import forms
from django.utils.translation import gettext_lazy as _

from engagements.states.pipeline_views import ViewAlertWhen, ViewAudience


class ViewForm(forms.Form):
    """The name of a view, who sees it, and whether its owner is told what is new in it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("For example: Health."),
    )
    audience = forms.ChoiceField(
        label=_("Who sees it"),
        choices=ViewAudience.choices,
        widget=forms.RadioSelect,
        initial=ViewAudience.ME,
        help_text=_("Everybody reads the rows of their own countries only."),
    )
    alert = forms.ChoiceField(
        label=_("Tell me what is new in it"),
        choices=ViewAlertWhen.choices,
        widget=forms.RadioSelect,
        initial=ViewAlertWhen.OFF,
    )
