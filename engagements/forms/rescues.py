"""Whom to ask for a need that nobody answers, and with which words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mentors.models import ExpertProfile


class RescueForm(forms.Form):
    """The next best, all ticked at first, and the message to each of them."""

    experts = forms.MultipleChoiceField(
        label=_("Whom to ask, in this order"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Two are asked now; the next after two working days each, while nobody says yes."),
    )
    message = forms.CharField(
        label=_("What they read"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )

    def __init__(self, *args: Any, found: Sequence[tuple[ExpertProfile, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_reference = {profile.reference: profile for profile, _line in found}
        field = self.fields["experts"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(profile.reference, line) for profile, line in found]
        field.initial = list(self._by_reference)

    def chosen(self) -> list[ExpertProfile]:
        """Return who was ticked, in the order of the list."""
        ticked = set(self.cleaned_data["experts"])
        return [profile for reference, profile in self._by_reference.items() if reference in ticked]
