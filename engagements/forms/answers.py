"""Forms behind the links of e-mails. They validate; they save nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from engagements.forms.lacks import lacks_form
from engagements.forms.meetings import AbsentForm, read_start
from engagements.forms.outcomes import OutcomeForm
from engagements.forms.work import DeclineForm, DisputeForm, QuestionAnswerForm, QuestionForm, SessionForm
from engagements.payloads.answer_links import Asked
from engagements.states.answers import Purpose


class ChooseForm(forms.Form):
    """Choose among the times that are proposed."""

    starts_at = forms.TypedChoiceField(
        label=_("Which time?"),
        coerce=read_start,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a time."), "invalid_choice": _("Choose one of these times.")},
    )

    def __init__(self, *args: Any, times: tuple[tuple[datetime, str], ...], chosen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].choices = [(moment.isoformat(), words) for moment, words in times]  # type: ignore[attr-defined]
        self.fields["starts_at"].initial = chosen


class HeldForm(SessionForm):
    """Log the session of an appointment; its day is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("meeting", "held_on"):
            del self.fields[name]


Maker = Callable[[QueryDict | None, Asked, str], forms.Form]
_FORMS: dict[Purpose, Maker] = {
    Purpose.DECLINE: lambda data, asked, _time: DeclineForm(data, may_pause=asked.values["may_pause"]),
    Purpose.ASK: lambda data, _asked, _time: QuestionForm(data),
    Purpose.INFORM: lambda data, _asked, _time: QuestionAnswerForm(data),
    Purpose.CHOOSE: lambda data, asked, time: ChooseForm(data, times=asked.times, chosen=time),
    Purpose.HELD: lambda data, asked, _time: HeldForm(
        data, held=asked.values["held"], modality=asked.values["modality"], today=asked.values["today"]
    ),
    Purpose.MISSED: lambda data, _asked, _time: AbsentForm(data),
    Purpose.REPORT: lambda data, asked, _time: OutcomeForm(
        data, **{name: asked.values[name] for name in ("moment", "respondent", "skills", "before", "known")}
    ),
    Purpose.LACKS: lambda data, asked, _time: lacks_form(
        data, **{name: asked.values[name] for name in ("suggested", "language", "draft")}
    ),
    Purpose.DISPUTE: lambda data, _asked, _time: DisputeForm(data),
}


def answer_form(purpose: Purpose, asked: Asked, data: QueryDict | None, time: str = "") -> forms.Form:
    """Return the form of one answer; an empty one where a button is all there is. ``time`` is ticked already."""
    maker = _FORMS.get(purpose)
    return maker(data, asked, time) if maker else forms.Form(data)
