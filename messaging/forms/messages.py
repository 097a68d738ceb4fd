"""What people fill in around a conversation: the composer, the page they look at, times they propose."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MessageForm(forms.Form):
    """A message and the number that its page gave it, so that sending twice stores it once."""

    text = forms.CharField(label=_("Message"), strip=False, error_messages={"required": _("Write a message first.")})
    client_id = forms.UUIDField(widget=forms.HiddenInput)


class EditForm(forms.Form):
    """The new text of a message."""

    text = forms.CharField(label=_("Message"), strip=False, error_messages={"required": _("Write a message first.")})


class EarlierForm(forms.Form):
    """Which page of a conversation: the messages below a number, or those around one."""

    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    at = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class TimesForm(forms.Form):
    """Up to three moments to talk, on the writer's own clock."""

    first = forms.DateTimeField(label=_("First time"))
    second = forms.DateTimeField(label=_("Another time"), required=False)
    third = forms.DateTimeField(label=_("One more"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            field.validators.append(still_to_come)

    @property
    def moments(self) -> list[datetime]:
        """Return the times, earliest first, each once."""
        return sorted({moment for moment in self.cleaned_data.values() if moment})


def still_to_come(moment: datetime) -> None:
    """Refuse a moment that has passed."""
    if moment <= timezone.now():
        raise forms.ValidationError(_("Choose a time that is still to come."), code="past")
