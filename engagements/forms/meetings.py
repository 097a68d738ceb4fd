"""Forms about appointments for sessions. They validate; they save nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engagements.models.meeting import CHOSEN_REASONS, MOST_TIMES
from engagements.states import Side

LENGTHS = [("30", _("30 min")), ("60", _("1 h")), ("90", _("1 h 30")), ("120", _("2 h"))]


def read_start(text: str) -> datetime | None:
    """Return the instant that a button or box stands for; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


class StartsField(forms.MultipleChoiceField):
    """Boxes for instants. The suggestions move with the clock, so any instant passes; the action judges it."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: Any) -> bool:
        """Say whether ``value`` is an instant."""
        return read_start(str(value)) is not None


class MeetingForm(forms.Form):
    """Propose one to three times: suggested ones, and others on one's own clock."""

    minutes = forms.TypedChoiceField(
        label=_("How long"),
        coerce=int,
        choices=LENGTHS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how long it takes.")},
    )
    times = StartsField(
        label=_("Times that could suit both"), required=False, help_text=_("Tick up to three, the earliest first.")
    )
    first = forms.DateTimeField(label=_("Another time, on your clock"), required=False)
    second = forms.DateTimeField(label=_("One more"), required=False)
    third = forms.DateTimeField(label=_("And one more"), required=False)
    place = forms.CharField(
        label=_("Where"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("A link, a phone number or a room."),
    )

    def __init__(self, *args: Any, starts: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(starts)
        for name in ("first", "second", "third"):
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        self.fields["minutes"].initial = self.initial.get("minutes", 60)
        self.fields["times"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            self.fields["times"].widget = forms.MultipleHiddenInput()

    def clean(self) -> dict[str, Any]:
        """Gather the ticked and the typed times into ``times``."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = [cleaned.pop(name, None) for name in ("first", "second", "third")]
        ticked = [read_start(text) for text in cleaned.get("times", [])]
        moments = sorted({moment for moment in [*ticked, *typed] if moment})
        has_slip = any(self.errors.get(name) for name in ("first", "second", "third", "times"))
        if not moments and not has_slip:
            self.add_error("times", _("Choose at least one time."))
        elif len(moments) > MOST_TIMES:
            self.add_error("times", _("Choose at most %(most)s times.") % {"most": MOST_TIMES})
        cleaned["times"] = moments
        return cleaned


class CancelMeetingForm(forms.Form):
    """Call an appointment off."""

    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=CHOSEN_REASONS,
        widget=forms.RadioSelect,
        help_text=_("The other side reads this."),
        error_messages={"required": _("Choose a reason.")},
    )


class AbsentForm(forms.Form):
    """Say who did not come."""

    absent = forms.ChoiceField(
        label=_("Who did not come?"),
        choices=Side,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who did not come.")},
    )
