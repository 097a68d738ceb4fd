"""What the server reads of files: the composer with files, and the announcement of one."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from messaging.forms.messages import MessageForm


class FilesMessageForm(MessageForm):
    """A message that comes with files, so its text may be empty."""

    text = forms.CharField(label=_("Message"), strip=False, required=False)


def message_form(data: Any, files: MultiValueDict[str, Any]) -> MessageForm:
    """Return the form for what was sent: with files, the text may be empty."""
    return FilesMessageForm(data) if files.getlist("files") else MessageForm(data)
