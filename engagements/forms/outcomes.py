"""The short forms of the three points. They validate; they save nothing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from engagements.actions.outcomes import MAX_FEEDBACK, MAX_LINE, Level
from engagements.states import OutcomeResult, TransferEffect
from engagements.states.outcomes import FeedbackReader, OutcomeMoment, Respondent, SkillStep, StillInUse

_STEPS = [("", _("Choose")), *SkillStep.choices]


def _step(label: Any, initial: int | None = None) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=_STEPS, coerce=int, empty_value=None, required=False, initial=initial
    )


def _line(label: Any, most: int, **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"dir": "auto", **attributes})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


def _words(label: Any, rows: int, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, max_length=2000, widget=widget, **options)


class OutcomeForm(forms.Form):
    """Say at one moment what came of the work; what is asked depends on the moment and on who is asked.

    ``skills`` are ids and labels of what the agreement is about, ``before`` the levels this respondent said at the
    start, by skill. Of ``known`` skills the level before is not asked: it was said, but this page may not show it.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        moment: str,
        respondent: Respondent,
        skills: Sequence[tuple[int, str]],
        before: Mapping[int, int],
        known: Collection[int] = (),
    ) -> None:
        super().__init__(data, auto_id="outcome_%s")
        self.moment, self.respondent, self.skills = moment, respondent, list(skills)
        if moment == OutcomeMoment.END:
            self._ask_result()
        if moment == OutcomeMoment.LATER:
            self._ask_use()
        if moment != OutcomeMoment.LATER:
            for skill, _label in self.skills:
                self._ask_level(skill, before.get(skill), is_known=skill in known)
        if moment == OutcomeMoment.START:
            self.fields["text"] = _words(_("What should be different at the end?"), 2, required=False)
        else:
            self._ask_effects()

    def _ask_result(self) -> None:
        self.fields["result"] = forms.ChoiceField(
            label=_("Was the goal achieved?"),
            choices=OutcomeResult,
            widget=forms.RadioSelect,
            error_messages={"required": _("Say whether the goal was achieved.")},
        )

    def _ask_use(self) -> None:
        self.fields["still_in_use"] = forms.ChoiceField(
            label=_("Is the result still in use?"),
            choices=StillInUse,
            widget=forms.RadioSelect,
            error_messages={"required": _("Say whether the result is still in use.")},
        )

    def _ask_level(self, skill: int, before: int | None, *, is_known: bool) -> None:
        if self.moment == OutcomeMoment.START:
            self.fields[f"level_{skill}"] = _step(_("Today"))
            return
        if not is_known:
            self.fields[f"before_{skill}"] = _step(_("Before"), before)
        self.fields[f"level_{skill}"] = _step(_("Now"))
        self.fields[f"evidence_{skill}"] = _line(_("How can one tell?"), MAX_LINE)

    def _ask_effects(self) -> None:
        self.fields["effects"] = forms.MultipleChoiceField(
            label=_("What stays?"), choices=TransferEffect, widget=forms.CheckboxSelectMultiple, required=False
        )
        is_needed = self.moment == OutcomeMoment.END and self.respondent != Respondent.COUNTERPART
        label = _("An example") if self.moment == OutcomeMoment.LATER else _("In your words")
        self.fields["text"] = _words(
            label, 3, required=is_needed, error_messages={"required": _("Say in your words what came of it.")}
        )
        if is_needed:
            self.fields["people_reached"] = forms.IntegerField(
                label=_("People reached"), min_value=0, max_value=1_000_000, required=False
            )
        self.fields["feedback"] = _line(_("A private word"), MAX_FEEDBACK)
        self.fields["feedback_to"] = forms.ChoiceField(
            label=_("Who reads it?"),
            choices=FeedbackReader,
            widget=forms.RadioSelect,
            required=False,
            initial=FeedbackReader.COORDINATOR,
        )

    @property
    def rows(self) -> list[tuple[str, list[BoundField], list[BoundField]]]:
        """Return of each skill its label, its levels and its line."""
        return [
            (label, self._of(skill, "before", "level"), self._of(skill, "evidence"))
            for skill, label in self.skills
            if f"level_{skill}" in self.fields
        ]

    def _of(self, skill: int, *names: str) -> list[BoundField]:
        return [self[f"{name}_{skill}"] for name in names if f"{name}_{skill}" in self.fields]

    @property
    def first(self) -> list[BoundField]:
        """Return the fields that stand above the skills."""
        return [self[name] for name in ("result", "still_in_use") if name in self.fields]

    @property
    def last(self) -> list[BoundField]:
        """Return the fields that stand below the skills."""
        names = ("effects", "text", "people_reached", "feedback", "feedback_to")
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Gather what the action takes into ``answers``."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for skill, _label in self.skills:
            if cleaned.get(f"evidence_{skill}") and cleaned.get(f"level_{skill}") is None:
                self.add_error(f"level_{skill}", _("Say how well it is done now, too."))
        if cleaned.get("feedback") and not cleaned.get("feedback_to"):
            self.add_error("feedback_to", _("Say who shall read it."))
        names = ("result", "still_in_use", "effects", "text", "people_reached", "feedback", "feedback_to")
        answers = {name: cleaned[name] for name in names if cleaned.get(name)}
        answers["levels"] = [
            Level(
                skill,
                cleaned[f"level_{skill}"],
                cleaned.get(f"before_{skill}"),
                cleaned.get(f"evidence_{skill}", ""),
            )
            for skill, _label in self.skills
            if cleaned.get(f"level_{skill}") is not None
        ]
        return {**cleaned, "answers": answers}
