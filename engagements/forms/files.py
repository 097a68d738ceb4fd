"""The forms of shared files and of the handover kit. They validate; they save nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.uploads.kinds import ACCEPT
from engagements.actions.handover import MAX_TEXT, MAX_TITLE, MAX_URL
from messaging.actions.files import Arrival

PIECE = 256 * 1024


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; the action judges them, also empty ones."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files that were sent."""
        files = data if isinstance(data, list | tuple) else [data]
        sent = [file for file in files if file]
        if not sent:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return sent


class ShareForm(forms.Form):
    """Share files."""

    uploads = FilesField(
        label=_("Files"),
        allow_empty_file=True,
        widget=_ManyFiles(attrs={"multiple": True, "accept": ACCEPT}),
        help_text=_(
            "PDF, pictures, office documents or text; up to 5 files of 10 MB each. Every file is checked before others "
            "can open it."
        ),
        error_messages={"required": _("Choose a file first.")},
    )

    def arrivals(self) -> list[Arrival]:
        """Return what the action takes; the form must be valid."""
        return [Arrival(file.name or "", file.size or 0, file.chunks(PIECE)) for file in self.cleaned_data["uploads"]]


class KitItemForm(forms.Form):
    """Add a note or a link to the handover kit."""

    title = forms.CharField(
        label=_("Title"),
        max_length=MAX_TITLE,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        error_messages={"required": _("Write a title.")},
    )
    text = forms.CharField(
        label=_("Note"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("What somebody needs to know who does the work for the first time."),
    )
    url = forms.CharField(
        label=_("Link"),
        max_length=MAX_URL,
        required=False,
        widget=forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://"}),
    )
