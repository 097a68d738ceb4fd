"""The form that takes a CV: a document or its text."""

from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mentors.documents import LARGEST

LONGEST = 60_000


class CvForm(forms.Form):
    """Take a document, pasted text, or both."""

    document = forms.FileField(
        label=gettext_lazy("A document"),
        required=False,
        allow_empty_file=True,  # the reader says what is wrong with it
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.odt,.xml,.json,.txt"}),
        help_text=gettext_lazy("PDF, Word (.docx), OpenDocument, Europass XML, JSON Resume or plain text, up to 5 MB."),
    )
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=gettext_lazy("Paste your CV, or write a few lines about your work, in any language."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two, and refuse documents that are too large."""
        cleaned = super().clean() or self.cleaned_data
        document = cleaned.get("document")
        if document and document.size > LARGEST:
            size = filesizeformat(document.size)
            self.add_error("document", _("This document has %(size)s; at most 5 MB are read.") % {"size": size})
        elif document is None and not self.errors and not cleaned.get("text", "").strip():
            self.add_error("document", _("Choose a document, or paste the text of your CV below."))
        return cleaned
