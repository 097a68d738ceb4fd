"""Forms about the recognition of skills."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mentors.states import RECOGNISED_BY_OTHERS, Recognition


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ClaimForm(forms.Form):
    """Say who has recognised a skill."""

    skill = forms.TypedChoiceField(label=_("Skill"), coerce=int)
    status = forms.ChoiceField(
        label=_("How it was recognised"),
        choices=[(value, label) for value, label in Recognition.choices if value in RECOGNISED_BY_OTHERS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it was recognised.")},
    )
    recognised_by = forms.CharField(
        label=_("By whom"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("An employer, a chamber, a university, an authority."),
        error_messages={"required": _("Say who recognised it.")},
    )
    recognised_on = forms.DateField(label=_("On which day"), widget=_day())
    document = forms.CharField(
        label=_("Which document says so"),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Its name and number. The coordinator asks to see it; it is not stored here."),
        error_messages={"required": _("Name the document.")},
    )
    expires_on = forms.DateField(label=_("Valid until"), required=False, widget=_day())

    def __init__(self, *args: Any, skills: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].choices = list(skills)  # type: ignore[attr-defined]


class DeclineClaimForm(forms.Form):
    """Say why a claim could not be confirmed."""

    note = forms.CharField(
        label=_("What is missing?"),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("The expert reads this."),
        error_messages={"required": _("Say what is missing, so that it can be put right.")},
    )
