"""Forms of the coordinator's desk."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from engagements.forms.casework import RestForm
from engagements.models import NeedReview
from engagements.states.readiness import NeedField

SNOOZES = (1, 3, 7)


class ReviewForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The readiness checklist of a submitted need."""

    class Meta:
        model = NeedReview
        fields = ["scope_is_clear", "knowledge_stays", "staff_are_ready", "urgency_is_known", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}
        help_texts = {"note": _("The institution reads it. Needed to ask for changes or to say no.")}


class FieldNotesForm(forms.Form):
    """Write notes beside the fields of a need; what is left empty says nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in NeedField:
            self.fields[f"note_{field}"] = forms.CharField(
                label=field.label, max_length=500, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
            )

    def notes(self) -> dict[str, str]:
        """Return what the action takes; the form must be valid."""
        return {field.value: self.cleaned_data[f"note_{field}"] for field in NeedField}


class SnoozeForm(RestForm):
    """Until when a thing rests, by the number of days, and why."""

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        choices = [
            (
                (today + timedelta(days=days)).isoformat(),
                ngettext("%(days)d day", "%(days)d days", days) % {"days": days},
            )
            for days in SNOOZES
        ]
        self.fields["until"].widget = forms.Select(choices=choices)
        self.fields["until"].label = _("For")
