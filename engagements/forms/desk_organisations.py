"""The forms of due diligence. They validate; they save nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DecisionForm(forms.Form):
    """Give the reason of a decision."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_(
            "What you looked at and what you found; it is kept with the decision. When you ask for documents, the "
            "institution reads it: say which ones and where to send them."
        ),
    )
