"""The filters of the audit trail, all in the address."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import User
from engagements.queries.trail import TrailFilters, kinds_of_things

ALL = ("", _("all"))
_DAY = forms.DateInput(attrs={"type": "date"})


class TrailForm(forms.Form):
    """Who did it, about what, and when."""

    text = forms.CharField(
        label=_("Name of what it was about"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    about = forms.ChoiceField(label=_("Kind"), required=False)
    who = forms.ChoiceField(label=_("Done by"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=_DAY)
    until = forms.DateField(label=_("Until"), required=False, widget=_DAY)

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "about": kinds_of_things(),
            "who": [(str(person.public_id), str(person)) for person in colleagues],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [ALL, *choices]

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("Choose a day on or after the first."))
        return cleaned

    def filters(self) -> TrailFilters:
        """Return what was asked for; what is not understood is left out, and the form says so."""
        self.is_valid()
        asked = getattr(self, "cleaned_data", {})
        return TrailFilters(**{name: value for name in self.fields if (value := asked.get(name))})
