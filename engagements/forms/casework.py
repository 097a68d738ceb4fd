"""Forms about one thing of a coordinator's countries: who looks after it, until when it rests, and notes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import User


class OwnerForm(forms.Form):
    """Who looks after it; empty means nobody."""

    owner = forms.ChoiceField(label=_("Looked after by"), required=False)

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_id = {str(person.public_id): person for person in colleagues}
        field = self.fields["owner"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("nobody yet")), *((key, str(person)) for key, person in self._by_id.items())]

    def chosen(self) -> User | None:
        """Return who was chosen."""
        return self._by_id.get(self.cleaned_data["owner"])


class RestForm(forms.Form):
    """Until when it rests, and why."""

    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Your colleagues read it."),
    )


class NoteForm(forms.Form):
    """What a coordinator writes down."""

    text = forms.CharField(
        label=_("New note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Only the coordinators of this country read it. It cannot be changed later."),
    )
