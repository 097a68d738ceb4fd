"""The forms of due diligence. They validate; they save nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.queries.due_diligence import ChecklistLine
from diaspora_net.accounts.states import ALWAYS_REQUIRED, CheckItem, CheckResult, DocumentKind
from diaspora_net.core.uploads.kinds import ACCEPT
from messaging.actions.files import Arrival

PIECE = 256 * 1024


class DecisionForm(forms.Form):
    """Give the reason of a decision, and say which documents are missing where they are asked for."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_(
            "What you looked at and what you found; it is kept with the decision. When you ask for documents, the "
            "institution reads it."
        ),
    )
    asked = forms.MultipleChoiceField(
        label=_("Documents to ask for"),
        choices=DocumentKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only when you ask for documents."),
    )


class DocumentForm(forms.Form):
    """Add a document."""

    kind = forms.ChoiceField(label=_("What it shows"), choices=DocumentKind)
    upload = forms.FileField(
        label=_("Document"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_(
            "PDF, a photo or scan, or an office document, up to 10 MB. Only your coordinators and your own people can "
            "open it, once it is checked."
        ),
        error_messages={"required": _("Choose a file first.")},
    )

    def arrival(self) -> Arrival:
        """Return what the action takes; the form must be valid."""
        file = self.cleaned_data["upload"]
        return Arrival(file.name or "", file.size or 0, file.chunks(PIECE))


@dataclass(frozen=True)
class ChecklistRow:
    """One item of the checklist with its two fields."""

    line: ChecklistLine
    result: forms.BoundField
    note: forms.BoundField


class ChecklistForm(forms.Form):
    """Write down what was found, item by item; what is left as it was is not written anew."""

    def __init__(self, *args: Any, lines: Sequence[ChecklistLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            found = line.found if line.is_current else None
            self.fields[f"result_{line.item}"] = forms.ChoiceField(
                label=line.label,
                choices=CheckResult,
                required=False,
                widget=forms.RadioSelect,
                initial=found.result if found else None,
            )
            self.fields[f"note_{line.item}"] = forms.CharField(
                label=_("Where you looked and what you found"),
                max_length=500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
                initial=found.note if found else "",
            )

    def rows(self) -> Iterator[ChecklistRow]:
        """Return the items with their fields, in order."""
        for line in self.lines:
            yield ChecklistRow(line, self[f"result_{line.item}"], self[f"note_{line.item}"])

    def clean(self) -> dict[str, Any]:
        """Ask for a note beside every result, and for a result beside every note."""
        data: dict[str, Any] = super().clean() or {}
        for item in CheckItem:
            result, note = data.get(f"result_{item}"), data.get(f"note_{item}")
            if result and not note:
                self.add_error(f"note_{item}", _("Say where you looked and what you found."))
            elif note and not result:
                self.add_error(f"result_{item}", _("Choose what you found."))
        return data

    def found(self) -> list[dict[str, str]]:
        """Return what the action takes for each item that was filled in; the form must be valid."""
        data = self.cleaned_data
        return [
            {"item": item.value, "result": data[f"result_{item}"], "note": data[f"note_{item}"]}
            for item in CheckItem
            if data.get(f"result_{item}")
        ]


class RequiredChecksForm(forms.Form):
    """Choose what a country asks for."""

    items = forms.MultipleChoiceField(
        label=_("Checked before an organisation is recommended"),
        choices=[(item.value, item.label) for item in CheckItem if item not in ALWAYS_REQUIRED],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def chosen(self) -> list[str]:
        """Return every required item; the form must be valid."""
        return [*sorted(ALWAYS_REQUIRED), *self.cleaned_data["items"]]
