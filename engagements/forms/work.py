"""Forms about proposals, plans, sessions and certificates. They validate; they save nothing."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from engagements.states import (
    CertificatePart,
    DeclineReason,
    EndReason,
    ParticipantRole,
    SessionKind,
)
from mentors.states import Modality

MINUTES = [
    ("30", _("30 min")),
    ("45", _("45 min")),
    ("60", _("1 h")),
    ("90", _("1 h 30")),
    ("120", _("2 h")),
    ("180", _("3 h")),
]


def _text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DeclineForm(forms.Form):
    """Say no to a proposal."""

    reason = forms.ChoiceField(
        label=_("Why not?"),
        choices=DeclineReason,
        widget=forms.RadioSelect,
        help_text=_("The other side does not see this. They read a kind standard text."),
        error_messages={"required": _("Choose a reason. The other side does not see it.")},
    )
    note = forms.CharField(
        label=_("Anything a coordinator should know?"), max_length=500, required=False, widget=_text_area(3)
    )
    pause_until = forms.DateField(
        label=_("And pause my profile until"),
        required=False,
        widget=_date_input(),
        help_text=_("Nobody new can find you before that day; you come back by yourself. What runs goes on."),
    )

    def __init__(self, *args: Any, may_pause: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_pause:
            del self.fields["pause_until"]


class QuestionForm(forms.Form):
    """Ask the sender of a proposal something before one answers it."""

    text = forms.CharField(
        label=_("What would you like to know first?"),
        max_length=500,
        widget=_text_area(3),
        error_messages={"required": _("Write your question.")},
    )


class QuestionAnswerForm(forms.Form):
    """Answer a question about one's proposal."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=1000,
        widget=_text_area(4),
        error_messages={"required": _("Write your answer.")},
    )


class SessionForm(forms.Form):
    """Log a session in 20 seconds; ``meeting`` is the appointment it was held at."""

    meeting = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    held_on = forms.DateField(label=_("Day"), widget=_date_input())
    minutes = forms.ChoiceField(
        label=_("How long"),
        choices=MINUTES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how long it took.")},
    )
    other_minutes = forms.IntegerField(
        label=_("Another length, in minutes"), min_value=5, max_value=1440, required=False
    )
    kind = forms.ChoiceField(label=_("What was done"), choices=SessionKind)
    is_on_site = forms.BooleanField(
        label=_("The expert was there in person"),
        required=False,
        help_text=_("Days on site and remote hours are counted apart."),
    )
    people_present = forms.IntegerField(
        label=_("People who took part, besides the expert"), min_value=1, max_value=1000, initial=1
    )
    attended = forms.TypedMultipleChoiceField(
        label=_("Who was there"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    skills = forms.TypedMultipleChoiceField(
        label=_("Skills it was about"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked counts for all of them."),
    )
    summary = forms.CharField(
        label=_("Result in one line"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(
        self,
        *args: Any,
        today: date | None = None,
        held: tuple[str, date, int] | None = None,
        modality: str = Modality.REMOTE,
        skills: Iterable[tuple[int, str]] = (),
        participants: Iterable[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("skills", list(skills)), ("attended", list(participants))):
            field = self.fields[name]
            field.choices = choices  # type: ignore[attr-defined]
            if not choices:
                del self.fields[name]
        if today:
            self.fields["held_on"].initial = today
            self.fields["held_on"].widget.attrs["max"] = today.isoformat()
        self.fields["minutes"].initial = "60"
        if held:
            reference, day, minutes = held
            self.fields["meeting"].initial, self.fields["held_on"].initial = reference, day
            self.fields["minutes"].initial = str(minutes)
        self.fields["kind"].initial = SessionKind.PROBLEM_SOLVING
        if modality == Modality.REMOTE:
            del self.fields["is_on_site"]
        else:
            self.fields["is_on_site"].initial = modality != Modality.HYBRID

    def clean(self) -> dict[str, Any]:
        """Let a length that was typed win over the chosen one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = cleaned.pop("other_minutes", None)
        if typed or "minutes" in cleaned:
            cleaned["minutes"] = typed or int(cleaned["minutes"])
        return cleaned


class DisputeForm(forms.Form):
    """Say what is wrong with hours."""

    note = forms.CharField(
        label=_("What is wrong?"),
        max_length=300,
        widget=_text_area(3),
        help_text=_("The other side reads this and can correct the hours."),
        error_messages={"required": _("Say what is wrong, so that it can be corrected.")},
    )


class CorrectForm(forms.Form):
    """Correct the length of a session one logged."""

    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=1440)


class EndForm(forms.Form):
    """Say why an engagement stops."""

    reason = forms.ChoiceField(
        label=_("Why does it stop?"),
        choices=EndReason,
        widget=forms.RadioSelect,
        help_text=_("The other side and the coordinator read this."),
        error_messages={"required": _("Choose a reason.")},
    )


def _address() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=_(
            "We then ask this person, too, at the start, at the end and a year later what came of the work: two "
            "minutes, without an account. The address serves nothing else, and each e-mail has a link that ends it."
        ),
        error_messages={"invalid": _("Write a whole address, like name@example.org.")},
    )


def _consent() -> forms.BooleanField:
    return forms.BooleanField(label=_("They know what it is for, and have agreed"), required=False)


def _agreed(form: forms.Form) -> dict[str, Any]:
    """Refuse an address of somebody who was not asked."""
    cleaned: dict[str, Any] = form.cleaned_data
    if cleaned.get("email") and not cleaned.get("has_consented"):
        form.add_error("has_consented", _("Ask the person first, and tick that they agreed."))
    return cleaned


class ParticipantForm(forms.Form):
    """Name a counterpart or mentee."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        help_text=_("As it shall stand on the certificate."),
        error_messages={"required": _("Write the name.")},
    )
    role = forms.ChoiceField(
        label=_("Part"), choices=ParticipantRole, widget=forms.RadioSelect, initial=ParticipantRole.COUNTERPART
    )
    language = forms.ChoiceField(label=_("Language of the certificate and of e-mails"), choices=settings.LANGUAGES)
    email = _address()
    has_consented = _consent()

    clean = _agreed


class ParticipantEmailForm(forms.Form):
    """Note or take away a participant's address."""

    email = _address()
    has_consented = _consent()

    clean = _agreed


class ShownForm(forms.Form):
    """Choose what the check page of a certificate tells."""

    shown = forms.MultipleChoiceField(
        label=_("Whoever has the code sees"),
        choices=CertificatePart,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("That the certificate is valid is shown always. The file and the badge tell everything."),
    )


class CodeForm(forms.Form):
    """Ask for a certificate by its code."""

    code = forms.CharField(
        label=_("Code of the certificate"),
        max_length=40,
        help_text=_("12 letters and digits, printed on the certificate. Spaces and capitals do not matter."),
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter the code.")},
    )


class RevokeForm(forms.Form):
    """Say why a certificate is withdrawn or replaced."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=_text_area(3),
        help_text=_("Only coordinators read this."),
        error_messages={"required": _("Say why.")},
    )
