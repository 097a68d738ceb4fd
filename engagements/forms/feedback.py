"""Forms about suggestions: not for me, saved searches and the weekly e-mail."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engagements.states import DeclineReason, SearchAlert

PAUSES = (14, 30, 90)


class DismissForm(forms.Form):
    """Say why a suggestion is not for me; each answer says what it changes."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it not for you?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose why it is not for you.")},
    )
    pause = forms.TypedChoiceField(
        label=gettext_lazy("If you have no time now"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, skills: Sequence[str], organisation: str, **kwargs: Any) -> None:
        """Take the names of the required skills and of the organisation, for the sentences."""
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["reason"].choices = _effects(skills, organisation)  # type: ignore[attr-defined]
        self.fields["pause"].choices = [  # type: ignore[attr-defined]
            ("", _("Go on suggesting other needs")),
            *((days, _pause(today + timedelta(days=days))) for days in PAUSES),
        ]

    def pauses_until(self) -> date | None:
        """Return the day before which nothing is to be suggested, or None."""
        days = self.cleaned_data["pause"]
        return timezone.localdate() + timedelta(days=days) if days else None


def _pause(day: date) -> str:
    return _("Suggest nothing before %(day)s") % {"day": date_format(day, "DATE_FORMAT")}


def _effects(skills: Sequence[str], organisation: str) -> list[tuple[str, str]]:
    """Return the reasons with what each changes; "someone else was chosen" answers a proposal, not a suggestion."""
    names = get_text_list([f"“{skill}”" for skill in skills], _("and"))
    effects = {
        DeclineReason.NO_TIME: _("hides this need, and pauses suggestions if you choose so below"),
        DeclineReason.NOT_MY_FIELD: ngettext(
            "hides this need, and %(skills)s counts half as much for you from now on",
            "hides this need, and %(skills)s count half as much for you from now on",
            len(skills),
        )
        % {"skills": names}
        if skills
        else _("hides this need"),
        DeclineReason.WRONG_LEVEL: _("hides this need, nothing else"),
        DeclineReason.NOT_COMFORTABLE: _("hides all needs of %(organisation)s, and you from its lists; nobody is told")
        % {"organisation": f"\u2068{organisation}\u2069"},
    }
    return [(reason.value, f"{reason.label}: {effect}") for reason, effect in effects.items()]


class SavedSearchForm(forms.Form):
    """Name a search over the needs, and say whether to be told of new ones."""

    name = forms.CharField(
        label=gettext_lazy("Name of the search"), max_length=80, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    alert = forms.ChoiceField(
        label=gettext_lazy("Tell me about new needs"), choices=SearchAlert, widget=forms.RadioSelect
    )


class DigestForm(forms.Form):
    """Say whether to get the weekly e-mail."""

    is_wanted = forms.BooleanField(
        label=gettext_lazy("Tell me by e-mail, once a week, when new needs fit me"),
        help_text=gettext_lazy("Monday morning on your clock, only when there is something new. It names nobody."),
        required=False,
    )
