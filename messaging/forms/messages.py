"""The composer, as the server reads it."""

from django import forms
from django.utils.translation import gettext_lazy as _


class MessageForm(forms.Form):
    """A message and the number that its page gave it, so that sending twice stores it once."""

    text = forms.CharField(label=_("Message"), strip=False, error_messages={"required": _("Write a message first.")})
    client_id = forms.UUIDField(widget=forms.HiddenInput)


class EditForm(forms.Form):
    """The new text of a message."""

    text = forms.CharField(label=_("Message"), strip=False, error_messages={"required": _("Write a message first.")})


class EarlierForm(forms.Form):
    """Which page of a conversation: the messages below a number."""

    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)
